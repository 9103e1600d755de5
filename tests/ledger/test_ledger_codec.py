"""What the ledger writes, byte for byte, and what it refuses to read."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from truceline.domain.decided import Confirmation, Contact, Finding, Release, Reply, Ruling, Statement
from truceline.domain.ids import Digest, digest
from truceline.domain.inputs import Charter, ReportEntry, Submission
from truceline.errors import LedgerError
from truceline.ledger.codec import KINDS, Record, decode, encode, named_blobs

BY: dict[str, Any] = {"by": "First Monitor", "at": datetime(2026, 3, 4, 12, tzinfo=UTC)}
FINDING = Finding(
    id="F-1", indication="N-1", verdict="substantiated", party="north", standard="balance", reasons="seen",
    subject="E-1", clause="1", began=datetime(2026, 3, 4, 9, tzinfo=UTC), **BY,
)  # fmt: skip
CONTACT = Contact(id="C-1", parties=("north", "south"), on="E-1", outcome="fire stopped", **BY)
CONFIRMATION = Confirmation(what="F-1", accepts=False, reasons="not seen", **BY)
DECISIONS = (
    FINDING,
    Ruling(
        id="R-1",
        finding="F-1",
        verdict="violation",
        party="north",
        standard="balance",
        body="commission",
        present=2,
        reasons="as found",
        dissent="",
        **BY,
    ),
    Statement(id="S-1", party="north", on="F-1", text="no", **BY),
    CONTACT,
    Reply(id="P-1", advice="A-1", verdict="taken", body="commission", reasons="warned", **BY),
    Release(id="L-1", what="F-1", to="public", **BY),
    CONFIRMATION,
)


def changed(record: Record, **fields: Any) -> bytes:
    """The canonical bytes of `record` with fields of its JSON body set, or removed where the value is ..."""
    document = json.loads(encode(record))
    document["body"] = {k: v for k, v in (document["body"] | fields).items() if v is not ...}
    return canonical(document)


def canonical(document: Any) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def test_bytes_are_these(charter: Charter) -> None:
    written = encode(replace(charter, arrangement_id="Мінськ"))
    assert (
        written
        == (
            '{"body":{"adopted_at":"2018-09-05T06:30:00.000000Z","arrangement_id":"Мінськ","arrangement_version":3,'
            f'"bundle":"{digest(b"bundle")}","content":"{digest(b"content")}"}},"kind":"charter/1"}}'
        ).encode()
    )


def test_every_kind_round_trips(charter: Charter, submission: Submission, report: ReportEntry) -> None:
    records = (charter, submission, report, *DECISIONS)
    assert {type(r) for r in records} == set(KINDS.values())
    for record in records:
        assert decode(encode(record)) == record
        assert encode(decode(encode(record))) == encode(record)


def test_times_are_written_in_utc(charter: Charter) -> None:
    kyiv = datetime(2018, 9, 5, 9, 30, tzinfo=timezone(timedelta(hours=3)))
    assert encode(replace(charter, adopted_at=kyiv)) == encode(charter)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"n_observations": True}, "n_observations.*whole number.*True"),
        ({"n_observations": 1.0}, "n_observations.*whole number"),
        ({"n_observations": -1}, "n_observations.*-1"),
        ({"n_observations": 2**53}, "n_observations"),
        ({"n_observations": "1"}, "n_observations"),
        ({"name": 5}, "name.*expected a text"),
        ({"name": None}, "name.*expected a text"),
        ({"name": ...}, "'name' is missing"),
        ({"colour": "red"}, "unknown field 'colour'. Known: .*n_observations"),
        ({"raw": None}, "raw.*digest"),
        ({"raw": "sha256:" + "A" * 64}, "raw.*digest"),
        ({"raw": "sha256:" + "a" * 63}, "raw.*digest"),
        ({"coverage": ""}, "coverage.*digest"),
        ({"received_at": "2018-09-05T06:30:00Z"}, "received_at.*2018-09-05T06:30:00.000000Z"),
        ({"received_at": "2018-09-05T09:30:00.000000+03:00"}, "received_at"),
        ({"received_at": "2018-09-05T06:30:00.000000"}, "received_at.*naive"),
        ({"received_at": "yesterday"}, "received_at"),
        ({"received_at": 1536129000}, "received_at.*expected a text"),
        ({"received_at": "0001-01-01T00:00:00+23:00"}, "received_at"),
    ],
)
def test_a_spoilt_field_is_named(submission: Submission, fields: dict[str, Any], says: str) -> None:
    with pytest.raises(LedgerError, match=says):
        decode(changed(submission, **fields))


@pytest.mark.parametrize(
    ("record", "fields", "says"),
    [
        (CONFIRMATION, {"accepts": 1}, "accepts.*true or false"),
        (CONFIRMATION, {"accepts": None}, "accepts.*true or false"),
        (CONTACT, {"parties": "north"}, "parties.*list of texts"),
        (CONTACT, {"parties": ["north", 1]}, "parties.*expected a text"),
        (CONTACT, {"parties": None}, "parties.*list of texts"),
        (FINDING, {"began": "2026-03-04"}, "began"),
        (FINDING, {"began": ...}, "'began' is missing"),
    ],
)
def test_a_spoilt_decision_is_named(record: Record, fields: dict[str, Any], says: str) -> None:
    with pytest.raises(LedgerError, match=says):
        decode(changed(record, **fields))


def test_what_people_decided_is_written_so() -> None:
    assert encode(CONTACT) == (
        b'{"body":{"at":"2026-03-04T12:00:00.000000Z","by":"First Monitor","id":"C-1","on":"E-1",'
        b'"outcome":"fire stopped","parties":["north","south"]},"kind":"contact/1"}'
    )
    written = json.loads(encode(FINDING))["body"]
    assert (written["began"], written["ended"]) == ("2026-03-04T09:00:00.000000Z", None)
    with pytest.raises(LedgerError, match="parties"):
        encode(replace(CONTACT, parties=["north"]))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "Not a ledger entry"),
        (b"\xff", "Not a ledger entry"),
        (b"null", "exactly 'kind' and 'body'"),
        (b'{"body":{}}', "exactly 'kind' and 'body'"),
        (b'{"body":{},"kind":"report/1","more":1}', "exactly 'kind' and 'body'"),
        (b'{"body":[],"kind":"report/1"}', "'body' an object"),
        (b'{"body":{},"kind":1}', "'kind' must be a text"),
        (b'{"body":{},"kind":"omen/1"}', "'omen/1'. Known: charter/1, .*, submission/1.*update"),
        (b'{"kind":"report/1","body":{}}', "canonical"),
        (b'{"body":{}, "kind":"report/1"}', "canonical"),
        (b'{"body":{},"kind":"\\u0072eport/1"}', "canonical"),
        (b'{"body":{"day":1,"day":2},"kind":"report/1"}', "canonical"),
        (b'{"body":{"inputs":NaN},"kind":"report/1"}', "Not a ledger entry"),
        (b'{"body":{"inputs":1e999},"kind":"report/1"}', "Not a ledger entry"),
        (b'{"body":{"inputs":"\\ud800"},"kind":"report/1"}', "Not a ledger entry"),
        (b"[" * 100_000, "Not a ledger entry"),
        (b'{"body":{"inputs":' + b"9" * 5000 + b'},"kind":"report/1"}', "Not a ledger entry"),
    ],
)
def test_what_is_no_entry_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(LedgerError, match=says):
        decode(data)


def test_encode_refuses_what_decode_would(submission: Submission) -> None:
    for spoilt in (
        replace(submission, n_coverage=-1),
        replace(submission, name="\udcff.csv"),
        replace(submission, raw=Digest("md5:0")),
        replace(submission, received_at=datetime(2018, 9, 5, 6, 30)),  # noqa: DTZ001
    ):
        with pytest.raises(LedgerError, match="submission/1: field"):
            encode(spoilt)
    with pytest.raises(LedgerError, match="no records of type str"):
        encode("submission")  # type: ignore[arg-type]


def test_an_old_kind_is_read_as_what_it_would_be_today(charter: Charter) -> None:
    old = json.loads(encode(charter))
    old["kind"] = "charter/0"
    old["body"]["arrangement"] = old["body"].pop("arrangement_id")

    def upcast(body: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        rest = {k: v for k, v in body.items() if k != "arrangement"}
        return "charter/1", rest | {"arrangement_id": body["arrangement"]}

    assert decode(canonical(old), {"charter/0": upcast}) == charter
    with pytest.raises(LedgerError, match="charter/0"):
        decode(canonical(old))


def test_blobs_that_an_entry_rests_on(submission: Submission, charter: Charter, report: ReportEntry) -> None:
    assert named_blobs(submission) == (("raw", submission.raw), ("observations", submission.observations))
    assert named_blobs(charter) == (("bundle", charter.bundle),)
    assert named_blobs(report) == named_blobs(FINDING) == ()
