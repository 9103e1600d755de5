"""Lints of the ground: zones that overlap, lines of one stroke or with a gap, maps that say the same."""

from collections.abc import Iterator
from itertools import combinations, pairwise

import numpy as np

from truceline.arrangement_file.fault import Fault
from truceline.arrangement_file.lint_ends import latest
from truceline.arrangement_file.located import place_of
from truceline.arrangement_file.overlap import in_km, overlap
from truceline.domain.arrangement import Arrangement, ClauseText, Line, Zone
from truceline.domain.ids import ZoneId
from truceline.geojson_file import spot
from truceline.strict_yaml import Value

# All assumed: what a planner would stumble over on the map, and nothing that a rough drawing would trip.
JUMP_KM = 50.0  # between two vertices of a line that has others
JUMP_TIMES = 10.0  # ... and so many times as far as its vertices usually lie apart


def overlapping_zones(said: Arrangement, root: Value) -> Iterator[Fault]:
    """Two zones of one clause, of clauses of one kind that apply together, or of two levels, share ground."""
    order = [zone.id for zone in said.zones]
    named: dict[tuple[ZoneId, ...], str] = {}
    for kind, ids in _groups(said):
        for pair in combinations(sorted(set(ids), key=order.index), 2):
            named.setdefault(pair, kind)
    zones = {zone.id: zone for zone in said.zones}
    for (first, second), kind in named.items():
        if (both := overlap(zones[first], zones[second])) is not None:
            text = (
                f"zones '{first}' and '{second}' of {kind} overlap: {both.km2:.1f} km2 around {spot(both.at_deg)}"
                f"{_since(both.since, zones[first], zones[second])}. What happens there counts in both: "
                "draw them apart, or make one zone of them."
            )
            yield Fault(place_of(root, "zones", second), text, "warning", second)


def _groups(said: Arrangement) -> Iterator[tuple[str, tuple[ZoneId, ...]]]:
    """Zones that are of one kind, and which."""
    known = {zone.id for zone in said.zones}
    for clause in said.clauses:
        yield f"clause '{clause.id}'", tuple(z for z in clause.zones if z in known)
    for one, other in combinations(said.clauses, 2):
        if one.kind == other.kind and _same_time(one, other):
            for pair in ((a, b) for a in one.zones for b in other.zones if a in known and b in known and a != b):
                yield f"clauses '{one.id}' and '{other.id}', both {one.kind.replace('_', ' ')},", pair
    for below, above in combinations(said.levels, 2):
        for pair in ((a, b) for a in below.zones for b in above.zones if a in known and b in known and a != b):
            yield f"levels {below.number} and {above.number}", pair


def _same_time(one: ClauseText, other: ClauseText) -> bool:
    begins = max(one.since, other.since)
    return all(clause.until is None or begins < clause.until for clause in (one, other))


def _since(day: object, one: Zone, other: Zone) -> str:
    return f" since {day}" if len(one.ring_deg.history) + len(other.ring_deg.history) > 2 else ""


def line_of_one_stroke(said: Arrangement, root: Value) -> Iterator[Fault]:
    """A line of two vertices: somebody drew a ruler's edge for a place-holder."""
    for line, vertices in latest(said):
        if len(vertices) == 2:
            text = f"line '{line.id}' is one straight stroke of two vertices. Draw it as it runs on the ground."
            yield Fault(_file(root, line), text, "warning", line.id)


def line_with_a_gap(said: Arrangement, root: Value) -> Iterator[Fault]:
    """A line jumps: two of its vertices lie much farther apart than the others."""
    for line, vertices in latest(said):
        if len(vertices) < 3:
            continue
        km = in_km(np.asarray(vertices, dtype=np.float64))
        steps = np.hypot(*np.diff(km, axis=0).T)
        for i, (a, b) in enumerate(pairwise(vertices)):
            if steps[i] > max(JUMP_KM, JUMP_TIMES * float(np.median(steps))):
                text = (
                    f"line '{line.id}' jumps {steps[i]:.0f} km from vertex {i + 1}, {spot(a)}, to vertex {i + 2}, "
                    f"{spot(b)}. Draw the stretch between, or make two lines of it."
                )
                yield Fault(_file(root, line), text, "warning", line.id)


def two_maps_of_one_line(said: Arrangement, root: Value) -> Iterator[Fault]:
    """Two control maps name one line: the second adds nothing."""
    lines = [one.line for one in said.control_maps]
    for n, one in enumerate(said.control_maps):
        if one.line and one.line in lines[:n]:
            text = f"control map '{one.id}' draws line '{one.line}', which a map above draws too. Name another line."
            yield Fault(place_of(root, "control_maps", one.id, "line"), text, "warning", one.id, one.reference)


def _file(root: Value, line: Line) -> Value:
    return place_of(root, "lines", line.id, "versions", len(line.versions.history) - 1, "value", "file")
