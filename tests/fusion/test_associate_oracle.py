"""Association against plain NumPy: scores term by term, and the partition against all partitions of small scenes."""

import math

import numpy as np
import pytest
from tests.fusion.scenes import LEAST, Small, best_partition, draw_small, rates, scene_of, worth

from truceline.domain.arrangement import Prior
from truceline.domain.observation import PHENOMENA
from truceline.fusion.associate import associate
from truceline.fusion.association.found import Found
from truceline.fusion.association.grow import llr, plausible, recruit, score
from truceline.fusion.association.levels import LEVELS
from truceline.fusion.association.rates import log_rates
from truceline.fusion.association.reach import RADIUS, circles_of
from truceline.fusion.association.scene import best_kind, make_work
from truceline.fusion.kinds import log_kind
from truceline.fusion.places.belonging import p_member
from truceline.physics.weigh import log_predictive


def _events(found: Found) -> list[tuple[int, ...]]:
    return sorted(tuple(found.member[a:b].tolist()) for a, b in zip(found.first[:-1], found.first[1:], strict=True))


def _associated(small: Small, threads: int = 1) -> Found:
    return associate(small.reports, epoch_s=0.0, prior=Prior(), threads=threads)


def test_rates_count_what_a_cell_holds() -> None:
    circles = circles_of(draw_small(5, events=6, clutter=9, apart_s=4000.0).reports.rows)
    circles[::5, RADIUS] *= 10.0 ** np.linspace(0.0, 2.5, len(circles[::5]))  # infrasound among them
    level = LEVELS[0]
    found = log_rates(circles, level, LEAST)
    assert found == pytest.approx(np.log(rates(circles)), abs=1e-12)
    assert len(set(found.tolist())) > 2


def test_a_score_is_evidence_against_each_alone_and_the_kinds() -> None:
    small = draw_small(3, events=1, clutter=0)
    scene = scene_of(small.reports)
    scene.rows["kind"][0] = PHENOMENA.index("projectile")
    members = np.arange(len(scene.rows))
    state, cov, fit = small.truth[0].copy(), np.zeros(6), np.zeros(18)
    for _ in range(8):
        value = score(scene, members, state, cov, fit)
    matrix = np.array([[cov[0], cov[1], cov[2]], [cov[1], cov[3], cov[4]], [cov[2], cov[4], cov[5]]])
    known = (
        sum(log_predictive(scene.rows, i, scene.arcs, scene.rings, state, np.zeros(6)) for i in members)
        + 0.5 * np.linalg.slogdet(2.0 * math.pi * matrix)[1]
    )
    kinds = max(sum(scene.log_kind[kind, stated] for stated in scene.rows["kind"]) for kind in scene.rows["kind"])
    assert value == pytest.approx(known - scene.kappa.sum() + scene.log_rate.mean() + kinds, abs=1e-3)


def test_the_kind_is_the_one_that_explains_most() -> None:
    scene = scene_of(draw_small(8, events=1, clutter=3).reports)
    table, rng = log_kind(), np.random.default_rng(4)
    for _ in range(40):
        scene.rows["kind"] = rng.choice(4, size=len(scene.rows))
        members = rng.permutation(len(scene.rows))[: rng.integers(1, len(scene.rows) + 1)]
        stated = scene.rows["kind"][members]
        totals = {int(kind): float(table[kind, stated].sum()) for kind in stated}
        kind, value = best_kind(scene, members)
        assert value == pytest.approx(max(totals.values()))
        assert kind == min(k for k, total in totals.items() if total > max(totals.values()) - 1e-9)


@pytest.mark.parametrize("seed", range(8))
def test_recruits_are_the_best_of_each_sensor_that_beats_chance(seed: int) -> None:
    small = draw_small(seed, events=4, clutter=6, apart_s=30.0)
    scene, work = scene_of(small.reports), make_work(len(small.reports.rows))
    free = np.random.default_rng(seed).random(len(scene.rows)) < 0.9
    for event in small.truth:
        cov = np.array([2e4, 3e3, 5.0, 1.5e4, -4.0, 0.3])
        ratio = np.array([llr(scene, j, 0, event, cov) for j in range(len(scene.rows))])
        fit = free & (ratio > 0.0) & [plausible(scene.rows, j, event, cov) for j in range(len(scene.rows))]
        want = set()
        for sensor in set(scene.rows["sensor"][fit].tolist()):
            of_sensor = np.flatnonzero(fit & (scene.rows["sensor"] == sensor))
            want.add(int(of_sensor[np.argmax(ratio[of_sensor])]))
        n = recruit(scene, free, event, cov, 0, work)
        assert set(work.members[:n].tolist()) == want


