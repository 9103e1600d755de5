"""Every lint alone: a good arrangement with one change has that problem, at its line, and no other."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from truceline.arrangement_file import MAIN, check_arrangement, folder_files, read_arrangement
from truceline.arrangement_file.lint import LINTS
from truceline.errors import ArrangementError

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


CASES = [
    Case(
        "overlapping_zones",
        [(EAST_RING, OVER_WEST)],
        [("- id: east-area", "warning", "east-area", "zones 'west-area' and 'east-area' of clause '2' overlap: 32.1 ")],
        EAST,
    ),
    Case(
        "overlapping_zones",
        [more("2b", "presence", "buffer", dated("acts", "[troops]") + dated("terms", "{permitted: [works]}"))],
        [
            (
                "- id: west-area",
                "warning",
                "west-area",
                "zones 'buffer' and 'west-area' of clauses '2' and '2b', both ",
            ),
            (
                "- id: east-area",
                "warning",
                "east-area",
                "zones 'buffer' and 'east-area' of clauses '2' and '2b', both ",
            ),
        ],
    ),
    Case(
        "overlapping_zones",
        [("side: left, from_m: 3000", "side: left, from_m: 1000")],
        [("- id: north-rear", "warning", "north-rear", "zones 'buffer' and 'north-rear' of levels 1 and 2 overlap: ")],
    ),
    Case(
        "line_stops_short",
        [(EAST_RING, FAR_EAST)],
        [
            ("- id: line", "warning", "line", "line 'line' ends nowhere: it stops at 0.6000 E 0.0600 N, but zone 'ea"),
            (
                "- id: press-line",
                "warning",
                "press-line",
                "line 'press-line' ends nowhere: it stops at 0.6000 E 0.0700",
            ),
        ],
        EAST,
    ),
    Case(
        "line_stops_short",
        [(EAST_RING, OFF_EAST)],
        [
            (
                "- id: press-line",
                "warning",
                "press-line",
                "line 'press-line' ends nowhere: it stops at 0.6000 E 0.0700 N, but zone 'east-area",
            )
        ],
        EAST,
    ),
    Case(
        "line_stops_short",
        [("at_deg: [0.2, 0.3]", "at_deg: [1.1, 0.0]")],
        [
            (
                "- id: line",
                "warning",
                "line",
                "line 'line' ends nowhere: it stops at 0.6000 E 0.0600 N, but landmark 'Nort",
            )
        ],
    ),
    Case(
        "line_stops_short",
        [("until_deg: [0.30, 0.08]", "until_deg: [0.65, 0.05]")],
        [
            (
                "- id: line",
                "warning",
                "line",
                "line 'line' ends nowhere: it stops at 0.6000 E 0.0600 N, but the border of s",
            )
        ],
    ),
    Case(
        "zone_far_from_every_line",
        [(EAST_RING, FAR_OFF)],
        [("- id: east-area", "warning", "east-area", "zone 'east-area' is more than 200 km from ")],
        EAST,
    ),
    Case(
        "assumption_that_inverts_attribution",
        [("{p_self_inflicted: 0.1, ", "{p_self_inflicted: 0.5, ")],
        [
            (
                "p_self_inflicted: 0.5",
                "error",
                "",
                "p_self_inflicted: 0.5 turns attribution round: at 0.5 it would say nothing",
            )
        ],
    ),
    Case(
        "assumption_that_inverts_attribution",
        [("{p_self_inflicted: 0.1, ", "{p_infiltrated: 0.98, ")],
        [
            (
                "p_infiltrated: 0.98",
                "error",
                "",
                "p_infiltrated: 0.98 turns attribution round: at 0.5 it would say nothing",
            )
        ],
    ),
    Case(
        "assumption_that_inverts_attribution",
        [("{p_self_inflicted: 0.1, ", "{p_weapon_wrong: 0.7, ")],
        [
            (
                "p_weapon_wrong: 0.7",
                "error",
                "",
                "p_weapon_wrong: 0.7 turns attribution round: at 0.5 it would say nothing",
            )
        ],
    ),
    Case(
        "limit_that_holds_of_nothing",
        [("calibre_from_mm: 100, to_m: 25000", "calibre_from_mm: 100, calibre_below_mm: 100, to_m: 25000")],
        [
            (
                "name: guns near",
                "error",
                "3",
                "limit 'guns near' of clause '3' is about nothing: no calibre is from 100 ",
            )
        ],
    ),
    Case(
        "line_of_one_stroke",
        [(PRESS_MIDDLE, "")],
        [("{file: second-line", "warning", "press-line", "line 'press-line' is one straight stroke of two vertices.")],
        PRESS,
    ),
    Case(
        "line_with_a_gap",
        [("    [0.60, 0.07]\n", "    [0.60, 0.07],\n    [2.60, 0.07]\n")],
        [
            (
                "{file: second-line",
                "warning",
                "press-line",
                "line 'press-line' jumps 222 km from vertex 5, 0.6000 E 0.07",
            )
        ],
        PRESS,
    ),
    Case(
        "two_maps_of_one_line",
        [("line: press-line, reference", "line: line, reference")],
        [
            (
                "id: press, name",
                "warning",
                "press",
                "control map 'press' draws line 'line', which a map above draws too.",
            )
        ],
    ),
    Case(
        "clause_without_zone",
        [("    zones: [west-area, east-area]\n", "")],
        [('id: "2"', "error", "2", "clause '2' names no zone, and a clause of kind presence needs one. Add 'zones'.")],
    ),
    Case(
        "clause_that_forbids_nothing",
        [("permitted: [works]", "permitted: [works, troops, vehicle, weapon]")],
        [("{permitted: ", "error", "2", "clause '2' permits everything that it is about: troops, vehicle, weapon, wo")],
    ),
    Case(
        "quiet_that_cannot_be_complete",
        [("days: 7", "days: 70")],
        [("{days: 70", "error", "6", "clause '6' asks for 70 days of quiet but lasts 59 days: they can never be com")],
    ),
    Case(
        "clause_that_nobody_can_monitor",
        [("phenomena: [aircraft, uav]", "phenomena: [jamming]")],
        [
            (
                'id: "4"',
                "warning",
                "4",
                "no pledged monitor can notice a breach of clause '4' in zone 'buffer' (aircraft,",
            )
        ],
    ),
    Case(
        "clause_that_nobody_can_monitor",
        [("uav]\n    zones: [buffer]", "uav]\n    zones: [north-rear]")],
        [
            (
                'id: "4"',
                "warning",
                "4",
                "no pledged monitor can notice a breach of clause '4' in zone 'buffer' (aircraft,",
            )
        ],
    ),
    Case(
        "clause_that_nobody_there_can_monitor",
        [("    means: [radar]", "    level: 2\n    means: [radar]"), (LEVEL_2_HELD, "value: []")],
        [
            ('id: "4"', "warning", "4", "clause '4' is watched by nobody who is there: 'radar' with level 2 (empty)."),
            (
                "value: []",
                "warning",
                "level 2",
                "level 2, Force in depth: nobody fills it. As of 2026-01-05 it is empty.",
            ),
        ],
    ),
    Case(
        "contradicting_clauses",
        [more("4b", "overflight", "buffer", "")],
        [('id: "4b"', "error", "4b", "clauses '4' (article 4) and '4b' (article 4b) contradict: '4' lets announced ")],
    ),
    Case(
        "contradicting_clauses",
        [more("2b", "presence", "west-area", dated("terms", "{permitted: [works, troops]}"))],
        [
            (
                'id: "2b"',
                "error",
                "2b",
                "clauses '2' (article 2) and '2b' (article 2b) contradict: '2b' permits troops, '2'",
            )
        ],
    ),
    Case(
        "contradicting_clauses",
        [more("2b", "presence", "east-area", dated("terms", "{permitted: [works], max_count: 5}"))],
        [
            (
                'id: "2b"',
                "error",
                "2b",
                "clauses '2' (article 2) and '2b' (article 2b) contradict: '2' allows 0 of troops, ",
            )
        ],
    ),
    Case(
        "contradicting_clauses",
        [more("6b", "quiet_period", "west-area", dated("acts", "[shot]") + dated("terms", "{days: 5}"))],
        [
            (
                'id: "6b"',
                "error",
                "6b",
                "clauses '6' (article 6) and '6b' (article 6b) contradict: '6' asks for 7 days of ",
            )
        ],
    ),
    Case(
        "contradicting_clauses",
        [more("1b", "no_fire", "west-area", dated("acts", "[shot]"))],
        [
            (
                'id: "1b"',
                "warning",
                "1b",
                "clauses '1' (article 1) and '1b' (article 1b) contradict: '1' excepts ordered ",
            )
        ],
    ),
    Case(
        "contradicting_limits",
        [("to_m: 25000}", "to_m: 25000, max_count: 36}")],
        [
            (
                "name: guns far",
                "error",
                "3",
                "limits 'guns near' of clause '3' (article 3) and 'guns far' of clause '3' (art",
            )
        ],
    ),
    Case(
        "contradicting_limits",
        [("to_m: 25000}", "to_m: 50000}")],
        [
            (
                "name: guns far",
                "error",
                "3",
                "limits 'guns near' of clause '3' (article 3) and 'guns far' of clause '3' (art",
            )
        ],
    ),
    Case(
        "contradicting_limits",
        [("to_m: 25000}", "to_m: 60000}"), ("100, to_m: 50000,", "100, from_m: 40000, to_m: 70000,")],
        [
            (
                "name: guns far",
                "error",
                "3",
                "limits 'guns near' of clause '3' (article 3) and 'guns far' of clause '3' (art",
            )
        ],
    ),
    Case(
        "level_that_nobody_may_fill",
        [("who: [air_force]", "who: [air_force, un_flag]"), ("state: announced", "state: refused")],
        [
            (
                "who: [air_force",
                "error",
                "level 2",
                "level 2, Force in depth: nobody may fill it, for no actor is all of: ",
            ),
        ],
    ),
    Case(
        "level_that_nobody_may_fill",
        [
            ("who: [air_force]", "who: [neighbour, not neighbour]"),
            (LEVEL_2_HELD, "value: []"),
            ("state: announced", "state: withdrawn"),
        ],
        [
            (
                "[neighbour, not",
                "error",
                "level 2",
                "level 2, Force in depth: nobody may fill it, for it asks for 'neighbo",
            ),
            (
                "value: []",
                "warning",
                "level 2",
                "level 2, Force in depth: nobody fills it. As of 2026-01-05 it is empty.",
            ),
        ],
    ),
    Case(
        "level_that_nobody_fills",
        [(LEVEL_2_HELD, "value: [{actor: coast-state, state: committed}]")],
        [
            (
                "committed}]",
                "warning",
                "level 2",
                "level 2, Force in depth: nobody fills it. As of 2026-01-05 it stands on ",
            )
        ],
    ),
    Case(
        "holder_not_allowed",
        [(LEVEL_2_HELD, "value: [{actor: un-force, state: pledged}, {actor: coast-state, state: deployed}]")],
        [
            (
                "state: pledged}",
                "error",
                "level 2",
                "level 2, Force in depth is not open to 'un-force': it asks for air_forc",
            )
        ],
    ),
    Case(
        "rule_about_an_unknown_trait",
        [("[un_flag, not neighbour]", "[un_flag, not nighbor_x]")],
        [
            (
                "not nighbor_x",
                "warning",
                "level 1",
                "level 1, Force between the parties: no actor has the trait 'nighbor_x', so",
            )
        ],
    ),
    Case(
        "rung_after_a_later_one",
        [("after: warning", "after: last")],
        [
            (
                ANSWER_TRIGGER.replace("warning", "last"),
                "error",
                "answer",
                "rung 'answer' can never fire: it comes after ",
            ),
            (LAST_TRIGGER, "error", "last", "rung 'last' can never fire: it comes after 'answer', which cannot."),
        ],
    ),
    Case(
        "rung_after_a_later_one",
        [("after: answer", "after: last")],
        [
            (
                "{after: last",
                "error",
                "last",
                "rung 'last' can never fire: it comes after itself. Name a rung above, or ",
            )
        ],
    ),
    Case(
        "rung_never_reached",
        [("window_h: 96", "window_h: 20")],
        [
            (
                "window_h: 20",
                "error",
                "answer",
                "rung 'answer' can never fire: no breach within 20 h comes 24 h after the f",
            ),
            (LAST_TRIGGER, "error", "last", "rung 'last' can never fire: it comes after 'answer', which cannot."),
        ],
    ),
    Case(
        "rung_that_cannot_be_met",
        [(LAST_TRIGGER, LAST_TRIGGER.replace("answer,", "answer, window_h: 24,"))],
        [
            (
                "window_h: 24",
                "error",
                "last",
                "rung 'last' can never fire: breaches within 24 h cannot last 48 h. Widen ",
            )
        ],
    ),
    Case(
        "rung_that_cannot_be_met",
        [("along_km: 20", "along_km: 200")],
        [
            (
                "along_km: 200",
                "error",
                "last",
                "rung 'last' can never fire: breaches along 200 km, and the line is 68 km lo",
            )
        ],
    ),
    Case(
        "rung_that_cannot_be_met",
        [
            (LAST_TRIGGER, LAST_TRIGGER.replace("{after", '{clauses: ["4"], after')),
            ("rests_on: ruling", "rests_on: indication"),
            ("zero: ruling", "zero: registered"),
        ],
        [
            (
                '{clauses: ["4"]',
                "error",
                "last",
                "rung 'last' can never fire: it asks whose the breaches are, and an indicati",
            )
        ],
    ),
    Case(
        "rung_that_needs_breaches_to_go_on",
        [("reset_after_h: 168", "reset_after_h: 12")],
        [
            (
                ANSWER_TRIGGER,
                "warning",
                "answer",
                "rung 'answer' waits 24 h for a further breach, but 12 h of quiet end the",
            )
        ],
    ),
    Case(
        "clock_that_never_starts",
        [("      zero: registered\n      within_h: 24", "      zero: ruling\n      within_h: 24")],
        [
            (
                "zero: ruling#1",
                "error",
                "warning",
                "rung 'warning' rests on an indication, but its clock starts with a ruli",
            )
        ],
    ),
    Case(
        "clock_before_the_ruling",
        [("zero: ruling", "zero: event")],
        [
            (
                "zero: event",
                "warning",
                "last",
                "rung 'last' falls due 72 h after the event, but rests on a ruling: where ",
            )
        ],
    ),
    Case(
        "deadline_before_the_one_it_follows",
        [
            ("continuing_h: 24}", "extended: {at_least: 5, lasting_h: 1, along_km: 1}}"),
            ("within_h: 48", "within_h: 12"),
        ],
        [
            (
                "within_h: 12",
                "error",
                "answer",
                "rung 'answer' falls due 12 h after the registration, before 'warning', w",
            )
        ],
    ),
    Case(
        "breaches_that_nothing_answers",
        [
            (
                "      zero: registered\n      within_h: 48",
                "      parties: [north]\n      zero: registered\n      within_h: 48",
            ),
            (
                "      zero: ruling\n      within_h: 72",
                "      parties: [north]\n      zero: ruling\n      within_h: 72",
            ),
        ],
        [
            (
                "parties: [north]#1",
                "warning",
                "answer",
                "no rung counts breaches of Southern forces. Name what answers them",
            )
        ],
    ),
    Case(
        "clause_before_the_arrangement",
        [("since: 2026-01-15T", "since: 2025-12-15T"), ("- since: 2026-01-15", "- since: 2025-12-15")],
        [
            (
                "since: 2025-12-15T",
                "error",
                "3",
                "clause '3' applies from 2025-12-15, before the arrangement took effect (20",
            )
        ],
    ),
    Case(
        "clause_before_the_arrangement",
        [
            more("9", "access", "buffer", "    until: 2025-12-31T00:00:00+00:00\n", since="2025-12-01"),
        ],
        [
            (
                "until: 2025-12-31",
                "error",
                "9",
                "clause '9' was over before the arrangement took effect, 2026-01-01. Correct",
            )
        ],
    ),
    Case(
        "value_never_in_force",
        [("day_ends:\n", 'day_ends:\n  - {since: 2025-06-01, value: "20:00", reference: ours, grade: assumed}\n')],
        [
            (
                "since: 2025-06-01",
                "warning",
                "",
                "day_ends: the value of 2025-06-01 is replaced on 2026-01-01, before one is ",
            )
        ],
    ),
    Case(
        "value_after_its_clause",
        [
            (
                "reset_next_day: true}, reference: article 6, grade: stated}\n",
                "reset_next_day: true}, reference: article 6, grade: stated}\n"
                "      - {since: 2026-05-01, value: {days: 5}, reference: article 6, grade: stated}\n",
            )
        ],
        [("since: 2026-05-01", "error", "6", "terms: a value from 2026-05-01 on, but clause '6' ends on 2026-03-01.")],
    ),
    Case(
        "number_without_reference",
        [("reference: yearbook 2026", "reference: tbd")],
        [
            (
                "reference: tbd",
                "error",
                "",
                "reference: 'tbd' names no text. Say where this comes from; if assumed, whose ",
            )
        ],
    ),
    Case(
        "stated_without_article",
        [("reference: article 10\n", "reference: the agreement\n")],
        [
            (
                "reference: the agr",
                "warning",
                "",
                "reference: 'the agreement' names no article, point or annex, though th",
            )
        ],
    ),
    Case(
        "release_that_withholds_nothing",
        [("{public: [sensor_positions, observations]}", "{north: [observations]}")],
        [
            (
                "value: {north: [obs",
                "warning",
                "public",
                "release: nothing is withheld from 'public'. List what it must not see.",
            )
        ],
    ),
    Case(
        "release_that_withholds_nothing",
        [("observations]}, ", "observations], south: []}, ")],
        [("south: []", "warning", "south", "release: nothing is withheld from 'south'. List what it must not see.")],
    ),
]


def line_of(text: str, mark: str) -> int:
    """Number of the one line of `text` that holds `mark`, or of the n-th of several: mark#n."""
    needle, _, nth = mark.partition("#")
    found = [n for n, line in enumerate(text.splitlines(), start=1) if needle in line]
    assert len(found) == 1 or (nth and len(found) >= int(nth)), (mark, found)
    return found[int(nth) - 1] if nth else found[0]


