"""What a ledger commits to: the head of its tree at a size, and the hash of one entry."""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The RFC 6962 root over the first `size` entries of the ledger `origin` (C2SP tlog-checkpoint)."""

    origin: str
    size: int
    root: bytes


def leaf_hash(body: bytes) -> bytes:
    """The 32-byte leaf that stands for one entry in the tree. Source: RFC 6962, section 2.1."""
    return hashlib.sha256(b"\x00" + body).digest()
