"""First archive time-stamps for what was accepted, and new chains when a hash function ages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Exists, Max, OuterRef

from hocba.archive.digests import first_members, new_chain_members
from hocba.archive.hashtree import HashAlgorithm, group_digest
from hocba.errors import HocBaError, NotTrusted, Sentence
from hocba_server.city.archiving.ageing import ageing_algorithms, hash_ends, renew_before
from hocba_server.city.archiving.chains import build
from hocba_server.city.archiving.documents import Documents
from hocba_server.city.archiving.models import (
    RecordLeaf,
    SkippedRecord,
    StampKind,
    TreeBatch,
    TreeStamp,
)
from hocba_server.city.archiving.trees import (
    BATCH,
    MAX_BATCHES,
    Desk,
    Ways,
    in_batches,
    keep_stamp,
    take_stamp,
)
from hocba_server.city.database import city_transaction
from hocba_server.city.repository.models import StoredRecord


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A record on its way under a tree."""

    row: StoredRecord
    digest: bytes
    chain: int = 0
    after: TreeStamp | None = None


def stamp_new(desk: Desk) -> tuple[int, list[Sentence]]:
    """Stamp everything that was accepted since; answers how many records, and what was skipped.

    Records come in the order of their rows, which is that of their acceptance, because who accepts
    holds the log's lock. A kill leaves whole trees; the next run goes on behind the newest leaf.
    """
    count, problems = 0, list[Sentence]()
    for rows in (_skipped_before(), *_new_slices()):
        leaves, skipped = _first_leaves(rows, desk)
        problems += [Sentence(each.sentence, each.sentence_en) for each in skipped]
        count += _stamp(desk, leaves, StampKind.FIRST, skipped)
    return count, problems


def hash_again(desk: Desk) -> tuple[int, list[Sentence]]:
    """Begin new chains for the records whose hash function ends soon; answers how many."""
    ageing = ageing_algorithms(desk.at)
    count, problems, at = 0, _own_end(desk), 0
    while ageing:
        later = RecordLeaf.objects.filter(record=OuterRef("record"), chain__gt=OuterRef("chain"))
        found = list(
            RecordLeaf.objects.filter(pk__gt=at, batch__stamp__algorithm__in=ageing)
            .exclude(Exists(later))
            .select_related("record")
            .order_by("pk")[: BATCH * MAX_BATCHES]
        )
        if not found:
            break
        at = found[-1].pk
        leaves, faults = _next_leaves(found)
        problems += faults
        count += _stamp(desk, leaves, StampKind.NEW_CHAIN)
    return count, problems


def last_stamped() -> int:
    """Row of the newest record under a first stamp; 0 when there is none."""
    return RecordLeaf.objects.aggregate(last=Max("record_id"))["last"] or 0


def _new_slices() -> Iterator[list[StoredRecord]]:
    at = last_stamped()
    newest_skipped = SkippedRecord.objects.aggregate(last=Max("record_id"))["last"] or 0
    at = max(at, newest_skipped)
    while True:
        rows = list(StoredRecord.objects.filter(pk__gt=at).order_by("pk")[: BATCH * MAX_BATCHES])
        if not rows:
            return
        yield rows
        at = rows[-1].pk


def _skipped_before() -> list[StoredRecord]:
    skipped = StoredRecord.objects.filter(
        archive_skipped__isnull=False, archive_leaves__isnull=True
    )
    return list(skipped.order_by("pk")[: BATCH * MAX_BATCHES])


def _first_leaves(
    rows: Sequence[StoredRecord], desk: Desk
) -> tuple[list[_Leaf], list[SkippedRecord]]:
    algorithm = HashAlgorithm(settings.ARCHIVE_HASH)
    leaves, skipped = list[_Leaf](), list[SkippedRecord]()
    for start in range(0, len(rows), BATCH):
        part = rows[start : start + BATCH]
        documents = Documents(part)
        for row in part:
            try:
                members = first_members(algorithm, documents.of(row))
            except NotTrusted as fault:
                skipped.append(_skip(row, fault, desk))
                continue
            leaves.append(_Leaf(row, group_digest(algorithm, members)))
    return leaves, skipped


