"""Taking in: the charter and the files of the inbox, each durable before it is acknowledged, each only once."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from truceline.domain import coverage, observation, published_count
from truceline.domain.columns import empty, to_ipc
from truceline.domain.ids import Digest, SourceId, digest
from truceline.domain.inputs import Charter, Parsed, RawPayload, Rejected, Setting, Submission
from truceline.domain.rejected import to_table
from truceline.errors import MissionError, SourceError, UnreachableError
from truceline.mission.folder import CHARTER, Mission
from truceline.views.fold import State
from truceline.views.tables import rows

REASONS = 5  # rejected rows told at once; all are kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What became of one file. `entry` is its ledger index, also where an earlier run had already taken it in."""

    source: str
    name: str
    entry: int
    is_new: bool
    n_observations: int
    n_coverage: int
    n_published_counts: int
    n_rejected: int
    n_repeated: int
    reasons: tuple[str, ...]  # the first rejected rows in words, of a file taken in just now


def adopt_charter(mission: Mission) -> bool:
    """Enter the mission's settings into the ledger unless the charter in force says the same; whether it did."""
    state = mission.state()
    body = json.dumps(dict(mission.files), sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    content = digest(body)
    if state.charter is not None and state.charter.content == content:
        return False
    charter = Charter(
        arrangement_id=mission.bundle.arrangement.id,
        arrangement_version=mission.bundle.arrangement.version,
        bundle=mission.sealed(CHARTER).put(body),
        content=content,
        adopted_at=mission.clock(),
    )
    mission.ledger.append([charter])
    return True


def charter_files(mission: Mission, charter: Charter) -> Mapping[str, str]:
    """The settings that `charter` adopted. Raises MissionError if they can no longer be read."""
    body = mission.open_blob(CHARTER, charter.bundle)
    if body is None:
        raise MissionError("The key of the charter was destroyed: nothing can be derived without the settings.")
    files: dict[str, str] = json.loads(body)
    return files


def inbox_files(mission: Mission) -> Iterator[tuple[str, Path]]:
    """(source, file) of everything in the inbox, in a fixed order; hidden files and notes to the user are no input."""
    if not mission.inbox.is_dir():
        return
    for folder in sorted(p for p in mission.inbox.iterdir() if p.is_dir()):
        for path in sorted(p for p in folder.iterdir() if p.is_file()):
            if not path.name.startswith((".", "README")):
                yield folder.name, path


def ingest(mission: Mission, source_name: str, path: Path) -> Intake:
    """Take in one file as one batch. The same file twice changes nothing.

    Raises
    ------
    MenuError
        if there is no such source.
    UnreachableError
        if the file cannot be read.
    """
    source = mission.source(source_name)
    id = SourceId(source_name)
    try:
        body = path.read_bytes()
    except OSError as error:
        raise UnreachableError(f"Cannot read {path}: {error.strerror}.") from error
    state = mission.state()
    raw = mission.sealed(id).put(body)
    for index, earlier in state.submissions:
        if (earlier.source, earlier.raw) == (id, raw):
            return _intake(index, earlier, is_new=False)
    payload = RawPayload(source=id, name=path.name, received_at=mission.clock(), body=body)
    parsed = _parse(mission, source, payload)
    fresh, n_repeated, refused = _only_new(mission, state, parsed.observations, path.name)
    watched = _only_new_coverage(mission, state, parsed.coverage)
    n_repeated += parsed.coverage.num_rows - watched.num_rows
    parsed = replace(parsed, observations=fresh, coverage=watched, rejected=(*parsed.rejected, *refused))
    submission = _submission(mission, source.version, payload, raw, parsed, n_repeated)
    index = mission.ledger.append([submission]).start
    return replace(_intake(index, submission, is_new=True), reasons=_reasons(parsed.rejected))


def setting_of(mission: Mission) -> Setting:
    """What parsers may know of this mission."""
    arrangement = mission.bundle.arrangement
    return Setting(
        timezone=arrangement.timezone,
        places=mission.bundle.places,
        day_parts=arrangement.day_parts.history[-1].value,
    )


def _parse(mission: Mission, source: Any, payload: RawPayload) -> Parsed:
    try:
        parsed: Parsed = source.parse(payload, setting_of(mission))
    except SourceError as error:
        # A file that no row can be read from is kept and refused as a whole: quarantined, never dropped.
        whole = Rejected(file=payload.name, row=0, field="file", reason=str(error), value="")
        return Parsed(
            observations=empty(observation.COLUMNS),
            coverage=empty(coverage.COLUMNS),
            published_counts=empty(published_count.COLUMNS),
            rejected=(whole,),
        )
    return parsed


def _submission(
    mission: Mission,
    parser: str,
    payload: RawPayload,
    raw: Digest,
    parsed: Parsed,
    n_repeated: int,
) -> Submission:
    blobs = mission.sealed(payload.source)

    def kept(table: pa.Table) -> Digest | None:
        return blobs.put(to_ipc(table)) if table.num_rows else None

    return Submission(
        source=payload.source,
        name=payload.name,
        parser=parser,
        received_at=payload.received_at,
        raw=raw,
        observations=kept(parsed.observations),
        n_observations=parsed.observations.num_rows,
        coverage=kept(parsed.coverage),
        n_coverage=parsed.coverage.num_rows,
        published_counts=kept(parsed.published_counts),
        n_published_counts=parsed.published_counts.num_rows,
        rejected=kept(to_table(parsed.rejected)),
        n_rejected=len(parsed.rejected),
        n_repeated=n_repeated,
    )


def _only_new(mission: Mission, state: State, table: pa.Table, file: str) -> tuple[pa.Table, int, tuple[Rejected, ...]]:
    """Rows whose (source, id) the ledger does not hold yet.

    A known id with the same content is a repeat and is only counted; with other content it is refused, because an
    entry is never changed.
    """
    held = rows(state, "observations", mission.open_blob)
    mask = pc.is_in(_keys(table), value_set=_keys(held))
    if not pc.any(mask).as_py():
        return table, 0, ()
    known = {(r["source"], r["id"]): r for r in held.filter(pc.is_in(_keys(held), value_set=_keys(table))).to_pylist()}
    n_repeated, refused = 0, []
    for row in table.filter(mask).to_pylist():
        earlier = known[row["source"], row["id"]]
        differing = [name for name in row if name != "received_at" and row[name] != earlier[name]]
        if differing:
            refused.append(_refused(file, row, earlier, differing))
        else:
            n_repeated += 1
    return table.filter(pc.invert(mask)), n_repeated, tuple(refused)


def _only_new_coverage(mission: Mission, state: State, table: pa.Table) -> pa.Table:
    """Coverage rows that the ledger does not hold word for word: one watch told twice is one watch."""
    held = {repr(r) for r in rows(state, "coverage", mission.open_blob).select(table.column_names).to_pylist()}
    return table.filter(pa.array([repr(r) not in held for r in table.to_pylist()], pa.bool_()))


def _refused(file: str, row: Mapping[str, Any], earlier: Mapping[str, Any], differing: list[str]) -> Rejected:
    at = f"entry {earlier['entry']} row {earlier['row']}"
    reason = (
        f"{row['source']}:{row['id']} is already in the ledger ({at}) with another {', '.join(differing)}. "
        "An entry is never changed: the first statement stands. Send what changed under a new id, with "
        "record_kind notification and the reason in text, for people to decide on."
    )
    return Rejected(file=file, row=0, field="id", reason=reason, value=str(row["id"]))


def _keys(table: pa.Table) -> pa.Array:
    source, id = table.column("source").combine_chunks(), table.column("id").combine_chunks()
    return pc.binary_join_element_wise(source, id, "\x1f")


def _intake(index: int, one: Submission, *, is_new: bool) -> Intake:
    return Intake(
        source=one.source,
        name=one.name,
        entry=index,
        is_new=is_new,
        n_observations=one.n_observations,
        n_coverage=one.n_coverage,
        n_published_counts=one.n_published_counts,
        n_rejected=one.n_rejected,
        n_repeated=one.n_repeated,
        reasons=(),
    )


def _reasons(rejected: tuple[Rejected, ...]) -> tuple[str, ...]:
    told = [f"{r.file} row {r.row}, {r.field}: {r.reason}" for r in rejected[:REASONS]]
    more = len(rejected) - REASONS
    return (*told, f"... and {more} more, in the report.") if more > 0 else tuple(told)
