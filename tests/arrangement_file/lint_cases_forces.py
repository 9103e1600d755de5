"""Cases of the lints of levels and of the ladder."""

from tests.arrangement_file.lint_case import (
    ANSWER_TRIGGER,
    LAST_TRIGGER,
    LEVEL_2_HELD,
    Case,
)

CASES = [
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
]
