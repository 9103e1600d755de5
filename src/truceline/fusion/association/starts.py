"""Where two or three observations would have a common origin, in closed form: the starts of hypotheses.

A bearing is a ray and an arrival a sphere that grows with time; two of them meet in a point, or in two. What is soft (a
sector, an area) only says which point of a ray it likes best.
"""

import math

import numpy as np

from truceline.geo.kernel import inner
from truceline.physics.columns import AREA, ARRIVAL, BEARING, F64, FIX, Records
from truceline.physics.weigh import ALL_ROUND_RAD, NEAREST_M, origin_s, wrapped

MOST_STARTS = 4
PARALLEL = 0.03  # rays that cross at a smaller angle (rad) meet nowhere in particular
STEEP = 0.35  # rays that cross at a larger angle need no travel time to meet
GATE = 4.5  # standard deviations by which a start may miss what a row says
EXACT = 0.0  # a start whose place adds nothing to the errors of time
FALL = 2.6  # so many scales of a falling distance window are still looked at


@inner
def allows(rows: Records, i: int, x_m: float, y_m: float) -> bool:
    """Whether row `i` can be of an event at (x, y): direction and distance within what it states."""
    row = rows[i]
    dx, dy = x_m - row.x_m, y_m - row.y_m
    if row.family == FIX or row.family == AREA:
        square = row.ixx_per_m2 * dx * dx + 2.0 * row.ixy_per_m2 * dx * dy + row.iyy_per_m2 * dy * dy
        return bool(square <= GATE * GATE)
    r_m = max(math.hypot(dx, dy), NEAREST_M)
    if r_m > FALL * row.scale_m or r_m > row.range_max_m + GATE * row.sigma_max_m:
        return False
    if r_m < row.range_min_m - GATE * row.sigma_min_m:
        return False
    if row.family == ARRIVAL or row.half_arc_rad >= ALL_ROUND_RAD:
        return True
    off = abs(wrapped(math.atan2(dx, dy) - row.bearing_rad)) - row.half_arc_rad
    return bool(off <= GATE * (row.angle_sigma_rad + row.position_sigma_m / r_m))


@inner
def blob(rows: Records, i: int, out: F64) -> None:
    """Mean and covariance (x, y, xx, xy, yy) of the even spread of a fix, a sector, an area or an arrival."""
    row = rows[i]
    out[0], out[1] = row.x_m, row.y_m
    if row.family == FIX or row.family == AREA:
        det = row.ixx_per_m2 * row.iyy_per_m2 - row.ixy_per_m2 * row.ixy_per_m2
        out[2], out[3], out[4] = row.iyy_per_m2 / det, -row.ixy_per_m2 / det, row.ixx_per_m2 / det
        return
    far = min(row.range_max_m, 1.5 * row.scale_m)
    if row.half_arc_rad >= ALL_ROUND_RAD or row.family == ARRIVAL:
        out[2], out[3], out[4] = 0.25 * far * far, 0.0, 0.25 * far * far
        return
    edge = 0.5 * (row.sigma_min_m + row.sigma_max_m)
    r_m = 0.5 * (row.range_min_m + far)
    ux, uy = math.sin(row.bearing_rad), math.cos(row.bearing_rad)
    radial = (far - row.range_min_m) ** 2 / 12.0 + edge * edge + row.position_sigma_m**2
    angle2 = row.angle_sigma_rad**2 + row.half_arc_rad**2 / 3.0
    across = r_m * r_m * angle2 + row.position_sigma_m**2
    out[0] += r_m * ux
    out[1] += r_m * uy
    out[2] = radial * ux * ux + across * uy * uy
    out[3] = (radial - across) * ux * uy
    out[4] = radial * uy * uy + across * ux * ux


@inner
def _put(rows: Records, i: int, j: int, x_m: float, y_m: float, more_s2: float, out: F64, n: int) -> int:
    """Keep (x, y) with the time that both rows agree on, if both allow it; `more_s2` is what errors of place add."""
    if n == len(out) or not (allows(rows, i, x_m, y_m) and allows(rows, j, x_m, y_m)):
        return n
    t_i, v_i = origin_s(rows, i, x_m, y_m)
    t_j, v_j = origin_s(rows, j, x_m, y_m)
    v_i += rows[i].half_window_s ** 2 / 3.0  # a window counts by its even spread
    v_j += rows[j].half_window_s ** 2 / 3.0
    if (t_i - t_j) ** 2 > GATE * GATE * (v_i + v_j + more_s2):
        return n
    out[n, 0], out[n, 1] = x_m, y_m
    out[n, 2] = (t_i * v_j + t_j * v_i) / (v_i + v_j)
    return n + 1


