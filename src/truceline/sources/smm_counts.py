"""Counts that the OSCE SMM published in its daily reports: one row a report and region, read to compare with."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from truceline.domain.columns import from_rows
from truceline.domain.inputs import Parsed, RawPayload, Setting
from truceline.domain.published_count import COLUMNS
from truceline.sources.checks import parsed
from truceline.sources.smm_rows import read_rows
from truceline.sources.smm_when import read_date
from truceline.sources.smm_words import DAY_ENDS, WordError

REGIONS = ("donetsk", "luhansk")
HEADER = (
    "report", "issued", "period_end", "period_days", "donetsk_cfv", "donetsk_explosions", "luhansk_cfv",
    "luhansk_explosions", "prev_donetsk", "prev_luhansk", "cumulative_since_20200727", "live_fire_note", "url",
)  # fmt: skip
NEEDED = ("report", "period_end", "period_days")
LONGEST_PERIOD_DAYS = 31

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class SmmCountsSource:
    """Rows of daily figures: ceasefire violations as the SMM counts them (one observed signature each), of which
    explosions, and the previous period's figure as the report repeats it. Blank means not stated, never zero.
    """

    version: str = "smm_counts/1"

    def parse(self, payload: RawPayload, setting: Setting) -> Parsed:
        """Parse one CSV file; every report gives a row a region that it says something of, or one Rejected.

        Raises
        ------
        SourceError
            if the file is not UTF-8 CSV with the header of the daily figures.
        """
        zone = ZoneInfo(setting.timezone)
        reports, rejected = read_rows(
            payload,
            header=HEADER,
            needed=NEEDED,
            key="report",
            read=lambda cells: [{"source": payload.source, **row} for row in _counts(cells, zone)],
        )
        return parsed(rejected, published_counts=from_rows(COLUMNS, [row for rows in reports for row in rows]))


def _counts(cells: Mapping[str, str], zone: ZoneInfo) -> Iterator[Row]:
    """The rows of one report. Raises WordError."""
    last = read_date("period_end", cells["period_end"])
    days = _number("period_days", cells["period_days"])
    if days is None or not 1 <= days <= LONGEST_PERIOD_DAYS:
        reason = f"how many days the figures cover: write 1 to {LONGEST_PERIOD_DAYS}"
        raise WordError("period_days", reason, cells["period_days"])
    if cells["issued"].strip() and read_date("issued", cells["issued"]) < last:
        raise WordError("issued", f"before the period ended on {last}: correct one of the two", cells["issued"])
    stated = 0
    for region in REGIONS:
        signatures = _number(f"{region}_cfv", cells[f"{region}_cfv"])
        explosions = _number(f"{region}_explosions", cells[f"{region}_explosions"])
        previous = _number(f"prev_{region}", cells[f"prev_{region}"])
        if explosions is not None and signatures is not None and explosions > signatures:
            reason = f"more explosions than the {signatures} violations that they are part of: correct one of the two"
            raise WordError(f"{region}_explosions", reason, str(explosions))
        if signatures is None and explosions is None and previous is None:
            continue
        stated += 1
        yield {
            "report": cells["report"].strip(),
            "region": region,
            "period_start": _day_end(last - timedelta(days=days), zone),
            "period_end": _day_end(last, zone),
            "signatures": signatures,
            "explosions": explosions,
            "previous_stated": previous,
            "note": _note(cells, region),
            "url": cells["url"].strip() or None,
        }
    if not stated:
        raise WordError("donetsk_cfv", "no count and no previous count of any region: nothing to compare with", "")


def _day_end(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, DAY_ENDS, tzinfo=zone).astimezone(UTC)


def _number(name: str, text: str) -> int | None:
    if not text.strip():
        return None
    if not re.fullmatch(r"\d{1,9}", text.strip()):
        raise WordError(name, "not a whole number: write digits only, or leave it empty if it is not stated", text)
    return int(text)


def _note(cells: Mapping[str, str], region: str) -> str | None:
    """What the remarks say of a region: those that begin with its name, and those that begin with none."""
    remarks = [remark.strip() for remark in cells["live_fire_note"].split(";") if remark.strip()]
    others = tuple(f"{other}:" for other in REGIONS if other != region)
    mine = [remark for remark in remarks if not remark.casefold().startswith(others)]
    if since := cells["cumulative_since_20200727"].strip():
        mine.append(f"{since} in all regions since 27 July 2020")
    return "; ".join(mine) or None


SOURCE = SmmCountsSource()
