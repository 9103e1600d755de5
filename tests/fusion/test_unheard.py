"""Silence over many events at once, against silence over each."""

import numpy as np
import pytest
from tests.fusion.rows import FRAME, at, batch, fix, sector
from tests.fusion.test_alongside import nodes_of

from truceline.domain.arrangement import Regions
from truceline.domain.observation import PHENOMENA
from truceline.fusion.association.found import Found
from truceline.fusion.incidents import spots_of, window_of
from truceline.fusion.places.along import make_ground
from truceline.fusion.places.posterior import Cloud
from truceline.fusion.places.whereabouts import find_whereabouts
from truceline.fusion.summary import summarise
from truceline.fusion.watching.silence import Watcher, p_after_silence
from truceline.fusion.watching.unheard import find_unheard, p_when_unheard, reporters
from truceline.geo.region import Region

RNG = np.random.default_rng(23)


def found_of(some, sizes):
    """Events of given sizes, the rows of a batch in turn, each about its first member."""
    first = np.concatenate([[0], np.cumsum(sizes)])
    rows = some.rows[first[:-1]]
    cov = np.zeros((len(sizes), 3, 3))
    cov[:, 0, 0], cov[:, 1, 1], cov[:, 2, 2] = 200.0**2, 350.0**2, rows["time_sigma_s"] ** 2
    n = len(some.rows)
    return Found(
        first=first, member=np.arange(n), llr_nats=np.zeros(n), p_member=np.ones(n), x_m=rows["x_m"].copy(),
        y_m=rows["y_m"].copy(), time_s=rows["time_s"].copy(), cov=cov, gain_nats=np.zeros(len(sizes)),
    )  # fmt: skip


def any_of(*words):
    return str(RNG.choice(words))


def some_batch(n):
    rows = []
    for k in range(n):
        who = {"sensor": f"s{RNG.integers(5)}", "source": any_of("t", "u"), "tlp": any_of("green", "red")}
        what = {"phenomenon": any_of("explosion", "burst", "fire"), "reliability": any_of("A", "B", "E")}
        rows.append(fix(f"{k:03d}", *RNG.uniform(-3_000, 3_000, 2), 10.0 * k, **who, **what))
    return batch(*rows)


def p_alone(some, found):
    """What is believed of each event: here what its best row says."""
    return np.maximum.reduceat(some.p_real[found.member], found.first[:-1])


def some_watchers():
    made = []
    for _ in range(40):
        x, y, side = *RNG.uniform(-4_000, 2_000, 2), RNG.uniform(500, 4_000)
        start, source = at(RNG.uniform(-300, 900)).timestamp(), any_of("t", "u")
        made.append(
            Watcher(
                source=source,
                sensor=f"{source}/{any_of('s1', 's2', 'other')}" if RNG.random() < 0.8 else None,
                start_s=start,
                end_s=start + RNG.uniform(0, 300),
                phenomenon=any_of("explosion", "fire") if RNG.random() < 0.4 else None,
                p_detect=RNG.uniform(0, 1),
                region=Region(rings=(np.array([[x, y], [x + side, y], [x + side, y + side], [x, y + side]]),)),
                sector=None,
            )
        )
    return made


def test_many_are_silenced_as_each_alone():
    some, watching = some_batch(100), some_watchers()
    found = found_of(some, [1] * 40 + [2] * 15 + [3] * 10)
    spots, summary = spots_of(some, found), summarise(some, found, p_alone(some, found))
    start, end = window_of(spots, found)
    unheard, asks = find_unheard(watching, spots, (start, end), summary.kinds, reporters(some, found))
    nodes = nodes_of(spots, set())
    places = find_whereabouts(make_ground(FRAME, None, Regions()), spots, asks, nodes)
    p = p_when_unheard(summary.p_exists, unheard, asks, places.shares, (), places.alongside.p_sector)
    changed = 0
    for k in range(found.n_events):
        rows = some.rows[found.member[found.first[k] : found.first[k + 1]]]
        cloud = Cloud(xy=nodes(np.array([k]))[0][1][0], weights=np.full(610, 1 / 610))
        alone = p_after_silence(
            summary.p_exists[k],
            watching,
            reported_by={some.sensors[code] for code in rows["sensor"]},
            cloud=cloud,
            window_s=(start[k], end[k]),
            phenomena={PHENOMENA[kind] for kind in rows["kind"]},
            p_sector={},
        )
        assert p[k] == pytest.approx(alone, abs=1e-6)
        changed += alone < summary.p_exists[k] - 1e-6
    assert 20 < changed < found.n_events


def test_a_summary_is_that_of_the_members():
    some = some_batch(60)
    found = found_of(some, [1, 2, 3, 4] * 6)
    summary = summarise(some, found, p_alone(some, found))
    grade = some.p_real
    for k in range(found.n_events):
        members = list(range(found.first[k], found.first[k + 1]))
        assert summary.founder[k] == min(members, key=lambda i: some.ids_of(np.array([i])))
        fire = [i for i in members if PHENOMENA[some.rows["kind"][i]] != "fire"] or members
        assert summary.named[k] == min(fire, key=lambda i: (-grade[i], some.ids_of(np.array([i]))))
        assert summary.tlp[k] == min(some.tlp[i] for i in members)
        assert summary.version[k] == 1


def test_nobody_watching_changes_nothing():
    some = batch(fix("a", 0, 0, 0.0), sector("b", 0, 0, (0, 90), (500, 900), time=at(5)))
    found = found_of(some, [1, 1])
    spots, summary = spots_of(some, found), summarise(some, found, p_alone(some, found))
    unheard, asks = find_unheard((), spots, window_of(spots, found), summary.kinds, reporters(some, found))
    p = p_when_unheard(summary.p_exists, unheard, asks, (), (), np.zeros((2, 0)))
    assert p == pytest.approx([0.95] * 2)