@inner
def _on_ray(rows: Records, i: int, j: int, r_m: float, more_s2: float, out: F64, n: int) -> int:
    if not r_m > 0.0:
        return n
    x_m = rows[i].x_m + r_m * math.sin(rows[i].bearing_rad)
    y_m = rows[i].y_m + r_m * math.cos(rows[i].bearing_rad)
    return _put(rows, i, j, x_m, y_m, more_s2, out, n)


@inner
def ray_by_time(rows: Records, i: int, j: int, out: F64, n: int) -> int:
    """Points of the ray of `i` from which the signal of `j` arrives when it did."""
    ray, other = rows[i], rows[j]
    speed = other.speed_m_s
    dx, dy = ray.x_m - other.x_m, ray.y_m - other.y_m
    along = dx * math.sin(ray.bearing_rad) + dy * math.cos(ray.bearing_rad)
    square = dx * dx + dy * dy
    rho = speed * (other.time_s - ray.time_s)
    if ray.speed_m_s > 0.0:  # both are late: a branch of a hyperbola meets the ray once
        bottom = 2.0 * (along - rho)
        if abs(bottom) < 1e-6:
            return n
        return _on_ray(rows, i, j, (rho * rho - square) / bottom, EXACT, out, n)
    root = along * along - square + rho * rho
    if rho <= 0.0:
        return n
    if root < 0.0:  # the ray passes the circle by: its nearest point, if errors allow it
        return _on_ray(rows, i, j, -along, EXACT, out, n)
    n = _on_ray(rows, i, j, -along - math.sqrt(root), EXACT, out, n)
    return _on_ray(rows, i, j, -along + math.sqrt(root), EXACT, out, n)


@inner
def _ray_in_blob(rows: Records, i: int, j: int, work: F64, out: F64, n: int) -> int:
    """The point of the ray of `i` that the spread of `j` likes best."""
    blob(rows, j, work)
    det = work[2] * work[4] - work[3] * work[3]
    ux, uy = math.sin(rows[i].bearing_rad), math.cos(rows[i].bearing_rad)
    dx, dy = work[0] - rows[i].x_m, work[1] - rows[i].y_m
    vx, vy = work[4] * ux - work[3] * uy, work[2] * uy - work[3] * ux
    r_m = (vx * dx + vy * dy) / (vx * ux + vy * uy) if det > 0.0 else 0.0
    return _on_ray(rows, i, j, r_m, EXACT, out, n)


@inner
def _rays(rows: Records, i: int, j: int, out: F64, n: int) -> int:
    a, b = rows[i].bearing_rad, rows[j].bearing_rad
    cross = math.sin(b - a)
    dx, dy = rows[j].x_m - rows[i].x_m, rows[j].y_m - rows[i].y_m
    if abs(cross) > PARALLEL:
        r_i = (dx * math.cos(b) - dy * math.sin(b)) / -cross
        r_j = (dx * math.cos(a) - dy * math.sin(a)) / -cross
        off = ((rows[i].angle_sigma_rad * r_i) ** 2 + (rows[j].angle_sigma_rad * r_j) ** 2) / (cross * cross)
        fastest = max(rows[i].speed_m_s, rows[j].speed_m_s)  # what a crossing that is off does to the origins' times
        n = _on_ray(rows, i, j, r_i, off / (fastest * fastest) if fastest > 0.0 else EXACT, out, n)
    if abs(cross) < STEEP:
        if rows[j].speed_m_s > 0.0:
            n = ray_by_time(rows, i, j, out, n)
        if rows[i].speed_m_s > 0.0:
            n = ray_by_time(rows, j, i, out, n)
    return n


@inner
def _between(rows: Records, i: int, j: int, out: F64, n: int) -> int:
    """The point between two stations from which a signal reaches both when it did."""
    speed = rows[i].speed_m_s
    dx, dy = rows[j].x_m - rows[i].x_m, rows[j].y_m - rows[i].y_m
    apart = math.hypot(dx, dy)
    if speed <= 0.0 or speed != rows[j].speed_m_s or apart < NEAREST_M:
        return n
    share = 0.5 + 0.5 * speed * (rows[i].time_s - rows[j].time_s) / apart
    if not 0.0 < share < 1.0:
        return n
    return _put(rows, i, j, rows[i].x_m + share * dx, rows[i].y_m + share * dy, EXACT, out, n)


