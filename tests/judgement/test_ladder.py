"""The ladder: cases that a delegate reads, laws that hold for any series of breaches, and what advice says besides."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from tests.judgement.ladder_place import (
    PARTIES,
    arrangement,
    by_rung,
    clause,
    finding,
    held,
    known,
    level,
    moment,
    monitor,
    reply,
    ruling,
    rung,
    unconfirmed,
)

from truceline.arrangement_file import load_arrangement
from truceline.domain.arrangement import STANDARDS
from truceline.judgement.ladder import advise
from truceline.mission_file import shipped

CASES = Path(__file__).parent.parent / "cases" / "ladder.yaml"
BOOK = YAML(typ="safe").load(CASES)


def cases() -> Iterator[Any]:
    for case in BOOK["cases"]:
        yield pytest.param(case, id=case["name"])


def agreed(case: dict[str, Any]) -> Any:
    book = BOOK["ladder"] | case.get("ladder", {})
    levels = tuple(level(number, state) for number, state in BOOK["levels"].items())
    return arrangement(tuple(rung(**one) for one in book["rungs"]), book["reset_after_h"], levels=levels)


def decided(case: dict[str, Any], text: Any, items: list[Any]) -> list[Any]:
    found = []
    for n, one in enumerate(case.get("findings", ())):
        record = finding(
            f"F-{n + 1}", f"N-{one['on']}", **{k: v for k, v in one.items() if k not in ("on", "confirmed")}
        )
        found.append((held if one.get("confirmed", True) else unconfirmed)(record, 10 + n))
    for n, one in enumerate(case.get("rulings", ())):
        record = ruling(f"R-{n + 1}", f"F-{one['on']}", **{k: v for k, v in one.items() if k != "on"})
        found.append(held(record, 20 + n))
    for n, one in enumerate(case.get("replies", ())):
        advice = by_rung(advise(text, items, found, None, moment(one["hour"])), "north")[one["on"]]
        found.append(held(reply(f"P-{n + 1}", advice.id, one["hour"], one["verdict"]), 30 + n))
    return found


@pytest.mark.parametrize("case", list(cases()))
def test_case(case: dict[str, Any]) -> None:
    text = agreed(case)
    items = [known(str(n + 1), **one) for n, one in enumerate(case["breaches"])]
    found = advise(text, items, decided(case, text, items), None, moment(case["now"]))
    for party, suffix in (("north", ""), ("south", "_other")):
        mine = by_rung(found, party)
        assert {id: mine[id].state for id in case.get(f"expect{suffix}", {})} == case.get(f"expect{suffix}", {})
        for id, hour in case.get(f"due{suffix}", {}).items():
            assert mine[id].due_at == moment(hour)
    mine = by_rung(found, "north")
    for id, words in case.get("says", {}).items():
        assert any(test.name == "deadlock" and words in test.because for test in mine[id].tests)
    assert {id: mine[id].standing.kind for id in case.get("held", {})} == case.get("held", {})


def test_every_state_is_among_the_cases() -> None:
    states = {state for case in BOOK["cases"] for state in (*case["expect"].values(),)}
    assert states == {"not_reached", "running", "expired", "no_deadline", "answered", "reset"}


# Laws, over series of breaches in half hours, so that times coincide and quiet ends sharply often enough.

HALVES = st.integers(0, 400).map(lambda n: n / 2)
BREACHES = st.lists(
    st.fixed_dictionaries(
        {"hour": HALVES, "party": st.sampled_from((*PARTIES, None)), "standard": st.sampled_from(STANDARDS)},
        optional={
            "lasting_h": st.integers(0, 6),
            "km": st.integers(0, 60),
            "clause": st.sampled_from("12"),
            "line_since": st.sampled_from(("2026-01-01", "2026-02-03")),
        },
    ),
    max_size=12,
)
TEXT = agreed({})
FREE = arrangement(
    (
        rung("many", at_least=3, window_h=10, by_party=False, zero="registered", within_h=5, standard="suspicion"),
        rung("goes on", after="many", continuing_h=12, by_party=False),
        rung("one clause", clauses=("2",), standard="balance", by_party=True, zero="registered", within_h=30),
    ),
    40.0,
)
TEXTS = st.sampled_from((TEXT, FREE))


def made(breaches: list[dict[str, Any]]) -> list[Any]:
    return [known(str(n), **one) for n, one in enumerate(breaches)]


@given(TEXTS, BREACHES, HALVES, st.randoms())
def test_the_order_of_what_comes_in_does_not_matter(text, breaches, now, random):
    items = made(breaches)
    decisions = [held(finding(f"F-{n}", f"N-{n}", one["hour"] + 1), n) for n, one in enumerate(breaches[:4])]
    expected = advise(text, items, decisions, None, moment(now))
    random.shuffle(items)
    random.shuffle(decisions)
    assert advise(text, items, decisions, None, moment(now)) == expected


@given(TEXTS, BREACHES, HALVES)
def test_nothing_after_now_matters(text, breaches, now):
    items = made(breaches)
    late = [held(finding(f"F-{n}", f"N-{n}", now + 1), n) for n in range(len(items))]
    confirmed_late = [held(finding("F-x", "N-0", now), 90, confirmed_hour=now + 1)]
    before = [one for one in items if one.registered_at <= moment(now)]
    clipped = advise(text, items, [*late, *confirmed_late], None, moment(now))
    assert clipped == advise(text, before, [], None, moment(now))
    assert all(one.zero_at is None or one.zero_at <= moment(now) for one in clipped)


@given(TEXTS, BREACHES, BREACHES, HALVES)
def test_another_indication_never_takes_back_a_rung_before_the_reset(text, breaches, more, now):
    def standing(items):
        live = ("running", "expired", "no_deadline", "answered")
        return {(a.rung, a.party) for a in advise(text, items, [], None, moment(now)) if a.state in live}

    assert standing(made(breaches)) <= standing(made([*breaches, *more]))


@given(TEXTS, BREACHES, HALVES)
def test_swapped_parties_swap_the_advice(text, breaches, now):
    other = {"north": "south", "south": "north", None: None}
    swapped = [one | {"party": other[one["party"]]} for one in breaches]

    def told(items, turn):
        found = advise(text, made(items), [], None, moment(now))
        return {(a.rung, turn[a.party], a.state, a.rests_on, a.zero_at, a.due_at, a.tests) for a in found}

    assert told(breaches, other) == told(swapped, {p: p for p in other})


@given(BREACHES, HALVES, st.booleans())
def test_expired_means_that_the_time_has_passed_and_nobody_replied(breaches, now, replied):
    items = made(breaches)
    found = advise(TEXT, items, [], None, moment(now))
    decisions = [held(reply(f"P-{n}", a.id, now), n) for n, a in enumerate(found) if replied]
    for one in advise(TEXT, items, decisions, None, moment(now)):
        if one.state in ("running", "expired"):
            assert one.due_at is not None
            assert (one.state == "expired") == (moment(now) > one.due_at)
            assert not replied
        if one.state == "answered":
            assert replied


@given(TEXTS, BREACHES, HALVES)
def test_conditions_are_met_or_not_and_say_why(text, breaches, now):
    for one in advise(text, made(breaches), [], None, moment(now)):
        asked = [test for test in one.tests if test.name not in ("quiet", "deadlock")]
        assert all(test.p in (0.0, 1.0) and test.because and test.reference for test in one.tests)
        assert (one.state != "not_reached") == all(test.p for test in asked)
        assert one.id.startswith("A-")


@given(BREACHES, HALVES)
def test_every_advice_has_its_own_id(breaches, now):
    found = advise(TEXT, made(breaches), [], None, moment(now))
    assert len({one.id for one in found}) == len(found)


# What else an advice says.

WARNING = arrangement((rung("warning", within_h=24),))


def only(found: tuple[Any, ...], party: str = "north") -> Any:
    (one,) = [a for a in found if a.party == party]
    return one


def test_without_a_ladder_there_is_no_advice():
    assert advise(replace(WARNING, ladder=None), [known("1", 0, party="north")], [], None, moment(1)) == ()


def test_what_was_reached_before_a_reset_stays_told_beside_the_new_series():
    items = [known(str(hour), hour, party="north") for hour in (0, 25, 100)]
    found = [a for a in advise(TEXT, items, [], None, moment(101)) if a.party == "north"]
    assert [(a.rung, a.state, a.rests_on) for a in found] == [
        ("warning", "reset", ("N-0", "N-25")),
        ("warning", "running", ("N-100",)),
        ("coalition", "reset", ("N-0", "N-25")),
        ("coalition", "not_reached", ("N-100",)),
        ("response", "not_reached", ("N-100",)),
    ]


def test_a_reply_stays_with_the_advice_when_an_earlier_breach_comes_to_light():
    first = [known("1", 5, party="north")]
    advice = only(advise(WARNING, first, [], None, moment(6)))
    answer = [held(reply("P-1", advice.id, 7))]
    assert only(advise(WARNING, first, answer, None, moment(8))).state == "answered"
    late = [*first, known("0", 0, party="north", registered_hour=9)]
    after = only(advise(WARNING, late, answer, None, moment(10)))
    assert (after.state, after.reply, after.id) == ("answered", "taken", advice.id)


def test_a_reply_does_not_go_over_to_the_other_party():
    advice = only(advise(WARNING, [known("1", 5, party="north")], [], None, moment(6)))
    answer = [held(reply("P-1", advice.id, 7))]
    turned = only(advise(WARNING, [known("1", 5, party="south")], answer, None, moment(8)), "south")
    assert turned.state == "running"


def test_one_event_under_two_clauses_is_one_breach():
    text = arrangement((rung("two", at_least=2),))
    twice = [known("1", 0, party="north"), known("1b", 0, party="north", subject="E-1", clause="2")]
    assert only(advise(text, twice, [], None, moment(1))).state == "not_reached"


def test_lengths_on_two_versions_of_the_line_are_never_put_together():
    text = arrangement((rung("long", extended={"at_least": 2, "lasting_h": 0, "along_km": 20}),))
    same = [known("1", 0, party="north", km=0), known("2", 1, party="north", km=20)]
    assert only(advise(text, same, [], None, moment(2))).state == "no_deadline"
    moved = [same[0], replace(same[1], line_since="2026-02-01")]
    assert only(advise(text, moved, [], None, moment(2))).state == "not_reached"


def test_a_finding_stands_when_its_indication_is_superseded():
    text = arrangement((rung("notice", rests_on="finding"),))
    record = replace(
        finding("F-1", "N-gone", 3, party="north"), subject="E-1", clause="1", began=moment(0), ended=moment(1)
    )
    one = only(advise(text, [], [held(record)], None, moment(4)))
    assert (one.state, one.zero_at, one.rests_on) == ("no_deadline", moment(0), ("F-1",))


def test_the_last_word_counts_and_a_ruling_outranks_a_finding():
    items = [known("1", 0, party="north")]
    nothing = held(finding("F-1", "N-1", 2, verdict="not_substantiated"), 1)
    something = held(finding("F-2", "N-1", 3), 2)
    overruled = held(ruling("R-1", "F-2", 4, verdict="no_violation"), 3)
    states = [
        only(advise(WARNING, items, decisions, None, moment(5))).state
        for decisions in ([], [nothing], [nothing, something], [nothing, something, overruled])
    ]
    assert states == ["running", "not_reached", "running", "not_reached"]


def test_a_refused_decision_counts_for_nothing():
    refused = held(finding("F-1", "N-1", 2, verdict="not_substantiated"), 1, refused=True)
    assert only(advise(WARNING, [known("1", 0, party="north")], [refused], None, moment(5))).state == "running"


def test_a_clock_that_starts_with_a_ruling_waits_for_one():
    text = arrangement((rung("measure", rests_on="finding", zero="ruling", within_h=10),))
    found = [held(finding("F-1", "N-1", 2, party="north"), 1)]
    waiting = only(advise(text, [known("1", 0)], found, None, moment(5)))
    assert (waiting.state, waiting.zero_at) == ("no_deadline", None)
    ruled = [*found, held(ruling("R-1", "F-1", 6, party="north"), 2)]
    running = only(advise(text, [known("1", 0)], ruled, None, moment(7)))
    assert (running.state, running.due_at) == ("running", moment(16))


def test_a_rung_that_waits_for_itself_or_for_nothing_is_never_reached():
    text = arrangement((rung("a", after="b"), rung("b", after="a"), rung("c", after="nowhere")))
    assert {one.state for one in advise(text, [known("1", 0, party="north")], [], None, moment(1))} == {"not_reached"}


@pytest.mark.parametrize(
    ("watched", "says"),
    [
        (None, "unknown: this is silence"),
        (lambda zone, when: None, "unknown: this is silence"),
        (lambda zone, when: {"a": 1.0, "b": None}[zone], "unknown: this is silence"),
        (lambda zone, when: {"a": 1.0, "b": 0.4}[zone], "40 % of it was watched, the rest is only silence"),
        (lambda zone, when: 1.0, "all of it was watched"),
    ],
)
def test_a_reset_says_what_its_quiet_is_worth(watched, says):
    text = arrangement((rung("warning"),), clauses=(clause("1", zones=("a", "b")),))
    one = only(advise(text, [known("1", 0, party="north")], [], watched, moment(80)))
    (quiet,) = [test for test in one.tests if test.name == "quiet"]
    assert one.state == "reset"
    assert quiet.p == 1.0
    assert says in quiet.because.replace("\u00a0", " ")


def test_the_whole_mission_is_asked_where_a_clause_names_no_zone():
    asked = []
    text = arrangement((rung("warning"),), clauses=(clause("1", zones=("a",)), clause("2")))
    advise(text, [known("1", 0, party="north")], [], lambda zone, when: asked.append((zone, when)), moment(10))
    assert [(zone, when.start, when.end) for zone, when in asked] == [(None, moment(0), moment(10))]


def test_what_goes_unmonitored_while_a_level_is_empty():
    text = arrangement(
        (rung("warning"),),
        levels=(level(1, "deployed"), level(2, "pledged")),
        clauses=(clause("here", zones=("a",)), clause("there", zones=("b",)), clause("sea", zones=("c",)),
                 clause("other", acts=("aircraft",))),
        monitors=(monitor("posts", 1, ("a",)), monitor("force", 2, ("b",)), monitor("free", None, ("c",))),
    )  # fmt: skip
    assert only(advise(text, [], [], None, moment(1))).unmonitored == ("there", "other")
    assert only(advise(replace(text, monitors=()), [], [], None, moment(1))).unmonitored == ()


def test_the_level_that_an_arrangement_does_not_have_is_none():
    assert only(advise(WARNING, [], [], None, moment(1))).standing is None


def test_the_ladder_of_january_2026_as_reported():
    """24 hours from the first breach, then the coalition if it goes on, then 72 hours from the first breach."""
    text = load_arrangement(shipped("ukraine-2026-01"))
    party = "russia"
    hours = range(0, 60, 2)
    items = [known(str(n), hour, party=party, km=10.0 * n) for n, hour in enumerate(hours)]
    found = [held(finding(f"F-{n}", f"N-{n}", hour + 0.5, party=party), 2 * n) for n, hour in enumerate(hours)]

    def states(hour: float) -> dict[str, str]:
        return {id: one.state for id, one in by_rung(advise(text, items, found, None, moment(hour)), party).items()}

    assert states(12) == {"warning": "running", "coalition": "not_reached", "response": "not_reached"}
    assert states(24.5) == {"warning": "expired", "coalition": "not_reached", "response": "not_reached"}
    assert states(27) == {"warning": "expired", "coalition": "no_deadline", "response": "not_reached"}
    assert states(72) == {"warning": "expired", "coalition": "no_deadline", "response": "running"}
    assert states(72.1) == {"warning": "expired", "coalition": "no_deadline", "response": "expired"}
    assert states(59 + 24 * 7)["warning"] == "reset"
    only_indicated = by_rung(advise(text, items, [], None, moment(72)), party)
    assert only_indicated["warning"].state == "expired"  # the warning needs no ruling
    levels = [only_indicated[id].standing for id in ("warning", "coalition", "response")]
    assert all(one is not None for one in levels)
