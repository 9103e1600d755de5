"""What floods of fabricated reports and wrong sensor models do to the answer, and whether it is noticed.

python bench/fusion/robust.py flood|models [observations] [world ...]

`flood`: a source that makes up 30 % of all rows joins. Incidents with honest rows are compared before and after by
those rows: has `p_exists`, or the probability of either side of the line, crossed a standard of proof of the shipped
arrangements? And does an incident of fabricated rows alone reach one? `models`: F1 with right and with wrong models of
the same sensors, and which of these are named.
"""

import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from itertools import product

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from ours import line_along

from truceline.app import sensor_models
from truceline.domain.arrangement import Prior, Regions
from truceline.domain.fused import Fused
from truceline.fusion.fuse import fuse
from truceline.geo.line import locate
from truceline.simulation.campaign import Simulated, simulate
from truceline.simulation.rows import SCHEMA, timestamps
from truceline.simulation.score import labels, pair_scores
from truceline.simulation.violence import beside
from truceline.simulation.worlds import WORLDS

SEEDS = (9001, 9002, 9003)
N_OBSERVATIONS = 20_000
STANDARDS = (0.25, 0.40, 0.51, 0.75)  # suspicion to clear and convincing, in every shipped arrangement
SHARE = 0.3  # of all rows afterwards
CLOSE_M = 5e3  # to the line: incidents that are told on the other side
FLOODS = ("anywhere", "hot spots", "across", "thirty names", "half true", "insider", "insiders", "near miss")
NAMES = ("thirty names", "insiders")  # that share inventions
ANY = ("camera", "array", "patrol", "station", "uav", "satellite", *(f"feed{n}" for n in range(1, 7)))


def run(observations: pa.Table, simulated: Simulated, models: object = None) -> Fused:
    """The whole way, with the shipped models unless others are given."""
    line = line_along(simulated.line_deg)
    return fuse(observations, None, models=models or sensor_models(), line=line, regions=Regions(), prior=Prior())


def f1(found: Fused, simulated: Simulated) -> float:
    """Agreement of pairs."""
    label = labels(
        simulated.truth["observation_id"], found.membership["observation_id"], found.membership["incident_id"]
    )
    return pair_scores(simulated.seen.event, label).f1


# floods


def fabricated(simulated: Simulated, how: str) -> pa.Table:
    """The rows of a source that floods: fixes as sharp as the best, graded like the others."""
    rng = np.random.default_rng([simulated.seed, 7])
    n = round(simulated.observations.num_rows * SHARE / (1.0 - SHARE))
    x, y, time_s = _made_up(simulated, how, n, rng)
    lon, lat = simulated.ground.frame.to_degrees(x, y)
    kinds, shares = zip(*simulated.world.violence.kinds, strict=True)
    source = simulated.observations["source"][0].as_py() if how.startswith("insider") else "flood"
    names = [f"{source}-x{(7 * (k % (n // 4)) + 4 * k // n) % 30 if how in NAMES else 0}" for k in range(n)]
    columns = {name: pa.nulls(n, SCHEMA.field(name).type) for name in SCHEMA.names}
    columns |= {
        "id": pa.array([f"f{k:07d}" for k in range(n)]),
        "source": pa.repeat(pa.scalar(source), n),
        "sensor": pa.array(names),
        "record_kind": pa.repeat(pa.scalar("observation"), n),
        "means": pa.repeat(pa.scalar("uav"), n),
        "phenomenon": pa.array(rng.choice(kinds, n, p=np.array(shares) / sum(shares))),
        "time": timestamps(simulated.start, time_s),
        "time_sigma_s": np.full(n, 5.0),
        "received_at": timestamps(simulated.start, time_s),
        "lon_deg": lon,
        "lat_deg": lat,
        "sigma_major_m": np.full(n, 100.0),
        "sigma_minor_m": np.full(n, 100.0),
        "sigma_azimuth_deg": np.zeros(n),
        "reliability": pa.repeat(pa.scalar("B"), n),
    }
    return pa.table(columns, schema=SCHEMA)


