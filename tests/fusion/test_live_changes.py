"""What live fusion tells of incidents: ids that stay, versions that count, splits and merges that name each other."""

import pyarrow as pa
from tests.fusion.rows import FRAME, fix, sector, table, throughout

from truceline.app import sensor_models
from truceline.domain.arrangement import Prior, Regions
from truceline.domain.ids import derived_id
from truceline.fusion.live.changes import KINDS
from truceline.fusion.live.live import Live
from truceline.simulation.campaign import simulate
from truceline.simulation.worlds import WORLDS

GIVEN = {"models": sensor_models(), "regions": Regions(), "prior": Prior()}
A, B, C = (derived_id("I", f"t:{name}") for name in "abc")


def begun(**more):
    return Live(frame=FRAME, **GIVEN, **more)


def noted(entry, *rows):
    """Rows as one entry of the ledger."""
    given = table(rows)
    places = {"entry": [entry] * len(rows), "row": range(len(rows))}
    for name, values in places.items():
        given = given.append_column(name, pa.array(values, pa.int64()))
    return given


def told(changes):
    return [(c.kind, c.id, c.version, c.supersedes, c.into, c.observations) for c in changes.incidents]


def test_an_incident_appears_and_later_reports_make_versions_of_it():
    live = begun()
    assert told(live.add(noted(0, fix("b", 0, 0, 0.0)))) == [("appeared", B, 1, (), (), ("t:b",))]
    # what comes later stands later in the ledger: the name stays
    assert told(live.add(noted(1, fix("a", 60, 20, 0.7)))) == [("revised", B, 2, ((B, 1),), (), ("t:b", "t:a"))]
    assert told(live.add(noted(2, fix("c", 90_000, 0, 0.0)))) == [("appeared", C, 1, (), (), ("t:c",))]
    assert told(live.settle()) == []


def test_what_turns_out_to_be_one_is_merged_and_what_to_be_two_is_split_and_all_name_each_other():
    live = begun()
    live.add(noted(0, fix("a", 0, 0, 0.0, sigma_m=200), fix("b", 1_600, 0, 0.0, sigma_m=200)))
    between = live.add(noted(1, fix("c", 800, 0, 0.0, sigma_m=200)))
    assert sorted(told(between)) == [
        ("merged", B, 2, ((B, 1),), (A,), ()),
        ("revised", A, 2, ((A, 1), (B, 1)), (), ("t:a", "t:b", "t:c")),
    ]
    sharp = [fix("e", 1_600, 0, 0.0, sigma_m=50), fix("f", 0, 0, 0.0, sigma_m=50)]
    assert sorted(told(live.add(noted(2, *sharp)))) == [
        ("revised", A, 3, ((A, 2),), (), ("t:a", "t:f")),
        ("split", B, 3, ((A, 2),), (), ("t:b", "t:c", "t:e")),
    ]


def test_a_row_that_turns_out_to_repeat_another_is_withdrawn():
    live = begun()
    live.add(noted(0, fix("c", 0, 0, 0.0, derived_from=["t:b"]), fix("a", 20_000, 0, 0.0)))
    changes = live.add(noted(1, fix("b", 5_000, 0, 400.0)))
    assert sorted(told(changes)) == [
        ("appeared", B, 1, (), (), ("t:b",)),
        ("withdrawn", C, 2, ((C, 1),), (), ()),
    ]


def test_what_was_told_one_after_another_amounts_to_what_stands_at_the_end():
    """Each version supersedes the newest there was; those that nothing superseded are the incidents of the batch."""
    made = simulate(WORLDS["mixd"], seed=8302, n_observations=1_500)
    rows = made.observations.sort_by("received_at")
    live = Live(frame=made.ground.frame, **GIVEN)
    newest, members = {}, {}
    for at in range(0, rows.num_rows, 150):
        changes = live.add(rows.slice(at, 150), most_rows=1) if at < 1_350 else live.add(rows.slice(at, 150))
        before = dict(newest)
        for c in changes.incidents:
            assert c.kind in KINDS
            assert c.version == newest.get(c.id, 0) + 1
            assert all(before[id] == version for id, version in c.supersedes)
            newest[c.id] = c.version
            members.pop(c.id, None)
            if c.kind in ("merged", "withdrawn"):
                assert bool(c.into) == (c.kind == "merged")
            else:
                members[c.id] = c.observations
    found = live.found()
    assert sorted(len(ids) for ids in members.values()) == sorted((found.first[1:] - found.first[:-1]).tolist())
    assert sum(len(ids) for ids in members.values()) == len(set().union(*members.values())) == rows.num_rows


def test_counted_reports_wait_for_the_tables_of_all():
    live = begun()
    counted = sector("e", -4_000, 0, (60, 120), (3_000, 5_000), **throughout(-300, 600, 12, 12))
    assert told(live.add(noted(0, counted))) == []
    assert live.found().n_events == 0


def test_nothing_and_what_is_no_event_change_nothing():
    live = begun()
    assert told(live.add(table([]))) == [] == told(live.settle())
    assert told(live.add(noted(0, fix("a", 0, 0, 0.0, count_high=0)))) == []
    assert live.fused(None, None).membership.to_pylist()[0]["incident_id"] is None


def test_bounded_work_is_made_up_for_and_says_what_waits():
    live = begun()
    hours = [fix(f"{n}-{m}", 30 * m, 0, 3_600.0 * n + 450.0) for n in range(6) for m in range(3)]
    first = live.add(table(hours), most_rows=4)
    assert (first.worked, first.waiting, len(first.incidents)) == (6, 4, 2)
    assert live.add(table([]), most_rows=4).worked == 3
    assert live.add(table([]), most_rows=1).worked == 0  # a row more than allowed was worked before
    rest = live.settle()
    assert (rest.worked, rest.waiting, len(rest.incidents)) == (9, 0, 3)
