from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from truceline.sources.smm_counts import HEADER, NEEDED

REAL = "data/osce_smm/osce_daily_counts.csv"
GOOD = dict.fromkeys(HEADER, "") | {"report": "1/2021", "issued": "2021-03-16", "period_end": "2021-03-15"}
GOOD |= {"period_days": "1", "donetsk_cfv": "93", "donetsk_explosions": "4", "prev_luhansk": "30"}


def in_csv(*rows: dict[str, str]) -> bytes:
    return "\n".join([",".join(HEADER), *(",".join(row[name] for name in HEADER) for row in rows)]).encode()


def carried_over(counts: pa.Table) -> list[tuple[str, str, str, bool]]:
    """Pairs of rows of one region where the earlier period ends exactly when the later begins, both figures stated."""
    rows = counts.to_pylist()
    return [
        (earlier["region"], earlier["report"], later["report"], earlier["signatures"] == later["previous_stated"])
        for later in rows
        for earlier in rows
        if earlier["region"] == later["region"]
        and earlier["period_end"] == later["period_start"]
        and None not in (earlier["signatures"], later["previous_stated"])
    ]


def test_real_figures_carry_over_as_the_data_notes_say(parse, shared: Path) -> None:
    """SOURCES.md: 24 of 26 agree, and both misses follow a two-day report."""
    parsed = parse("smm_counts", "osce_daily_counts.csv", (shared / REAL).read_bytes())
    assert parsed.rejected == ()
    pairs = carried_over(parsed.published_counts)
    misses = [pair for pair in pairs if not pair[3]]
    assert (len(pairs), len(pairs) - len(misses)) == (26, 24)
    periods = {row["report"]: row["period_end"] - row["period_start"] for row in parsed.published_counts.to_pylist()}
    assert {region for region, *_ in misses} == {"donetsk", "luhansk"}
    for _, earlier, later, _ in misses:
        assert periods[earlier].days == 2
        assert periods[later].days == 1


def test_real_figures_keep_their_blanks(parse, shared: Path) -> None:
    parsed = parse("smm_counts", "osce_daily_counts.csv", (shared / REAL).read_bytes())
    rows = {(row["report"], row["region"]): row for row in parsed.published_counts.to_pylist()}
    assert len(rows) == 97  # 49 reports, two regions each, less the one that only the news quoted
    first = rows["179/2020", "donetsk"]
    assert (first["signatures"], first["explosions"], first["previous_stated"]) == (None, None, 111)
    weekend = rows["60/2021", "luhansk"]
    assert (weekend["signatures"], weekend["previous_stated"], weekend["explosions"]) == (31, 202, None)
    assert weekend["period_start"] == datetime(2021, 3, 12, 17, 30, tzinfo=UTC)
    assert weekend["period_end"] == datetime(2021, 3, 14, 17, 30, tzinfo=UTC)
    exercise = rows["6/2022", "luhansk"]
    assert exercise["note"] == "Luhansk: 103 live-fire outside security zone"


def test_the_day_ends_at_half_past_seven_local_time_in_summer_and_winter(parse) -> None:
    row = {**GOOD, "issued": "", "period_end": "2021-03-28"}  # clocks went forward that morning
    [donetsk, _] = parse("smm_counts", "c.csv", in_csv(row)).published_counts.to_pylist()
    assert donetsk["period_start"] == datetime(2021, 3, 27, 17, 30, tzinfo=UTC)
    assert donetsk["period_end"] == datetime(2021, 3, 28, 16, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"report": ""}, "report", "missing"),
        ({"period_end": "15 March"}, "period_end", "not a date"),
        ({"period_days": ""}, "period_days", "1 to 31"),
        ({"period_days": "0"}, "period_days", "1 to 31"),
        ({"issued": "2021-03-14"}, "issued", "before the period ended"),
        ({"donetsk_cfv": "-3"}, "donetsk_cfv", "whole number"),
        ({"prev_luhansk": "n/a"}, "prev_luhansk", "leave it empty"),
        ({"donetsk_explosions": "94"}, "donetsk_explosions", "more explosions than the 93"),
        ({"donetsk_cfv": "", "donetsk_explosions": "", "prev_luhansk": ""}, "donetsk_cfv", "nothing to compare"),
    ],
)
def test_a_broken_report_is_refused_by_its_field(parse, change, field, reason) -> None:
    parsed = parse("smm_counts", "c.csv", in_csv({**GOOD, **change}, {**GOOD, "report": "2/2021"}))
    assert set(parsed.published_counts.column("report").to_pylist()) == {"2/2021"}
    [refused] = parsed.rejected
    assert (refused.row, refused.field) == (1, field)
    assert reason in refused.reason


def test_a_report_comes_once(parse) -> None:
    parsed = parse("smm_counts", "c.csv", in_csv(GOOD, GOOD, {**GOOD, "donetsk_cfv": "94"}))
    assert parsed.published_counts.num_rows == 2
    assert [(r.row, r.reason[:13]) for r in parsed.rejected] == [(2, "repeats row 1"), (3, "'1/2021' was ")]


def test_columns_that_a_file_does_not_have_are_not_stated(parse) -> None:
    body = ",".join((*NEEDED, "donetsk_cfv")) + "\n1/2021,2021-03-15,1,5\n"
    [row] = parse("smm_counts", "c.csv", body.encode()).published_counts.to_pylist()
    assert (row["region"], row["signatures"], row["previous_stated"], row["note"]) == ("donetsk", 5, None, None)
