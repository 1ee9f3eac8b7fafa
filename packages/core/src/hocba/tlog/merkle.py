"""The Merkle tree of RFC 6962 section 2.1 over SHA-256: heads, proofs and their verification.

Everything is expressed over *full* subtrees: `Node(level, place)` stands for the hash of the
leaves `place * 2**level .. (place + 1) * 2**level - 1`. A reader gives these hashes; they come from
a `HashTree` in memory, from tiles (`hocba.tlog.tiles`) or from a database.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from hocba.errors import NotTrusted

HASH_SIZE = 32
MAX_TREE_SIZE = 1 << 62
"""Our limit on claimed sizes and indices, far above any city."""
EMPTY_ROOT = hashlib.sha256(b"").digest()


class Node(NamedTuple):
    """A full subtree: `2**level` leaves, at `place` on its level, counted from 0 at the left."""

    level: int
    place: int


NodeReader = Callable[[Node], bytes]
"""Gives the hash of a full subtree."""


def leaf_hash(entry: bytes) -> bytes:
    """Hash one log entry (RFC 6962 2.1)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees into their parent (RFC 6962 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def full_subtrees(start: int, end: int) -> list[Node]:
    """Split the leaves `start..end-1` into full subtrees from left to right.

    `start` must be a multiple of every power of two used, as it is for all ranges of RFC 6962.
    """
    nodes = []
    while start < end:
        level = (end - start).bit_length() - 1
        nodes.append(Node(level, start >> level))
        start += 1 << level
    return nodes


def tree_root(size: int, read: NodeReader) -> bytes:
    """Return the tree head of the first `size` leaves; `EMPTY_ROOT` for none."""
    return _range_hash(0, size, read) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, read: NodeReader) -> list[bytes]:
    """Return the audit path of leaf `index` in the tree of `size` leaves (RFC 6962 2.1.1)."""
    if not 0 <= index < size:
        raise ValueError("index outside the tree")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range_hash(middle, end, read))
            end = middle
        else:
            path.append(_range_hash(start, middle, read))
            start = middle
    return path[::-1]


def consistency_proof(old_size: int, new_size: int, read: NodeReader) -> list[bytes]:
    """Return the proof that the first tree is a prefix of the second (RFC 6962 2.1.2)."""
    if not 0 <= old_size <= new_size:
        raise ValueError("the old tree is larger than the new one")
    if old_size in {0, new_size}:
        return []
    path: list[bytes] = []
    start, end, whole = 0, new_size, True
    while old_size != end:
        middle = start + _split(end - start)
        if old_size <= middle:
            path.append(_range_hash(middle, end, read))
            end = middle
        else:
            path.append(_range_hash(start, middle, read))
            start, whole = middle, False
    if not whole:
        path.append(_range_hash(start, end, read))
    return path[::-1]


def root_from_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes]) -> bytes:
    """Return the root that the proof leads to. Raises `NotTrusted` when its length is wrong.

    The lengths are checked before anything is hashed (RFC 9162 2.1.3.2).
    """
    if not 0 <= index < size <= MAX_TREE_SIZE:
        raise _bad_proof("proof_index", "số thứ tự nằm ngoài cây", "the index is outside the tree")
    inner = (index ^ (size - 1)).bit_length()
    border = (index >> inner).bit_count()
    if len(proof) != inner + border:
        raise _bad_proof("proof_length", "sai số lượng mã băm", "the number of hashes is wrong")
    value = leaf
    for level, sibling in enumerate(proof[:inner]):
        right = (index >> level) & 1
        value = node_hash(sibling, value) if right else node_hash(value, sibling)
    for sibling in proof[inner:]:
        value = node_hash(sibling, value)
    return value


def verify_inclusion(
    index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes
) -> None:
    """Check that `leaf` (a leaf hash) stands at `index` under `root`. Raises `NotTrusted`."""
    if root_from_inclusion(index, size, leaf, proof) != root:
        raise _bad_proof("proof_root", "không dẫn tới gốc cây", "it does not lead to the root")


