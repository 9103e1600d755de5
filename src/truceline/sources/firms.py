"""Active fires as NASA FIRMS lets them be downloaded (CSV): one burning pixel of VIIRS or MODIS a row."""

from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from truceline.domain.columns import TIMESTAMP, Column
from truceline.domain.inputs import Parsed, RawPayload, Setting
from truceline.sources.casting import cast_table
from truceline.sources.checks import (
    Flags,
    Problem,
    column_problems,
    flags,
    missing_problems,
    parsed,
    problem,
    refuse,
    repeat_problems,
    standing,
)
from truceline.sources.foreign import as_observations, everywhere, looked_up, read_foreign, told_as_text

_S, _F = pa.string(), pa.float64()
# What this source reads of a FIRMS file. Everything else that stands in a row goes into `text`, word for word.
READ = (
    Column(name="latitude", type=_F, meaning="centre of the pixel", low=-90, high=90, required=True),
    Column(name="longitude", type=_F, meaning="centre of the pixel", low=-180, high=180, required=True),
    Column(name="acq_date", type=_S, meaning="day of the pass, UTC", required=True),
    Column(name="acq_time", type=_S, meaning="hour and minute of the pass, UTC"),
    Column(name="satellite", type=_S, meaning="which satellite"),
    Column(name="instrument", type=_S, meaning="VIIRS or MODIS"),
    Column(name="confidence", type=_S, meaning="low, nominal or high; of MODIS 0 to 100"),
    Column(name="scan", type=_F, meaning="size of the pixel across the track, km", low=0.01, high=20),
    Column(name="track", type=_F, meaning="size of the pixel along the track, km", low=0.01, high=20),
    Column(name="frp", type=_F, meaning="fire radiative power, MW", low=0),
)
ALIASES = MappingProxyType({"lat": "latitude", "lon": "longitude"})
NEEDED = ("latitude", "longitude", "acq_date")
# "acq_time" may be written 5, 0005 or 00:05
_DATE, _CLOCK, _TIME = r"^\d{4}-\d{2}-\d{2}$", r"^(\d{1,4}|\d{1,2}:\d{2})$", r"^([01]\d|2[0-3])[0-5]\d$"

# As written in FIRMS files -> (short for ids, name, instrument).
# https://www.earthdata.nasa.gov/data/tools/firms/active-fire-data-attributes-modis-viirs
SATELLITES = MappingProxyType(
    {
        "n": ("N", "Suomi NPP", "viirs"),
        "1": ("N20", "NOAA-20", "viirs"),
        "n20": ("N20", "NOAA-20", "viirs"),
        "2": ("N21", "NOAA-21", "viirs"),
        "n21": ("N21", "NOAA-21", "viirs"),
        "t": ("T", "Terra", "modis"),
        "terra": ("T", "Terra", "modis"),
        "a": ("A", "Aqua", "modis"),
        "aqua": ("A", "Aqua", "modis"),
    }
)
# Error of the pixel's own position, one standard deviation. VIIRS: within 75 m along and across (earthdata.nasa.gov,
# lancemodis-vj203img-nrt-2.1); MODIS: about 50 m (Wolfe et al. 2002, 10.1016/S0034-4257(02)00085-8).
GEOLOCATION_SIGMA_M = MappingProxyType({"viirs": 75.0, "modis": 50.0, "": 75.0})
# A row that does not say how large its pixel was gets one that is not too small. VIIRS: the largest that occurs, at
# the edge of the swath. MODIS, or unknown: assumed; 1 km below the satellite, several times that at the edge.
UNSTATED_PIXEL_KM = MappingProxyType({"viirs": 0.8, "modis": 2.0, "": 2.0})
# Assumed: all detections of two to three minutes of a pass carry one time (S-NPP over Ukraine, 2023).
TIME_SIGMA_S = 60.0
# Limits of the classes of MODIS, in per cent: FIRMS, MODIS active fire product user's guide (MCD14).
NOMINAL_FROM, HIGH_FROM = 30.0, 80.0
CLASSES = MappingProxyType(
    {"l": "low", "low": "low", "n": "nominal", "nominal": "nominal", "h": "high", "high": "high"}
)
# Grades of the instrument's own confidence, assumed but for their order. Schroeder et al. 2014
# (10.1016/j.rse.2013.12.008): fewer than 1.2 % of nominal VIIRS detections are false; low ones are often glint.
GRADES = MappingProxyType({"high": ("A", 2), "nominal": ("B", 2), "low": ("C", 3), "": ("B", 6)})


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmsSource:
    """Detections of fire from orbit: means `thermal`, phenomenon `fire`, never a shot.

    The place is the pixel: even over its size (`scan`, `track`), so with a standard deviation of size / sqrt(12), and
    the error of the geolocation added. The ellipse lies east-west, across a track that runs within some 15 degrees of
    north-south below 60 degrees of latitude. A row without `acq_time` says `unknown_within` its UTC day. A fire wider
    than a pixel gives a row a pixel. Reliability and credibility follow `confidence` (GRADES); without it, B and 6.
    """

    version: str = "firms/1"

    def parse(self, payload: RawPayload, setting: Setting) -> Parsed:
        """Parse one CSV file; every row comes back as an observation or as a Rejected with its first problem.

        Raises
        ------
        SourceError
            if the file is not UTF-8 CSV with latitude, longitude and acq_date.
        """
        sheet = read_foreign(payload, NEEDED, ALIASES)
        typed, misfits = cast_table(READ, sheet.table, sheet.n_rows)
        problems = [*sheet.problems, *misfits, *missing_problems(READ, typed), *column_problems(READ, typed)]
        when, found = _moments(typed)
        problems += found + _confidence_problems(typed)
        table = _observations(typed, when, _rest(sheet.table), payload)
        clash = "the same pixel of the same pass said something else before"
        problems += repeat_problems(table, table["id"].combine_chunks(), standing(sheet.n_rows, problems), "id", clash)
        stands, rejected = refuse(payload.name, sheet.n_rows, problems)
        return parsed(rejected, observations=table.filter(pa.array(stands)))