def _made_up(simulated: Simulated, how: str, n: int, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Places (m) and times (s) that are told."""
    happened, line = simulated.happened, simulated.ground.line
    reported = np.unique(simulated.seen.event[simulated.seen.event >= 0])
    lasts_s = float(simulated.seen.time_s.max())
    if how in ("anywhere", *NAMES):
        k = rng.integers(0, len(happened.x_m), n // 4 if how in NAMES else n)
        x, y = happened.x_m[k] + 8e3 * rng.standard_normal(len(k)), happened.y_m[k] + 8e3 * rng.standard_normal(len(k))
        told = np.arange(n) % len(k)  # of thirty names each invention has about four
        x, y, time_s = x[told], y[told], (lasts_s * rng.random(len(k)))[told] + 3.0 * rng.standard_normal(n)
    elif how == "hot spots":
        k = rng.choice(reported, 40)[rng.integers(0, 40, n)]
        x, y = happened.x_m[k] + 800.0 * rng.standard_normal(n), happened.y_m[k] + 800.0 * rng.standard_normal(n)
        time_s = lasts_s * rng.random(n)
    else:
        _, off = locate(line, happened.x_m[reported].copy(), happened.y_m[reported].copy())
        k = rng.choice(reported[np.abs(off) < (CLOSE_M if how != "near miss" else 300.0)], n)
        chainage, offset = locate(line, happened.x_m[k].copy(), happened.y_m[k].copy())
        x, y = beside(line, chainage, -offset).T
        if how == "half true":
            true = rng.random(n) < 0.5
            x, y = np.where(true, happened.x_m[k], x), np.where(true, happened.y_m[k], y)
        time_s = happened.time_s[k] + 3.0 * rng.standard_normal(n)
    return x + 80.0 * rng.standard_normal(n), y + 80.0 * rng.standard_normal(n), time_s


@dataclass(frozen=True, kw_only=True)
class Flooded:
    """What a flood did: incidents with honest rows, of which changed their standard of existence or of side; incidents
    of fabricated rows alone, and of these which reach the lowest standard; whether the source was named."""

    honest: int
    existence: int
    side: int
    made_up: int
    passing: int
    named: bool


def flooded(simulated: Simulated, before: Fused, how: str) -> Flooded:
    """Compare before and after, incident by incident of honest rows."""
    rows = fabricated(simulated, how)
    after = run(pa.concat_tables([simulated.observations, rows]), simulated)
    fake = pc.binary_join_element_wise(rows["source"], rows["id"], ":")
    honest = simulated.truth["observation_id"]
    was, now = (_of_rows(found, honest) for found in (before, after))
    changed = [(_standard(was[name]) != _standard(now[name])) for name in ("p_exists", "p_side_left", "p_side_right")]
    by_incident = [len(np.unique(was["incident"][c])) for c in (changed[0], changed[1] | changed[2])]
    made_up = _of_rows(after, fake)
    alone = ~np.isin(made_up["incident_id"], now["incident_id"])
    reach = alone & (made_up["p_exists"] >= STANDARDS[0])
    suspected = after.sensors.filter(pc.equal(after.sensors["source"], rows["source"][0]))["suspected"].to_pylist()
    return Flooded(
        honest=len(np.unique(was["incident"])),
        existence=by_incident[0],
        side=by_incident[1],
        made_up=len(np.unique(made_up["incident_id"][alone])),
        passing=len(np.unique(made_up["incident_id"][reach])),
        named=any("source_not_borne_out" in words for words in suspected),
    )


def _standard(p: np.ndarray) -> np.ndarray:
    return np.searchsorted(STANDARDS, p, side="right")


def _of_rows(found: Fused, ids: pa.Array) -> dict[str, np.ndarray]:
    """For each row what is told of its incident."""
    row = pc.index_in(ids, value_set=found.membership["observation_id"].combine_chunks())
    name = found.membership["incident_id"].combine_chunks().take(row)
    at = np.asarray(pc.index_in(name, value_set=found.incidents["id"].combine_chunks()))
    p_left = np.asarray(found.incidents["p_side_left"])[at]
    told = {"incident": at, "incident_id": np.asarray(name), "p_side_left": p_left, "p_side_right": 1.0 - p_left}
    return told | {"p_exists": np.asarray(found.incidents["p_exists"])[at]}


def floods(n: int, names: Iterable[str]) -> None:
    """Print the table of floods."""
    print("| world | seed | flood | incidents of honest rows | existence moved | side moved | incidents made up |"
          " of which reach suspicion | source named |\n" + "|" + "---|" * 9)  # fmt: skip
    for name, seed in product(names, SEEDS):
        simulated = simulate(WORLDS[name], n_observations=n, seed=seed)
        before = run(simulated.observations, simulated)
        for how in FLOODS:
            f = flooded(simulated, before, how)
            print(f"| {name} | {seed} | {how} | {f.honest:,} | **{f.existence}** | **{f.side}** | {f.made_up:,} |"
                  f" **{f.passing}** | {'yes' if f.named else 'no'} |", flush=True)  # fmt: skip


# wrong models


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is wrong with a share of the sensors of some sources."""

    name: str
    sources: tuple[str, ...]
    share: float
    bearing_deg: float = 0.0
    late_s: float = 0.0
    speed: float = 1.0
    reach: float = 1.0


AIMED = ("camera", "array")
FAULTS = (
    Fault(name="none", sources=(), share=0.0),
    Fault(name="bearing 10 degrees, 10 % of cameras and arrays", sources=AIMED, share=0.1, bearing_deg=10.0),
    Fault(name="bearing 10 degrees, 20 % of them", sources=AIMED, share=0.2, bearing_deg=10.0),
    Fault(name="bearing 10 degrees, all of them", sources=AIMED, share=1.0, bearing_deg=10.0),
    Fault(name="clock 30 s, 10 % of all sensors", sources=ANY, share=0.1, late_s=30.0),
    Fault(name="clock 30 s, 20 % of all sensors", sources=ANY, share=0.2, late_s=30.0),
    Fault(name="sound 5 % faster, all", sources=ANY, share=1.0, speed=1.05),
    Fault(name="sound 5 % slower, all", sources=ANY, share=1.0, speed=0.95),
    Fault(name="detection range halved, all", sources=ANY, share=1.0, reach=0.5),
)


def with_fault(simulated: Simulated, fault: Fault) -> tuple[pa.Table, frozenset[str]]:
    """The rows as sensors with a fault of direction or time would have told them, and which sensors these are."""
    told = simulated.observations
    sensor = np.array(told["sensor"].to_pylist())
    of_source = np.isin(np.array(told["source"].to_pylist()), fault.sources)
    rng = np.random.default_rng([simulated.seed, 9])
    names = np.unique(sensor[of_source])
    wrong = rng.choice(names, round(fault.share * len(names)), replace=False) if len(names) else names
    bad = np.isin(sensor, wrong)
    if fault.bearing_deg:
        bearing = told["bearing_deg"].to_numpy(zero_copy_only=False) + fault.bearing_deg * bad
        column = pa.array(np.mod(bearing, 360.0), mask=np.isnan(bearing))
        told = told.set_column(told.schema.get_field_index("bearing_deg"), "bearing_deg", column)
    if fault.late_s:
        time_us = told["time"].cast(pa.int64()).to_numpy() + np.where(bad, round(fault.late_s * 1e6), 0)
        column = pa.array(time_us).cast(told.schema.field("time").type)
        told = told.set_column(told.schema.get_field_index("time"), "time", column)
    return told, frozenset(wrong.tolist()) if fault.bearing_deg or fault.late_s else frozenset()


def faulty_world(name: str, fault: Fault, n: int, seed: int) -> Simulated:
    """The world, its sound faster or its sensors of shorter reach than the shipped models assume."""
    world = WORLDS[name]
    watches = tuple(
        replace(w, speed_m_s=w.speed_m_s * fault.speed, scale_m=w.scale_m * fault.reach) for w in world.watches
    )
    return simulate(replace(world, watches=watches), n_observations=n, seed=seed)


def right_models(fault: Fault) -> object:
    """The shipped models with the speed and reach that the world has."""

    def right(model: object) -> object:
        speed = replace(model.travel_speed_m_s, value=model.travel_speed_m_s.value * fault.speed)
        reach = {k: replace(p, value=p.value * fault.reach) for k, p in model.range_max_m.items()}
        return replace(model, travel_speed_m_s=speed, range_max_m=reach)

    return {means: right(model) for means, model in sensor_models().items()}


def models(n: int, names: Iterable[str]) -> None:
    """Print the table of wrong models."""
    print("| world | seed | fault | F1 right | F1 wrong | cost | sensors at fault | with 6 rows or more | named |"
          " corrected within 2 degrees or 2 s | others | wrongly named |\n" + "|" + "---|" * 12)  # fmt: skip
    for name, seed in product(names, SEEDS):
        for fault in FAULTS:
            if fault.bearing_deg and not any(w.source in AIMED for w in WORLDS[name].watches):
                continue
            if name == "pts" and (fault.speed != 1.0 or fault.reach != 1.0):
                continue
            simulated = faulty_world(name, fault, n, seed)
            right = f1(run(simulated.observations, simulated, right_models(fault)), simulated)
            told, bad = with_fault(simulated, fault)
            found = run(told, simulated)
            print(_line(name, seed, fault, right, f1(found, simulated), found.sensors.to_pylist(), bad), flush=True)


def _line(
    name: str, seed: int, fault: Fault, right: float, wrong: float, sensors: list[dict], bad: frozenset[str]
) -> str:
    marks = {"bearing_off", "clock_off", "range_off"}
    at_fault = [s for s in sensors if s["sensor"].partition("/")[2] in bad]
    enough = [s for s in at_fault if s["n"] >= 6]
    word = "bearing_off" if fault.bearing_deg else "clock_off"
    named = [s for s in enough if word in s["suspected"]]
    right_by = partial(_corrected, fault)
    others = [s for s in sensors if s["sensor"].partition("/")[2] not in bad]
    falsely = [s for s in others if marks & set(s["suspected"])]
    return (
        f"| {name} | {seed} | {fault.name} | {right:.3f} | {wrong:.3f} | **{right - wrong:.3f}** | {len(at_fault)} |"
        f" {len(enough)} | {len(named)} | {sum(map(right_by, named))} | {len(others):,} | {len(falsely)} |"
    )


def _corrected(fault: Fault, sensor: dict) -> bool:
    turned, late = sensor["bearing_corrected_deg"] - fault.bearing_deg, sensor["clock_corrected_s"] - fault.late_s
    return abs(turned) < 2.0 and abs(late) < 2.0


def main() -> None:
    """Print what is asked for."""
    words = [word for word in sys.argv[1:] if not word.isdigit()]
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    ask = {"flood": floods, "models": models}[words[0]]
    ask(numbers[0] if numbers else N_OBSERVATIONS, words[1:] or ("mix", "mixd", "pts", "arr"))


if __name__ == "__main__":
    main()
