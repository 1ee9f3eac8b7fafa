"""The hash tree of one archive time-stamp, and the small part of it that one record needs.

RFC 4998 section 4.2: the digests of everything that belongs to one record are a group; a node is
the hash of its children's digests in binary ascending order. So a tree needs no left and right, and
the way from a group to the root is a list of lists of digests (reducedHashtree).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from enum import StrEnum

Lists = tuple[tuple[bytes, ...], ...]
"""A reduced hash tree: the group's own digests first, then what joins on each step to the root."""


class HashAlgorithm(StrEnum):
    """Hash functions of archive time-stamps. Values are names in `hashlib` and are stored."""

    SHA256 = "sha256"
    SHA384 = "sha384"
    SHA512 = "sha512"

    def digest(self, data: bytes) -> bytes:
        """Hash some bytes."""
        return hashlib.new(self.value, data).digest()

    @property
    def size(self) -> int:
        """Bytes of a digest."""
        return hashlib.new(self.value).digest_size


def combine(algorithm: HashAlgorithm, digests: Iterable[bytes]) -> bytes:
    """Hash digests in binary ascending order (RFC 4998 section 4.2)."""
    return algorithm.digest(b"".join(sorted(digests)))


def group_digest(algorithm: HashAlgorithm, members: Sequence[bytes]) -> bytes:
    """The leaf of a group: its only digest, or the hash of all of them."""
    if not members:
        raise ValueError("a group without members")
    return members[0] if len(members) == 1 else combine(algorithm, members)


def tree_levels(algorithm: HashAlgorithm, leaves: Sequence[bytes]) -> list[list[bytes]]:
    """Every level from the leaves up to the root: pairs from the left, one left over goes up."""
    if not leaves:
        raise ValueError("a tree without leaves")
    levels = [list(leaves)]
    while len(levels[-1]) > 1:
        levels.append(_above(algorithm, levels[-1]))
    return levels


def tree_root(algorithm: HashAlgorithm, leaves: Sequence[bytes]) -> bytes:
    """The root over leaves in this order."""
    return tree_levels(algorithm, leaves)[-1][0]


def path_to_root(levels: Sequence[Sequence[bytes]], position: int) -> tuple[bytes, ...]:
    """What the leaf at `position` meets on its way to the root, in the levels of `tree_levels`."""
    if not 0 <= position < len(levels[0]):
        raise IndexError(position)
    found = []
    for level in levels[:-1]:
        beside = position ^ 1
        if beside < len(level):
            found.append(level[beside])
        position //= 2
    return tuple(found)


def reduced_tree(members: Sequence[bytes], path: Sequence[bytes]) -> Lists:
    """Put a group and its path into the form of RFC 4998; empty when the root is the digest itself.

    A group of one digest shares its list with what it meets first.
    """
    ordered = tuple(sorted(members))
    if len(ordered) > 1:
        return (ordered, *((each,) for each in path))
    if not path:
        return ()
    first, *others = path
    return (tuple(sorted((*ordered, first))), *((each,) for each in others))


def fold(algorithm: HashAlgorithm, lists: Lists) -> bytes:
    """Walk a reduced hash tree to its root (RFC 4998 section 4.3, steps 2 to 4)."""
    value: bytes | None = None
    for digests in lists:
        value = combine(algorithm, digests if value is None else (*digests, value))
    if value is None:
        raise ValueError("an empty reduced hash tree")
    return value


def _above(algorithm: HashAlgorithm, level: Sequence[bytes]) -> list[bytes]:
    pairs = [combine(algorithm, level[at : at + 2]) for at in range(0, len(level) - 1, 2)]
    return pairs if len(level) % 2 == 0 else [*pairs, level[-1]]