def _moments(typed: pa.Table) -> tuple[pa.Array, list[Problem]]:
    """Start of the minute, or of the UTC day where no time is stated; null where that cannot be read."""
    day, clock = typed["acq_date"].combine_chunks(), typed["acq_time"].combine_chunks()
    is_day, is_clock = flags(pc.match_substring_regex(day, _DATE)), flags(pc.match_substring_regex(clock, _CLOCK))
    digits = pc.utf8_lpad(pc.replace_substring(clock, ":", ""), width=4, padding="0")
    is_clock &= flags(pc.match_substring_regex(digits, _TIME))
    stated = flags(pc.is_valid(clock))
    hour, minute = pc.utf8_slice_codeunits(digits, 0, 2), pc.utf8_slice_codeunits(digits, 2, 4)
    time_of_day = pc.fill_null(pc.binary_join_element_wise(hour, minute, ":"), "00:00")
    text = pc.binary_join_element_wise(pc.binary_join_element_wise(day, time_of_day, "T"), "Z", "")
    good = is_day & (is_clock | ~stated)
    text = pc.if_else(pa.array(good), text, pa.scalar(None, _S))
    column = (Column(name="time", type=TIMESTAMP, meaning=""),)
    moments = cast_table(column, pa.table({"time": text}), len(text))[0]["time"].combine_chunks()
    nowhere = good & ~flags(pc.is_valid(moments))
    return moments, [
        *problem("acq_date", "not a date: write it as 2026-06-24", ~is_day & flags(pc.is_valid(day)), day),
        *problem("acq_time", "not a time of day in UTC: write 0000 to 2359", stated & ~is_clock, clock),
        *problem("acq_date", "no such day between 1900 and 2200", nowhere, day),
    ]


def _classes(typed: pa.Table) -> pa.Array:
    """Class of confidence a row: low, nominal, high, "" where none is stated; null where it cannot be read."""
    written = pc.utf8_lower(typed["confidence"].combine_chunks())
    column = (Column(name="confidence", type=_F, meaning=""),)
    share = cast_table(column, pa.table({"confidence": written}), len(written))[0]["confidence"].combine_chunks()
    within = pc.fill_null(pc.and_(pc.greater_equal(share, 0.0), pc.less_equal(share, 100.0)), False)
    of_share = pc.if_else(
        pc.greater_equal(share, HIGH_FROM), "high", pc.if_else(pc.greater_equal(share, NOMINAL_FROM), "nominal", "low")
    )
    named = looked_up(written, CLASSES)
    found = pc.if_else(within, of_share, named)
    return pc.if_else(pc.is_null(written), "", found)


