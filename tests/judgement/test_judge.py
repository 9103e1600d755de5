from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest
from tests.clauses.subjects import STANDARDS, clause_text, subject

from truceline.clauses.no_fire import NoFire
from truceline.domain.arrangement import STANDARDS as NAMES
from truceline.domain.dated import Dated, Since
from truceline.domain.indication import Assessment
from truceline.domain.origin import Origin
from truceline.domain.ports import ClauseContext
from truceline.judgement.judge import hold, hold_origin, judge, together

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


@pytest.mark.parametrize(
    ("low", "mass", "expected"),
    [
        (1.0, 0.75, "clear_and_convincing"),
        (0.9, 0.85, "clear_and_convincing"),  # 0.75 together, to the digit
        (0.9, 0.84, "balance"),
        (0.76, 0.76, "balance"),  # either alone is clear and convincing, both together are not
        (0.5, 0.5, None),
    ],
)
def test_breach_and_party_are_held_against_the_bars_together(low, mass, expected):
    masses = (("north", mass), ("south", 0.0), ("undetermined", 1.0 - mass))
    origin = hold_origin(Origin(subject="I-1", p_party=masses, p_fired=(), maps=()), STANDARDS)
    assert origin.indicated == "north"
    assert together(assessment(low), origin, STANDARDS) == expected


def test_whose_it_was_is_never_attributed_where_nobody_is_indicated():
    masses = (("north", 0.2), ("south", 0.0), ("undetermined", 0.8))
    origin = hold_origin(Origin(subject="I-1", p_party=masses, p_fired=(), maps=()), STANDARDS)
    assert (origin.indicated, together(assessment(1.0), origin, STANDARDS)) == (None, None)
    assert together(assessment(1.0), None, STANDARDS) is None
