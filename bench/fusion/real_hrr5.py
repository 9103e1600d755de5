"""HRR-5: five infrasound arrays detect one explosion at 234 to 471 km; is its true place inside the 90 % region?

python bench/fusion/real_hrr5.py
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from real import KM, Run, fused, shared
from truceline import menu
from truceline.domain.arrangement import Prior
from truceline.domain.columns import from_rows
from truceline.domain.observation import COLUMNS
from truceline.geo.frame import local_frame

DETECTIONS = "data/infrasound/HRR-5.dets.json"
TRUTH_DEG = (-106.333961, 33.5377)  # SOURCES.md
PRIOR = Prior()
TIME_SIGMA_S = 10.0  # assumed: half the window over which such a detection is averaged
SITE_SIGMA_M = 100.0  # assumed: the middle of an array is given, not each microphone
REGION_90 = 4.605  # of the squared distance in standard deviations, in a plane (chi squared, 2 degrees of freedom)


@dataclass(frozen=True, kw_only=True)
class Hrr5:
    """The incident with the most detections; the true place off its mean, in km and in squared sigmas."""

    incident: dict[str, object]
    off_km: float
    off_sigma2: float
    run: Run

    @property
    def inside(self) -> bool:
        """Whether the true place lies in the ellipse that holds 90 %."""
        return self.off_sigma2 <= REGION_90


def detections(path: Path) -> pa.Table:
    """InfraPy's detections as rows: bearing and time at an array; the bearing's error is that of the sensor model."""
    sigma_deg = menu.choose("sensor", menu.SENSOR_OF_MEANS["infrasound"]).sector_sigma_deg.value
    rows = [
        {
            "id": one["Name"],
            "source": "infrapy",
            "sensor": one["Name"],
            "record_kind": "observation",
            "means": "infrasound",
            "phenomenon": "explosion",
            "time": datetime.fromisoformat(one["Peak F-Stat Time (UTC)"]).replace(tzinfo=UTC),
            "time_sigma_s": TIME_SIGMA_S,
            "sensor_lon_deg": one["Longitude"],
            "sensor_lat_deg": one["Latitude"],
            "sensor_sigma_m": SITE_SIGMA_M,
            "bearing_deg": one["Back Azimuth"],
            "bearing_sigma_deg": sigma_deg,
            "reliability": "B",
            "credibility": 2,
        }
        for one in json.loads(path.read_text(encoding="utf-8"))
    ]
    return from_rows(COLUMNS, rows)


def measure(folder: Path) -> Hrr5:
    """Read, fuse, and look where the truth lies."""
    run = fused(detections(folder / DETECTIONS), None, prior=PRIOR)
    incident = max(run.fused.incidents.to_pylist(), key=lambda row: row["n_observations"])
    frame = local_frame(incident["lon_deg"], incident["lat_deg"])
    off = np.array([float(x) for x in frame.to_plane(*TRUTH_DEG)])
    azimuth = np.radians(incident["sigma_azimuth_deg"])
    along, across = off @ [np.sin(azimuth), np.cos(azimuth)], off @ [np.cos(azimuth), -np.sin(azimuth)]
    sigma2 = (along / incident["sigma_major_m"]) ** 2 + (across / incident["sigma_minor_m"]) ** 2
    return Hrr5(incident=incident, off_km=float(np.hypot(*off)) / KM, off_sigma2=float(sigma2), run=run)


def main() -> None:
    """Print every figure."""
    found = measure(shared())
    one = found.incident
    ellipse = (
        f"{one['sigma_major_m'] / KM:.1f} x {one['sigma_minor_m'] / KM:.1f} km, {one['sigma_azimuth_deg']:.0f} degrees"
    )
    print(f"detections: {found.run.n}; incidents: {found.run.fused.incidents.num_rows}")
    print(f"in the incident: {one['n_observations']} of them, p_exists {one['p_exists']:.3f}")
    print(f"mean place {one['lat_deg']:.3f} N {-one['lon_deg']:.3f} W, one standard deviation {ellipse}")
    print(f"time of origin {one['time']:%H:%M:%S} UTC, one standard deviation {one['time_sigma_s']:.0f} s")
    print(f"true place {found.off_km:.1f} km off, {found.off_sigma2:.2f} squared sigmas", end=": ")
    print("inside" if found.inside else "OUTSIDE", f"the 90 % region (at most {REGION_90})")
    print(found.run)


if __name__ == "__main__":
    main()
