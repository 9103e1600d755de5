"""The daily report for machines: canonical JSON, the same bytes for the same report."""

import json
from dataclasses import asdict
from datetime import date, datetime

from truceline.clock import utc
from truceline.domain.report import DailyReport


def report_json(report: DailyReport) -> bytes:
    """`report` as UTF-8 JSON: keys sorted, two spaces, times in UTC with "Z", one newline at the end.

    Raises
    ------
    ValueError
        if a number is not finite: unknown is null, and nothing else may stand for it.
    """
    text = json.dumps(asdict(report), default=_instant, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False)
    return (text + "\n").encode("utf-8", errors="replace")


def _instant(value: object) -> str:
    if isinstance(value, datetime):
        return utc(value).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"a report cannot hold {type(value).__name__}")
