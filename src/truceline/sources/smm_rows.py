"""CSV rows read one by one: every row is read once, repeats and clashes are refused, nothing is dropped."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from truceline.domain.inputs import RawPayload, Rejected
from truceline.errors import SourceError
from truceline.sources.checks import WHOLE_ROW, Problem, refuse
from truceline.sources.reading import csv_rows, decode, unpack
from truceline.sources.smm_words import WordError

T = TypeVar("T")


def read_rows(
    payload: RawPayload,
    *,
    header: Sequence[str],
    needed: Sequence[str],
    key: str,
    read: Callable[[Mapping[str, str]], T],
) -> tuple[list[T], tuple[Rejected, ...]]:
    """What `read` makes of every row, in order, and one Rejected for each row that it refuses with a WordError.

    `read` is given all cells of `header`, "" where the file has no such column. A later row with the `key` of an
    earlier accepted row is refused: as a repeat if it says the same, else as a clash. Rows without a `key` ("") are
    told apart by all that they say.

    Raises
    ------
    SourceError
        if the file is not UTF-8 CSV whose columns are among `header` and include `needed`.
    """
    _, body = unpack(payload, (".csv",))
    names, lines = csv_rows(payload.name, decode(payload.name, body), header)
    if absent := [name for name in needed if name not in names]:
        raise SourceError(f"{payload.name}: no column {', '.join(absent)}. Needed: {', '.join(needed)}.")
    taken: list[T] = []
    problems: list[Problem] = []
    seen: dict[str, tuple[int, list[str]]] = {}
    n_rows = 0
    for n_rows, line in enumerate(lines, start=1):
        if isinstance(line, Problem):
            problems.append(line.moved(n_rows - 1))
            continue
        cells = dict.fromkeys(header, "") | dict(zip(names, line, strict=True))
        own = cells[key].strip() if key else "\x1f".join(cells[name].strip() for name in header)
        try:
            _check_new(key, own, line, seen)
            taken.append(read(cells))
        except WordError as error:
            problems.append(Problem.of_row(error.reason, error.value, name=error.field).moved(n_rows - 1))
            continue
        seen[own] = (n_rows, line)
    return taken, refuse(payload.name, n_rows, problems)[1]


def _check_new(key: str, own: str, line: list[str], seen: Mapping[str, tuple[int, list[str]]]) -> None:
    if not own:
        raise WordError(key, "missing: give each row its own", own)
    if own in seen and not key:
        raise WordError(WHOLE_ROW, f"repeats row {seen[own][0]}", ",".join(line))
    if own in seen:
        earlier, said = seen[own]
        clash = f"'{own}' was used before for another row: give each row its own (row {earlier})"
        raise WordError(key, f"repeats row {earlier}" if line == said else clash, own)
