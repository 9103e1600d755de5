import numpy as np
import pytest
from scipy import stats

from truceline.fusion.places.posterior import Cloud, Grid, blur, blur_grid, ellipse, integrate, pool, quantile


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


def gaussian(x_m, y_m, major_m, minor_m, azimuth_deg):
    a = np.radians(azimuth_deg)
    axis, across = np.array([np.sin(a), np.cos(a)]), np.array([np.cos(a), -np.sin(a)])
    covariance = major_m**2 * np.outer(axis, axis) + minor_m**2 * np.outer(across, across)
    return np.array([x_m, y_m]), covariance


def assert_is_the_closed_form(fixes, bounds):
    """Log evidence within 0.02 nats, sigmas within 3 %, mean within a tenth of the minor sigma; returns the cloud."""
    peaks = [stats.multivariate_normal(mean, covariance, allow_singular=True) for mean, covariance in fixes]
    found = integrate(lambda g: np.sum([p.logpdf(g.xy) for p in peaks], axis=0), bounds)
    assert found is not None
    precisions = [np.linalg.inv(covariance) for _, covariance in fixes]
    covariance = np.linalg.inv(np.sum(precisions, axis=0))
    mean = covariance @ np.sum([p @ m for p, (m, _) in zip(precisions, fixes, strict=True)], axis=0)
    log_z = sum(float(p.logpdf(mean)) for p in peaks) + 0.5 * np.linalg.slogdet(2 * np.pi * covariance)[1]
    minor = np.sqrt(np.linalg.eigvalsh(covariance)[0])
    assert found.log_evidence == pytest.approx(log_z, abs=0.02)
    assert ellipse(found.cloud.covariance())[:2] == pytest.approx(ellipse(covariance)[:2], rel=0.03)
    assert np.hypot(*(found.cloud.mean() - mean)) < 0.1 * minor
    return found.cloud


AZIMUTHS = [*range(0, 181, 15), 1, 26.565, 44, 89, 91, 151]  # 26.565 and 45 run along points of a square grid


@pytest.mark.parametrize("azimuth_deg", AZIMUTHS)
@pytest.mark.parametrize(("major_m", "minor_m"), [(5_000.0, 10.0), (5_000.0, 50.0), (5_000.0, 200.0), (500.0, 400.0)])
@pytest.mark.parametrize("wide", [False, True])
def test_equal_fixes_halve_the_variance_whatever_their_azimuth(azimuth_deg, major_m, minor_m, wide):
    fix = gaussian(800.0, -300.0, major_m, minor_m, azimuth_deg)
    reach = 5.0 * np.sqrt(np.diag(fix[1]))
    box = (-60e3, -47e3, 61e3, 63e3) if wide else (*(fix[0] - reach), *(fix[0] + reach))
    cloud = assert_is_the_closed_form([fix, fix], box)
    # The two-sigma ellipse has the area 4 pi sigma sigma: three points to each sigma put 9 x 4 pi into it.
    assert (cloud.weights > np.exp(-2.0) * cloud.weights.max()).sum() > 0.9 * 9 * 4 * np.pi


@pytest.mark.parametrize("azimuth_deg", [0.0, 7.0, 28.5, 45.0, 90.0, 133.0, 171.0])
@pytest.mark.parametrize("apart_deg", [1.5, 4.0, -8.0])
def test_ridges_crossing_at_a_small_angle(azimuth_deg, apart_deg):
    one = gaussian(100.0, 50.0, 6_000.0, 40.0, azimuth_deg)
    other = gaussian(110.0, 20.0, 6_000.0, 60.0, azimuth_deg + apart_deg)
    assert_is_the_closed_form([one, other], (-18e3, -20e3, 19e3, 17e3))


def rays(xy):
    """Two bearings, 30 and 28.5 degrees, of 0.3 degrees each, from posts 300 m apart, out to some 20 km."""
    log_p = np.zeros(len(xy))
    for x, azimuth_deg in ((0.0, 28.5), (300.0, 27.0)):
        off = np.degrees(np.arctan2(xy[:, 0] - x, xy[:, 1])) - azimuth_deg
        r = np.hypot(xy[:, 0] - x, xy[:, 1])
        log_p += -0.5 * (off / 0.3) ** 2 - np.log(np.maximum(r, 1.0)) - np.logaddexp(0.0, (r - 20e3) / 500.0)
    return log_p


def bow(xy):
    """A ring of 9 km about the origin, 40 m wide, seen over a sector: no axes make it straight."""
    r, theta = np.hypot(xy[:, 0], xy[:, 1]), np.arctan2(xy[:, 0], xy[:, 1])
    return -0.5 * ((r - 9e3) / 40.0) ** 2 - 0.5 * ((theta - 0.7) / 0.12) ** 2


@pytest.mark.parametrize(("log_density", "bounds"), [(rays, (-2e3, 50.0, 14e3, 24e3)), (bow, (-5e3, -1e3, 12e3, 12e3))])
def test_what_is_not_gaussian_is_what_a_dense_grid_says(log_density, bounds):
    x, y = np.meshgrid(np.arange(bounds[0], bounds[2], 8.0) + 4, np.arange(bounds[1], bounds[3], 8.0) + 4)
    xy = np.column_stack((x.ravel(), y.ravel()))
    log_p = log_density(xy)
    weights = np.exp(log_p - log_p.max())
    dense = Cloud(xy=xy, weights=weights / weights.sum())
    found = integrate(lambda g: log_density(g.xy), bounds)
    assert found is not None
    assert found.log_evidence == pytest.approx(log_p.max() + np.log(weights.sum() * 64.0), abs=0.02)
    major, minor, azimuth = ellipse(dense.covariance())
    assert ellipse(found.cloud.covariance())[:2] == pytest.approx((major, minor), rel=0.03)
    assert ellipse(found.cloud.covariance())[2] == pytest.approx(azimuth, abs=0.5)
    assert np.hypot(*(found.cloud.mean() - dense.mean())) < 0.1 * minor


def test_a_turned_grid_still_ends_at_the_bounds():
    ridge = stats.multivariate_normal(*gaussian(0.0, 0.0, 9_000.0, 60.0, 40.0))
    found = integrate(lambda g: ridge.logpdf(g.xy), (0.0, -50e3, 40e3, 50e3))  # half of it lies west of them
    assert found is not None
    assert found.log_evidence == pytest.approx(np.log(0.5), abs=0.02)
    assert found.cloud.mean()[0] == pytest.approx(np.sqrt(2 / np.pi) * 9_000.0 * np.sin(np.radians(40.0)), rel=0.01)


def test_nothing_anywhere_is_none_and_never_a_number():
    assert integrate(lambda g: np.full(len(g.xy), -np.inf), (0.0, 0.0, 1.0, 1.0)) is None


@pytest.mark.parametrize("turn_rad", [0.0, 0.6])
def test_blurring_on_a_grid_equals_blurring_at_its_points(turn_rad):
    rng = np.random.default_rng(3)
    cloud = Cloud(xy=rng.normal(0, 2_000, (50, 2)), weights=np.full(50, 0.02))
    grid = Grid(xs=np.linspace(-3_000, 3_000, 7), ys=np.linspace(-1_000, 2_000, 9), turn_rad=turn_rad)
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
