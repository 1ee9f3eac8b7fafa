"""Archive time-stamps: each record's chain by the verifier's own check, each tree by its leaves."""

from __future__ import annotations

from datetime import datetime, timedelta

import zstandard

from hocba.archive.check import OPEN, check_evidence_record
from hocba.archive.digests import renewal_digest
from hocba.archive.hashtree import HashAlgorithm, tree_root
from hocba.archive.tokens import MAX_TOKEN
from hocba.errors import HocBaError
from hocba.signature.timestamp import read_token
from hocba.trust.evidence import Evidence
from hocba.trust.store import TrustStore
from hocba_server.city.archiving.ageing import hash_ends
from hocba_server.city.archiving.chains import build, proven_token
from hocba_server.city.archiving.models import RecordLeaf, StampRenewal, TreeBatch, TreeStamp
from hocba_server.city.archiving.stamping import last_stamped
from hocba_server.city.archiving.trees import Ways, leaves_of
from hocba_server.city.inspection.faults import Fault, FaultKind
from hocba_server.city.repository.models import StoredRecord
from hocba_server.city.repository.selectors import original_of
from hocba_server.city.trust import known_issuers

PROOF_TIME = timedelta(days=8)
"""A new stamp may wait so long for the answer that proves it: lists come out weekly."""


class Chains:
    """The chains of a chunk's records; trees that they share are built once."""

    def __init__(self, store: TrustStore, at: datetime) -> None:
        self._store, self._at = store, at
        self._ways, self._last, self._ends = Ways(), last_stamped(), hash_ends()

    def faults_of(self, row: StoredRecord, evidence: Evidence) -> list[Fault]:
        """What is wrong with the archive time-stamps of one record."""
        subject = f"record:{row.record_uuid}"
        try:
            document = original_of(row)
        except (HocBaError, zstandard.ZstdError):
            return []  # the check of the original names this damage
        pieces = (document, *evidence.certificates, *evidence.ocsp, *evidence.crls)
        built = build(row, pieces, self._ways)
        if not built.fits:
            return [Fault(FaultKind.ARCHIVE_BROKEN, subject, "leaf")]
        if built.record is None:
            return self._without(row, subject)
        try:
            fact = check_evidence_record(built.record, pieces, self._store, self._at, self._ends)
        except HocBaError as fault:
            kind = FaultKind.ARCHIVE_ENDED if fault.code in OPEN else FaultKind.ARCHIVE_BROKEN
            return [Fault(kind, subject, f"{fault.code}: {fault.sentence.vi}"[:300])]
        if len(fact.covered) != len(set(pieces)):
            return [Fault(FaultKind.ARCHIVE_BROKEN, subject, "evidence")]
        return []

    def _without(self, row: StoredRecord, subject: str) -> list[Fault]:
        leaf = RecordLeaf.objects.filter(record=row).select_related("batch__stamp").first()
        if leaf is None:
            return [Fault(FaultKind.ARCHIVE_MISSING, subject)] if row.pk < self._last else []
        if self._at > leaf.batch.stamp.stamped_at + PROOF_TIME:
            return [Fault(FaultKind.ARCHIVE_ENDED, subject, "archive_unknown")]
        return []


def check_stamps(first: int, last: int, at: datetime) -> tuple[int, list[Fault]]:
    """Compute trees again from their leaves, and compare what old tokens became in new trees."""
    del at
    stamps = TreeStamp.objects.filter(pk__gte=first, pk__lte=last).select_related("proven")
    rows, faults = 0, list[Fault]()
    for stamp in stamps.order_by("pk"):
        rows += 1
        wrong = _tree_fault(stamp) or _token_fault(stamp) or _renewal_fault(stamp)
        if wrong:
            faults.append(Fault(FaultKind.ARCHIVE_BROKEN, f"stamp:{stamp.pk}", wrong))
    return rows, faults


def _tree_fault(stamp: TreeStamp) -> str:
    algorithm = HashAlgorithm(stamp.algorithm)
    parts = list(TreeBatch.objects.filter(stamp=stamp).order_by("position"))
    leaves = [leaves_of(part) for part in parts]
    if [part.position for part in parts] != list(range(len(parts))) or not all(leaves):
        return "batches"
    roots = [tree_root(algorithm, each) for each in leaves]
    if not roots or roots != [bytes(part.root) for part in parts]:
        return "batch root"
    if tree_root(algorithm, roots) != bytes(stamp.root):
        return "root"
    return "" if sum(map(len, leaves)) == stamp.leaf_count else "leaf count"


def _token_fault(stamp: TreeStamp) -> str:
    for token in filter(None, (bytes(stamp.token), proven_token(stamp))):
        try:
            fact = read_token(token, bytes(stamp.root), known_issuers(), max_size=MAX_TOKEN)
        except HocBaError as fault:
            return fault.code
        if fact.time != stamp.stamped_at:
            return "time"
    return ""


def _renewal_fault(stamp: TreeStamp) -> str:
    """The token of this stamp is the leaf that its renewal says it is."""
    renewal = StampRenewal.objects.filter(old=stamp).select_related("batch__stamp").first()
    if renewal is None:
        return ""
    token = proven_token(stamp)
    leaves = leaves_of(renewal.batch)
    if token is None or renewal.position >= len(leaves):
        return "renewal"
    digest = renewal_digest(HashAlgorithm(renewal.batch.stamp.algorithm), token)
    return "" if leaves[renewal.position] == digest else "renewal"
