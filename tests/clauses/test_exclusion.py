from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.clauses import world
from tests.clauses.subjects import clause_text, instant, subject

from truceline.clauses.exclusion import Exclusion
from truceline.domain.weapons import WEAPONS
from truceline.judgement.terrain import make_terrain

MODELS = ("", "BM-21 Grad", "9K58 Smerch", "2S1 Gvozdika", "2S19 Msta-S")
LIMITS = [
    {"name": "tanks", "weapons": ["tank"], "to_m": 15000},
    {"name": "small", "weapons": ["artillery", "mortar"], "calibre_below_mm": 100, "to_m": 15000},
    {"name": "large", "weapons": ["artillery", "mortar"], "calibre_from_mm": 100, "to_m": 50000},
    {"name": "rockets", "weapons": ["multiple launch rocket system"], "to_m": 70000},
    {"name": "long", "weapons": ["multiple launch rocket system"], "models": ["Smerch"], "to_m": 140000},
]
TERRAIN = make_terrain(world.arrangement(), date(2018, 9, 5))
CONTEXT = world.context({}, (), TERRAIN, instant("07:00"))


def ask(one, limits=LIMITS, lines=("line", "line")):
    terms = {"reference_lines": dict(zip("ab", lines, strict=True)), "limits": limits}
    return Exclusion(clause_text(kind="exclusion", terms=terms)).assess(one, CONTEXT)


stated = st.fixed_dictionaries(
    {
        "weapon": st.sampled_from(["", *WEAPONS]),
        "model": st.sampled_from(MODELS),
        "calibre_mm": st.none() | st.sampled_from([82.0, 100.0, 122.0]),
        "at": st.tuples(st.floats(-160, 160), st.floats(-50, 50), st.floats(1, 5000)).map(list),
    }
)


@settings(deadline=None)
@given(said=stated, silent=st.sampled_from(["weapon", "model", "calibre_mm"]))
def test_saying_less_never_narrows_the_bounds(said, silent):
    known = ask(subject(seen="weapon", p_exists=0.9, **said))
    less = ask(subject(seen="weapon", p_exists=0.9, **(said | {silent: None if silent == "calibre_mm" else ""})))
    assert less.p_breach_low <= known.p_breach_low
    assert less.p_breach_high >= known.p_breach_high


@settings(deadline=None)
@given(said=stated, farther=st.floats(1.0, 3.0))
def test_a_longer_limit_never_makes_a_breach_less_likely(said, farther):
    one = subject(seen="weapon", p_exists=0.9, **said)
    short, long = ask(one), ask(one, [limit | {"to_m": farther * limit["to_m"]} for limit in LIMITS])
    assert long.p_breach_low >= short.p_breach_low
    assert long.p_breach_high >= short.p_breach_high


@settings(deadline=None)
@given(said=stated)
def test_a_holding_without_a_position_is_never_indicated_nor_excluded_by_its_place(said):
    one = replace(subject(seen="weapon", p_exists=0.9, **said), where=None)
    assert ask(one).p_breach_low == 0.0


@pytest.mark.parametrize(("model", "named"), [("2S1 Gvozdika", True), ("2S19 Msta-S", False), ("2s1", True)])
def test_a_model_is_named_by_whole_words(model, named):
    limits = [{"name": "2S1", "weapons": ["artillery"], "models": ["2S1"], "to_m": 15000}]
    one = subject(seen="weapon", weapon="artillery", calibre_mm=122.0, model=model, at=[5, 0, 10])
    assert (ask(one, limits).p_breach_low > 0.9) == named


def test_the_reason_says_what_is_missing():
    element = ask(subject(seen="weapon", weapon="artillery", at=[40, 0, 10])).elements[1]
    reasons = " ".join(child.because for child in element.children)
    assert "its calibre is not stated" in reasons


def test_bands_of_one_party_that_overlap_count_once():
    both = [{"name": n, "weapons": ["tank"], "to_m": to} for n, to in (("near", 9000), ("far", 10000))]
    one = subject(seen="weapon", weapon="tank", calibre_mm=125.0, model="T-72", at=[9.5, 0, 800])
    alone = ask(one, both[1:])
    assert (ask(one, both).p_breach, ask(one, both).p_breach_high) == (alone.p_breach, alone.p_breach_high)
