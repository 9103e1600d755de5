"""State from records: decisions are inputs, and count once somebody else stands behind them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from truceline.domain.decided import Confirmation, Contact, Release
from truceline.domain.ids import digest
from truceline.domain.inputs import Charter, ReportEntry
from truceline.views.fold import State, fold, same_person

AT = datetime(2026, 3, 4, 12, tzinfo=UTC)
DIGEST = digest(b"x")
CHARTER = Charter(arrangement_id="a", arrangement_version=1, bundle=DIGEST, content=DIGEST, adopted_at=AT)
REPORT = ReportEntry(day="2026-03-04", audience="mission", inputs=1, derived=DIGEST, content=DIGEST, json=DIGEST,
                     html=DIGEST, code_version="0", issued_at=AT)  # fmt: skip
CALL = Contact(id="C-1", parties=("north",), on="", outcome="fire stopped", by="First Monitor", at=AT)


def confirmation(by="Second Monitor", what="C-1", accepts=True):
    return Confirmation(what=what, accepts=accepts, reasons="", by=by, at=AT + timedelta(hours=1))


def folded(*records) -> State:
    return fold(enumerate(records))


def test_a_decision_waits_for_a_second_person():
    state = folded(CHARTER, CALL)
    assert (state.inputs, state.decisions[0].entry, state.decisions[0].in_force) == (2, 1, False)
    assert state.contacts == ()
    confirmed = folded(CHARTER, CALL, confirmation())
    assert confirmed.contacts == (CALL,)
    assert (confirmed.decisions[0].confirmed_by, confirmed.decisions[0].confirmed_at) == (
        "Second Monitor",
        AT + timedelta(hours=1),
    )
    assert confirmed.inputs == 3
    assert confirmed.ignored == ()


def test_what_was_refused_is_held_and_never_in_force():
    (held,) = folded(CALL, confirmation(accepts=False)).decisions
    assert (held.refused, held.in_force, held.confirmed_by) == (True, False, "Second Monitor")


@pytest.mark.parametrize(
    ("records", "index", "says"),
    [
        ((CALL, confirmation(by="First Monitor")), 1, "First Monitor recorded C-1 and cannot be the second"),
        ((CALL, confirmation(by="first  MONITOR")), 1, "cannot be the second"),
        ((CALL, confirmation(what="C-2")), 1, "C-2, which nobody had recorded"),
        ((confirmation(), CALL), 0, "nobody had recorded"),
        ((CALL, confirmation(), confirmation(by="Third", accepts=False)), 2, "before, by Second Monitor; that stands"),
        ((CALL, CALL), 1, "C-1 is recorded for a second time"),
    ],
)
def test_an_entry_that_no_command_writes_counts_for_nothing_and_is_named(records, index, says):
    state = folded(*records)
    ((entry, why),) = state.ignored
    assert entry == index
    assert says in why
    assert state.inputs == len(records)
    assert len(state.decisions) == 1
    assert state.decisions[0].in_force == (says.endswith("that stands"))


def test_a_report_is_no_input():
    assert folded(CHARTER, CALL, REPORT).inputs == 2


def test_a_record_that_nobody_knows_is_an_error():
    with pytest.raises(TypeError, match="no view knows the record str"):
        folded("omen")


RECORDS = st.sampled_from(
    [CHARTER, REPORT, CALL, Release(id="L-1", what="F-1", to="public", by="Second Monitor", at=AT)]
    + [confirmation(by, what, accepts) for by in ("First Monitor", "Second Monitor") for what in ("C-1", "L-1", "F-9")
       for accepts in (True, False)]
)  # fmt: skip


@given(st.lists(RECORDS, max_size=12), st.integers(0, 12))
def test_folding_in_two_goes_is_folding_at_once(records, cut):
    numbered = list(enumerate(records))
    assert fold(numbered[cut:], fold(numbered[:cut])) == fold(numbered)


@given(st.lists(RECORDS, max_size=12))
def test_nothing_is_in_force_by_its_author_alone(records):
    for held in folded(*records).decisions:
        assert held.confirmed_by is None or not same_person(held.confirmed_by, held.record.by)
        assert held.in_force == (held.confirmed_by is not None and not held.refused)
