"""What is agreed in a simulated world that follows no real arrangement: fire is forbidden on both sides of its line."""

import json
from datetime import date

from truceline.simulation.worlds import World

_TEXT = """\
# EXERCISE. Nothing here was agreed by anybody: this arrangement belongs to a simulated world.
format: arrangement/1
id: exercise-{name}
version: 1
title: {title}
reference: simulated world {name}; agreed by nobody
in_force_from: {day}T00:00:00+00:00
timezone: UTC
languages: [en]
day_ends:
  - {{since: {day}, value: "00:00", reference: exercise, grade: assumed}}
parties:
  - {{id: left, name: Exercise party left of the line, side: ground left of the line, reference: exercise}}
  - {{id: right, name: Exercise party right of the line, side: ground right of the line, reference: exercise}}
lines:
  - id: line
    name: Line of the exercise
    left: left
    right: right
    versions:
      - since: {day}
        value: {{file: line.geojson, accuracy_m: 0}}
        reference: drawn for the exercise
        grade: assumed
clauses:
  - id: "1"
    kind: no_fire
    title: Ceasefire
    text: All fire is forbidden (exercise).
    reference: exercise, article 1
    since: {day}T00:00:00+00:00
    acts:
      - since: {day}
        value: [explosion, projectile, shot, burst, muzzle_flash, tracer, airburst]
        reference: exercise
        grade: assumed
standards:
  - since: {day}
    value: {{suspicion: 0.25, reasonable_grounds: 0.40, balance: 0.51, clear_and_convincing: 0.75}}
    reference: exercise
    grade: assumed
day_parts:
  - since: {day}
    value: {{morning: "05:00-12:00", afternoon: "12:00-18:00", evening: "17:00-23:00", night: "20:00-06:00"}}
    reference: exercise
    grade: assumed
prior:
  - since: {day}
    value:
      exchange_rate_per_km2_h: 0.002
      exchange_spread_m: 800
      incident_rate_per_km2_h: 0.002
      watch_sigma_s: 60
      p_shared: 0.5
      p_told_together: 0.95
      p_real: {{A: 0.99, B: 0.95, C: 0.85, D: 0.6, E: 0.3, F: 0.5}}
    reference: the starting values of a new mission
    grade: assumed
release:
  - since: {day}
    value: {{public: [sensor_positions, observations, coverage, rejected]}}
    reference: exercise
    grade: assumed
"""


def agreed_files(world: World, line_deg: tuple[tuple[float, float], ...], day: date) -> dict[str, str]:
    """Name and text of the files of an arrangement that holds from `day` along a line (longitude, latitude)."""
    title = json.dumps(f"EXERCISE: {world.title}")
    line = {"type": "LineString", "coordinates": [list(vertex) for vertex in line_deg]}
    return {
        "arrangement.yaml": _TEXT.format(name=world.name, title=title, day=day.isoformat()),
        "line.geojson": json.dumps(line) + "\n",
    }
