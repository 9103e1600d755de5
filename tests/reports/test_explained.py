"""Explain, from every kind of id of a real mission: down to each observation, up to the advice; text, data, picture."""

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.mission.small_mission import make_mission, opened, run
from tests.reports.beyond_sample import ADVICE, DECISIONS, DETERMINED_ORIGIN, HOLDING, OBSTRUCTION, UNDERTAKING

from truceline.domain import decided
from truceline.domain.incident import Support
from truceline.errors import UnknownIdError
from truceline.judgement.origin_words import NOT_SIDE
from truceline.mission.publish import derive
from truceline.plain import plain as as_json
from truceline.reports.daily import make_ready
from truceline.reports.explained import explain, picture
from truceline.reports.explained.boxes import CHARS, place_all
from truceline.reports.explained.cards import columns_of
from truceline.reports.labels import Box, text_width

NOW = datetime(2031, 5, 4, 13, 30, tzinfo=UTC)
SVG = "{http://www.w3.org/2000/svg}"
OBSERVATION = "smm:29"


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """What the small mission derives, as it is."""
    folder = make_mission(tmp_path_factory.mktemp("explained") / "m")
    run(folder)
    mission = opened(folder)
    return derive(mission, mission.state())[0]


@pytest.fixture(scope="module")
def whole(plain):
    """The same with one of everything that people and other clauses add, chained to its engagement of row 29."""
    held, derived = plain.held, plain.held.derived
    engagement = plain.home[OBSERVATION][0]
    of_row = (Support(observation=OBSERVATION, p_member=1.0, llr_nats=0.0),)
    indication = next(i for i in derived.indications if i.subject == engagement.id)
    origin = replace(DETERMINED_ORIGIN, subject=engagement.id)
    others = [replace(one, support=of_row) for one in (HOLDING, OBSTRUCTION)]
    new = [replace(indication, id=f"N-0000000{n}", subject=s.id) for n, s in enumerate((*others, UNDERTAKING))]
    derived = replace(
        derived,
        holdings=(others[0],),
        obstructions=(others[1],),
        undertakings=(replace(UNDERTAKING, clause=indication.clause, subjects=(others[0].id, engagement.id)),),
        origins={engagement.id: origin},
        indications=(*(replace(i, origin=origin if i is indication else None) for i in derived.indications), *new),
    )
    renamed = {"N-00000002": indication.id, "I-0b77e2f4": engagement.id}
    decisions = tuple(replace(d, record=_about(d.record, renamed)) for d in DECISIONS)
    advice = tuple(replace(a, subjects=(engagement.id,), rests_on=tuple(renamed.get(r, r) for r in a.rests_on))
                   for a in ADVICE)  # fmt: skip
    return make_ready(replace(held, derived=derived, decisions=decisions, advice_at=lambda now: advice))


def _about(record, renamed):
    """A decision about something of this mission instead of the sample."""
    match record:
        case decided.Finding():
            return replace(record, indication=renamed[record.indication], subject=renamed[record.subject])
        case decided.Statement() | decided.Contact():
            return replace(record, on=renamed.get(record.on, record.on))
        case _:
            return record


def ids_of(ready):
    """One id of every kind that there is."""
    chain = explain(ready, OBSERVATION, NOW).chain
    kinds = {}
    for node in chain.nodes.values():
        kinds.setdefault(node.kind, node.id)
    return kinds


def text(explained):
    return "\n".join("  " * indent + line for indent, line in explained.lines)


def test_there_is_one_of_every_kind(whole):
    assert set(ids_of(whole)) == {
        "observation", "engagement", "incident", "holding", "obstruction", "undertaking", "indication", "finding",
        "ruling", "statement", "contact", "reply", "release", "advice",
    }  # fmt: skip


def test_every_kind_is_explained_as_text_data_and_picture(whole):
    for kind, id in ids_of(whole).items():
        explained = explain(whole, id, NOW)
        assert explained.kind == kind and id in text(explained)
        data = json.loads(json.dumps(explained.data, default=as_json))
        assert set(data) == {"id", "kind", "as_of", "exercise", "record", "down", "up"}
        assert (data["id"], data["record"]["id"]) == (id, id)
        ET.fromstring(picture(explained.chain, id))


def test_upwards_from_an_observation_to_the_advice(whole):
    up = {node["id"]: node["kind"] for node in explain(whole, OBSERVATION, NOW).data["up"]}
    assert set(up.values()) >= {"engagement", "indication", "finding", "ruling", "advice", "undertaking", "statement"}
    assert "smm:26" not in up
    said = text(explain(whole, OBSERVATION, NOW))
    order = [said.index(word) for word in ("What rests on it:", "Engagement E-", "Indication N-", "Finding F-1a1a1a1a",
                                           "Ruling R-2b2b2b2b", "Advice A-reserve")]  # fmt: skip
    assert order == sorted(order)
    assert "The reserve deploys: reached, the clock is running." in said
    assert "awaiting a second person" in said


def test_downwards_from_an_advice_to_each_observations_share(whole):
    explained = explain(whole, "A-reserve", NOW)
    engagement = whole.home[OBSERVATION][0]
    shares = {s["observation"]: s["p_member"] for node in explained.data["down"] for s in node["shares"]}
    assert {s.observation: s.p_member for s in engagement.support}.items() <= shares.items()
    said = text(explained)
    for word in ("Ruling R-2b2b2b2b", "Finding F-1a1a1a1a", f"{OBSERVATION}: belongs with", "nats"):
        assert word in said
    assert said.index("Ruling R-") < said.index("Finding F-") < said.index(f"{OBSERVATION}: belongs")


