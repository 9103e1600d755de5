"""Every section of an arrangement file: what is read from it, and what is told where it is wrong."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from truceline.arrangement_file import MAIN, check_arrangement, folder_files, read_arrangement
from truceline.domain.arrangement import Arrangement
from truceline.domain.ladder import Extended
from truceline.domain.level import standing

GOOD = folder_files(Path(__file__).parent / "good")
DAY = date(2026, 2, 1)


@pytest.fixture(scope="module")
def said() -> Arrangement:
    return read_arrangement(GOOD)


def test_lines_maps_and_sites(said: Arrangement) -> None:
    assert [line.id for line in said.lines] == ["line", "press-line"]
    assert [(one.id, one.line, one.grade) for one in said.maps] == [
        ("agreed", "line", "stated"),
        ("press", "press-line", "reported"),
    ]
    (site,) = said.sites
    assert (site.party, site.lon_deg, site.lat_deg, site.radius_m) == ("north", 0.3, 0.5, 500.0)


def test_a_band_is_a_ring_and_follows_its_line_when_that_moves() -> None:
    version = (
        "since: 2026-06-01, value: {file: second-line.geojson, accuracy_m: 200}, reference: annex 2, grade: stated"
    )
    moved = f"      - {{{version}}}\n"
    first = "{file: line.geojson, accuracy_m: 200}, reference: map annex, grade: stated}\n"
    said = read_arrangement({**GOOD, MAIN: GOOD[MAIN].replace(first, first + moved)})
    buffer = said.zones[0].ring_deg
    assert [since.day for since in buffer.history] == [date(2026, 1, 1), date(2026, 6, 1)]
    assert {since.reference for since in buffer.history} == {"article 2"}
    norths = [max(lat for _, lat in since.value) for since in buffer.history]
    assert norths[1] - norths[0] == pytest.approx(0.01, abs=0.001)  # as the line moved


def test_clauses_with_their_terms(said: Arrangement) -> None:
    fire, presence, exclusion, overflight, access, quiet = said.clauses
    assert fire.terms_at(DAY) == {"return_fire_within_min": 10.0, "order_notified": True}
    assert presence.zones == ("west-area", "east-area")
    assert presence.acts.at(DAY).value == ("troops", "vehicle", "weapon", "works")  # of its family
    assert presence.terms_at(DAY) == {"permitted": ("works",), "max_count": 0}
    assert exclusion.binds == ("north", "south")
    terms = exclusion.terms_at(DAY)
    assert terms["reference_lines"] == {"north": "line", "south": "line"}
    assert terms["storage"] is True
    assert [limit.get("max_count", 0) for limit in terms["limits"]] == [0, 0, 24]
    assert terms["limits"][1] == {
        "name": "guns near",
        "weapons": ("artillery",),
        "calibre_from_mm": 100.0,
        "to_m": 25000.0,
    }
    assert overflight.acts.at(DAY).value == ("aircraft", "uav")
    assert (access.acts.at(DAY).value, access.terms, access.terms_at(DAY)) == ((), None, {})
    assert quiet.until == datetime(2026, 3, 1, tzinfo=UTC)
    assert quiet.terms_at(DAY) == {"days": 7, "reset_next_day": True}


def test_numbers_that_are_left_out_keep_the_softwares_own(said: Arrangement) -> None:
    assert said.origin is not None and said.fielded is not None
    origin = said.origin.at(DAY).value
    assert (origin.p_self_inflicted, origin.answer_within_s, origin.p_outgoing) == (0.1, 600.0, 0.5)
    assert said.fielded.at(DAY).value == {"north": ("tank", "mortar"), "south": ("mortar",)}


def test_forces_in_depth(said: Arrangement) -> None:
    between, depth = said.levels
    assert between.who == ("un_flag", "not neighbour")
    assert [between.may_hold(actor) for actor in said.actors] == [True, False]
    assert standing(depth, date(2025, 12, 1)).kind == "empty"  # nothing was said by then
    before = standing(depth, date(2026, 1, 1))
    assert (before.kind, before.on_paper[0].condition) == ("on_paper", "once the ceasefire holds")
    assert standing(depth, DAY).deployed == ("coast-state",)
    (body,) = said.bodies
    assert (body.quorum, body.members) == (3, ("north", "south", "un-force"))
    assert [(one.id, one.level, one.zones) for one in said.monitors] == [
        ("patrols", 1, ()),
        ("radar", None, ("buffer",)),
    ]


def test_the_ladder(said: Arrangement) -> None:
    assert said.ladder is not None
    assert said.ladder.reset_after == timedelta(days=7)
    warning, answer, last = said.ladder.rungs
    assert (warning.rests_on, warning.zero, warning.within, warning.by_party) == (
        "indication",
        "registered",
        timedelta(hours=24),
        False,
    )
    assert (answer.trigger.at_least, answer.trigger.window, answer.trigger.continuing, answer.trigger.after) == (
        3,
        timedelta(hours=96),
        timedelta(hours=24),
        "warning",
    )
    assert last.trigger.extended == Extended(at_least=10, lasting=timedelta(hours=48), along_km=20.0)
    assert (last.by_party, last.level, last.authorised_by) == (True, 2, "commission")


# what stood there, what stands there now, and the complaint
WRONG = [
    ("{line: line, side: left, from", "{line: lime, side: left, from", "line: 'lime' is not known here. Did you mean"),
    ("side: left, from_m", "side: up, from_m", "side: 'up' is not known here. Known: left, right, both."),
    ("from_m: 3000, to_m: 20000", "from_m: 3000, to_m: 2000", "to_m: 2000 is not farther than from_m (3000)."),
    ("side: both, from_m: 0,", "side: both, from_m: 9,", "side: a band on both sides begins at the line: from_m 0."),
    ("from_m: 3000, to_m", "file: x, to_m", "unknown key 'file'."),
    ("value: {file: west.geojson}", "value: {}", "value: give either 'file' or 'band', and one of them only."),
    ("id: press, name", "id: agreed, name", "id 'agreed' is used 2 times. Give each its own."),
    ("party: north, at", "party: norh, at", "party: 'norh' is not known here. Did you mean 'north'?"),
    ("at_deg: [0.3, 0.5]", "at_deg: [0.3]", "at_deg: give [longitude, latitude] in degrees."),
    ("binds: [north, south]", "binds: [north, sud]", "binds[2]: 'sud' is not known here."),
    (
        "{north: line, south: line}",
        "{north: line}",
        "reference_lines: no line for 'south'. Name one: line, press-line.",
    ),
    ("binds: [north, south]", "binds: [north]", "reference_lines: the clause does not bind 'south'."),
    ("{north: line, south: line}", "{north: line, south: l}", "south: 'l' is not known here. Known: line, press-line."),
    (
        "          storage: true",
        "          storage: perhaps",
        "storage: 'perhaps' is not known here. Known: true, false.",
    ),
    ("weapons: [tank]", "weapons: [tonk]", "weapons[1]: 'tonk' is not known here. Did you mean 'tank'?"),
    ("weapons: [tank], to_m: 15000", "weapons: [tank]", "limits[1]: key 'to_m' is missing. Add it."),
    ("notified_exempt: true", "notified_exmpt: true", "unknown key 'notified_exmpt'. Did you mean 'notified_exempt'?"),
    ("max_count: 0}", "max_count: 0.5}", "max_count: 0.5 is not a whole number. Count 1, 2, 3."),
    ("{days: 7, ", "{", "value: key 'days' is missing. Add it."),
    (
        "p_self_inflicted: 0.1",
        "p_self_inflikted: 0.1",
        "unknown key 'p_self_inflikted'. Did you mean 'p_self_inflicted'?",
    ),
    ("{north: [tank", "{west: [tank", "fielded: no party called 'west'. Known: north, south."),
    ("quorum: 3", "quorum: 4", "quorum: 4 of 3 members can never be present."),
    ("state: announced", "state: promised", "state: 'promised' is not known here. Known: refused, not_ruled_out,"),
    ("[{actor: un-force, state", "[{actor: un, state", "actor: 'un' is not known here. Known: un-force, coast-state."),
    ("  - number: 2\n", "  - number: 1\n", "number '1' is used 2 times. Give each its own."),
    ("    level: 1\n    means", "    level: 9\n    means", "level: '9' is not known here. Known: 1, 2."),
    ("means: [radar]", "means: []", "means: the list is empty. Give at least one means."),
    ('{clauses: ["1"], at', '{clauses: ["0"], at', "clauses[1]: '0' is not known here. Known: 1, 2, 3, 4, 5, 6."),
    ("after: warning", "after: warming", "after: 'warming' is not known here. Did you mean 'warning'?"),
    ("reset_after_h: 168", "reset_after_h: 0", "reset_after_h: 0 hours is no time at all."),
    ("at_least: 10,", "at_least: 0,", "at_least: 0 is outside 1 to 1e+06."),
    ("zero: ruling", "zero: verdict", "zero: 'verdict' is not known here. Known: event, registered, ruling."),
    ("      rests_on: ruling\n", "", "rungs[3]: key 'rests_on' is missing. Add it."),
]


# complaints that stand on another line than the change, and a mark of that line
ELSEWHERE = {
    "reference_lines: the clause does not bind 'south'.": "reference_lines: {north",
    "rungs[3]: key 'rests_on' is missing. Add it.": "- id: last",
}


@pytest.mark.parametrize(("before", "after", "complaint"), WRONG, ids=[complaint[:50] for *_, complaint in WRONG])
def test_what_is_wrong_is_told_with_its_line(before: str, after: str, complaint: str) -> None:
    assert GOOD[MAIN].count(before) == 1
    text = GOOD[MAIN].replace(before, after)
    errors = [one for one in check_arrangement({**GOOD, MAIN: text}) if one.severity == "error"]
    found = [one for one in errors if one.text.startswith(complaint)]
    assert found, errors
    n = 1 + GOOD[MAIN][: GOOD[MAIN].index(ELSEWHERE.get(complaint, before))].count("\n")
    assert n in {one.line for one in found}


def test_a_clause_whose_family_needs_terms_says_so() -> None:
    start = GOOD[MAIN].index("    terms:\n      - since: 2026-01-15")
    text = GOOD[MAIN][:start] + GOOD[MAIN][GOOD[MAIN].index('  - id: "4"') :]
    (only,) = check_arrangement({**GOOD, MAIN: text})
    assert only.text == "clauses[3]: a clause of kind exclusion needs 'terms' with limits, reference_lines. Add them."


def test_a_name_where_the_arrangement_has_none_of_its_kind_says_where_to_add_it() -> None:
    start, end = GOOD[MAIN].index("bodies:\n"), GOOD[MAIN].index("levels:\n")
    problems = check_arrangement({**GOOD, MAIN: GOOD[MAIN][:start] + GOOD[MAIN][end:]})
    assert {one.text for one in problems} == {
        "authorised_by: 'commission' is no body: the arrangement has none. Add it under 'bodies'."
    }
    assert len(problems) == 3
