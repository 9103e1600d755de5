"""Cases of the lints of clauses, alone and in pairs."""

from tests.arrangement_file.lint_case import (
    LEVEL_2_HELD,
    Case,
    dated,
    more,
)

CASES = [
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
]
