"""The coverage table (parquet, ndjson, csv): who could have noticed what, where and when."""

from dataclasses import dataclass

import pyarrow as pa

from truceline.domain.coverage import COLUMNS
from truceline.domain.inputs import Parsed, RawPayload, Setting
from truceline.sources.casting import cast_table
from truceline.sources.checks import (
    area_problems,
    column_problems,
    in_words,
    missing_problems,
    order_problems,
    parsed,
    refuse,
    repeat_problems,
    standing,
)
from truceline.sources.reading import read_sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageSource:
    """Rows of the coverage table. A null phenomenon is any, a null p_detect unknown.

    `source` says who watches, under the same name as in the observation table: without it a watcher that did report
    would count as silent, so a row that leaves it out is refused.
    """

    version: str = "coverage/1"

    def parse(self, payload: RawPayload, setting: Setting) -> Parsed:
        """Parse one file; every row comes back as coverage or as a Rejected with its first problem.

        A row that says the same as an earlier one is a repeat: the same watch must not count twice.

        Raises
        ------
        SourceError
            if the file cannot be opened as its suffix says, or names a column that the table does not have.
        """
        sheet = read_sheet(payload, COLUMNS)
        table, misfits = cast_table(COLUMNS, sheet.table, sheet.n_rows)
        problems = [
            *sheet.problems,
            *misfits,
            *column_problems(COLUMNS, table),
            *missing_problems(COLUMNS, table),
            *order_problems(
                table, "time_start", "time_end", "ends before it starts: swap the two, or correct the date"
            ),
            *area_problems(table),
        ]
        stands = standing(sheet.n_rows, problems)
        problems += repeat_problems(table, in_words(table), stands, "sensor", "repeats an earlier row")
        stands, rejected = refuse(payload.name, sheet.n_rows, problems)
        return parsed(rejected, coverage_rows=table.filter(pa.array(stands)))


SOURCE = CoverageSource()
