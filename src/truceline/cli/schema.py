"""`truceline schema`: the interchange tables as JSON Schema, Arrow schema or text."""

import json
import sys
from collections.abc import Sequence

import click
import pyarrow as pa

from truceline.domain import coverage, fused, observation, published_count
from truceline.domain.columns import Column, arrow_schema, json_schema

TABLES: dict[str, tuple[Sequence[Column], str]] = {
    "observations": (observation.COLUMNS, observation.VERSION),
    "coverage": (coverage.COLUMNS, coverage.VERSION),
    "published_counts": (published_count.COLUMNS, published_count.VERSION),
    "incidents": (fused.INCIDENT_COLUMNS, fused.VERSION),
    "engagements": (fused.ENGAGEMENT_COLUMNS, fused.VERSION),
    "membership": (fused.MEMBERSHIP_COLUMNS, fused.VERSION),
}


@click.command()
@click.argument("table", type=click.Choice(list(TABLES)), default="observations")
@click.option("--format", "form", type=click.Choice(["json", "arrow", "text"]), default="json", show_default=True)
def schema(table: str, form: str) -> None:
    """Print the schema of TABLE.

    json: JSON Schema of one NDJSON row. arrow: a serialised Arrow schema (an IPC message) for programs. text: one
    line a column.
    """
    columns, version = TABLES[table]
    if form == "json":
        click.echo(json.dumps(json_schema(columns, title=table, version=version), indent=2))
        return
    arrow: pa.Schema = arrow_schema(columns, version=version, published_only=True)
    if form == "arrow":
        sys.stdout.buffer.write(arrow.serialize().to_pybytes())
        return
    for field in arrow:
        meaning = field.metadata[b"meaning"].decode()
        click.echo(f"{field.name:22} {field.type!s:28} {meaning}")
