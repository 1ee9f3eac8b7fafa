"""A range of stored records with what belongs to them, read together and checked one by one."""

from __future__ import annotations

import hashlib
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hocba.trust.evidence import Evidence
from hocba_server.city.inspection.faults import Fault, FaultKind
from hocba_server.city.inspection.originals import Kept, check_original
from hocba_server.city.inspection.snapshot import snapshot
from hocba_server.city.repository.models import (
    ChangeKind,
    EvidenceBlob,
    EvidenceKind,
    RecordInForce,
    StatusChange,
    StoredRecord,
)
from hocba_server.city.transparency.models import LogEntryRow
from hocba_server.city.trust import trust_store

CHUNK = 200
"""Records that are read together."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Records by their row numbers, both ends included."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class ChunkResult:
    """What was found in a chunk."""

    chunk: Chunk
    records: int
    faults: tuple[Fault, ...]
    seconds: float = 0.0
    """How long a core was busy with it."""


def chunks_up_to(last: int) -> Iterator[Chunk]:
    """Cut the rows from the first to `last` into chunks of at most `CHUNK` records."""
    at = 0
    while at < last:
        rows = StoredRecord.objects.filter(pk__gt=at, pk__lte=last).order_by("pk")
        found = list(rows.values_list("pk", flat=True)[:CHUNK])
        if not found:
            return
        yield Chunk(at + 1, found[-1])
        at = found[-1]


def last_row() -> int:
    """Number of the newest stored record; 0 for an empty repository."""
    return StoredRecord.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def check_chunk(chunk: Chunk) -> ChunkResult:
    """Verify every record of a chunk."""
    began = time.perf_counter()
    store, faults = trust_store(), list[Fault]()
    numbers = {"pk__gte": chunk.first, "pk__lte": chunk.last}
    with snapshot():
        rows = list(StoredRecord.objects.filter(**numbers).order_by("pk"))
        pieces = _Pieces(rows)
        everything = list(_with_everything(rows, pieces))
    for kept in everything:
        faults += pieces.faults_of(kept.row)
        faults += check_original(kept, store)
    return ChunkResult(chunk, len(rows), tuple(faults), time.perf_counter() - began)


def _with_everything(rows: Sequence[StoredRecord], pieces: _Pieces) -> Iterator[Kept]:
    entries: dict[str, list[bytes]] = defaultdict(list)
    logged = LogEntryRow.objects.filter(record_uuid__in=[row.record_uuid for row in rows])
    for uuid, entry in logged.order_by("index").values_list("record_uuid", "entry"):
        entries[uuid].append(bytes(entry))
    numbers = [row.pk for row in rows]
    # Whatever ended the force of a record has its entry; a replacement is told by its successor's.
    ends = StatusChange.objects.filter(record__in=numbers).exclude(kind=ChangeKind.REPLACE)
    salts = {pk: bytes(salt) for pk, salt in ends.values_list("record_id", "salt")}
    replacing = set(
        StatusChange.objects.filter(successor__in=numbers).values_list("successor_id", flat=True)
    )
    force = {
        pk: (personal, year)
        for pk, personal, year in RecordInForce.objects.filter(record__in=numbers).values_list(
            "record_id", "personal_id", "school_year"
        )
    }
    for row in rows:
        yield Kept(
            row=row,
            evidence=pieces.evidence_of(row),
            entries=entries[row.record_uuid],
            replaces=row.pk in replacing,
            recall_salt=salts.get(row.pk),
            in_force=force.get(row.pk),
        )


class _Pieces:
    """Certificates, OCSP answers and CRLs of a chunk, each hashed once however many need it."""

    def __init__(self, rows: Sequence[StoredRecord]) -> None:
        wanted = {digest for row in rows for digest in row.evidence}
        self._data: dict[str, tuple[str, bytes]] = {}
        self._damaged: set[str] = set()
        for blob in EvidenceBlob.objects.filter(pk__in=wanted):
            self._data[blob.sha256] = (blob.kind, bytes(blob.data))
            if hashlib.sha256(bytes(blob.data)).hexdigest() != blob.sha256:
                self._damaged.add(blob.sha256)

    def faults_of(self, row: StoredRecord) -> list[Fault]:
        """Missing and damaged pieces of one record."""
        subject = f"record:{row.record_uuid}"
        return [
            Fault(
                FaultKind.EVIDENCE_DAMAGED
                if digest in self._damaged
                else FaultKind.EVIDENCE_MISSING,
                subject,
                digest,
            )
            for digest in row.evidence
            if digest in self._damaged or digest not in self._data
        ]

    def evidence_of(self, row: StoredRecord) -> Evidence | None:
        """The whole evidence of one record, or None."""
        if any(digest in self._damaged or digest not in self._data for digest in row.evidence):
            return None
        kinds: dict[str, list[bytes]] = {kind.value: [] for kind in EvidenceKind}
        for digest in row.evidence:
            kind, data = self._data[digest]
            kinds[kind].append(data)
        return Evidence(
            certificates=tuple(kinds[EvidenceKind.CERTIFICATE]),
            ocsp=tuple(kinds[EvidenceKind.OCSP]),
            crls=tuple(kinds[EvidenceKind.CRL]),
        )
