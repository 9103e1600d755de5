"""The contract of the door `clause`: every family on the menu has cases, and keeps the rules of an assessment."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from tests.clauses.subjects import ACTS, STANDARDS, clause_text, subject

from truceline import menu
from truceline.domain.ports import ClauseContext
from truceline.judgement.judge import hold

CASES = Path(__file__).parent.parent / "cases"
CONTEXT = ClauseContext(day=date(2018, 9, 5), zone_names={})
p = st.floats(0, 1)


def cases():
    for family in menu.names("clause"):
        path = CASES / f"{family}.yaml"
        assert path.is_file(), f"the clause family {family} has no cases: write {path.name}"
        for case in YAML(typ="safe").load(path):
            yield pytest.param(family, case, id=f"{family}: {case['name']}")


@pytest.mark.parametrize(("family", "case"), list(cases()))
def test_case(family, case):
    clause = menu.choose("clause", family)(clause_text(**case.get("clause", {})))
    verdict, strongest = hold(clause.assess(subject(**case["subject"]), CONTEXT), STANDARDS)
    assert {"verdict": verdict, "strongest": strongest} == case["expect"]


@pytest.mark.parametrize("family", menu.names("clause"))
def test_every_verdict_is_among_the_cases(family):
    verdicts = {case["expect"]["verdict"] for case in YAML(typ="safe").load(CASES / f"{family}.yaml")}
    assert verdicts == {"indicated", "not_indicated", "undetermined"}


@pytest.mark.parametrize("family", menu.names("clause"))
@given(p_exists=p, zone=p, more=p)
def test_bounds_order_monotone_and_referenced(family, p_exists, zone, more):
    clause = menu.choose("clause", family)(clause_text(zones=("z",)))

    def assess(exists, inside):
        return clause.assess(subject(p_exists=exists, phenomenon=ACTS[0], p_region={"z": inside}), CONTEXT)

    one = assess(p_exists, zone)
    assert 0 <= one.p_breach_low <= one.p_breach + 1e-9
    assert one.p_breach <= one.p_breach_high + 1e-9 <= 1 + 2e-9
    surer = assess(max(p_exists, more), max(zone, more))
    assert surer.p_breach_low >= one.p_breach_low
    assert surer.p_breach_high >= one.p_breach_high
    for element in one.elements:
        assert element.reference
        assert element.because
        assert element.p_low <= element.p <= element.p_high


@pytest.mark.parametrize("family", menu.names("clause"))
def test_no_family_names_a_party_a_clock_or_a_bar(family, root):
    text = (root / "src/truceline/clauses" / f"{family}.py").read_text()
    for word in ("now(", "datetime.now", "suspicion", "balance", "clear_and", "ukraine", "armed_formations"):
        assert word not in text.casefold()
