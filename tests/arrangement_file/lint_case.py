"""What a case of a lint is: changes to the good arrangement, and all that is then told."""

from dataclasses import dataclass
from pathlib import Path

from truceline.arrangement_file import MAIN, folder_files

GOOD = folder_files(Path(__file__).parent / "good")
PRESS, EAST = "second-line.geojson", "east.geojson"
EAST_RING = "[0.40, 0.02], [0.55, 0.02], [0.55, 0.18], [0.40, 0.18], [0.40, 0.02]"
FAR_EAST = "[0.40, 0.02], [0.85, 0.02], [0.85, 0.18], [0.40, 0.18], [0.40, 0.02]"
OFF_EAST = "[0.80, 0.02], [0.95, 0.02], [0.95, 0.10], [0.80, 0.10], [0.80, 0.02]"
FAR_OFF = "[48.1, 37.8], [48.2, 37.8], [48.2, 37.9], [48.1, 37.9], [48.1, 37.8]"
OVER_WEST = "[0.10, 0.02], [0.25, 0.02], [0.25, 0.18], [0.10, 0.18], [0.10, 0.02]"
PRESS_MIDDLE = "    [0.15, 0.13],\n    [0.30, 0.09],\n    [0.45, 0.11],\n"
AFTER_CLAUSES = "\nstandards:\n"
LEVEL_2_HELD = "value: [{actor: coast-state, state: deployed}]"
LAST_TRIGGER = "trigger: {after: answer, extended: {at_least: 10, lasting_h: 48, along_km: 20}}"
ANSWER_TRIGGER = 'trigger: {clauses: ["1", "2"], at_least: 3, window_h: 96, after: warning, continuing_h: 24}'

Change = tuple[str, str]
Told = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Case:
    """Changes to the good arrangement (old text, new text), in `file`, and all that is then told: a mark of the line
    complained of, how bad it is, what it concerns, and how the complaint begins."""

    lint: str
    changes: list[Change]
    told: list[Told]
    file: str = MAIN


def more(id: str, kind: str, zones: str, rest: str, since: str = "2026-02-01") -> Change:
    """A change that adds a clause after the others."""
    clause = f"""  - id: "{id}"
    kind: {kind}
    title: Further clause
    text: Further text.
    reference: article {id}
    since: {since}T00:00:00+00:00
    zones: [{zones}]
"""
    return AFTER_CLAUSES, f"{clause}{rest}{AFTER_CLAUSES}"


def dated(key: str, value: str, since: str = "2026-02-01") -> str:
    """The acts or terms of such a clause."""
    return f"    {key}:\n      - {{since: {since}, value: {value}, reference: article 20, grade: stated}}\n"