def changed(case: Case) -> dict[str, str]:
    """The good arrangement with the case's changes."""
    text = GOOD[case.file]
    for before, after in case.changes:
        assert text.count(before) == 1, (before, text.count(before))
        text = text.replace(before, after)
    return {**GOOD, case.file: text}


def test_the_good_arrangement_has_no_problem() -> None:
    assert check_arrangement(GOOD) == ()
    assert read_arrangement(GOOD).id == "every-section"


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.lint}-{case.told[0][3][:40]}")
def test_one_change_makes_that_problem_and_no_other(case: Case) -> None:
    files = changed(case)
    problems = check_arrangement(files)
    told = [(one.file, one.line, one.severity, one.about) for one in problems]
    wanted = sorted((line_of(files[MAIN], mark), *rest) for mark, *rest in case.told)
    assert told == [(MAIN, line, severity, about) for line, severity, about, _ in wanted], problems
    for one, (_, _, _, text) in zip(problems, wanted, strict=True):
        assert one.text.startswith(text), one.text
        assert one.text.endswith(".")


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.lint}-{case.told[0][3][:40]}")
def test_a_run_refuses_errors_and_ignores_warnings(case: Case) -> None:
    errors = [text for _, severity, _, text in case.told if severity == "error"]
    if not errors:
        assert read_arrangement(changed(case)).id == "every-section"
        return
    with pytest.raises(ArrangementError) as caught:
        read_arrangement(changed(case))
    assert all(text in str(caught.value) for text in errors)
    assert len(str(caught.value).splitlines()) == 1 + len(errors)


def test_every_lint_of_the_table_has_a_case() -> None:
    assert {case.lint for case in CASES} == {lint.__name__ for lint in LINTS}
