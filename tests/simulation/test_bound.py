"""The Cramér-Rao bound: what reports tell, by the score of draws; and estimates that reach it."""

from dataclasses import replace

import numpy as np
import pytest

from truceline.physics.sector import draw_arc, draw_band
from truceline.simulation.bound import bound_covariances, information
from truceline.simulation.campaign import simulate
from truceline.simulation.worlds import ARRAYS, MIX, PATROLS, PTS, STATIONS, scaled

KIND = np.zeros(1, dtype=np.int64)


def test_of_feeds_alone_the_bound_is_the_weighted_mean():
    made = simulate(scaled(PTS, 1e5), seed=5, n_observations=600)
    bound = bound_covariances(made)
    seen = made.seen
    for k in np.unique(seen.event[seen.event >= 0])[:20]:
        sigma = np.array([made.world.watches[w].fix_sigma_m for w in seen.watch[seen.event == k]])
        clock = np.array([made.world.watches[w].time_sigma_s for w in seen.watch[seen.event == k]])
        expected = [1.0 / np.sum(sigma**-2.0), 1.0 / np.sum(sigma**-2.0), 1.0 / np.sum(clock**-2.0)]
        assert np.diag(bound[k]) == pytest.approx(expected)


def _counted(draw, at, step, n=400_000):
    """Sum of p'^2 / p from how often each word is drawn here and a step to either side."""
    words = [draw(np.full(n, at + side * step), np.random.default_rng(8)) for side in (-1.0, 0.0, 1.0)]
    names = np.unique(np.concatenate(words))
    low, here, high = (np.array([np.mean(w == name) for name in names]) for w in words)
    told = here > 1e-3
    return float(np.sum(((high - low)[told] / (2.0 * step)) ** 2 / here[told]))


def test_compass_points_and_bands_tell_what_their_words_do():
    bare = replace(PATROLS, position_sigma_m=0.0, time_sigma_s=1e9)
    r, theta = 4_200.0, 0.35
    away = r * np.array([[np.sin(theta), np.cos(theta)]])
    info = information(bare, away, KIND, MIX)[0, :2, :2]
    along, across = away[0] / r, np.array([np.cos(theta), -np.sin(theta)])
    sigma = np.radians(PATROLS.bearing_sigma_deg)
    arcs = _counted(lambda at, rng: np.round(draw_arc(at, rng, sigma_rad=sigma)[0], 6), theta, 0.02)
    edges = np.array(PATROLS.band_edges_m)
    bands = _counted(lambda at, rng: draw_band(at, rng, sigma_share=0.25, edges_m=edges)[0], r, 100.0)
    scale = 2.0 / 7.5e3**2
    assert across @ info @ across - scale == pytest.approx(arcs / r**2, rel=0.05)
    assert along @ info @ along - scale == pytest.approx(bands, rel=0.05)


@pytest.mark.parametrize("watch", [ARRAYS, STATIONS])
def test_what_a_time_tells_is_the_variance_of_its_score(watch):
    away = np.array([[3_000.0, 2_500.0]])
    r, v = float(np.hypot(*away[0])), watch.speed_m_s

    def log_p(perceived, distance):
        variance = watch.time_sigma_s**2 + (watch.speed_sigma_share * distance / v) ** 2
        variance += (watch.position_sigma_m / v) ** 2
        return -0.5 * (perceived - distance / v) ** 2 / variance - 0.5 * np.log(variance)

    sigma = np.sqrt(watch.time_sigma_s**2 + (watch.speed_sigma_share * r / v) ** 2 + (watch.position_sigma_m / v) ** 2)
    drawn = r / v + sigma * np.random.default_rng(2).standard_normal(400_000)
    score = (log_p(drawn, r + 1.0) - log_p(drawn, r - 1.0)) / 2.0
    along = away[0] / r
    info = information(replace(watch, bearing_sigma_deg=1e6), away, KIND, MIX)[0, :2, :2] - 2.0 / 7.5e3**2 * np.eye(2)
    assert along @ info @ along == pytest.approx(score.var(), rel=0.02)


def test_more_reports_leave_less_unknown():
    made = simulate(scaled(MIX, 5e4), seed=3, n_observations=800)
    bound = bound_covariances(made)
    count = np.bincount(made.seen.event[made.seen.event >= 0], minlength=len(bound))
    areas = np.sqrt(bound[:, 0, 0] * bound[:, 1, 1] - bound[:, 0, 1] ** 2)
    assert np.isnan(bound[count == 0]).all()
    assert np.nanmedian(areas[count >= 6]) < np.nanmedian(areas[(count >= 2) & (count < 4)])
