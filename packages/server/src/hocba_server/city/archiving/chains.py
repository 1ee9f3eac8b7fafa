"""The evidence record of one stored record, put together from the trees that hold it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hocba.archive.digests import first_members, new_chain_members, renewal_digest
from hocba.archive.hashtree import HashAlgorithm, group_digest, reduced_tree
from hocba.archive.record import ArchiveStamp, Chain, EvidenceRecord, encode
from hocba.trust.evidence import Evidence
from hocba_server.city.archiving.models import RecordLeaf, StampRenewal, TreeStamp
from hocba_server.city.archiving.trees import Ways
from hocba_server.city.repository.models import StoredRecord


@dataclass(frozen=True, slots=True)
class Built:
    """What the trees say about a record."""

    record: EvidenceRecord | None
    """Every proven stamp; None while there is none."""
    newest: TreeStamp | None
    """The last of them."""
    fits: bool
    """Every leaf is the digest of these documents; else something was damaged."""


def build(row: StoredRecord, documents: Sequence[bytes], ways: Ways | None = None) -> Built:
    """Collect the chains of a record whose documents are `documents`, the original first."""
    ways = ways or Ways()
    leaves = list(
        RecordLeaf.objects.filter(record=row)
        .select_related("batch__stamp__proven")
        .order_by("chain")
    )
    chains: list[Chain] = []
    newest: TreeStamp | None = None
    for place, leaf in enumerate(leaves):
        stamp = leaf.batch.stamp
        algorithm = HashAlgorithm(stamp.algorithm)
        if place == 0:
            members = first_members(algorithm, documents)
        else:
            members = new_chain_members(algorithm, documents, chains)
        if ways.leaf(leaf.batch, leaf.position) != group_digest(algorithm, members):
            return Built(_record(chains), newest, fits=False)
        token = proven_token(stamp)
        if token is None:
            break
        lists = reduced_tree(members, ways.to_root(leaf.batch, leaf.position))
        stop = leaves[place + 1].after_id if place + 1 < len(leaves) else None
        chain, newest = _renewed(ArchiveStamp(algorithm, lists, token), stamp, stop, ways)
        chains.append(chain)
    return Built(_record(chains), newest, fits=True)


def archive_time_stamps(row: StoredRecord, document: bytes, evidence: Evidence) -> bytes | None:
    """The DER evidence record that is delivered with a record; None while nothing is proven.

    Chains that do not fit what is kept are left out, too: the record is judged without them, and
    fsck says what is damaged.
    """
    pieces = (*evidence.certificates, *evidence.ocsp, *evidence.crls)
    built = build(row, (document, *pieces))
    return encode(built.record) if built.record is not None and built.fits else None


def proven_token(stamp: TreeStamp) -> bytes | None:
    """The token with its evidence, or None while it waits for that."""
    proven = getattr(stamp, "proven", None)
    return None if proven is None else bytes(proven.token)


def _renewed(
    first: ArchiveStamp, stamp: TreeStamp, stop: int | None, ways: Ways
) -> tuple[Chain, TreeStamp]:
    """Follow the renewals of a stamp up to the one that the next chain took over."""
    chain = [first]
    while stamp.pk != stop:
        renewal = (
            StampRenewal.objects.filter(old=stamp).select_related("batch__stamp__proven").first()
        )
        token = proven_token(renewal.batch.stamp) if renewal else None
        if renewal is None or token is None:
            break
        digest = renewal_digest(first.algorithm, chain[-1].token)
        lists = reduced_tree((digest,), ways.to_root(renewal.batch, renewal.position))
        stamp = renewal.batch.stamp
        chain.append(ArchiveStamp(first.algorithm, lists, token))
    return tuple(chain), stamp


def _record(chains: Sequence[Chain]) -> EvidenceRecord | None:
    return EvidenceRecord(tuple(chains)) if chains else None
