"""What people decided, in words: who, when, and whether a second person stands behind it."""

import pytest
from tests.reports.beyond_sample import BEYOND

from truceline.judgement.decision_words import decision_words
from truceline.judgement.words import zone

LOCAL = zone("Europe/Kyiv")
TOLD = {one.kind: one for one in reversed(BEYOND["decisions"])}
BY_ID = {one.id: one for one in BEYOND["decisions"]}


def test_a_finding_in_force():
    assert decision_words(BY_ID["F-1a1a1a1a"], LOCAL) == (
        "Finding F-1a1a1a1a on N-00000002: substantiated, to the standard of balance of probabilities.",
        "Party named: Northern command.",
        "Reasons: craters measured by two teams.",
        "Recorded by A. Observer, 4 May 2031, 14:00 EEST.",
        "Confirmed by B. Second, 4 May 2031, 14:12 EEST; in force.",
        "Released to the public.",
    )


def test_what_awaits_a_second_person_says_that_it_counts_for_nothing():
    assert decision_words(BY_ID["F-3c3c3c3c"], LOCAL)[-1] == (
        "Awaiting a second person; until one confirms it, it counts for nothing."
    )


@pytest.mark.parametrize(
    ("kind", "first"),
    [
        ("ruling", "Ruling R-2b2b2b2b on F-1a1a1a1a, the joint commission, 4 present: violation, to the standard of "
                   "balance of probabilities."),
        ("statement", "Statement S-4d4d4d4d on F-1a1a1a1a of Southern command; recorded, never evidence."),
        ("contact", "Contact over the hotline C-5e5e5e5e on I-0b77e2f4; reached: Northern command and Southern "
                    "command; fire stopped at 13:40."),
        ("reply", "Answer to an advice P-6f6f6f6f on A-warn, the joint commission: deferred."),
        ("release", "Release L-7a7a7a7a on F-1a1a1a1a to the public."),
    ],
)  # fmt: skip
def test_every_kind_has_its_first_sentence(kind, first):
    assert decision_words(TOLD[kind], LOCAL)[0] == first


def test_a_ruling_tells_its_dissent_and_a_refusal_who_refused():
    assert "Dissent: one member: too early." in decision_words(TOLD["ruling"], LOCAL)
    assert decision_words(TOLD["reply"], LOCAL)[-1] == (
        "Refused by B. Second, 4 May 2031, 15:36 EEST; it counts for nothing."
    )