@pytest.mark.parametrize("seed", range(8))
def test_what_fits_within_four_deviations_is_always_weighed(seed: int) -> None:
    """The quick look must not lose what belongs: every report of an event, seen from where the event was."""
    small = draw_small(seed, events=4, clutter=0)
    for j, k in enumerate(small.event):
        assert plausible(small.reports.rows, j, small.truth[k], np.zeros(6))


SCENES = [(seed, 2, 1) for seed in range(200, 230)] + [(seed, 3, 0) for seed in range(100, 110)]


@pytest.fixture(scope="module")
def searched() -> list[tuple[Small, float, list[tuple[int, ...]], dict]]:
    """Small scenes with their best partitions; those of more than nine rows would take too long."""
    found = []
    for seed, events, clutter in SCENES:
        small = draw_small(seed, events=events, clutter=clutter, apart_s=120.0)
        if len(small.reports.rows) <= 9:
            total, partition, value = best_partition(scene_of(small.reports), list(small.truth))
            found.append((small, total, partition, value))
    return found


def test_association_finds_the_likeliest_partition_of_small_scenes(searched: list) -> None:
    """Greedy acceptance and local moves against trying every partition, scored by the same odds."""
    assert len(searched) >= 20
    same, short = 0, []
    for small, total, partition, _ in searched:
        found = _associated(small)
        same += _events(found) == partition
        short.append(total - float(found.gain_nats.sum()))
    assert same >= 0.75 * len(searched)
    assert np.median(short) < 0.01 and np.quantile(short, 0.9) < 6.0
    assert min(short) > -0.1, "nothing is likelier than the likeliest: the two score differently"


def test_every_row_is_in_one_event_and_no_sensor_twice_in_one(searched: list) -> None:
    for small, *_ in searched:
        found = _associated(small)
        assert np.array_equal(np.sort(found.member), np.arange(len(small.reports.rows)))
        for event in _events(found):
            assert len(set(small.reports.rows["sensor"][list(event)].tolist())) == len(event)
        assert (np.diff(found.time_s) >= 0.0).all()


def test_membership_tells_what_each_row_brings(searched: list) -> None:
    """llr_nats is the worth of the event less that without the row; p weighs that against alone and rivals."""
    off = []
    for small, _, _, value in searched:
        scene, found = scene_of(small.reports), _associated(small)
        for k in range(found.n_events):
            rows = found.member[found.first[k] : found.first[k + 1]].tolist()
            own, p = (v[found.first[k] : found.first[k + 1]] for v in (found.llr_nats, found.p_member))
            if len(rows) == 1:
                assert own[0] == 0.0
                continue
            for at, row in enumerate(rows):
                rest = tuple(r for r in rows if r != row)
                alone = max(0.0, value.get(rest, worth(scene, rest, small.truth)))
                off.append(own[at] - min(60.0, value[tuple(rows)] - alone))
                unrivalled = p_member(own[at : at + 1], np.zeros(1), np.full(1, len(rows)))
                assert p[at] <= unrivalled[0] + 1e-9
    assert np.median(np.abs(off)) < 0.05
    assert np.mean(np.abs(off) < 0.5) > 0.8


def test_the_order_of_rows_changes_nothing() -> None:
    """The rows of a batch are ordered by what they say; two threads and one give the same bytes."""
    small = draw_small(31, events=9, clutter=6, apart_s=9000.0)
    one, two = _associated(small), _associated(small, threads=2)
    for name in ("first", "member", "llr_nats", "p_member", "x_m", "y_m", "time_s", "cov", "gain_nats"):
        assert getattr(one, name).tobytes() == getattr(two, name).tobytes(), name


def test_without_rivals_a_membership_is_as_probable_as_what_it_brings() -> None:
    small = draw_small(2, events=1, clutter=0)
    found = _associated(small)
    assert found.n_events == 1
    n = len(found.member)
    assert found.p_member == pytest.approx(p_member(found.llr_nats, np.zeros(n), np.full(n, n)), abs=1e-3)
