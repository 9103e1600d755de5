"""Ledger records to canonical bytes and back: the only place that knows how an entry is written."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import datetime
from types import MappingProxyType
from typing import Any, get_type_hints

from truceline.clock import parse_utc, utc
from truceline.domain.decided import Confirmation, Contact, Finding, Release, Reply, Ruling, Statement
from truceline.domain.ids import Digest, SourceId
from truceline.domain.inputs import Charter, ReportEntry, Submission
from truceline.errors import LedgerError

Record = Charter | Submission | ReportEntry | Finding | Ruling | Statement | Contact | Reply | Release | Confirmation
Body = dict[str, Any]
Upcaster = Callable[[Body], tuple[str, Body]]

KINDS: Mapping[str, type[Record]] = MappingProxyType(
    {
        "charter/1": Charter,
        "submission/1": Submission,
        "report/1": ReportEntry,
        "finding/1": Finding,
        "ruling/1": Ruling,
        "statement/1": Statement,
        "contact/1": Contact,
        "reply/1": Reply,
        "release/1": Release,
        "confirmation/1": Confirmation,
    }
)
# old kind -> its body as the next kind: entries are never rewritten, only read as what they would be today
UPCASTERS: Mapping[str, Upcaster] = MappingProxyType({})

# what of a record is kept as a blob; a charter's `content` and a report's digests name things that are not, and what
# people decided is short enough to stand in its entry
BLOBS: Mapping[type[Record], tuple[str, ...]] = MappingProxyType(
    {
        Charter: ("bundle",),
        Submission: ("raw", "observations", "coverage", "published_counts", "rejected"),
    }
)
MAX_COUNT = 2**53 - 1  # the largest integer that every JSON reader gets right (RFC 8259, section 6)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def encode(record: Record) -> bytes:
    """The canonical bytes of `record`: sorted keys, no spaces, UTF-8, times in UTC with microseconds.

    Raises LedgerError, naming the field, if a value is not what its type says.
    """
    kind = next((k for k, known in KINDS.items() if known is type(record)), None)
    if kind is None:
        raise LedgerError(f"The ledger keeps no records of type {type(record).__name__}. Known: {_known()}.")
    body = {
        name: _checked(kind, name, to_json, getattr(record, name))
        for name, (to_json, _) in _SHAPES[type(record)].items()
    }
    return _canonical({"kind": kind, "body": body})


def decode(data: bytes, upcasters: Mapping[str, Upcaster] = UPCASTERS) -> Record:
    """Read what `encode` wrote, today or in an older version.

    Raises LedgerError, saying what is wrong, for anything else: bytes that are not canonical, an unknown
    kind, a missing or unknown field, a value of the wrong type.
    """
    kind, body = _document(data)
    while kind in upcasters:
        kind, body = upcasters[kind](body)
    if kind not in KINDS:
        raise LedgerError(
            f"Unknown kind of ledger entry '{kind}'. Known: {_known()}. If a newer version wrote it, update Truceline."
        )
    shape = _SHAPES[KINDS[kind]]
    if missing := shape.keys() - body.keys():
        raise LedgerError(f"{kind}: field '{min(missing)}' is missing.")
    if unknown := body.keys() - shape.keys():
        raise LedgerError(f"{kind}: unknown field '{min(unknown)}'. Known: {', '.join(sorted(shape))}.")
    values = {name: _checked(kind, name, shape[name][1], body[name]) for name in shape}
    return KINDS[kind](**values)


def named_blobs(record: Record) -> tuple[tuple[str, Digest], ...]:
    """(field, digest) of every blob that `record` rests on."""
    found = ((name, getattr(record, name)) for name in BLOBS.get(type(record), ()))
    return tuple((name, blob) for name, blob in found if blob is not None)


def _document(data: bytes) -> tuple[str, Body]:
    try:
        document = json.loads(data.decode("utf-8"))
        canonical = _canonical(document)
    except (ValueError, RecursionError) as error:
        raise LedgerError(f"Not a ledger entry: {error}.") from error
    if not isinstance(document, dict) or document.keys() != {"kind", "body"}:
        raise LedgerError("Not a ledger entry: expected an object with exactly 'kind' and 'body'.")
    kind, body = document["kind"], document["body"]
    if not isinstance(kind, str) or not isinstance(body, dict):
        raise LedgerError("Not a ledger entry: 'kind' must be a text and 'body' an object.")
    if canonical != data:  # also catches a key given twice, of which JSON readers keep one
        raise LedgerError(f"{kind}: not in canonical form (sorted keys, no spaces, no escapes, no key twice).")
    return kind, body


def _canonical(document: Any) -> bytes:
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8")


def _known() -> str:
    return ", ".join(sorted(KINDS))


def _checked(kind: str, name: str, convert: Callable[[Any], Any], value: Any) -> Any:
    try:
        return convert(value)
    except (ValueError, OverflowError) as error:
        raise LedgerError(f"{kind}: field '{name}': {error}.") from error


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"expected a text, got {_shown(value)}")
    value.encode("utf-8")  # a lone surrogate (an undecodable file name) has no bytes
    return value


def _count(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= MAX_COUNT:  # bool is an int to Python, not to us
        raise ValueError(f"expected a whole number from 0, got {_shown(value)}")
    return value


def _truth(value: Any) -> bool:
    if type(value) is not bool:
        raise ValueError(f"expected true or false, got {_shown(value)}")
    return value


def _texts_list(value: Any) -> list[str]:
    if not isinstance(value, tuple):
        raise ValueError(f"expected texts, got {_shown(value)}")
    return [_text(one) for one in value]


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError(f"expected a list of texts, got {_shown(value)}")
    return tuple(_text(one) for one in value)


def _digest(value: Any) -> Digest:
    if not isinstance(value, str) or not _DIGEST.fullmatch(value):
        raise ValueError(f"expected a digest 'sha256:' with 64 hex digits, got {_shown(value)}")
    return Digest(value)


def _digest_or_none(value: Any) -> Digest | None:
    return None if value is None else _digest(value)


def _instant_text(value: Any) -> str:
    if not isinstance(value, datetime):
        raise ValueError(f"expected a time, got {_shown(value)}")
    return utc(value).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _instant(value: Any) -> datetime:
    moment = parse_utc(_text(value))
    if _instant_text(moment) != value:
        raise ValueError(f"expected a time as {_instant_text(moment)}, got {_shown(value)}")
    return moment


def _instant_text_or_none(value: Any) -> str | None:
    return None if value is None else _instant_text(value)


def _instant_or_none(value: Any) -> datetime | None:
    return None if value is None else _instant(value)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


# type of a field -> (to JSON, from JSON); a field of any other type fails here, at import
_CODERS: Mapping[Any, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    str: (_text, _text),
    SourceId: (_text, _text),
    int: (_count, _count),
    bool: (_truth, _truth),
    tuple[str, ...]: (_texts_list, _texts),
    datetime: (_instant_text, _instant),
    datetime | None: (_instant_text_or_none, _instant_or_none),
    Digest: (_digest, _digest),
    Digest | None: (_digest_or_none, _digest_or_none),
}
_SHAPES = {
    record: {f.name: _CODERS[get_type_hints(record)[f.name]] for f in fields(record)} for record in KINDS.values()
}