def test_both_ways_hold_each_record_once_and_say_whence(whole):
    data = explain(whole, "F-1a1a1a1a", NOW).data
    for way in ("up", "down"):
        ids = [node["id"] for node in data[way]]
        assert len(ids) == len(set(ids))
        reached = {"F-1a1a1a1a", *ids}
        assert all(reached & set(node["of"]) for node in data[way])
    assert not {n["id"] for n in data["up"]} & {n["id"] for n in data["down"]}


def test_what_origin_says_stands_with_its_subject(whole):
    said = text(explain(whole, whole.home[OBSERVATION][0].id, NOW))
    assert "Fire by" in said and "is indicated to the standard of clear and convincing evidence" in said
    assert f"{NOT_SIDE}." in said and "not examined" not in said
    alone = text(explain(whole, whole.held.derived.incidents[0].id, NOW))
    assert f"{NOT_SIDE}; who fired was not examined here." in alone


def test_a_finding_on_an_indication_that_was_superseded_keeps_its_place(whole):
    stale = replace(whole.held.decisions[0], record=replace(whole.held.decisions[0].record, indication="N-deadbeef"))
    by_subject = replace(whole.held, decisions=(replace(stale, record=replace(
        stale.record, clause=whole.held.derived.indications[0].clause)),))  # fmt: skip
    down = explain(make_ready(by_subject), "F-1a1a1a1a", NOW).data["down"]
    assert OBSERVATION in {node["id"] for node in down}


def test_a_claim_or_declared_state_can_be_explained_too(plain):
    rows = plain.held.observations.to_pylist()
    states = [{**row, "record_kind": "claim"} if row["id"] == "57" else row for row in rows]
    table = type(plain.held.observations).from_pylist(states, schema=plain.held.observations.schema)
    explained = explain(make_ready(replace(plain.held, observations=table,
                        derived=replace(plain.held.derived, incidents=()))), "smm:57", NOW)  # fmt: skip
    assert "Belongs to nothing that is told" in text(explained)


def test_what_is_not_there_is_said_with_what_there_is(plain):
    with pytest.raises(UnknownIdError, match=r"Nothing here is called 'X-1'.*H-.*O-.*U-.*<source>:<id>"):
        explain(plain, "X-1", NOW)


def test_an_exercise_says_so_in_text_data_and_picture(whole):
    drill = make_ready(replace(whole.held, mission="EXERCISE Blue"))
    explained = explain(drill, OBSERVATION, NOW)
    assert explained.lines[0] == (0, "EXERCISE: simulated, nothing of this happened")
    assert explained.data["exercise"].startswith("EXERCISE")
    assert "EXERCISE: simulated" in picture(explained.chain, OBSERVATION)
    assert "EXERCISE" not in text(explain(whole, OBSERVATION, NOW))


def test_the_picture_has_a_title_a_description_and_the_map(whole):
    id = whole.home[OBSERVATION][0].id
    root = ET.fromstring(picture(explain(whole, id, NOW).chain, id))
    assert root.get("role") == "img" and root.get("aria-labelledby") == "title about"
    assert root.find(f"{SVG}title").text == f"What {id} rests on, and what rests on it"
    about = root.find(f"{SVG}desc").text
    for word in (OBSERVATION, "Elements of the clause", "A-reserve", "R-2b2b2b2b"):
        assert word in about
    drawn = "".join(root.itertext())
    assert f"The evidence on {id}, on the map" in drawn and "Who fired, as far as anything says" in drawn
    assert not re.findall(r"url\((?!#)|https?://(?!www\.w3\.org/2000/svg)", picture(explain(whole, id, NOW).chain, id))


def test_the_same_chain_gives_the_same_picture(whole):
    first, second = (picture(explain(whole, OBSERVATION, NOW).chain, OBSERVATION) for _ in range(2))
    assert first == second


def test_no_box_lies_over_another_and_text_stays_inside(whole):
    for id in ids_of(whole).values():
        placed = place_all(columns_of(explain(whole, id, NOW).chain, id), 0.0, 0.0)
        boxes = [Box(x0=p.x, y0=p.y, x1=p.x + p.width, y1=p.y + p.height) for p in placed]
        assert not [1 for n, a in enumerate(boxes) for b in boxes[:n] if a.meets(b)]
        for box in placed:
            assert all(len(line) <= CHARS and text_width(line, 12.0) <= box.width - 20 for line in box.lines)
            assert 16.0 * len(box.lines) + 14.0 <= box.height


def test_many_of_a_kind_are_counted_not_drawn(whole):
    engagement = whole.home[OBSERVATION][0]
    many = tuple(replace(engagement.support[0], observation=o) for o in whole.observed)
    wide = replace(engagement, support=many * 1)
    rows = len(many)
    derived = replace(whole.held.derived, engagements=(wide,), incidents=())
    chain = explain(make_ready(replace(whole.held, derived=derived)), wide.id, NOW).chain
    (column, *_) = columns_of(chain, wide.id)
    assert len(column.cards) == min(rows, 14)


def test_text_from_outside_cannot_break_the_picture(whole):
    hostile = replace(whole.held, mission="</svg><script>alert(1)</script> & \u202e\x00")
    made = picture(explain(make_ready(hostile), OBSERVATION, NOW).chain, OBSERVATION)
    assert "<script" not in made and "\u202e" not in made
    ET.fromstring(made)
