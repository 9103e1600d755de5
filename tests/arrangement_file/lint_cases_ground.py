"""Cases of the lints of the ground, of where lines end, and of numbers."""

from tests.arrangement_file.lint_case import (
    EAST,
    EAST_RING,
    FAR_EAST,
    FAR_OFF,
    OFF_EAST,
    OVER_WEST,
    PRESS,
    PRESS_MIDDLE,
    Case,
    dated,
    more,
)

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
]
