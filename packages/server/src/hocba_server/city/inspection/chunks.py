"""A range of stored records with what belongs to them, read together and checked one by one."""

from __future__ import annotations

import hashlib
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from django.db.models import Model

from hocba.trust.evidence import Evidence
from hocba_server.city.archiving.models import TreeStamp
from hocba_server.city.closing.models import ClassClosing
from hocba_server.city.corrections.models import CorrectionFile
from hocba_server.city.inspection.archive_chains import Chains, check_stamps
from hocba_server.city.inspection.closings import check_closings, check_files
from hocba_server.city.inspection.faults import Fault, FaultKind
from hocba_server.city.inspection.formats import evidence_format
from hocba_server.city.inspection.originals import Kept, check_original
from hocba_server.city.inspection.parts import Chunk, ChunkResult, Part
from hocba_server.city.inspection.snapshot import snapshot
from hocba_server.city.repository.models import (
    ChangeKind,
    EvidenceBlob,
    EvidenceKind,
    RecordInForce,
    StatusChange,
    StoredRecord,
)
from hocba_server.city.repository.selectors import with_originals
from hocba_server.city.transparency.models import LogEntryRow
from hocba_server.city.trust import trust_store

CHUNK = 200
"""Records that are read together."""


SIZES = {Part.STAMPS: 10, Part.CLOSINGS: 20, Part.FILES: 50}
_TABLES: dict[Part, type[Model]] = {
    Part.RECORDS: StoredRecord,
    Part.STAMPS: TreeStamp,
    Part.CLOSINGS: ClassClosing,
    Part.FILES: CorrectionFile,
}


def chunks_up_to(last: int, part: Part = Part.RECORDS) -> Iterator[Chunk]:
    """Cut the rows of a table from the first to `last` into chunks."""
    at, size = 0, SIZES.get(part, CHUNK)
    while at < last:
        rows = _TABLES[part]._default_manager.filter(pk__gt=at, pk__lte=last).order_by("pk")
        found = list(rows.values_list("pk", flat=True)[:size])
        if not found:
            return
        yield Chunk(at + 1, found[-1], part)
        at = found[-1]


def last_row(part: Part = Part.RECORDS) -> int:
    """Number of the newest row; 0 for an empty table."""
    rows = _TABLES[part]._default_manager.order_by("-pk")
    return rows.values_list("pk", flat=True).first() or 0


def check_chunk(chunk: Chunk) -> ChunkResult:
    """Verify everything of a chunk."""
    began = time.perf_counter()
    if chunk.part is Part.RECORDS:
        return _check_records(chunk, began)
    check = {
        Part.STAMPS: check_stamps,
        Part.CLOSINGS: check_closings,
        Part.FILES: check_files,
    }[chunk.part]
    with snapshot():
        rows, faults = check(chunk.first, chunk.last, datetime.now(UTC))
    return ChunkResult(chunk, rows, tuple(faults), time.perf_counter() - began)


def _check_records(chunk: Chunk, began: float) -> ChunkResult:
    store, faults = trust_store(), list[Fault]()
    numbers = {"pk__gte": chunk.first, "pk__lte": chunk.last}
    with snapshot():
        rows = with_originals(StoredRecord.objects.filter(**numbers).order_by("pk"))
        pieces = _Pieces(rows)
        everything = list(_with_everything(rows, pieces))
        chains = Chains(store, datetime.now(UTC))
        for row, kept in zip(rows, everything, strict=True):
            if kept.evidence is not None:
                faults += chains.faults_of(row, kept.evidence)
    for kept in everything:
        faults += pieces.faults_of(kept.row)
        faults += check_original(kept, store)
    formats = Counter(row.profile for row in rows)
    return ChunkResult(chunk, len(rows), tuple(faults), time.perf_counter() - began, formats)


def _with_everything(rows: Sequence[StoredRecord], pieces: _Pieces) -> Iterator[Kept]:
    entries: dict[str, list[bytes]] = defaultdict(list)
    logged = LogEntryRow.objects.filter(record_uuid__in=[row.record_uuid for row in rows])
    for uuid, entry in logged.order_by("index").values_list("record_uuid", "entry"):
        entries[uuid].append(bytes(entry))
    numbers = [row.pk for row in rows]
    # Whatever ended the force of a record has its entry; a replacement is told by its successor's.
    ends = StatusChange.objects.filter(record__in=numbers).exclude(kind=ChangeKind.REPLACE)
    salts = {pk: bytes(salt) for pk, salt in ends.values_list("record_id", "salt")}
    moved = _replacements(numbers)
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
            replaced_by=moved.get(row.pk),
        )


def _replacements(numbers: Sequence[int]) -> dict[int, tuple[str, str, str, str]]:
    """Row of a replaced record -> personal number, year, unit and pupil's code of its successor."""
    changes = StatusChange.objects.filter(record__in=numbers, kind=ChangeKind.REPLACE)
    names = ("personal_id", "school_year", "unit_code", "pupil_code")
    columns = [f"successor__{name}" for name in names]
    return {pk: tuple(values) for pk, *values in changes.values_list("record_id", *columns)}


class _Pieces:
    """Certificates, OCSP answers and CRLs of a chunk, each hashed once however many need it."""

    def __init__(self, rows: Sequence[StoredRecord]) -> None:
        wanted = {digest for row in rows for digest in row.evidence}
        self._data: dict[str, tuple[str, bytes]] = {}
        self._damaged: set[str] = set()
        self._formless: set[str] = set()
        for blob in EvidenceBlob.objects.filter(pk__in=wanted):
            self._data[blob.sha256] = (blob.kind, bytes(blob.data))
            if hashlib.sha256(bytes(blob.data)).hexdigest() != blob.sha256:
                self._damaged.add(blob.sha256)
            elif not evidence_format(blob.kind, bytes(blob.data)):
                self._formless.add(blob.sha256)

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
        ] + [
            Fault(FaultKind.FORMAT_WRONG, subject, digest)
            for digest in row.evidence
            if digest in self._formless
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