def verify_consistency(
    old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """Check that the new tree only appended to the old one (RFC 9162 2.1.4.2).

    Raises `NotTrusted`. From the empty tree everything follows, so no proof is expected.
    """
    if not 0 <= old_size <= new_size <= MAX_TREE_SIZE:
        raise _bad_proof("proof_size", "cây bị ngắn lại", "the tree has become smaller")
    if old_size in {0, new_size}:
        same = old_size != new_size or old_root == new_root
        if proof or not same or (old_size == 0 and old_root != EMPTY_ROOT):
            raise _bad_proof("proof_root", "hai gốc cây khác nhau", "the roots differ")
        return
    # The proof starts with the last full subtree of the old tree, or the old root stands for it.
    shift = (old_size & -old_size).bit_length() - 1
    steps = list(proof)
    if old_size != 1 << shift:
        if not steps:
            raise _bad_proof("proof_length", "sai số lượng mã băm", "too few hashes")
        seed = steps.pop(0)
    else:
        seed = old_root
    old, new = _roots_from_consistency(old_size, new_size, shift, seed, steps)
    if old != old_root or new != new_root:
        raise _bad_proof("proof_root", "không dẫn tới hai gốc cây", "it misses the roots")


def _roots_from_consistency(
    old_size: int, new_size: int, shift: int, seed: bytes, steps: Sequence[bytes]
) -> tuple[bytes, bytes]:
    index, last = (old_size - 1) >> shift, (new_size - 1) >> shift
    inner = (index ^ last).bit_length()
    border = (index >> inner).bit_count()
    if len(steps) != inner + border:
        raise _bad_proof("proof_length", "sai số lượng mã băm", "the number of hashes is wrong")
    old = new = seed
    for level, sibling in enumerate(steps[:inner]):
        if (index >> level) & 1:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
        else:
            new = node_hash(new, sibling)
    for sibling in steps[inner:]:
        old, new = node_hash(sibling, old), node_hash(sibling, new)
    return old, new


class HashTree:
    """All full subtree hashes of a log in memory; 64 bytes a leaf. Not for several threads."""

    def __init__(self, leaf_hashes: Iterable[bytes] = ()) -> None:
        self._levels: list[list[bytes]] = [[]]
        for value in leaf_hashes:
            self.append(value)

    def append(self, value: bytes) -> int:
        """Add a leaf hash and return its index."""
        index = len(self._levels[0])
        level, position = 0, index
        self._levels[0].append(value)
        while position & 1:
            row = self._levels[level]
            value = node_hash(row[position - 1], row[position])
            level, position = level + 1, position >> 1
            if level == len(self._levels):
                self._levels.append([])
            self._levels[level].append(value)
        return index

    @property
    def size(self) -> int:
        """Number of leaves."""
        return len(self._levels[0])

    def node(self, node: Node) -> bytes:
        """Return the hash of a full subtree; a `NodeReader`."""
        return self._levels[node.level][node.place]

    def root(self, size: int | None = None) -> bytes:
        """Return the tree head, of the first `size` leaves when given."""
        return tree_root(self.size if size is None else size, self.node)

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """Return the inclusion proof of leaf `index`."""
        return inclusion_proof(index, self.size if size is None else size, self.node)

    def consistency(self, old_size: int, new_size: int | None = None) -> list[bytes]:
        """Return the consistency proof from the tree of `old_size` leaves."""
        return consistency_proof(old_size, self.size if new_size is None else new_size, self.node)


class Frontier:
    """The right edge of a tree: enough to append and to give the head, O(log n) in memory."""

    def __init__(self, size: int = 0, nodes: Sequence[bytes] = ()) -> None:
        """`nodes` are the hashes of `full_subtrees(0, size)`, as `nodes` gave them before."""
        if len(nodes) != size.bit_count():
            raise ValueError("a frontier has one hash per bit of its size")
        self._size = size
        self._nodes = list(nodes)

    @property
    def size(self) -> int:
        """Number of leaves."""
        return self._size

    @property
    def nodes(self) -> tuple[bytes, ...]:
        """Hashes of the full subtrees from left to right; with `size`, all there is to store."""
        return tuple(self._nodes)

    def append(self, value: bytes) -> int:
        """Add a leaf hash and return its index."""
        index = self._size
        position = index
        while position & 1:
            value = node_hash(self._nodes.pop(), value)
            position >>= 1
        self._nodes.append(value)
        self._size += 1
        return index

    def root(self) -> bytes:
        """Return the tree head."""
        return _join(self._nodes) if self._nodes else EMPTY_ROOT


def _split(count: int) -> int:
    """Return the largest power of two smaller than `count`."""
    return 1 << ((count - 1).bit_length() - 1)


def _range_hash(start: int, end: int, read: NodeReader) -> bytes:
    return _join([read(node) for node in full_subtrees(start, end)])


def _join(nodes: Sequence[bytes]) -> bytes:
    value = nodes[-1]
    for left in reversed(nodes[:-1]):
        value = node_hash(left, value)
    return value


def _bad_proof(code: str, vi: str, en: str) -> NotTrusted:
    return NotTrusted(
        code,
        f"Bằng chứng của nhật ký công khai không đúng: {vi}.",
        f"The proof of the public log does not hold: {en}.",
    )
