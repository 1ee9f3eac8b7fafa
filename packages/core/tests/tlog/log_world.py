"""A small log for the tests: a fixed key, entries with invented content, naive RFC 6962."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hocba.ids import SchoolYear, UnitCode
from hocba.tlog.checkpoint import Checkpoint
from hocba.tlog.entry import EntryKind, LogEntry, commit
from hocba.tlog.merkle import HashTree, leaf_hash
from hocba.tlog.proof import LogProof

PRIVATE_KEY = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
KEY = PRIVATE_KEY.public_key()
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(b"\x08" * 32).public_key()
ORIGIN = "nhatky.hocba.example/2026"
NOON = datetime(2026, 6, 1, 5, 0, tzinfo=UTC)
SALT = bytes(range(32))
RECORD = "<HOC_BA>Nguyễn Thị Mẫu</HOC_BA>".encode()


def naive_root(leaves: Sequence[bytes]) -> bytes:
    """The definition of RFC 6962 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive_path(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    """PATH(m, D[n]) of RFC 6962 2.1.1."""
    if len(leaves) == 1:
        return []
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m < k:
        return [*naive_path(m, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), naive_root(leaves[:k])]


def naive_subproof(m: int, leaves: Sequence[bytes], whole: bool) -> list[bytes]:
    """SUBPROOF(m, D[n], b) of RFC 6962 2.1.2."""
    n = len(leaves)
    if m == n:
        return [] if whole else [naive_root(leaves)]
    k = 1
    while k * 2 < n:
        k *= 2
    if m <= k:
        return [*naive_subproof(m, leaves[:k], whole), naive_root(leaves[k:])]
    return [*naive_subproof(m - k, leaves[k:], False), naive_root(leaves[:k])]


def entry_for(record: bytes, kind: EntryKind = EntryKind.ISSUE) -> LogEntry:
    """The entry of one record under the fixed salt."""
    return LogEntry(
        kind,
        UnitCode("00000401"),
        SchoolYear("2025-2026"),
        hashlib.sha256(b"seal").digest(),
        commit(SALT, record),
        NOON,
    )


def log_with(entry: bytes, *, index: int, size: int) -> tuple[HashTree, bytes]:
    """A log of `size` entries with `entry` at `index`, and the proof of it."""
    tree = HashTree(
        leaf_hash(entry if at == index else f"other {at}".encode()) for at in range(size)
    )
    checkpoint = Checkpoint(ORIGIN, size, tree.root(), NOON).sign(KEY, PRIVATE_KEY.sign)
    proof = LogProof(index, tuple(tree.inclusion(index)), checkpoint, SALT)
    return tree, proof.encode()
