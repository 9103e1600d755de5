"""Writes cli.md and tables.md from the code; with --check only says whether they are current.

python docs/reference/generate.py [--check]
"""

import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import click

from truceline.cli.main import VERBS, cli
from truceline.cli.schema import TABLES
from truceline.domain.columns import ARC_LIST, TIMESTAMP, Column
from truceline.domain.fused import COUNT_BY_NAME, LINK_COLUMNS, P_BY_NAME, PLACES, SENSOR_COLUMNS

HERE = Path(__file__).resolve().parent
WIDTH = 88
_TYPES = {
    str(TIMESTAMP): "UTC timestamp, microseconds",
    str(ARC_LIST): "list of (from_deg, to_deg)",
    str(P_BY_NAME): "list of (name, p)",
    str(COUNT_BY_NAME): "list of (name, low, high)",
    str(PLACES): "list of (lon_deg, lat_deg, sigma_major_m, sigma_minor_m, sigma_azimuth_deg, n_rows)",
    "double": "float",
    "int64": "integer",
    "list<item: string>": "list of string",
}


def cli_page() -> str:
    """Every verb's --help, as it is printed."""
    parts = [
        "# Commands",
        "",
        "Written by `docs/reference/generate.py` from the commands themselves. Data goes to stdout, talk to stderr; "
        "there are no prompts, and no colour in pipes.",
        "",
        *_help("truceline", cli),
    ]
    for verb, (place, _) in VERBS.items():
        module, _, attribute = place.partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        parts += [f"## truceline {verb}", "", *_help(f"truceline {verb}", command)]
        if isinstance(command, click.Group):
            for name, inner in sorted(command.commands.items()):
                parts += [f"### truceline {verb} {name}", "", *_help(f"truceline {verb} {name}", inner)]
    return "\n".join(parts)


def _help(path: str, command: click.Command) -> list[str]:
    context = click.Context(command, info_name=path, terminal_width=WIDTH, max_content_width=WIDTH)
    context.help_option_names = ["-h", "--help"]
    return ["```", command.get_help(context).rstrip(), "```", ""]


def tables_page() -> str:
    """Every interchange table, column by column."""
    parts = [
        "# Interchange tables",
        "",
        "Written by `docs/reference/generate.py` from the columns themselves; `truceline schema TABLE` prints the same "
        "as JSON Schema or Arrow. The same names serve `.parquet`, `.ndjson` and `.csv` (in CSV lists are separated by "
        "`;`, arcs are written `157.5-202.5`). What a row does not say is null; a column that is absent is all null.",
        "",
        "Angles are degrees WGS 84, longitude before latitude; bearings are from true north, clockwise.",
        "",
    ]
    for name, (columns, version) in TABLES.items():
        parts += [f"## {name}", "", f"Version `{version}`.", "", *_table([c for c in columns if c.published])]
    parts += ["## sensors", "", "Written by `truceline fuse` beside the others.", "", *_table(SENSOR_COLUMNS)]
    parts += ["## links", "", "Written by `truceline run` beside the others.", "", *_table(LINK_COLUMNS)]
    return "\n".join(parts)


def _table(columns: Sequence[Column]) -> list[str]:
    rows = ["| column | type | meaning |", "|---|---|---|"]
    for column in columns:
        needed = " (required)" if column.required else ""
        known = f": {', '.join(f'`{word}`' for word in column.enum)}" if column.enum else ""
        kind = _TYPES.get(str(column.type), str(column.type))
        rows.append(f"| `{column.name}` | {kind}{_bounds(column)} | {column.meaning}{needed}{known} |")
    return [*rows, ""]


def _bounds(column: Column) -> str:
    if column.low is None:
        return ""
    return f", from {column.low:g}" + (f" to {column.high:g}" if column.high is not None else "")


def main(check: bool) -> int:
    """Write both pages, or say which of them is out of date."""
    stale = []
    for name, text in (("cli.md", cli_page()), ("tables.md", tables_page())):
        path = HERE / name
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if not check:
            path.write_text(text, encoding="utf-8")
    if check and stale:
        sys.stderr.write(f"Out of date: {', '.join(stale)}. Run python docs/reference/generate.py.\n")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]))