@inner
def pair_starts(rows: Records, i: int, j: int, work: F64, out: F64) -> int:
    """Common origins (x, y, t) of two rows, written to `out` (MOST_STARTS, 3); `work` (10,) is scratch.

    Returns
    -------
    how many; for two arrivals the point between their stations, of all on a hyperbola
    """
    none = 0 * len(out)  # a plain 0 is a type of its own, for which every callee would be compiled once more
    a, b = rows[i].family, rows[j].family
    if a == BEARING and b == BEARING:
        return _rays(rows, i, j, out, none)
    if a == BEARING or b == BEARING:
        ray, other = (i, j) if a == BEARING else (j, i)
        if rows[other].family == ARRIVAL:
            return ray_by_time(rows, ray, other, out, none)
        return _ray_in_blob(rows, ray, other, work, out, none)
    if a == ARRIVAL and b == ARRIVAL:
        return _between(rows, i, j, out, none)
    blob(rows, i, work[:5])
    blob(rows, j, work[5:])
    if a == ARRIVAL or b == ARRIVAL:  # how far it is along the sphere the next step finds out
        at = work[5:] if a == ARRIVAL else work[:5]
        return _put(rows, i, j, at[0], at[1], EXACT, out, none)
    sxx, sxy, syy = work[2] + work[7], work[3] + work[8], work[4] + work[9]
    det = sxx * syy - sxy * sxy
    dx, dy = work[5] - work[0], work[6] - work[1]
    kx, ky = (syy * dx - sxy * dy) / det, (sxx * dy - sxy * dx) / det
    return _put(
        rows, i, j, work[0] + work[2] * kx + work[3] * ky, work[1] + work[3] * kx + work[4] * ky, EXACT, out, none
    )


@inner
def arrival_starts(rows: Records, i: int, j: int, k: int, out: F64) -> int:
    """Origins (x, y, t) of three arrivals: two linear equations in them and one quadratic; at most two.

    Source
    ------
    Bancroft 1985, "An algebraic solution of the GPS equations", IEEE Trans. Aerospace and Electronic Systems 21, 56-59
    (in the plane, one station taken as the origin).
    """
    speed = rows[i].speed_m_s
    ax, ay = rows[j].x_m - rows[i].x_m, rows[j].y_m - rows[i].y_m
    bx, by = rows[k].x_m - rows[i].x_m, rows[k].y_m - rows[i].y_m
    at, bt = speed * (rows[j].time_s - rows[i].time_s), speed * (rows[k].time_s - rows[i].time_s)
    det = ax * by - ay * bx
    if abs(det) <= 1e-3 * (ax * ax + ay * ay + bx * bx + by * by):
        return 0
    # a . p - at * w = half_a with w = speed * (t0 - t_i) <= 0 and |p| = -w
    half_a, half_b = 0.5 * (ax * ax + ay * ay - at * at), 0.5 * (bx * bx + by * by - bt * bt)
    px, py = (half_a * by - half_b * ay) / det, (ax * half_b - bx * half_a) / det
    qx, qy = (at * by - bt * ay) / det, (ax * bt - bx * at) / det
    a, b, c = qx * qx + qy * qy - 1.0, px * qx + py * qy, px * px + py * py
    root = b * b - a * c
    found = 0
    if abs(a) < 1e-12:
        return found
    if root < 0.0:  # no exact origin within the errors: the nearest miss, if it is one
        if root < -0.25 * b * b:
            return found
        root = 0.0
    for sign in (-1.0, 1.0):
        w = (-b + sign * math.sqrt(root)) / a
        x_m, y_m = rows[i].x_m + px + qx * w, rows[i].y_m + py + qy * w
        if w < 0.0 and allows(rows, i, x_m, y_m) and allows(rows, j, x_m, y_m) and allows(rows, k, x_m, y_m):
            out[found, 0], out[found, 1], out[found, 2] = x_m, y_m, rows[i].time_s + w / speed
            found += 1
    return found


def starts_scratch() -> tuple[F64, F64]:
    """Work space and output of `pair_starts`."""
    return np.zeros(10), np.zeros((MOST_STARTS, 3))
