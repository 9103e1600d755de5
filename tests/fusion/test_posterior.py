import numpy as np
import pytest
from scipy import stats

from truceline.fusion.posterior import Cloud, Grid, blur, blur_grid, ellipse, integrate, pool, quantile


def test_a_gaussian_is_integrated_whatever_the_grid_started_on():
    truth = stats.multivariate_normal([1200.0, -300.0], [[90.0**2, 0.0], [0.0, 40.0**2]])
    for half in (1_000.0, 20_000.0):
        found = integrate(lambda g: truth.logpdf(g.xy), (1200 - half, -300 - half, 1200 + half, -300 + half))
        assert found is not None
        assert found.log_evidence == pytest.approx(0.0, abs=1e-3)
        assert found.cloud.mean() == pytest.approx([1200.0, -300.0], abs=1.0)
        assert np.sqrt(np.diag(found.cloud.covariance())) == pytest.approx([90.0, 40.0], rel=0.01)


def test_a_narrow_peak_off_the_first_grid_is_still_found():
    truth = stats.multivariate_normal([7_333.0, 4_111.0], [[60.0**2, 0.0], [0.0, 60.0**2]])
    found = integrate(lambda g: truth.logpdf(g.xy), (-15_000.0, -15_000.0, 15_000.0, 15_000.0))
    assert found is not None
    assert found.log_evidence == pytest.approx(0.0, abs=1e-3)


def test_nothing_anywhere_is_none_and_never_a_number():
    assert integrate(lambda g: np.full(len(g.xy), -np.inf), (0.0, 0.0, 1.0, 1.0)) is None


def test_blurring_on_a_grid_equals_blurring_at_its_points():
    rng = np.random.default_rng(3)
    cloud = Cloud(xy=rng.normal(0, 2_000, (50, 2)), weights=np.full(50, 0.02))
    grid = Grid(xs=np.linspace(-3_000, 3_000, 7), ys=np.linspace(-1_000, 2_000, 9))
    assert blur_grid(cloud, 700.0, grid) == pytest.approx(blur(cloud, 700.0, grid.xy), rel=1e-12)


def test_blurring_one_point_gives_the_gaussian_density():
    cloud = Cloud(xy=np.zeros((1, 2)), weights=np.ones(1))
    at = np.array([[0.0, 0.0], [500.0, -800.0]])
    truth = stats.multivariate_normal([0, 0], 700.0**2 * np.eye(2)).pdf(at)
    assert blur(cloud, 700.0, at) == pytest.approx(truth)


@pytest.mark.parametrize(
    ("azimuth_deg", "expected"), [(0.0, 0.0), (30.0, 30.0), (90.0, 90.0), (150.0, 150.0), (180.0, 0.0)]
)
def test_an_ellipse_has_the_axes_and_azimuth_that_its_covariance_was_made_with(azimuth_deg, expected):
    a = np.radians(azimuth_deg)
    axis = np.array([np.sin(a), np.cos(a)])
    across = np.array([np.cos(a), -np.sin(a)])
    covariance = 300.0**2 * np.outer(axis, axis) + 100.0**2 * np.outer(across, across)
    major, minor, azimuth = ellipse(covariance)
    assert (major, minor) == pytest.approx((300.0, 100.0))
    assert min(abs(azimuth - expected), 180 - abs(azimuth - expected)) == pytest.approx(0.0, abs=1e-6)


def test_quantiles_and_pools_keep_weights():
    values, weights = np.array([3.0, 1.0, 2.0]), np.array([0.2, 0.5, 0.3])
    assert [quantile(values, weights, p) for p in (0.05, 0.5, 0.6, 0.95)] == [1.0, 1.0, 2.0, 3.0]
    one = Cloud(xy=np.zeros((4, 2)), weights=np.full(4, 0.25))
    both = pool([one, Cloud(xy=np.ones((2, 2)), weights=np.array([0.5, 0.5]))])
    assert both.weights.sum() == pytest.approx(1.0)
    assert both.mean() == pytest.approx([0.5, 0.5])