def _skip(row: StoredRecord, fault: HocBaError, desk: Desk) -> SkippedRecord:
    return SkippedRecord(
        record=row,
        sentence=fault.sentence.vi[:500],
        sentence_en=fault.sentence.en[:500],
        skipped_at=desk.at,
    )


def _next_leaves(found: Sequence[RecordLeaf]) -> tuple[list[_Leaf], list[Sentence]]:
    algorithm = HashAlgorithm(settings.ARCHIVE_HASH)
    leaves, faults, ways = list[_Leaf](), list[Sentence](), Ways()
    for start in range(0, len(found), BATCH):
        part = found[start : start + BATCH]
        documents = Documents([leaf.record for leaf in part])
        for leaf in part:
            try:
                pieces = documents.of(leaf.record)
            except NotTrusted as fault:
                faults.append(fault.sentence)
                continue
            built = build(leaf.record, pieces, ways)
            if built.record is None or built.newest is None or not built.fits:
                faults.append(_unproven(leaf.record))
                continue
            if len(built.record.chains) != leaf.chain + 1:
                continue  # its newest stamp waits for its proof; the next run takes it
            members = new_chain_members(algorithm, pieces, built.record.chains)
            digest = group_digest(algorithm, members)
            leaves.append(_Leaf(leaf.record, digest, leaf.chain + 1, built.newest))
    return leaves, faults


def _stamp(
    desk: Desk,
    leaves: Sequence[_Leaf],
    kind: StampKind,
    skipped: Sequence[SkippedRecord] = (),
) -> int:
    algorithm = HashAlgorithm(settings.ARCHIVE_HASH)
    taken = None
    if leaves:
        # The network first, outside of any transaction: a stamp that is never kept harms nobody.
        taken = take_stamp(desk, algorithm, in_batches([leaf.digest for leaf in leaves]))
    with city_transaction():
        # What was skipped appears with the stamp of its neighbours: the next run goes on behind
        # both, and must not pass by records whose stamp was never given.
        SkippedRecord.objects.bulk_create(skipped, ignore_conflicts=True)
        if taken is not None:
            batches = keep_stamp(taken, kind)
            # Two runs at once: the second one's leaves are refused here, and so is its stamp.
            RecordLeaf.objects.bulk_create(_rows(leaves, batches), batch_size=BATCH)
    return len(leaves)


def _rows(leaves: Sequence[_Leaf], batches: Sequence[TreeBatch]) -> Iterator[RecordLeaf]:
    for place, leaf in enumerate(leaves):
        yield RecordLeaf(
            record=leaf.row,
            chain=leaf.chain,
            batch=batches[place // BATCH],
            position=place % BATCH,
            after=leaf.after,
        )


def _own_end(desk: Desk) -> list[Sentence]:
    """The hash function in use ends soon itself: somebody has to choose another."""
    end = hash_ends().get(HashAlgorithm(settings.ARCHIVE_HASH))
    if end is None or end - renew_before() > desk.at:
        return []
    return [
        Sentence(
            f"Hàm băm đang dùng ({settings.ARCHIVE_HASH.value}) sắp hết hạn dùng; đặt "
            "HOCBA_ARCHIVE_HASH sang hàm mạnh hơn.",
            f"The hash function in use ({settings.ARCHIVE_HASH.value}) ends soon: set "
            "HOCBA_ARCHIVE_HASH to a stronger one.",
        )
    ]


def _unproven(row: StoredRecord) -> Sentence:
    return Sentence(
        f"Chuỗi dấu thời gian của học bạ {row.record_uuid} chưa nguyên vẹn nên chưa băm lại.",
        f"The chain of the record {row.record_uuid} is not whole: it was not hashed again.",
    )
