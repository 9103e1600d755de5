"""What leaves the mission: nothing of origin, parties, positions and people, save what a release in force names."""

import json
from dataclasses import replace
from datetime import date

import pytest
from beyond_sample import ARRANGEMENT, DECISIONS, NAMES, SOUTH
from hypothesis import given, settings
from hypothesis import strategies as st
from report_sample import PUBLIC, RAW

from truceline.domain import decided
from truceline.domain.indication import Element
from truceline.domain.report import WITHHOLDABLE
from truceline.reports.decisions import concerning, told_decisions
from truceline.reports.html import render_html
from truceline.reports.json import report_json
from truceline.reports.release import released
from truceline.reports.told import in_words

DAY = date(2031, 5, 4)
PEOPLE = ("A. Observer", "B. Second", "C. Clerk", "D. Duty")
PARTIES = ("Northern command", "Southern command")
PLACES = ("Birch yard", "Store 3")


def edition(raw, decisions=DECISIONS, withheld=(), audience="public", arrangement=ARRANGEMENT):
    """The sample with other decisions, as released to an audience under a release rule."""
    told = told_decisions(decisions, decisions, NAMES)
    rule = arrangement.release.history[0]
    ruled = replace(arrangement, release=replace(arrangement.release, history=(
        replace(rule, value={audience: tuple(withheld)}),
    )))  # fmt: skip
    return in_words(released(replace(raw, audience=audience, decisions=told), ruled, DAY), ())


def texts(report):
    return report_json(report).decode(), render_html(report)


def without(kind):
    return tuple(one for one in DECISIONS if not isinstance(one.record, kind))


def hostile(raw):
    """The sample with a party's name wherever somebody might have written one."""
    child = Element(name="held by Northern command", p=0.9, p_low=0.9, p_high=0.9, because="", reference="")
    act = Element(
        name="act", p=0.9, p_low=0.9, p_high=0.9, because="seen", reference="",
        children=(child, replace(child, name="x", because="southern COMMAND fielded it")),
    )  # fmt: skip
    return replace(
        raw,
        indications=tuple(replace(i, assessment=replace(i.assessment, elements=(act, child))) for i in raw.indications),
        observations=tuple(replace(o, text="a gun of Southern command") for o in raw.observations),
        sentences=tuple((id, (*lines, "Northern command fired")) for id, lines in raw.sentences),
        undetermined=(*raw.undetermined, "whether Southern command fired"),
        watched=tuple(replace(w, imposed_by="Southern command", reason="Southern command") for w in raw.watched),
        holdings=tuple(replace(h, site="Store 3") for h in raw.holdings),
        restrictions=tuple(replace(r, imposed_by="Southern command") for r in raw.restrictions),
    )


@settings(max_examples=40, deadline=None)
@given(
    withheld=st.sets(st.sampled_from(WITHHOLDABLE)),
    kept=st.sets(st.sampled_from([d.entry for d in DECISIONS if not isinstance(d.record, decided.Release)])),
    audience=st.sampled_from(["public", "press", "north"]),
)
def test_nothing_of_origin_party_or_position_leaves_unreleased(withheld, kept, audience):
    report = edition(hostile(RAW), tuple(d for d in DECISIONS if d.entry in kept), withheld, audience)
    assert report.origins == () == report.told_origins
    assert not any(i.origin for i in report.indications)
    for text in texts(report):
        for word in (*PARTIES, *PEOPLE, *PLACES, "p_fired", "p_held", "control map"):
            assert word.casefold() not in text.casefold(), word


def test_what_a_release_names_is_told_with_its_party_and_nothing_else_is():
    assert [(d.id, d.party, d.reasons) for d in PUBLIC.decisions] == [
        ("F-1", "Northern command", "craters measured by two teams"),
        ("R-1", "", ""),
    ]
    page = render_html(PUBLIC)
    assert page.count("Northern command") == 1 and "Southern command" not in page
    assert not any(name in page for name in PEOPLE)


def test_a_release_counts_for_the_audience_that_it_names():
    report = edition(RAW, audience="press")
    assert [(d.id, d.party) for d in report.decisions] == [("F-1", ""), ("R-1", "")]


