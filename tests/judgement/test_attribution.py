"""Who fired, on hand-made subjects: what must follow, what must stay open, and that both parties are treated alike."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truceline.clock import Interval
from truceline.domain.arrangement import (
    Arrangement,
    ControlMap,
    Line,
    LineVersion,
    OriginPrior,
    Party,
    Prior,
    Standards,
)
from truceline.domain.dated import Dated, Since
from truceline.domain.incident import Engagement, Incident, Support
from truceline.domain.origin import UNDETERMINED, Origin
from truceline.domain.place import Fix
from truceline.judgement.attribution import attribute
from truceline.judgement.evidence import Evidence, evidence
from truceline.judgement.terrain import make_terrain

# A line from south to north at 38 degrees east: west of it is left. There a degree of longitude is 74.6 km.
LINE = ((38.0, 47.5), (38.0, 48.0), (38.02, 48.5), (38.0, 49.0))
KM_DEG = 1.0 / 74.6
START = datetime(2025, 3, 1, 12, tzinfo=UTC)


def always(value, day=date(2025, 1, 1)):
    return Dated(history=(Since(day=day, value=value, reference="exercise", grade="assumed"),))


def line(id="line", left="west", right="east", vertices=LINE, accuracy_m=0.0):
    version = LineVersion(vertices_deg=vertices, accuracy_m=accuracy_m)
    return Line(id=id, name=id, left=left, right=right, versions=always(version))


def arrangement(*lines, maps=(), prior=None, fielded=None):
    lines = lines or (line(),)
    return Arrangement(
        id="a", version=1, title="a", reference="a", in_force_from=datetime(2025, 1, 1, tzinfo=UTC), timezone="UTC",
        languages=("en",), day_ends=always(datetime.min.time()),
        parties=tuple(Party(id=id, name=f"party {id}", side=id, reference="a") for id in ("west", "east")),
        lines=lines, sectors=(), landmarks=(), zones=(), clauses=(),
        standards=always(Standards(suspicion=0.25, reasonable_grounds=0.4, balance=0.51, clear_and_convincing=0.75)),
        day_parts=always({}), prior=always(Prior()), release=always({}), control_maps=maps,
        origin=always(prior) if prior else None, fielded=always(fielded) if fielded else None,
    )  # fmt: skip


def fix(east_km, sigma_m=100.0, lat_deg=48.0):
    return Fix(
        lon_deg=38.0 + east_km * KM_DEG, lat_deg=lat_deg, var_e_m2=sigma_m**2, var_n_m2=sigma_m**2, cov_en_m2=0.0
    )


def incident(rows, east_km=-3.0, phenomenon="explosion", id="I-1", after_s=0.0, **given):
    when = START + timedelta(seconds=after_s)
    values = {
        "id": id, "version": 1, "when": Interval(start=when, end=when), "time_sigma_s": 1.0,
        "where": fix(east_km, given.pop("sigma_m", 100.0)), "along": None, "phenomenon": phenomenon, "p_exists": 0.9,
        "p_side_left": None, "p_region": (), "p_sector": (), "engagement": None, "tlp": "amber",
        "support": tuple(Support(observation=r.id, p_member=1.0, llr_nats=0.0) for r in rows),
    }  # fmt: skip
    return Incident(**(values | given))


def engagement(rows, east_km=-3.0):
    one = incident(rows, east_km)
    return Engagement(
        id="E-1", version=1, when=one.when, where=one.where, along=None, count_low=1, count_likely=5, count_high=None,
        counts=(("explosion", 1, None),), n_incidents=0, p_exists=0.9, p_side_left=None, p_region=(), p_sector=(),
        support=one.support, tlp="amber",
    )  # fmt: skip


def row(id="a", means="heard", phenomenon="explosion", sensor=None, **said):
    return Evidence(id=f"s:{id}", source="s", sensor=sensor or f"post {id}", means=means, phenomenon=phenomenon, **said)


def origin(rows, agreed=None, **given) -> Origin:
    agreed = agreed or arrangement()
    return of([incident(rows, **given)], rows, agreed)["I-1"]


def of(subjects, rows, agreed):
    return attribute(agreed, subjects, {r.id: r for r in rows}, lambda day: make_terrain(agreed, day))


def p_west(result):
    return dict(result.p_fired)["west"]


def mass(result, party=UNDETERMINED):
    return dict(result.p_party)[party]


def factor(result, name):
    return next(f for f in result.maps[0].factors if f.name == name)


def test_an_explosion_of_unknown_phase_on_known_ground_is_nearly_all_undetermined():
    result = origin([row()])
    assert dict(result.maps[0].p_held)["west"] == 1.0
    assert mass(result) > 0.9
    assert p_west(result) == pytest.approx(0.5 * 0.98 + 0.5 * 0.1, abs=1e-3)  # outgoing, or self-inflicted


@pytest.mark.parametrize(("phase", "who"), [("outgoing", "west"), ("impact", "east")])
def test_a_stated_phase_decides_as_well_as_its_means_can_tell(phase, who):
    heard, filmed = (origin([row(means=means, phase=phase)]) for means in ("heard", "uav"))
    assert mass(heard, who) > 0.4
    assert mass(filmed, who) > mass(heard, who) > mass(origin([row()]), who)
    assert factor(filmed, "phase").observations == ("s:a",)


def test_two_posts_say_more_than_one_and_one_that_repeats_itself_no_more():
    one = origin([row("a", phase="outgoing")])
    two = origin([row("a", phase="outgoing"), row("b", phase="outgoing")])
    again = origin([row("a", phase="outgoing", sensor="p"), row("b", phase="outgoing", sensor="p")])
    assert mass(two, "west") > mass(one, "west") == mass(again, "west")


def test_a_row_that_repeats_another_member_counts_once():
    first = row("a", phase="impact")
    repeated = row("b", phase="impact", derived_from=("s:a",))
    assert origin([first, repeated]) == replace(origin([first]), maps=origin([first, repeated]).maps)
    assert mass(origin([first, repeated])) == mass(origin([first]))
    both_ways = [row("a", phase="impact", derived_from=("s:b",)), repeated]
    assert mass(origin(both_ways)) == mass(origin([first]))


def test_the_share_of_a_row_that_may_not_belong_is_left_out():
    said = [row(means="uav", phase="impact")]
    unsure = (Support(observation="s:a", p_member=0.5, llr_nats=0.0),)
    assert 0.1 < mass(origin(said, support=unsure), "east") < mass(origin(said), "east")
    assert mass(origin(said, support=(replace(unsure[0], p_member=0.0),)), "east") == 0.0


def test_claims_and_other_records_are_not_evidence():
    rows = [
        {"source": "s", "id": "a", "record_kind": "observation", "means": "seen", "phase": "impact"},
        {"source": "s", "id": "b", "record_kind": None, "weapon": "undetermined", "phase": "undetermined"},
        {"source": "party", "id": "c", "record_kind": "claim", "phase": "impact"},
        {"source": "s", "id": "d", "record_kind": "restriction"},
    ]
    names = ("source", "id", "record_kind", "means", "phase", "weapon")
    found = evidence(pa.table({name: pa.array([r.get(name) for r in rows], pa.string()) for name in names}))
    assert set(found) == {"s:a", "s:b"}
    assert (found["s:a"].phase, found["s:b"].phase, found["s:b"].weapon) == ("impact", "", "")


def test_where_the_ground_is_doubtful_a_phase_says_little():
    near = origin([row(means="uav", phase="outgoing")], east_km=-0.1, sigma_m=2_000.0)
    assert mass(near) > 0.9
    rough = origin([row(means="uav", phase="outgoing")], arrangement(line(accuracy_m=20_000.0)))
    assert mass(rough) > 0.8


@pytest.mark.parametrize(("bearing", "who"), [(90.0, "west"), (270.0, "east")])
def test_the_direction_of_flight_over_the_line_tells_where_it_came_from(bearing, who):
    flying = {"phenomenon": "projectile", "east_km": -0.5}
    told = origin([row(phenomenon="projectile", flight_bearing_deg=bearing, weapon="mortar")], **flying)
    assert mass(told, who) > 0.5
    assert mass(origin([row(phenomenon="projectile", weapon="mortar")], **flying)) > 0.95
    along = origin([row(phenomenon="projectile", flight_bearing_deg=0.0, weapon="mortar")], **flying)
    assert mass(along) > 0.7


def test_the_direction_joins_with_an_unknown_phase():
    towards_the_other = origin([row(flight_bearing_deg=90.0)])
    from_the_other = origin([row(flight_bearing_deg=270.0)])
    assert mass(towards_the_other, "west") > 0.4
    assert mass(from_the_other, "east") > 0.4


def test_what_does_not_reach_was_not_fired_across():
    far = {"east_km": -15.0}
    impact = row(means="uav", phase="impact")
    assert mass(origin([impact], **far), "east") > 0.6
    short = origin([replace(impact, weapon="mortar")], **far)
    long = origin([replace(impact, weapon="artillery")], **far)
    assert mass(short, "east") < 0.2 < 0.6 < mass(long, "east")
    assert "7 km" in factor(short, "weapon").because


def test_who_does_not_field_a_weapon_hardly_fired_it():
    impact = row(means="heard", phase="impact", weapon="multiple launch rocket system")
    west_only = arrangement(fielded={"west": ("multiple launch rocket system", "artillery"), "east": ("artillery",)})
    assert p_west(origin([impact], west_only)) > p_west(origin([impact])) + 0.1


def answered(here, there, after_s=300.0, **given):
    """The origin of one incident in the west with another in the east some time after it."""
    subjects = [incident([here]), incident([there], **({"east_km": 3.0} | given), id="I-2", after_s=after_s)]
    return of(subjects, [here, there], arrangement())["I-1"]


def test_fire_on_the_other_side_soon_after_may_answer():
    here, there = row("a", phase="outgoing"), row("b", phase="outgoing")
    alone = origin([here])
    both = answered(here, there)
    assert p_west(both) > p_west(alone)
    assert factor(both, "answering_fire").moved_nats > 0.1
    assert "I-2" in factor(both, "answering_fire").because
    assert answered(here, there, after_s=1e4) == alone
    assert answered(here, there, east_km=30.0) == alone
    assert answered(here, there, east_km=-2.0) == alone, "on the same side it answers nothing"
    assert answered(here, there, phenomenon="burst") == alone, "what is of another kind is not taken for the answer"


def test_the_two_ends_of_one_shot_are_no_exchange():
    here, there = row("a", means="uav", phase="outgoing"), row("b", means="uav", phase="impact")
    alone = origin([here])
    assert answered(here, there, after_s=40.0) == alone, "within the flight of a shot nothing can be told"
    minutes_apart = answered(here, there)
    assert abs(factor(minutes_apart, "answering_fire").moved_nats) < 0.1
    assert abs(p_west(minutes_apart) - p_west(alone)) < 0.01


def test_an_exchange_with_fire_from_both_sides_stays_undetermined():
    agree = [row("a", means="uav", phase="outgoing"), row("b", means="camera", phase="outgoing", weapon="mortar")]
    both = [agree[0], row("b", means="uav", phase="impact")]
    found = {name: of([engagement(r)], r, arrangement())["E-1"] for name, r in (("agree", agree), ("both", both))}
    assert mass(found["agree"], "west") > 0.5
    assert mass(found["both"]) > 0.85
    assert "both parties may have fired in it" in factor(found["both"], "both_fired").because
    bare = of([engagement([row()])], [row()], arrangement())["E-1"]
    assert mass(bare) > 0.9
    unknown = of([engagement([row()])], [], arrangement())["E-1"]
    assert mass(unknown) > 0.9


def test_maps_that_disagree_leave_it_open_and_each_is_shown():
    east_of_it = tuple((lon - 6.0 * KM_DEG, lat) for lon, lat in LINE)
    maps = tuple(ControlMap(id=i, name=i, line=i, reference=i, grade="reported") for i in ("line", "other"))
    turned = line("other", left="east", right="west", vertices=east_of_it[::-1])
    agreed = arrangement(line(), turned, maps=maps)
    result = origin([row(means="uav", phase="outgoing")], agreed)
    first, second = result.maps
    assert dict(first.p_party)["west"] > 0.8
    assert dict(second.p_party)["east"] > 0.8
    assert dict(second.p_held)["east"] == 1.0
    assert mass(result) == 1.0
    assert p_west(result) == pytest.approx(0.5, abs=1e-3)
    both = origin([row(means="uav", phase="outgoing")], agreed, east_km=-12.0)
    assert mass(both, "west") > 0.8


def test_the_factors_add_up_to_the_result():
    rows = [
        row("a", means="heard", phase="impact", weapon="artillery"),
        row("b", means="camera", flight_bearing_deg=75.0),
    ]
    result = origin(rows)
    total = sum(f.moved_nats for f in result.maps[0].factors)
    assert [f.name for f in result.maps[0].factors] == ["place", "phenomenon", "phase", "weapon", "direction"]
    assert p_west(result) == pytest.approx(1.0 / (1.0 + np.exp(-total)), abs=2e-4)
    for one in result.maps[0].factors:
        west, east = (dict(one.ratio)[party] for party in ("west", "east"))
        assert max(west, east) == 1.0
        assert np.log(west / east) == pytest.approx(one.moved_nats, abs=0.01)
        assert one.reference and one.because


SAID = st.fixed_dictionaries(
    {
        "means": st.sampled_from(["heard", "camera", "uav", ""]),
        "phase": st.sampled_from(["", "outgoing", "impact", "in_flight"]),
        "weapon": st.sampled_from(["", "mortar", "artillery+mortar", "small arms"]),
        "flight_bearing_deg": st.none() | st.floats(0.0, 359.9).map(lambda b: round(b, 1)),
    }
)
SUBJECTS = st.lists(
    st.tuples(
        st.floats(-20.0, 20.0),
        st.floats(10.0, 3_000.0),
        st.floats(-0.9, 0.9),
        st.sampled_from(["explosion", "burst", "projectile", "damage"]),
        st.lists(SAID, max_size=3),
        st.booleans(),
    ),
    min_size=1,
    max_size=4,
)


def world(drawn, mirrored):
    sign = -1.0 if mirrored else 1.0
    rows, subjects = [], []
    for n, (east_km, sigma_m, skew, phenomenon, said, exchange) in enumerate(drawn):
        mine = [row(f"{n}-{k}", phenomenon=phenomenon, **one) for k, one in enumerate(said)]
        if mirrored:
            mine = [
                replace(m, flight_bearing_deg=(-m.flight_bearing_deg) % 360.0)
                if m.flight_bearing_deg is not None
                else m
                for m in mine
            ]
        made = engagement(mine) if exchange else incident(mine, phenomenon=phenomenon)
        at = Fix(
            lon_deg=sign * (38.0 + east_km * KM_DEG), lat_deg=48.1, var_e_m2=sigma_m**2, var_n_m2=0.5 * sigma_m**2,
            cov_en_m2=sign * skew * 0.7 * sigma_m**2,
        )  # fmt: skip
        when = Interval(start=START + timedelta(seconds=90 * n), end=START + timedelta(seconds=90 * n + 3))
        subjects.append(replace(made, id=f"S-{n}", where=at, when=when))
        rows += mine
    vertices = tuple((sign * lon, lat) for lon, lat in LINE)
    ends = ("east", "west") if mirrored else ("west", "east")
    agreed = arrangement(line(left=ends[0], right=ends[1], vertices=vertices, accuracy_m=300.0))
    return of(subjects, rows, agreed)


@settings(max_examples=60, deadline=None)
@given(SUBJECTS)
def test_a_mirrored_world_has_the_mirrored_result(drawn):
    here, there = world(drawn, mirrored=False), world(drawn, mirrored=True)
    for id, one in here.items():
        assert dict(there[id].p_party) == dict(one.p_party)
        assert dict(there[id].p_fired) == dict(one.p_fired)
        pairs = zip(one.maps[0].factors, there[id].maps[0].factors, strict=True)
        assert all(a.moved_nats == -b.moved_nats and dict(a.ratio) == dict(b.ratio) for a, b in pairs)


@settings(max_examples=60, deadline=None)
@given(SUBJECTS)
def test_masses_are_masses(drawn):
    for one in world(drawn, mirrored=False).values():
        assert sum(p for _, p in one.p_party) == pytest.approx(1.0, abs=3e-4)
        assert all(0.0 <= p <= 1.0 for _, p in one.p_party)
        masses, fired = dict(one.p_party), dict(one.p_fired)
        for party in ("west", "east"):
            assert fired[party] == pytest.approx(masses[party] + 0.5 * masses[UNDETERMINED], abs=2e-4)


def test_with_nothing_assumed_against_it_nothing_breaks():
    hard = OriginPrior(
        p_self_inflicted=0.0, p_infiltrated=0.0, p_weapon_wrong=0.0, p_outgoing=1.0, bearing_sigma_deg=0.1
    )
    result = origin([row(phase="impact", weapon="mortar", flight_bearing_deg=90.0)], arrangement(prior=hard))
    assert 0.0 <= p_west(result) <= 1.0
    assert of([], [], arrangement()) == {}


def test_the_order_of_subjects_and_rows_does_not_matter():
    rows = [row(f"{n}", phase=phase) for n, phase in enumerate(("outgoing", "impact", "", "outgoing"))]
    subjects = [incident([r], east_km=(-1) ** n * 3.0, id=f"I-{n}", after_s=200.0 * n) for n, r in enumerate(rows)]
    assert of(subjects, rows, arrangement()) == of(subjects[::-1], rows[::-1], arrangement())


def test_the_side_that_fusion_found_is_believed():
    said = [row(means="uav", phase="outgoing")]
    assert dict(origin(said, p_side_left=0.3).maps[0].p_held)["west"] == 0.3
    assert mass(origin(said, p_side_left=0.3), "east") > 0.2
