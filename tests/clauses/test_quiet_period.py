from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.clauses import world
from tests.clauses.subjects import clause_text, subject

from truceline.clauses.quiet_period import QuietPeriod
from truceline.clock import Interval

START = datetime(2018, 9, 1, tzinfo=UTC)
SPAN = Interval(start=START, end=START + timedelta(days=30))
CLAUSE = QuietPeriod(
    clause_text(kind="quiet_period", since="2018-09-01T00:00:00+00:00", zones=["buffer"], terms={"days": 7})
)


def asked(breaches, share=None, clause=CLAUSE):
    """Attempts in the face of breaches at (hours after the start, probability)."""
    found = []
    for n, (hours, p) in enumerate(breaches):
        at = START + timedelta(hours=hours)
        one = subject(id=f"I-{n}", phenomenon="burst", p_exists=p, p_region={"buffer": 1.0})
        found.append(replace(one, when=Interval(start=at, end=at + timedelta(minutes=1))))
    context = world.context({}, tuple(found), None, START)
    return clause.undertakings(SPAN, context, lambda zone, when: share), context


def test_without_a_breach_there_is_one_attempt_and_it_ends_when_the_days_are_complete():
    (one,), _ = asked([])
    assert (one.zone, one.when.start, one.when.seconds) == ("buffer", START, 7 * 86400)
    assert one.share_watched is None
    assert one.subjects == ()


def test_after_a_breach_another_attempt_begins_which_it_is_not_part_of():
    (first, second), _ = asked([(50, 0.9)])
    assert first.subjects == ("I-0",)
    assert second.subjects == ()
    assert second.when.start == START + timedelta(hours=50, minutes=1)


def test_a_breach_that_is_repeated_the_next_day_starts_the_count_anew_from_the_repetition():
    rule = clause_text(
        kind="quiet_period", since="2018-09-01T00:00:00+00:00", zones=["buffer"],
        terms={"days": 7, "reset_lasting_h": 2, "reset_next_day": True},
    )  # fmt: skip
    attempts, context = asked([(50, 0.9), (75, 0.9), (200, 0.9)], share=1.0, clause=QuietPeriod(rule))
    assert [a.when.start for a in attempts] == [START, START + timedelta(hours=75, minutes=1)]
    assert QuietPeriod(rule).assess(attempts[0], context).p_breach_low == pytest.approx(0.8)
    assert QuietPeriod(rule).assess(attempts[1], context).p_breach_high == 0.0


def test_several_breaches_of_one_day_found_one_attempt_and_a_late_one_keeps_its_name():
    attempts, _ = asked([(50, 0.9), (55, 0.9)])
    assert len(attempts) == 2
    earlier, _ = asked([(50, 0.9)])
    assert [a.id for a in attempts] == [a.id for a in earlier]
    assert attempts[0].version > earlier[0].version


def test_an_attempt_that_is_not_over_ends_with_what_is_known():
    attempts, context = asked([(29 * 24, 0.9)], share=1.0)
    assert attempts[-1].when.end == SPAN.end
    (broken, _) = CLAUSE.assess(attempts[-1], context).elements
    assert "of the 7 days" in broken.because


def test_no_attempt_outside_the_time_of_the_clause():
    later = QuietPeriod(replace(CLAUSE.text, since=START + timedelta(days=60)))
    attempts, _ = asked([], clause=later)
    assert attempts == ()


breaches = st.lists(st.tuples(st.integers(0, 29 * 24), st.floats(0.01, 1)), max_size=12).map(sorted)


@settings(max_examples=60, deadline=None)
@given(breaches=breaches, share=st.none() | st.floats(0, 1))
def test_silence_alone_is_never_certain_where_the_watch_is_not(breaches, share):
    attempts, context = asked(breaches, share)
    known = {s.id: s for s in context.subjects}
    for attempt in attempts:
        assessed = CLAUSE.assess(attempt, context)
        inside = [known[id].p_exists for id in attempt.subjects]
        assert assessed.p_breach_high >= (1.0 if share is None else 1.0 - share) - 1e-4
        assert assessed.p_breach_low == pytest.approx(max(inside, default=0.0), abs=1e-4)
        assert all(attempt.when.start <= known[id].when.end for id in attempt.subjects)


@settings(max_examples=60, deadline=None)
@given(breaches=breaches)
def test_more_watching_only_narrows_the_bounds(breaches):
    (loose, context), (tight, _) = asked(breaches, 0.3), asked(breaches, 0.9)
    for one, other in zip(loose, tight, strict=True):
        assert CLAUSE.assess(other, context).p_breach_high <= CLAUSE.assess(one, context).p_breach_high
        assert CLAUSE.assess(other, context).p_breach_low == CLAUSE.assess(one, context).p_breach_low
