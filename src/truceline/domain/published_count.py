"""Counts that another body published for a region and a period: read to compare with, never fused."""

import pyarrow as pa

from truceline.domain.columns import TIMESTAMP, Column, arrow_schema

VERSION = "published_counts/1"
_S, _I = pa.string(), pa.int64()

COLUMNS: tuple[Column, ...] = (
    Column(name="source", type=_S, meaning="who published", required=True),
    Column(name="report", type=_S, meaning="number or name of the report", required=True),
    Column(name="region", type=_S, meaning="region that the count is for", required=True),
    Column(name="period_start", type=TIMESTAMP, meaning="start of the period counted", required=True),
    Column(name="period_end", type=TIMESTAMP, meaning="end of the period counted", required=True),
    Column(name="signatures", type=_I, meaning="ceasefire violations as that body counts them", low=0),
    Column(name="explosions", type=_I, meaning="of which explosions", low=0),
    Column(name="previous_stated", type=_I, meaning="the previous period's count as this report repeats it", low=0),
    Column(name="note", type=_S, meaning="remarks, e.g. live-fire exercises"),
    Column(name="url", type=_S, meaning="where it was published"),
)

SCHEMA = arrow_schema(COLUMNS, version=VERSION)