def _confidence_problems(typed: pa.Table) -> list[Problem]:
    reason = "no known confidence: write low, nominal, high (l, n, h) or 0 to 100"
    return problem("confidence", reason, flags(pc.is_null(_classes(typed))), typed["confidence"].combine_chunks())


def _observations(typed: pa.Table, when: pa.Array, text: pa.Array, payload: RawPayload) -> pa.Table:
    n = typed.num_rows
    at_minute = pc.is_valid(typed["acq_time"])
    nothing = pa.scalar(None, TIMESTAMP)
    start = pc.if_else(at_minute, nothing, when)
    satellite = typed["satellite"].combine_chunks()
    code = pc.utf8_lower(satellite)
    short, name, carries = (looked_up(code, {k: v[part] for k, v in SATELLITES.items()}) for part in range(3))
    classes = _classes(typed)
    columns = {
        "id": _ids(typed, when, pc.coalesce(short, satellite)),
        "source": everywhere(payload.source, n),
        "sensor": pc.coalesce(name, satellite),
        "record_kind": everywhere("observation", n),
        "means": everywhere("thermal", n),
        "phenomenon": everywhere("fire", n),
        "time": pc.if_else(at_minute, when, nothing),
        "time_sigma_s": pc.if_else(at_minute, TIME_SIGMA_S, pa.scalar(None, _F)),
        "time_start": start,
        "time_end": pc.add(start, pa.scalar(timedelta(days=1), pa.duration("us"))),
        "time_kind": pc.if_else(at_minute, pa.scalar(None, _S), "unknown_within"),
        "received_at": everywhere(payload.received_at, n),
        "lon_deg": typed["longitude"],
        "lat_deg": typed["latitude"],
        **_ellipses(typed, pc.coalesce(pc.utf8_lower(typed["instrument"]), carries)),
        "reliability": looked_up(classes, {k: grade for k, (grade, _) in GRADES.items()}),
        "credibility": looked_up(classes, {k: grade for k, (_, grade) in GRADES.items()}),
        "text": text,
    }
    return as_observations(n, columns)


def _ellipses(typed: pa.Table, instrument: pa.Array) -> dict[str, pa.Array]:
    """Standard deviations of a pixel, metres: even across its size, with the error of its own position."""
    kind = pc.if_else(pc.is_in(instrument, pa.array(("viirs", "modis"))), instrument, "")
    sigmas = {}
    for side in ("scan", "track"):
        unstated = looked_up(kind, UNSTATED_PIXEL_KM)
        size_m = 1000.0 * np.asarray(pc.coalesce(typed[side], unstated), dtype=np.float64)
        own_m = np.asarray(looked_up(kind, GEOLOCATION_SIGMA_M))
        sigmas[side] = np.round(np.hypot(size_m / np.sqrt(12.0), own_m), 1)
    wide: Flags = sigmas["scan"] >= sigmas["track"]
    return {
        "sigma_major_m": pa.array(np.maximum(sigmas["scan"], sigmas["track"])),
        "sigma_minor_m": pa.array(np.minimum(sigmas["scan"], sigmas["track"])),
        "sigma_azimuth_deg": pa.array(np.where(wide, 90.0, 0.0)),
    }


def _ids(typed: pa.Table, when: pa.Array, satellite: pa.Array) -> pa.Array:
    """Satellite, pass and pixel: the same detection is the same row in any file, however its figures are padded."""
    at_minute = pc.is_valid(typed["acq_time"])
    moment = pc.if_else(at_minute, pc.strftime(when, "%Y%m%d-%H%M"), pc.strftime(when, "%Y%m%d"))
    micro = (pc.round(pc.multiply(typed[side], 1e6)).cast(pa.int64(), safe=False) for side in ("latitude", "longitude"))
    return pc.binary_join_element_wise(
        pc.fill_null(satellite, "fire"), moment, *(place.cast(_S) for place in micro), "_"
    ).combine_chunks()


def _rest(raw: pa.Table) -> pa.Array:
    """What else a row says; confidence and power are read, but shown nowhere else."""
    read = {c.name for c in READ} - {"confidence", "frp"}
    return told_as_text(raw, [name for name in raw.column_names if name not in read])


SOURCE = FirmsSource()
