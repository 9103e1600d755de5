"""For any record: what is written is read back, and what is read is written back byte for byte."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from truceline.domain.checkpoint import Checkpoint
from truceline.domain.decided import Confirmation, Contact, Finding, Release, Reply, Ruling, Statement
from truceline.domain.inputs import Charter, ReportEntry, Submission
from truceline.errors import LedgerError
from truceline.ledger.checkpoint import open_note, sign
from truceline.ledger.codec import KINDS, MAX_COUNT, Record, decode, encode
from truceline.ledger.keys import parse_signer

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
COUNTS = st.integers(0, MAX_COUNT)
DIGESTS = st.binary(min_size=32, max_size=32).map(lambda data: "sha256:" + data.hex())
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=st.just(UTC) | ZONES)  # noqa: DTZ001
MAYBE = st.none() | DIGESTS

CHARTERS = st.builds(
    Charter,
    arrangement_id=TEXTS,
    arrangement_version=COUNTS,
    bundle=DIGESTS,
    content=DIGESTS,
    adopted_at=MOMENTS,
)
SUBMISSIONS = st.builds(
    Submission,
    source=TEXTS,
    name=TEXTS,
    parser=TEXTS,
    received_at=MOMENTS,
    raw=DIGESTS,
    observations=MAYBE,
    n_observations=COUNTS,
    coverage=MAYBE,
    n_coverage=COUNTS,
    published_counts=MAYBE,
    n_published_counts=COUNTS,
    rejected=MAYBE,
    n_rejected=COUNTS,
    n_repeated=COUNTS,
)
REPORTS = st.builds(
    ReportEntry,
    day=TEXTS,
    audience=TEXTS,
    inputs=COUNTS,
    derived=DIGESTS,
    content=DIGESTS,
    json=DIGESTS,
    html=DIGESTS,
    code_version=TEXTS,
    issued_at=MOMENTS,
)
BY = {"by": TEXTS, "at": MOMENTS}
SAID = BY | {"id": TEXTS, "verdict": TEXTS, "reasons": TEXTS}
NAMED = SAID | {"party": TEXTS, "standard": TEXTS}
WHEN = {"began": st.none() | MOMENTS, "ended": st.none() | MOMENTS}
FINDINGS = st.builds(Finding, indication=TEXTS, subject=TEXTS, clause=TEXTS, **NAMED, **WHEN)
RULINGS = st.builds(Ruling, finding=TEXTS, body=TEXTS, present=COUNTS, dissent=TEXTS, **NAMED)
STATEMENTS = st.builds(Statement, id=TEXTS, party=TEXTS, on=TEXTS, text=TEXTS, **BY)
CONTACTS = st.builds(Contact, id=TEXTS, parties=st.lists(TEXTS).map(tuple), on=TEXTS, outcome=TEXTS, **BY)
REPLIES = st.builds(Reply, advice=TEXTS, body=TEXTS, **SAID)
RELEASES = st.builds(Release, id=TEXTS, what=TEXTS, to=TEXTS, **BY)
CONFIRMATIONS = st.builds(Confirmation, what=TEXTS, accepts=st.booleans(), reasons=TEXTS, **BY)
EACH = {
    Charter: CHARTERS,
    Submission: SUBMISSIONS,
    ReportEntry: REPORTS,
    Finding: FINDINGS,
    Ruling: RULINGS,
    Statement: STATEMENTS,
    Contact: CONTACTS,
    Reply: REPLIES,
    Release: RELEASES,
    Confirmation: CONFIRMATIONS,
}
RECORDS = st.one_of(*EACH.values())
SIGNER = parse_signer("PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")


@given(RECORDS)
def test_decode_undoes_encode_and_encode_undoes_decode(record: Record) -> None:
    data = encode(record)
    assert decode(data) == record
    assert encode(decode(data)) == data
    text = json.dumps(json.loads(data), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert text.encode() == data


@given(RECORDS, st.data())
def test_changed_bytes_are_refused_or_say_something_else(record: Record, data: st.DataObject) -> None:
    written = encode(record)
    at = data.draw(st.integers(0, len(written) - 1))
    spoilt = written[:at] + bytes([written[at] ^ data.draw(st.integers(1, 255))]) + written[at + 1 :]
    try:
        read = decode(spoilt)
    except LedgerError:
        return
    assert read != record and encode(read) == spoilt


def test_every_kind_is_among_the_records_that_are_tried() -> None:
    assert set(EACH) == set(KINDS.values())


@given(st.binary())
def test_any_bytes_are_an_entry_or_a_ledger_error(data: bytes) -> None:
    with pytest.raises(LedgerError):
        decode(data)


@given(
    st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1),
    st.integers(0, 10**18),
    st.binary(min_size=32, max_size=32),
)
def test_a_signed_checkpoint_opens_as_itself(origin: str, size: int, root: bytes) -> None:
    head = Checkpoint(origin=origin, size=size, root=root)
    note = sign(head, SIGNER)
    assert open_note(note, SIGNER.verifier) == head
    assert sign(open_note(note, SIGNER.verifier), SIGNER) == note


@given(st.text())
def test_any_text_is_a_note_or_a_ledger_error(text: str) -> None:
    with pytest.raises(LedgerError):
        open_note(text, SIGNER.verifier)
