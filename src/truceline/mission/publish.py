"""Giving out: derived tables as files, and reports, each entered into the ledger with what it rests on."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from truceline.domain.columns import Column, arrow_schema
from truceline.domain.fused import (
    ENGAGEMENT_COLUMNS,
    INCIDENT_COLUMNS,
    LINK_COLUMNS,
    MEMBERSHIP_COLUMNS,
    SENSOR_COLUMNS,
    VERSION,
    Fused,
)
from truceline.domain.ids import Digest, digest
from truceline.domain.inputs import ReportEntry
from truceline.domain.report import Audience, DailyReport
from truceline.durable import write_durably
from truceline.judgement.judge import Previous
from truceline.mission.advise import adviser
from truceline.mission.folder import Mission
from truceline.mission.intake import charter_files
from truceline.pipeline import derived_digest, step
from truceline.plain import plain
from truceline.reports.daily import Held, Ready, Stamp, compile_report, make_ready, report_days
from truceline.reports.html import render_html
from truceline.reports.json import report_json
from truceline.views.fold import State
from truceline.views.tables import rows

Progress = Callable[[str, int, int], None]  # what, done, of how many

PUBLISHED = {
    "incidents": INCIDENT_COLUMNS,
    "engagements": ENGAGEMENT_COLUMNS,
    "membership": MEMBERSHIP_COLUMNS,
    "sensors": SENSOR_COLUMNS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """One report that a run issued, and its files."""

    day: str
    audience: str
    entry: int
    html: Path
    json: Path


def derive(mission: Mission, state: State) -> tuple[Ready, Digest]:
    """All that follows from the first `state.inputs` entries, under the charter that was in force there.

    What reports of fewer inputs held before is derived first, so that new indications can name what they supersede.
    """
    earlier = [report.inputs for _, report in state.reports if report.inputs < state.inputs]
    previous: Previous = {}
    if earlier:
        held, _ = _derive(mission, mission.state(max(earlier)), {})
        previous = {(i.subject, i.clause): i.id for i in held.held.derived.indications}
    return _derive(mission, state, previous)


def _derive(mission: Mission, state: State, previous: Previous) -> tuple[Ready, Digest]:
    charter = state.charter
    if charter is None:
        raise ValueError("nothing can be derived before a charter is adopted")
    files = charter_files(mission, charter)
    bundle = mission.bundle if dict(files) == dict(mission.files) else mission.read_files(files)
    tables = {
        name: rows(state, name, mission.open_blob)
        for name in ("observations", "coverage", "published_counts", "rejected")
    }
    derived = step(
        bundle.arrangement,
        tables["observations"],
        tables["coverage"],
        models=mission.models,
        clauses=mission.clauses(bundle.arrangement),
        previous=previous,
        contacts=state.contacts,
    )
    decisions = state.decisions
    held = Held(
        mission=bundle.mission.name,
        arrangement=bundle.arrangement,
        models=mission.models,
        derived=derived,
        decisions=decisions,
        advice_at=adviser(bundle.arrangement, derived, tables["observations"], tables["coverage"], decisions),
        **tables,
    )
    return make_ready(held), derived_digest(derived)


def published(fused: Fused, name: str) -> pa.Table:
    """One of the interchange tables, with only the columns that are published, in their order."""
    columns: tuple[Column, ...] = PUBLISHED[name]
    schema = arrow_schema(columns, version=VERSION, published_only=True)
    return getattr(fused, name).select(schema.names).cast(schema)


def write_fused(fused: Fused, folder: Path) -> None:
    """The interchange files of `truceline fuse` in `folder`."""
    for name in PUBLISHED:
        write_durably(folder / f"{name}.parquet", _parquet(published(fused, name)))


def write_derived(mission: Mission, ready: Ready, state: State, derived: Digest) -> None:
    """Derived tables as files, `derived.json` last: it says which inputs the others belong to."""
    for name, data in derived_files(mission, ready, state, derived).items():
        write_durably(mission.derived / name, data)


def derived_files(mission: Mission, ready: Ready, state: State, derived: Digest) -> dict[str, bytes]:
    """Name and content of every file in `derived`, in the order of writing."""
    fused = ready.held.derived.fused
    links = fused.links.cast(arrow_schema(LINK_COLUMNS, version=VERSION))
    found_in = ready.held.derived
    records = {"indications": found_in.indications, "holdings": found_in.holdings}
    records |= {"obstructions": found_in.obstructions, "undertakings": found_in.undertakings}
    about = {"inputs": state.inputs, "derived": derived, "code_version": mission.code_version}
    return {
        **{f"{name}.parquet": _parquet(published(fused, name)) for name in PUBLISHED},
        "links.parquet": _parquet(links),
        **{f"{name}.ndjson": _ndjson(found) for name, found in records.items()},
        "derived.json": (json.dumps(about, indent=2, sort_keys=True) + "\n").encode(),
    }


def _ndjson(records: Sequence[Any]) -> bytes:
    lines = [json.dumps(one, sort_keys=True, default=plain) + "\n" for one in records]
    return "".join(lines).encode()


def _parquet(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    return bytes(sink.getvalue())


def issue_reports(mission: Mission, state: State, ready: Ready, derived: Digest, progress: Progress) -> list[Issued]:
    """Issue every report whose content is not what was issued last; each is written first, then entered."""
    days = report_days(ready)
    newest = days[-1] if days else None
    audiences = mission.bundle.mission.audiences
    issued = []
    for n, day in enumerate(days):
        progress("reports", n, len(days))
        for audience in audiences:
            one = _issue(mission, state, ready, derived, day, audience, is_newest=day == newest)
            if one is not None:
                issued.append(one)
    progress("reports", len(days), len(days))
    return issued


def _issue(
    mission: Mission,
    state: State,
    ready: Ready,
    derived: Digest,
    day: date,
    audience: Audience,
    *,
    is_newest: bool,
) -> Issued | None:
    stamp = Stamp(
        inputs=state.inputs,
        checkpoint=mission.ledger.checkpoint_at(state.inputs),
        derived=derived,
        code_version=mission.code_version,
        issued_at=mission.clock(),
    )
    report = compile_report(ready, day, audience, stamp)
    content = content_digest(report, is_newest=is_newest)
    html_path, json_path = report_paths(mission, day.isoformat(), audience)
    latest = state.latest_report(day.isoformat(), audience)
    there = html_path.exists() and json_path.exists()
    if latest is not None and latest.content == content and there:
        return None
    if latest is not None and latest.content == content and latest.code_version == mission.code_version:
        # The entry stands but a file was lost: write again what was issued then, byte for byte where it still can be.
        stamp = replace(stamp, issued_at=latest.issued_at, inputs=latest.inputs, derived=latest.derived)
        stamp = replace(stamp, checkpoint=mission.ledger.checkpoint_at(latest.inputs))
        _write(compile_report(ready, day, audience, stamp), html_path, json_path)
        return None
    html, body = _write(report, html_path, json_path)
    entry = ReportEntry(
        day=day.isoformat(),
        audience=audience,
        inputs=state.inputs,
        derived=derived,
        content=content,
        json=digest(body),
        html=digest(html),
        code_version=mission.code_version,
        issued_at=stamp.issued_at,
    )
    index = mission.ledger.append([entry]).start
    return Issued(day=day.isoformat(), audience=audience, entry=index, html=html_path, json=json_path)


def report_paths(mission: Mission, day: str, audience: str) -> tuple[Path, Path]:
    """The HTML and the JSON file of a report."""
    folder = mission.reports / audience
    return folder / f"{day}.html", folder / f"{day}.json"


def content_digest(report: DailyReport, *, is_newest: bool) -> Digest:
    """Digest of what a report says of its day, whatever ledger size and hour it was issued at.

    Rejected input and others' counts are of the mission, not of a day: new ones are told by the newest report and
    by reports that change anyway, instead of issuing every old day again.
    """
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    bare = replace(report, inputs=0, checkpoint="", derived="", code_version="", issued_at=epoch)
    if not is_newest:
        bare = replace(bare, rejected=(), carry_over=(), carry_over_agree=0, carry_over_total=0)
    return digest(report_json(bare))


def _write(report: DailyReport, html_path: Path, json_path: Path) -> tuple[bytes, bytes]:
    html, body = render_html(report).encode(), report_json(report)
    write_durably(json_path, body)
    write_durably(html_path, html)
    return html, body
