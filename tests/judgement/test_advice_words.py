"""Advice in words: time left and passed, who holds a level, the rule for deadlock put to people."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests.reports.beyond_sample import ADVICE, ARRANGEMENT, NAMES

from truceline.domain.advice import AdviceState
from truceline.domain.level import Holder, Standing
from truceline.judgement.advice_words import STATES, advice_words, condition_words, lasting, who_holds
from truceline.judgement.words import NBSP, zone

LOCAL = zone("Europe/Kyiv")
WARNING, RESERVE, BACKSTOP = ADVICE
NAMED = {"fr": "France", "uk": "the United Kingdom", "us": "the United States"}


def said(advice):
    return tuple(line.replace(NBSP, " ") for line in advice_words(advice, NAMES, LOCAL))


def test_a_deadline_that_passed_puts_the_rule_for_deadlock_to_people():
    assert said(WARNING) == (
        "First warning: reached, and its time has passed.",
        "The clock began on 4 May 2031, 13:12 EEST; due by 4 May 2031, 15:12 EEST, 78 min ago.",
        "It counts only what names Northern command.",
        "It rests on N-00000002.",
        "Met: at least one; one indication by Northern command [Article 6(2)].",
        "What the text foresees: a warning; for the joint commission to authorise, nothing is triggered here.",
        "No answer of the joint commission is recorded. If it could not agree, the text says of a deadlock: \"the "
        "guarantors decide\". Whether that is so, people must say.",
        "Who holds level 1 today: Hill union (deployed) [as of 1 February 2031; Article 1; stated].",
        "Text: Article 6(2), assumed.",
    )  # fmt: skip
    silent = said(replace(WARNING, on_deadlock=""))
    assert any("If it could not agree, the text is silent. Whether that is so, people must say" in s for s in silent)


def test_a_clock_that_runs_says_what_is_left():
    lines = said(RESERVE)
    assert lines[1].endswith("due by 5 May 2031, 15:00 EEST, 22 h 30 min left.")
    assert "No answer of the joint commission is recorded yet." in lines


def test_what_was_answered_is_quoted_and_asks_nothing_more():
    lines = said(replace(WARNING, state="answered", reply="taken"))
    assert "The joint commission recorded: taken." in lines
    assert not any("deadlock" in line for line in lines)


def test_what_is_not_reached_asks_for_nothing():
    lines = said(BACKSTOP)
    assert lines[0] == "The backstop answers: not reached."
    assert "Not met: continuing after 72 h; nothing since [Article 6(2)]." in lines
    assert not any("foresees" in line for line in lines)
    assert "Nobody deployed today can watch clauses 4 and 6." in lines
    assert "Nobody deployed today can watch clause 4." in said(replace(BACKSTOP, unmonitored=("4",)))


@pytest.mark.parametrize("state", AdviceState.__args__)
def test_every_state_has_words(state):
    assert said(replace(RESERVE, state=state))[0] == f"The reserve deploys: {STATES[state]}."


def standing(*on_paper, deployed=()):
    kind = "held" if deployed else "on_paper" if on_paper else "empty"
    return Standing(
        kind=kind, deployed=deployed, on_paper=tuple(on_paper), as_of=date.min, reference="", grade="reported"
    )


def holder(actor, state="announced", condition=""):
    return Holder(actor=actor, state=state, condition=condition)


@pytest.mark.parametrize(
    ("held", "words"),
    [
        (standing(), "nobody"),
        (standing(holder("fr"), holder("uk")), "nobody; France and the United Kingdom announced (on paper)"),
        (standing(holder("fr"), holder("uk", "pledged")),
         "nobody; France announced (on paper); the United Kingdom pledged (on paper)"),
        (standing(holder("fr", condition="a mandate")),
         "nobody; France announced (on paper), on condition: a mandate"),
        (standing(holder("uk", "committed"), deployed=("fr",)),
         "France (deployed); the United Kingdom committed (on paper)"),
        (None, "the arrangement has no such level"),
    ],
)  # fmt: skip
def test_who_holds_a_level_today(held, words):
    assert who_holds(held, NAMED) == words


def test_where_it_is_known_from_is_said():
    known = replace(standing(), as_of=date(2025, 3, 27), reference="a summit's statement")
    assert who_holds(known, NAMED) == "nobody [as of 27 March 2025; a summit's statement; reported]"


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (timedelta(hours=26), "26 h"),
        (timedelta(hours=72), "3 days"),
        (timedelta(hours=71), "2 days 23 h"),
        (timedelta(seconds=-5), "0 s"),
    ],
)
def test_lengths_of_time(time, words):
    assert lasting(time).replace(NBSP, " ") == words


def test_a_condition_names_its_text():
    assert condition_words(WARNING.tests[0]) == ("met: at least one; one indication by Northern command [Article 6(2)]")
    quiet = replace(WARNING.tests[0], name="quiet", p=0.0, because="nothing reported for 3 h")
    assert condition_words(quiet) == "quiet: nothing reported for 3 h [Article 6(2)]"


def test_every_level_of_the_sample_has_a_sentence():
    assert [level.number for level in ARRANGEMENT.levels] == [1, 2, 3]
