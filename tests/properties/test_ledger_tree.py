"""The growing tree against the definition in RFC 6962, written down as it stands there."""

import hashlib
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from truceline.ledger.merkle import Tree, leaf_hash, root_of

BODIES = st.lists(st.binary(max_size=8), max_size=70)


def definition(bodies: Sequence[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1: split at the largest power of two smaller than n."""
    n = len(bodies)
    if n == 0:
        return hashlib.sha256().digest()
    if n == 1:
        return hashlib.sha256(b"\x00" + bodies[0]).digest()
    k = 1
    while 2 * k < n:
        k *= 2
    return hashlib.sha256(b"\x01" + definition(bodies[:k]) + definition(bodies[k:])).digest()


@given(BODIES)
def test_equal_to_the_definition_at_every_size(bodies: list[bytes]) -> None:
    tree = Tree()
    for size in range(len(bodies) + 1):
        assert tree.root() == definition(bodies[:size])
        if size < len(bodies):
            tree.append(leaf_hash(bodies[size]))
    assert root_of(leaf_hash(body) for body in bodies) == tree.root()


@given(BODIES, st.data())
def test_any_changed_entry_changes_the_root(bodies: list[bytes], data: st.DataObject) -> None:
    if not bodies:
        return
    at = data.draw(st.integers(0, len(bodies) - 1))
    other = data.draw(st.binary(max_size=8).filter(lambda body: body != bodies[at]))
    changed = [*bodies[:at], other, *bodies[at + 1 :]]
    assert root_of(map(leaf_hash, changed)) != root_of(map(leaf_hash, bodies))
    assert root_of(map(leaf_hash, bodies[:at])) != root_of(map(leaf_hash, bodies))
