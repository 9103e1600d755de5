"""What sentences say of reports: as stated, what excludes first, one sentence for one open question."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.reports.beyond_sample import DETERMINED_ORIGIN, UNDETERMINED_ORIGIN

from truceline.clock import Interval
from truceline.domain.incident import Engagement, Incident, Link, Support
from truceline.domain.indication import Assessment, Indication
from truceline.domain.place import Fix
from truceline.domain.report import ReportedObservation
from truceline.judgement import explain
from truceline.judgement.origin_words import NOT_SIDE
from truceline.judgement.words import NBSP, zone

LOCAL = zone("Europe/Kyiv")
SE, SSE, N_NE = (123.75, 146.25), (146.25, 168.75), (348.75, 56.25)


def at(hour, minute=0, second=0):
    return datetime(2018, 9, 5, hour - 3, minute, second, tzinfo=UTC)


def seen(own, when, **more):
    plain = ReportedObservation(
        id=f"smm:{own}", entry="1/1", sensor="the post", means="heard", phenomenon="explosion", phase="undetermined",
        weapon="", count="15", when=Interval(start=when[0], end=when[1]), when_text="10:25–11:00", sensor_deg=None,
        arcs_deg=(SE,), range_m=(5000.0, 6000.0), fix_deg=None, subject=None, p_member=1.0, grade="B2", text="",
    )  # fmt: skip
    return replace(plain, **more)


OBSERVED = {
    o.id: o
    for o in (
        seen(26, (at(10, 10), at(10, 10)), text="explosion; near Zolote DA; same episode as 27-29; 10:10"),
        seen(27, (at(10, 10), at(10, 10))),
        seen(29, (at(8, 35), at(10, 13)), weapon="mortar", phase="impact"),
        seen(28, (at(10, 25), at(11))),
    )
}


def engagement(id, *own):
    start = at(10, 24, 42)
    return Engagement(
        id=id, version=1, when=Interval(start=start, end=start + timedelta(seconds=50)), along=None,
        where=Fix(lon_deg=38.0, lat_deg=48.0, var_e_m2=1.0, var_n_m2=1.0, cov_en_m2=0.0),
        count_low=13, count_likely=15, count_high=16, counts=(("explosion", 13, 16),), n_incidents=0, p_exists=0.9,
        p_side_left=None, p_region=(), p_sector=(), tlp="green",
        support=tuple(Support(observation=f"smm:{o}", p_member=0.9, llr_nats=1.0) for o in own),
    )  # fmt: skip


def link(a, b, *because, overlap_s=-700.0, p_fire=0.0, p_same=0.0):
    return Link(
        a=f"smm:{a}", b=f"smm:{b}", verdict="can_be_same_fire" if p_fire else "cannot_be_same_fire",
        p_same_fire=p_fire, p_same_engagement=p_same, overlap_s=overlap_s, distance_m=100.0, because=because,
    )  # fmt: skip


BOTH = engagement("E-a", 26, 27, 29), engagement("E-b", 28)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, f"5–6{NBSP}km SE of the post"),
        ({"arcs_deg": (SE, SSE)}, f"5–6{NBSP}km SE to SSE of the post"),
        ({"arcs_deg": (SE, (168.75, 191.25))}, f"5–6{NBSP}km SE or S of the post"),
        ({"arcs_deg": ((348.75, 123.75),)}, f"5–6{NBSP}km N to ESE of the post"),
        ({"arcs_deg": ((44.0, 50.0),)}, f"5–6{NBSP}km at 47 degrees from the post"),
        ({"range_m": (None, None)}, "SE of the post, distance not stated"),
        ({"arcs_deg": ()}, f"5–6{NBSP}km from the post, direction not stated"),
        ({"arcs_deg": ((0.0, 360.0),)}, f"5–6{NBSP}km, in any direction from the post"),
        ({"arcs_deg": (), "range_m": (None, None)}, "by the post, place as received"),
        ({"fix_deg": (38.0, 48.0)}, "at a position given by the post"),
    ],
)
def test_where_an_observation_points_is_said_as_stated(more, said):
    one = replace(OBSERVED["smm:28"], **more)
    assert explain.observation_words(one) == f"smm:28: 15 explosions (phase undetermined), {said}, 10:25–11:00"


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ((150.0, 200.0), f"150–200{NBSP}m"),
        ((100.0, 5000.0), f"100{NBSP}m to 5{NBSP}km"),
        ((1400.0, 1600.0), f"1.4–1.6{NBSP}km"),
        ((2000.0, 2000.0), f"2{NBSP}km"),
        ((0.0, 4000.0), f"up to 4{NBSP}km"),
        ((3000.0, None), f"at least 3{NBSP}km"),
        ((None, None), ""),
    ],
)
def test_stated_distances_are_not_rounded(stated, said):
    assert explain.stated_range(*stated) == said


def test_weapons_are_words():
    one = replace(OBSERVED["smm:28"], weapon="heavy machine gun+small arms", phase="")
    assert "(heavy machine gun and small arms, phase not stated)" in explain.observation_words(one)


def test_times_are_those_of_the_reports():
    said = explain.engagement_words(BOTH[1], OBSERVED, (), LOCAL)
    assert said[0] == "One report of fire, 5 Sep 2018, 10:25–11:00, not taken together with any other report."
    assert "10:24" not in " ".join(said)
    assert explain.stated_when(BOTH[1], {}) == Interval(start=at(10, 24), end=at(10, 26))
    assert "13–16, about 15 expected (by kind: 13–16 explosions)" in " ".join(said)


def test_what_excludes_stands_alone_and_first():
    excluded = link(29, 26, "weapons=mortar|heavy_machine_gun", "overlap_s=240", "place_overlap=0.60")
    assert explain.link_words(excluded, OBSERVED) == (
        "The weapons stated differ: mortar in smm:29, heavy machine gun in smm:26.",
    )
    possible = link(29, 27, "overlap_s=240", "place_overlap=0.60", overlap_s=240.0, p_fire=0.47)
    said = explain.engagement_words(BOTH[0], OBSERVED, (possible, excluded), LOCAL)
    assert "smm:29 and smm:26 cannot" in said[-2]
    assert said[-1] == (
        f"smm:29 and smm:27 can be the same fire (roughly even chance, 45{NBSP}%): their times meet; "
        "their places agree partly."
    )


@pytest.mark.parametrize(("share", "said"), [(0.99, "agree well"), (0.5, "agree partly"), (0.01, "hardly agree")])
def test_places_agree_in_words(share, said):
    one = link(26, 27, f"place_overlap={share}", p_fire=0.5)
    assert explain.link_words(one, OBSERVED) == (f"Their places {said}.",)


def test_open_phases_are_said_once():
    one = link(26, 27, "phase_open=smm:26", "phase_open=smm:27", p_fire=0.5)
    assert explain.link_words(one, OBSERVED) == (
        "Neither report says whether what it noticed was rounds being fired or rounds landing.",
    )
    assert explain.link_words(replace(one, because=("phase_open=smm:26",)), OBSERVED)[0].startswith("smm:26 does not")


@pytest.mark.parametrize("code", ["same_sensor", "gap_s=700", "kinds=shot|burst", "weapons=a|b", "places_apart=0.0",
                                  "overlap_s=60", "place_overlap=0.1", "phases=outgoing|impact"])  # fmt: skip
def test_every_reason_has_words(code):
    assert explain.link_words(link(26, 28, code), OBSERVED)
    assert explain.link_words(link(26, 28, code), {})


def test_a_reason_without_words_is_a_mistake():
    with pytest.raises(ValueError, match="no words"):
        explain.link_words(link(26, 27, "moon=full"), OBSERVED)


def test_one_question_for_a_pair_of_engagements():
    links = [link(29, 28), link(26, 28, overlap_s=-780.0), link(27, 28, overlap_s=-780.0)]
    said = [s for s in explain.open_questions(BOTH, OBSERVED, links, LOCAL, {}) if "follows" in s]
    assert said == [
        "E-b (5 Sep 2018, 10:25–11:00) follows E-a in the same area: the nearest reports of the two, smm:29 and "
        "smm:28, are 12 minutes apart. Whether the one continued the other is undetermined. "
        'The source says of smm:26: "same episode as 27-29".'
    ]


def test_engagements_that_meet_are_one_question_too():
    links = [link(29, 28, overlap_s=10.0, p_same=0.1), link(26, 28, overlap_s=10.0, p_same=0.4)]
    said = [s for s in explain.open_questions(BOTH, OBSERVED, links, LOCAL, {}) if "kept apart" in s]
    assert len(said) == 1
    assert f"(smm:26 and smm:28); that they are one exchange: unlikely (40{NBSP}%). They are kept apart" in said[0]


def test_a_source_is_quoted_only_where_it_relates_its_rows():
    assert explain.source_notes(["smm:26", "smm:27", "smm:0"], OBSERVED) == [
        'The source says of smm:26: "same episode as 27-29"'
    ]


def test_one_report_leaves_it_open():
    said = explain.open_questions([replace(BOTH[1], p_side_left=0.35)], OBSERVED, (), LOCAL, {})
    assert "(its one report leaves it open)" in said[0]
    assert f"(65{NBSP}% one side, 35{NBSP}% the other)" in said[1]
    assert said[-2:] == (
        "Whose fire it was: nothing here was examined for it.",
        "Where something fell is not who fired it.",
    )


def test_who_fired_is_an_open_question_until_it_is_indicated():
    open_one, settled = UNDETERMINED_ORIGIN, DETERMINED_ORIGIN
    said = explain.open_questions((), OBSERVED, (), LOCAL, {"E-a": open_one})
    assert said[:2] == (
        f"E-a: who fired (over 99{NBSP}% undetermined).",
        "The control maps disagree on who fired for E-a; what is indicated holds on each of them.",
    )
    assert explain.open_questions((), OBSERVED, (), LOCAL, {"E-a": settled}) == (f"{NOT_SIDE}.",)
    apart = replace(settled, maps=open_one.maps)
    assert "what is indicated holds on each" in explain.open_questions((), OBSERVED, (), LOCAL, {"E-a": apart})[0]


def test_many_open_questions_of_one_kind_are_one():
    many = {f"E-{n}": UNDETERMINED_ORIGIN for n in range(20)} | {"E-x": replace(DETERMINED_ORIGIN)}
    said = explain.open_questions((), OBSERVED, (), LOCAL, many)
    assert len(said) == 3
    assert said[0].startswith("Who fired, for 20 of 21 subjects: E-0, E-1,") and said[0].endswith("and 12 more.")


def test_an_edition_that_is_not_told_of_origin_says_only_that():
    assert explain.open_questions((), OBSERVED, (), LOCAL, None) == (
        f"Whose fire it was is not told in this edition. {NOT_SIDE}.",
    )


def test_an_incident_quotes_the_times_of_its_reports():
    one = Incident(
        id="I-a", version=1, when=Interval(start=at(10, 9, 17), end=at(10, 10, 40)), time_sigma_s=20.0,
        where=BOTH[0].where, along=None, phenomenon="explosion", p_exists=0.95, p_side_left=None, p_region=(),
        p_sector=(), support=BOTH[0].support[:1], engagement=None, tlp="green",
    )  # fmt: skip
    said = explain.incident_words(one, OBSERVED, LOCAL)
    assert (
        said[0] == f"One observation of one explosion, 5 Sep 2018, 10:10; that it happened: almost certain (95{NBSP}%)."
    )
    assert said[-1] == 'The source says of smm:26: "same episode as 27-29".'


@pytest.mark.parametrize(
    ("verdict", "strongest", "said"),
    [
        ("indicated", "suspicion", "indicated only to the standard of suspicion"),
        ("indicated", "balance", "indicated only to the standard of balance of probabilities"),
        ("indicated", "clear_and_convincing", "indicated to the standard of clear and convincing evidence"),
        ("not_indicated", None, "not indicated"),
        ("undetermined", None, "undetermined"),
    ],
)
def test_an_indication_names_its_standard(verdict, strongest, said):
    assessment = Assessment(clause="1", elements=(), p_breach=0.3, p_breach_low=0.3, p_breach_high=0.4)
    one = Indication(
        id="N-a", subject="E-a", subject_version=1, clause="1", verdict=verdict, strongest=strongest,
        assessment=assessment, supersedes=None, tlp="green",
    )  # fmt: skip
    assert explain.indication_words(one, "Cease fire") == (f"Cease fire: {said} (probability 30{NBSP}% to 40{NBSP}%).")
