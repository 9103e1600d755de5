"""Who would have noticed: kernels against plain loops over every sensor."""

import math

import numpy as np
import pytest
from tests.fusion.rows import batch, fix
from tests.fusion.test_incidents import bearing
from tests.fusion.test_unheard import found_of

from truceline.domain.observation import PHENOMENA
from truceline.fusion.trust.noticing import (
    CONFIRMED,
    CONFIRMED_NATS,
    P_APART,
    P_APART_PAIR,
    P_SPLIT,
    RINGS,
    count_noticed,
    ring_of,
    unnoticed,
)
from truceline.fusion.trust.surroundings import AROUND_M, AROUND_S, CROWD, crowd
from truceline.fusion.trust.witnesses import FEED, POST, REACH_M, UNPLACED, posts_near, witnesses

RNG = np.random.default_rng(5)


def some_batch(n=80):
    """Cameras that stay, one that moves, and a feed; some at random over 60 km."""
    places = RNG.uniform(-30e3, 30e3, (20, 2))
    rows = []
    for k in range(n):
        s = int(RNG.integers(20))
        move = 5_000.0 * k if s == 0 else 0.0
        x, y = places[s] + move
        rows.append(bearing(f"{k:03d}", x, y, 10.0, seconds=60.0 * k, sensor=f"c{s:02d}"))
    rows += [fix(f"f{k}", *RNG.uniform(-30e3, 30e3, 2), 60.0 * k, sensor="uav", source="feed") for k in range(20)]
    return batch(*rows)


def events(some, sizes):
    found = found_of(some, sizes)
    gain = RNG.uniform(0, 40, len(sizes))
    return found, gain, RNG.uniform(0, 20, len(some.rows))


def test_posts_stay_feeds_have_no_place_and_movers_watch_nothing():
    some = some_batch()
    who = witnesses(some)
    role = dict(zip(some.sensors, who.role.tolist(), strict=True))
    assert role["feed/uav"] == FEED and role["t/c00"] == UNPLACED and role["t/c01"] == POST
    assert dict(zip(some.sensors, witnesses(some, frozenset({"t"})).role, strict=True))["t/c01"] == UNPLACED
    out = np.empty(99, dtype=np.int64)
    for x, y in RNG.uniform(-30e3, 30e3, (20, 2)):
        near = set(out[: posts_near(who, x, y, 0.0, out)].tolist())
        away = np.hypot(who.x_m - x, who.y_m - y)
        assert near == set(np.flatnonzero((who.role == POST) & (away < REACH_M)).tolist())


def ring_at(who, s, x, y):
    if who.role[s] == FEED:
        return RINGS
    r = math.hypot(who.x_m[s] - x, who.y_m[s] - y)
    return ring_of(r) if who.role[s] == POST and r < REACH_M else None


def asked_at(who, x, y, t):
    for s in range(len(who.role)):
        if who.first_s[s] <= t <= who.last_s[s] and ring_at(who, s, x, y) is not None:
            yield s, ring_at(who, s, x, y)


def test_what_is_noticed_is_asked_only_where_others_confirm_it():
    some = some_batch()
    who, (found, gain, own) = witnesses(some), events(some, [1, 2, 3, 4, 5, 5] * 5)
    sensor, kind = some.rows["sensor"].copy(), np.full(found.n_events, 2)
    shape = (who.n_groups, len(PHENOMENA), RINGS + 1)
    noticed, asked, by, of = np.zeros(shape), np.zeros(shape), np.zeros(len(who.role)), np.zeros((len(who.role), 17))
    state = np.column_stack([found.x_m, found.y_m, found.time_s])
    every = np.arange(found.n_events)
    count_noticed(who, sensor, found.first, found.member, kind, state, gain, own, every, noticed, asked, by, of)
    want_noticed, want_asked = np.zeros(shape), np.zeros(shape)
    for e in every:
        places = range(found.first[e], found.first[e + 1])
        brings = {int(sensor[found.member[m]]): own[m] for m in places}
        for s, ring in asked_at(who, *state[e]):
            told = s in brings
            if len(places) - told >= CONFIRMED and gain[e] - brings.get(s, 0.0) >= CONFIRMED_NATS:
                want_asked[who.group[s], 2, ring] += 1
                want_noticed[who.group[s], 2, ring] += told
    assert want_noticed.sum() > 5 and want_asked.sum() > want_noticed.sum()
    np.testing.assert_array_equal(noticed, want_noticed)
    np.testing.assert_array_equal(asked, want_asked)
    assert by.sum() == noticed.sum() and of.sum() == asked.sum()


def test_nobody_else_noticed_it_as_a_product_over_everybody():
    some = some_batch()
    who, (found, _, _) = witnesses(some), events(some, [1, 1, 2, 3] * 14)
    sensor, kind = some.rows["sensor"].copy(), np.zeros(found.n_events, dtype=np.int64)
    miss = RNG.uniform(0.2, 1.0, (1, who.n_groups, RINGS + 1))
    k = found.n_events
    xy = np.column_stack([found.x_m, found.y_m])[:, None, :] + RNG.normal(0, 3e3, (k, 4, 2))
    weights = RNG.dirichlet(np.ones(4), k)
    alone, others = np.zeros(len(some.rows)), np.zeros(k)
    unnoticed(
        who, sensor, found.first, found.member, kind, found.time_s, np.arange(k), xy, weights, miss, 1 / miss - 1,
        alone, others,
    )  # fmt: skip
    for e in range(k):
        rows = found.member[found.first[e] : found.first[e + 1]]
        if len(set(sensor[rows].tolist())) < len(rows):
            continue  # no event that is found holds two reports of one sensor
        rest = 0.0
        stays = np.zeros(len(rows))
        for p in range(4):
            share = {s: miss[0, who.group[s], r] for s, r in asked_at(who, *xy[e, p], found.time_s[e])}
            rest += weights[e, p] * np.prod([v for s, v in share.items() if s not in sensor[rows]])
            for m, i in enumerate(rows):
                left = np.array([v for s, v in share.items() if s != sensor[i]])
                none = left.prod()
                one = none * (1 / left - 1).sum()
                stays[m] += weights[e, p] * (none + P_APART_PAIR * one + P_APART * (1 - none - one))
        assert others[e] == pytest.approx(math.log(rest + P_SPLIT * (1 - rest)), abs=1e-9)
        assert alone[rows] == pytest.approx(stays)


def test_a_crowd_is_counted_as_by_looking_at_all_pairs():
    t = np.sort(RNG.uniform(0, 8 * AROUND_S, 150))
    x, y = RNG.uniform(-2 * AROUND_M, 2 * AROUND_M, (2, 150))
    confirmed = RNG.random(150) < 0.6
    near = (np.abs(x[:, None] - x) <= AROUND_M) & (np.abs(y[:, None] - y) <= AROUND_M)
    near &= (np.abs(t[:, None] - t) <= AROUND_S) & confirmed & ~np.eye(150, dtype=bool)
    np.testing.assert_array_equal(crowd(x, y, t, confirmed), np.minimum(near.sum(axis=1), CROWD))
