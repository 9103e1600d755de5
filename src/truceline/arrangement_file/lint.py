"""What an arrangement says that cannot all be meant: one visible table of small checks."""

from collections.abc import Callable, Iterator

from truceline.arrangement_file import (
    lint_clauses,
    lint_dates,
    lint_ends,
    lint_ground,
    lint_ladder,
    lint_levels,
    lint_numbers,
    lint_pairs,
)
from truceline.arrangement_file.fault import Fault
from truceline.domain.arrangement import Arrangement
from truceline.strict_yaml import Value

Lint = Callable[[Arrangement, Value], Iterator[Fault]]

LINTS: tuple[Lint, ...] = (
    lint_ground.overlapping_zones,
    lint_ends.line_stops_short,
    lint_ends.zone_far_from_every_line,
    lint_ground.line_of_one_stroke,
    lint_ground.line_with_a_gap,
    lint_ground.two_maps_of_one_line,
    lint_clauses.clause_without_zone,
    lint_clauses.clause_that_forbids_nothing,
    lint_clauses.quiet_that_cannot_be_complete,
    lint_clauses.clause_that_nobody_can_monitor,
    lint_clauses.clause_that_nobody_there_can_monitor,
    lint_numbers.limit_that_holds_of_nothing,
    lint_numbers.assumption_that_inverts_attribution,
    lint_pairs.contradicting_clauses,
    lint_pairs.contradicting_limits,
    lint_levels.level_that_nobody_may_fill,
    lint_levels.level_that_nobody_fills,
    lint_levels.holder_not_allowed,
    lint_levels.rule_about_an_unknown_trait,
    lint_ladder.rung_after_a_later_one,
    lint_ladder.rung_never_reached,
    lint_ladder.rung_that_cannot_be_met,
    lint_ladder.rung_that_needs_breaches_to_go_on,
    lint_ladder.clock_that_never_starts,
    lint_ladder.clock_before_the_ruling,
    lint_ladder.deadline_before_the_one_it_follows,
    lint_ladder.breaches_that_nothing_answers,
    lint_dates.clause_before_the_arrangement,
    lint_dates.value_never_in_force,
    lint_dates.value_after_its_clause,
    lint_dates.number_without_reference,
    lint_dates.stated_without_article,
    lint_dates.release_that_withholds_nothing,
)


def lint(arrangement: Arrangement, root: Value) -> None:
    """Hold `arrangement` against itself; what is found is noted at its place below `root`.

    `arrangement` may hold stand-ins for what could not be read: those were told already, and no lint repeats them.
    """
    for check in LINTS:
        for fault in check(arrangement, root):
            root.problems.note(fault.problem)