@pytest.mark.parametrize("state", ["awaiting", "refused"])
def test_a_release_that_is_not_in_force_releases_nothing(state):
    def undone(one):
        if not isinstance(one.record, decided.Release):
            return one
        return replace(one, refused=True) if state == "refused" else replace(one, confirmed_by=None, confirmed_at=None)

    report = edition(RAW, tuple(map(undone, DECISIONS)))
    assert {d.party for d in report.decisions} == {""}


def test_what_was_released_is_told_even_where_decisions_are_withheld():
    assert [(d.id, d.party) for d in edition(RAW, withheld=("decisions",)).decisions] == [("F-1", "Northern command")]
    assert edition(RAW, without(decided.Release), ("decisions",)).decisions == ()


def test_only_findings_and_rulings_in_force_are_told_beyond_the_mission():
    report = edition(RAW, without(decided.Release))
    assert [d.kind for d in report.decisions] == ["finding", "ruling"]
    assert {d.state for d in report.decisions} == {"in_force"}


def test_what_one_party_alone_is_bound_by_is_not_told_at_all():
    own = replace(RAW.indications[0], clause="5", id="N-0000000f")
    report = edition(replace(RAW, indications=(*RAW.indications, own)))
    assert "5" not in {i.clause for i in report.indications}
    assert len(report.indications) == len(RAW.indications)


def test_obstructions_go_with_restrictions():
    report = edition(RAW, withheld=("restrictions",))
    assert report.obstructions == () == report.restrictions
    assert len(report.indications) == len(RAW.indications) - 1
    assert edition(RAW, withheld=("restrictions", "observations")).obstructions == ()


def test_advice_goes_with_levels_and_keeps_only_labels():
    assert edition(RAW, withheld=("advice",)).levels == ()
    told = edition(RAW).advice
    assert [a.id for a in told] == ["A-1", "A-2", "A-3"]
    assert told[0].subjects == ("I-1",) and told[0].rests_on == ("N-2",) and told[1].rests_on == ("R-1",)
    assert {a.party for a in told} == {None}
    assert told[0].tests == ()  # its reason names a party


def test_an_id_that_has_no_label_is_not_told_in_any_text():
    told = replace(RAW.advice[0].tests[0], because="after E-5aa0c3d1 and E-00000bad, ruling R-0123abcd")
    report = edition(replace(RAW, advice=(replace(RAW.advice[0], tests=(told,)),)))
    because = report.advice[0].tests[0].because
    assert because == "after E-1 and (not in this edition), ruling (not in this edition)"


def test_the_mission_is_told_everything():
    whole = edition(RAW, audience="mission")
    assert whole.origins == RAW.origins and len(whole.decisions) == len(DECISIONS)
    assert {name for _, name in whole.names} >= set(PARTIES)


def test_every_label_leads_somewhere():
    data = json.loads(report_json(PUBLIC))
    ids = {one["id"] for part in ("engagements", "incidents", "holdings", "obstructions", "undertakings", "indications",
                                  "decisions", "advice") for one in data[part]}  # fmt: skip
    assert {i["subject"] for i in data["indications"]} <= ids
    assert {d["about"] for d in data["decisions"]} <= ids
    assert {s for u in data["undertakings"] for s in u["subjects"]} <= ids


def test_decisions_are_found_by_what_they_are_about_all_the_way_up():
    never = replace(RAW.period, start=RAW.period.end)
    by_subject = {d.record.id for d in concerning(DECISIONS, {"I-0b77e2f4"}, never)}
    assert {"F-1a1a1a1a", "F-3c3c3c3c", "R-2b2b2b2b", "S-4d4d4d4d", "C-5e5e5e5e", "L-7a7a7a7a"} == by_subject
    assert concerning(DECISIONS, {"E-none"}, never) == []
    assert len(concerning(DECISIONS, (), RAW.period)) == len(DECISIONS)


def test_a_party_is_never_an_audience_by_being_one():
    assert edition(RAW, audience=SOUTH).origins == ()
