from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest
from tests.clauses.subjects import STANDARDS, clause_text, subject

from truceline.clauses.no_fire import NoFire
from truceline.domain.arrangement import STANDARDS as NAMES
from truceline.domain.dated import Dated, Since
from truceline.domain.indication import Assessment
from truceline.domain.ports import ClauseContext
from truceline.judgement.judge import hold, judge

CONTEXT = ClauseContext(day=date(2018, 9, 5), zone_names={})


def assessment(low, high=None):
    return Assessment(clause="1", elements=(), p_breach=low, p_breach_low=low, p_breach_high=high or low)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.75, 0.8, ("indicated", "clear_and_convincing")),
        (0.7499, 1.0, ("indicated", "balance")),
        (0.45, 1.0, ("indicated", "reasonable_grounds")),
        (0.25, 0.3, ("indicated", "suspicion")),
        (0.2499, 0.25, ("undetermined", None)),
        (0.0, 0.2499, ("not_indicated", None)),
    ],
)
def test_the_lower_bound_meets_a_standard_and_the_upper_falls_short_of_all(low, high, expected):
    assert hold(assessment(low, high), STANDARDS) == expected


def test_standards_are_named_weakest_first():
    bars = [getattr(STANDARDS, name) for name in NAMES]
    assert bars == sorted(bars)


def arrangement():
    since = Since(day=clause_text().since.date(), value=STANDARDS, reference="", grade="assumed")
    return SimpleNamespace(zones=(), timezone="Europe/Kyiv", standards=Dated(history=(since,)))


def test_one_name_never_stands_for_two_contents_and_the_new_one_names_the_old():
    clause = NoFire(clause_text())
    (first,) = judge(arrangement(), [clause], subject(p_exists=0.9, phenomenon="shot"), CONTEXT, {})
    held = {("I-1", "1"): first.id}
    (second,) = judge(arrangement(), [clause], subject(version=2, p_exists=0.95, phenomenon="shot"), CONTEXT, held)
    (same,) = judge(arrangement(), [clause], subject(p_exists=0.9, phenomenon="shot"), CONTEXT, held)
    (weaker,) = judge(arrangement(), [clause], subject(p_exists=0.4, phenomenon="shot"), CONTEXT, held)
    assert first.supersedes is None
    assert second.supersedes == first.id != second.id
    assert (same.id, same.supersedes) == (first.id, None)
    assert weaker.supersedes == first.id != weaker.id
    assert (second.subject, second.subject_version) == ("I-1", 2)


def test_an_indication_inherits_the_handling_of_its_subject():
    red = replace(subject(p_exists=0.9, phenomenon="shot"), tlp="red")
    assert next(judge(arrangement(), [NoFire(clause_text())], red, CONTEXT, {})).tlp == "red"
