"""The daily report for machines: canonical JSON, the same bytes for the same report."""

import json
from datetime import datetime
from typing import Any

from truceline.clock import utc
from truceline.domain.report import DailyReport
from truceline.plain import plain


def report_json(report: DailyReport) -> bytes:
    """`report` as UTF-8 JSON: keys sorted, two spaces, times in UTC with "Z", one newline at the end.

    Raises
    ------
    ValueError
        if a number is not finite: unknown is null, and nothing else may stand for it.
    """
    text = json.dumps(report, default=_plain, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False)
    return (text + "\n").encode("utf-8", errors="replace")


def _plain(value: object) -> Any:
    if isinstance(value, datetime):
        return utc(value).isoformat().replace("+00:00", "Z")
    return plain(value)
