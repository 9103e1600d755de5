"""The contract of the door `clause`: every family on the menu has cases, and keeps the rules of an assessment."""

from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from tests.clauses import world
from tests.clauses.subjects import ACTS, STANDARDS, clause_text, subject

from truceline import menu
from truceline.domain.indication import Element
from truceline.domain.ports import KINDS, ClauseContext, Undertakes
from truceline.domain.terms import Term, TermKind
from truceline.judgement.judge import hold
from truceline.judgement.terrain import make_terrain

CASES = Path(__file__).parent.parent / "cases"
FAMILIES = menu.names("clause")
p = st.floats(0, 1)


@cache
def read(family):
    path = CASES / f"{family}.yaml"
    assert path.is_file(), f"the clause family {family} has no cases: write {path.name}"
    return YAML(typ="safe").load(path)


@cache
def terrain(mirrored):
    return make_terrain(world.arrangement(mirrored), date(2018, 9, 5))


def cases():
    for family in FAMILIES:
        for case in read(family):
            yield pytest.param(family, case, id=f"{family}: {case['name']}")


def assess(family, case, *, mirrored=False):
    """The clause, subject and context of a case, and the assessment.

    A case with `asked` is about an undertaking: its first, last or n-th over the span, with so much watched.
    """
    case = world.mirror(case) if mirrored else case
    clause = menu.choose("clause", family)(clause_text(kind=family, **case.get("clause", {})))
    given = case.get("context", {})
    others = tuple(subject(**{"id": f"S-{n}", **one}) for n, one in enumerate(given.get("subjects", ())))
    if "asked" not in case:
        about = subject(**case["subject"])
        context = world.context(given, (*others, about), terrain(mirrored), about.when.start)
        return clause, about, context, clause.assess(about, context)
    asked = case["asked"]
    span = world.interval(asked)
    context = world.context(given, others, terrain(mirrored), span.start)
    found = clause.undertakings(span, context, lambda zone, when: asked.get("watched"))
    assert found, "the clause asks nothing over this span"
    about = found[{"first": 0, "last": -1}.get(asked.get("which", "first"), asked.get("which"))]
    context = replace(context, day=about.when.start.date())
    return clause, about, context, clause.assess(about, context)


@pytest.mark.parametrize(("family", "case"), list(cases()))
def test_case(family, case):
    *_, assessment = assess(family, case)
    verdict, strongest = hold(assessment, STANDARDS)
    assert {"verdict": verdict, "strongest": strongest} == case["expect"]


@pytest.mark.parametrize("family", FAMILIES)
def test_every_verdict_is_among_the_cases(family):
    assert {case["expect"]["verdict"] for case in read(family)} == {"indicated", "not_indicated", "undetermined"}


def told(elements):
    for element in elements:
        yield element
        yield from told(element.children)


@pytest.mark.parametrize(("family", "case"), list(cases()))
def test_every_element_has_bounds_a_reason_and_a_reference(family, case):
    *_, assessment = assess(family, case)
    assert 0 <= assessment.p_breach_low <= assessment.p_breach <= assessment.p_breach_high <= 1
    for element in told(assessment.elements):
        assert element.name
        assert element.because
        assert element.reference
        assert 0 <= element.p_low <= element.p + 1e-12
        assert element.p <= element.p_high + 1e-12 <= 1 + 2e-12


def in_mirror_words(element):
    """An element with the parties' names exchanged and its children in an order that no name decides."""

    def words(text):
        return text.replace("Party A", "\0").replace("Party B", "Party A").replace("\0", "Party B")

    children = tuple(sorted((in_mirror_words(c) for c in element.children), key=lambda e: (e.name, e.because)))
    return replace(element, name=words(element.name), because=words(element.because), children=children)


def in_order(element: Element) -> Element:
    children = tuple(sorted((in_order(c) for c in element.children), key=lambda e: (e.name, e.because)))
    return replace(element, children=children)


@pytest.mark.parametrize(("family", "case"), list(cases()))
def test_the_mirrored_world_gives_the_mirrored_result(family, case):
    *_, one = assess(family, case)
    *_, other = assess(family, case, mirrored=True)
    assert replace(other, elements=()) == replace(one, elements=())
    assert [in_mirror_words(e) for e in other.elements] == [in_order(e) for e in one.elements]


@pytest.mark.parametrize(("family", "case"), list(cases()))
def test_asking_twice_says_the_same_and_undertakings_come_with_the_clauses_that_ask_them(family, case):
    clause, about, context, assessment = assess(family, case)
    assert clause.assess(about, context) == assessment
    assert assessment.clause == clause.id
    assert KINDS[type(about)] in clause.about
    assert isinstance(clause, Undertakes) == ("undertaking" in clause.about)


@pytest.mark.parametrize(("family", "case"), [c for c in cases() if "asked" in c.values[1]])
def test_what_another_clause_asked_is_no_breach_of_this_one(family, case):
    clause, about, context, _ = assess(family, case)
    assert clause.assess(replace(about, clause="another"), context).p_breach_high == 0


@pytest.mark.parametrize(("family", "case"), list(cases()))
@settings(max_examples=15, deadline=None)
@given(surer=p)
def test_a_surer_report_never_makes_the_whole_less_likely(family, case, surer):
    clause, about, context, one = assess(family, case)
    other = clause.assess(replace(about, p_exists=max(about.p_exists, surer)), context)
    assert other.p_breach_low >= one.p_breach_low
    assert other.p_breach >= one.p_breach
    assert other.p_breach_high >= one.p_breach_high


@settings(deadline=None)
@given(p_exists=p, zone=p, more=p)
@pytest.mark.parametrize(
    ("family", "phenomenon"), [("no_fire", ACTS[0]), ("overflight", "uav"), ("presence", "vehicle")]
)
def test_bounds_are_monotone_in_each_element(family, phenomenon, p_exists, zone, more):
    clause = menu.choose("clause", family)(clause_text(kind=family, zones=("z",)))
    context = ClauseContext(day=date(2018, 9, 5), zone_names={})

    def ask(exists, inside):
        return clause.assess(subject(p_exists=exists, phenomenon=phenomenon, p_region={"z": inside}), context)

    one = ask(p_exists, zone)
    assert 0 <= one.p_breach_low <= one.p_breach <= one.p_breach_high <= 1
    for other in (ask(max(p_exists, more), zone), ask(p_exists, max(zone, more))):
        assert other.p_breach_low >= one.p_breach_low
        assert other.p_breach_high >= one.p_breach_high


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_declares_what_it_is_about_and_what_it_asks(family):
    chosen = menu.choose("clause", family)
    assert chosen.about
    assert set(chosen.about) <= set(KINDS.values())
    assert chosen.asks_origin in (True, False)
    for name, term in (*chosen.terms.items(), *(c for t in chosen.terms.values() for c in t.columns.items())):
        assert isinstance(term, Term), name
        assert term.meaning, name
        assert term.kind in get_args(TermKind), name
        assert bool(term.columns) == (term.kind == "rows"), name


@pytest.mark.parametrize("family", FAMILIES)
def test_no_family_names_a_party_a_clock_or_a_bar(family, root):
    folder = root / "src/truceline/clauses"
    assert (folder / f"{family}.py").is_file()
    for path in sorted(folder.glob("*.py")):
        for word in (
            "now(",
            "datetime.now",
            "suspicion",
            "balance",
            "clear_and",
            "ukrain",
            "russia",
            "armed_formations",
        ):
            assert word not in path.read_text(encoding="utf-8").casefold(), f"{path.name}: {word}"
