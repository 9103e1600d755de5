"""Cases of the lints of dates, references and release rules."""

from tests.arrangement_file.lint_case import (
    Case,
    more,
)

CASES = [
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
