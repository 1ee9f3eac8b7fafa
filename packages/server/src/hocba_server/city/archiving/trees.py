"""Taking one archive time-stamp over many leaves, and keeping its tree."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from hocba.archive.check import stamp_end
from hocba.archive.hashtree import HashAlgorithm, path_to_root, tree_levels, tree_root
from hocba.ports import RevocationSource, TimestampSource
from hocba.signature.timestamp import read_token
from hocba.trust.path import Usage, build_path, certificate_title
from hocba_server.city.archiving.models import StampKind, TreeBatch, TreeStamp
from hocba_server.city.trust import known_issuers, trust_store

BATCH = 1024
"""Leaves of one part of a tree: what is read and hashed again to find one record's way."""
MAX_BATCHES = 64
"""Parts of one tree. What is left gets the next time-stamp."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What one run has in common."""

    source: TimestampSource
    revocation: RevocationSource
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Taken:
    """A time-stamp that was given and read, not kept yet."""

    algorithm: HashAlgorithm
    batches: Sequence[Sequence[bytes]]
    roots: tuple[bytes, ...]
    token: bytes
    service: str
    stamped_at: dt.datetime
    good_until: dt.datetime


def take_stamp(desk: Desk, algorithm: HashAlgorithm, batches: Sequence[Sequence[bytes]]) -> Taken:
    """Have the root over all leaves stamped. Raises `Unavailable`, `Refused`, `NotTrusted` when the
    service is away, says no, or is not one that this department trusts."""
    roots = tuple(tree_root(algorithm, leaves) for leaves in batches)
    root = tree_root(algorithm, roots)
    token = desk.source.timestamp(root)
    fact = read_token(token, root, known_issuers())
    path = build_path(fact.certificate, known_issuers(), trust_store(), fact.time, Usage.TIMESTAMP)
    return Taken(
        algorithm=algorithm,
        batches=batches,
        roots=roots,
        token=token,
        service=certificate_title(fact.certificate)[:200],
        stamped_at=fact.time,
        good_until=stamp_end(path, None),
    )


def keep_stamp(taken: Taken, kind: StampKind) -> list[TreeBatch]:
    """Store stamp and tree; answers the parts in order. Joins the open transaction."""
    stamp = TreeStamp.objects.create(
        kind=kind,
        algorithm=taken.algorithm.value,
        root=tree_root(taken.algorithm, taken.roots),
        token=taken.token,
        service=taken.service,
        leaf_count=sum(len(leaves) for leaves in taken.batches),
        stamped_at=taken.stamped_at,
        good_until=taken.good_until,
    )
    return TreeBatch.objects.bulk_create(
        TreeBatch(stamp=stamp, position=place, leaves=b"".join(leaves), root=root)
        for place, (leaves, root) in enumerate(zip(taken.batches, taken.roots, strict=True))
    )


def leaves_of(batch: TreeBatch) -> list[bytes]:
    """The leaves of a part, in order."""
    size, data = HashAlgorithm(batch.stamp.algorithm).size, bytes(batch.leaves)
    return [data[at : at + size] for at in range(0, len(data), size)]


class Ways:
    """Ways from leaves to stamped roots. Trees that many records share are built once."""

    def __init__(self) -> None:
        self._levels: dict[tuple[str, int], list[list[bytes]]] = {}

    def to_root(self, batch: TreeBatch, position: int) -> tuple[bytes, ...]:
        """What a leaf meets on its way to the stamped root."""
        algorithm = HashAlgorithm(batch.stamp.algorithm)
        if ("stamp", batch.stamp_id) not in self._levels:
            parts = TreeBatch.objects.filter(stamp=batch.stamp).order_by("position")
            roots = [bytes(root) for root in parts.values_list("root", flat=True)]
            self._levels["stamp", batch.stamp_id] = tree_levels(algorithm, roots)
        own = self.levels(batch)
        above = self._levels["stamp", batch.stamp_id]
        return (*path_to_root(own, position), *path_to_root(above, batch.position))

    def leaf(self, batch: TreeBatch, position: int) -> bytes | None:
        """The digest at a place of a part; None when there is no such place."""
        leaves = self.levels(batch)[0]
        return leaves[position] if position < len(leaves) else None

    def levels(self, batch: TreeBatch) -> list[list[bytes]]:
        """The levels of one part of a tree."""
        if ("batch", batch.pk) not in self._levels:
            algorithm = HashAlgorithm(batch.stamp.algorithm)
            self._levels["batch", batch.pk] = tree_levels(algorithm, leaves_of(batch))
        return self._levels["batch", batch.pk]


def in_batches(leaves: Sequence[bytes]) -> list[Sequence[bytes]]:
    """Cut leaves into parts."""
    return [leaves[at : at + BATCH] for at in range(0, len(leaves), BATCH)]
