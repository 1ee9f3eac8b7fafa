"""Archive time-stamps of a world: what an archive would have made at chosen times.

For tests and vectors, in which decades pass and services come and go.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cryptography.hazmat.primitives.serialization import Encoding

from hocba.archive.digests import first_members, new_chain_members, renewal_digest
from hocba.archive.hashtree import (
    HashAlgorithm,
    group_digest,
    path_to_root,
    reduced_tree,
    tree_levels,
    tree_root,
)
from hocba.archive.record import ArchiveStamp, EvidenceRecord
from hocba.archive.tokens import with_evidence
from hocba.trust.evidence import Evidence
from hocba_certworld.local import LocalTimestamp
from hocba_certworld.world import CertWorld

OTHERS = tuple(HashAlgorithm.SHA256.digest(bytes([number])) for number in range(4))
"""Leaves of other records under the same tree."""


def proven_token(
    world: CertWorld, at: datetime, root: bytes, *, answered: datetime | None = None
) -> bytes:
    """The world's token over `root` with its certificate and the answers made at `answered`."""
    token = LocalTimestamp(world, lambda: at).timestamp(root)
    service = world.keys["tsa"].certificate
    # A list and no OCSP answer: those say when they were really made, which is not in these years.
    crl = world.crl("root", answered or at)
    evidence = Evidence((service.public_bytes(Encoding.DER),), crls=(crl,))
    return with_evidence(token, evidence)


def first_stamp(
    world: CertWorld,
    at: datetime,
    documents: Sequence[bytes],
    algorithm: HashAlgorithm = HashAlgorithm.SHA256,
) -> EvidenceRecord:
    """Stamp a record's documents for the first time, in one tree with `OTHERS`."""
    members = first_members(algorithm, documents)
    return EvidenceRecord(((_stamp(world, at, members, algorithm),),))


def renewed(
    record: EvidenceRecord, world: CertWorld, at: datetime, *, instead: bytes | None = None
) -> EvidenceRecord:
    """Renew the newest stamp; over the token `instead` when one is given."""
    *before, chain = record.chains
    algorithm = chain[-1].algorithm
    digest = renewal_digest(algorithm, instead or chain[-1].token)
    return EvidenceRecord((*before, (*chain, _stamp(world, at, (digest,), algorithm))))


def hashed_again(
    record: EvidenceRecord,
    world: CertWorld,
    at: datetime,
    documents: Sequence[bytes],
    algorithm: HashAlgorithm = HashAlgorithm.SHA512,
) -> EvidenceRecord:
    """Begin a new chain with a stronger hash function."""
    members = new_chain_members(algorithm, documents, record.chains)
    return EvidenceRecord((*record.chains, (_stamp(world, at, members, algorithm),)))


def _stamp(
    world: CertWorld, at: datetime, members: Sequence[bytes], algorithm: HashAlgorithm
) -> ArchiveStamp:
    others = [algorithm.digest(each) for each in OTHERS]
    leaves = [*others[:2], group_digest(algorithm, members), *others[2:]]
    token = proven_token(world, at, tree_root(algorithm, leaves))
    return ArchiveStamp(
        algorithm, reduced_tree(members, path_to_root(tree_levels(algorithm, leaves), 2)), token
    )
