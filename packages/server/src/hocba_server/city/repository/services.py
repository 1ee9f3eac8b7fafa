from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connections
from django.db.models import Q

from hocba.errors import Refused
from hocba.record.codec import ReadRecord, read_record
from hocba.record.model import AnnualRecord
from hocba.signature.xml_verify import SignatureFact, verify_signatures
from hocba.trust.evidence import Evidence
from hocba_server.city.database import CITY_DATABASE, city_transaction
from hocba_server.city.permissions import READERS, deny_role, require
from hocba_server.city.repository.compression import Packed
from hocba_server.city.repository.models import (
    ENDING,
    ChangeKind,
    EvidenceBlob,
    EvidenceKind,
    Original,
    RecordInForce,
    StatusChange,
    StoredRecord,
)
from hocba_server.city.repository.selectors import (
    deny_reading,
    index_values,
    original_of,
    record_by_uuid,
)
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_read


@dataclass(frozen=True, slots=True)
class NewRecord:
    """A record that passed every check, with what the repository keeps beside it."""

    document: bytes
    """The exact signed bytes."""
    packed: Packed
    """The same, compressed."""
    record: AnnualRecord
    unit_code: str
    seal_sha256: bytes
    salt: bytes
    evidence: Evidence


def keep(records: Sequence[NewRecord], *, message_id: str, at: dt.datetime) -> list[StoredRecord]:
    """Keep records with their evidence and put them in force, all or none.

    Joins the open transaction on the city's database. Raises IntegrityError when a UUID is known
    or a pupil has a record in force for the year: intake asks before, the database decides.
    """
    with city_transaction():
        keep_evidence([new.evidence for new in records], at=at)
        rows = StoredRecord.objects.bulk_create([_row(new, message_id, at) for new in records])
        for school_year in sorted({row.school_year for row in rows}):
            _make_room(school_year)
        Original.objects.bulk_create(
            _original(row, new.packed) for row, new in zip(rows, records, strict=True)
        )
        RecordInForce.objects.bulk_create(
            RecordInForce(
                record=row, personal_id=row.personal_id, school_year=row.school_year, since=at
            )
            for row in rows
        )
    return rows


def end_force(
    row: StoredRecord,
    *,
    by: Actor,
    at: dt.datetime,
    salt: bytes,
    reason: str,
    kind: ChangeKind = ChangeKind.RECALL,
) -> None:
    """Recall a record, or end it for a correction: it stays and is in force no more.

    Joins the open transaction.

    Raises `Refused` with code `not_in_force`.
    """
    with city_transaction():
        ended, _ = RecordInForce.objects.filter(record=row).delete()
        if not ended:
            raise Refused(
                "not_in_force",
                "Học bạ này không còn lưu hành nên không thu hồi được nữa.",
                "The record is not in force, so it cannot be recalled.",
            )
        StatusChange.objects.create(
            record=row,
            kind=kind,
            salt=salt,
            reason=reason,
            changed_by=by.user_id,
            changed_by_name=by.name,
            changed_at=at,
        )


def note_replacements(rows: Sequence[StoredRecord], *, by: Actor, at: dt.datetime) -> set[int]:
    """Link recalled records to the new ones that stand in their place; answers these new ones.

    The same pupil is known by the personal number or, where just that was wrong, by the pupil's
    code at the same school. Joins the open transaction.
    """
    pupils: dict[tuple[str, str, str], StoredRecord] = {}
    for row in rows:
        pupils["", row.personal_id, row.school_year] = row
        pupils[row.unit_code, row.pupil_code, row.school_year] = row
    recalled = (
        StoredRecord.objects.filter(
            Q(personal_id__in=[row.personal_id for row in rows])
            | Q(
                unit_code__in=[row.unit_code for row in rows],
                pupil_code__in=[row.pupil_code for row in rows],
            ),
            changes__kind__in=ENDING,
        )
        .exclude(changes__kind=ChangeKind.REPLACE)
        .defer("salt")
        .order_by("pk")
    )
    found: list[StatusChange] = []
    for old in recalled:
        new = pupils.get(("", old.personal_id, old.school_year)) or pupils.get(
            (old.unit_code, old.pupil_code, old.school_year)
        )
        if new is not None:
            found.append(
                StatusChange(
                    record=old,
                    kind=ChangeKind.REPLACE,
                    successor=new,
                    changed_by=by.user_id,
                    changed_by_name=by.name,
                    changed_at=at,
                )
            )
    StatusChange.objects.bulk_create(found)
    return {change.successor_id for change in found if change.successor_id is not None}


def keep_evidence(pieces: Sequence[Evidence], *, at: dt.datetime) -> None:
    """Store certificates, OCSP answers and CRLs that are not stored yet."""
    blobs = {
        digest: EvidenceBlob(sha256=digest, kind=kind, data=data, stored_at=at)
        for evidence in pieces
        for digest, kind, data in _pieces(evidence)
    }
    EvidenceBlob.objects.bulk_create(
        (blobs[digest] for digest in sorted(blobs)), ignore_conflicts=True
    )


def _pieces(evidence: Evidence) -> list[tuple[str, EvidenceKind, bytes]]:
    kinds = (
        (EvidenceKind.CERTIFICATE, evidence.certificates),
        (EvidenceKind.OCSP, evidence.ocsp),
        (EvidenceKind.CRL, evidence.crls),
    )
    return [(hashlib.sha256(data).hexdigest(), kind, data) for kind, all_ in kinds for data in all_]


def _make_room(school_year: str) -> None:
    """A table for the originals of this year, when there is none; locks out no reader or writer."""
    with connections[CITY_DATABASE].cursor() as cursor:
        cursor.execute("SELECT city_repository_room_for(%s)", [school_year])


def _original(row: StoredRecord, packed: Packed) -> Original:
    return Original(
        record=row,
        school_year=row.school_year,
        unit_code=row.unit_code,
        dictionary_id=packed.dictionary_id,
        document=packed.data,
    )


def _row(new: NewRecord, message_id: str, at: dt.datetime) -> StoredRecord:
    return StoredRecord(
        **index_values(new.record),
        sha256=hashlib.sha256(new.document).hexdigest(),
        size=len(new.document),
        unit_code=new.unit_code,
        seal_sha256=new.seal_sha256.hex(),
        salt=new.salt,
        evidence=[digest for digest, _, _ in _pieces(new.evidence)],
        message_id=message_id,
        accepted_at=at,
    )


@dataclass(frozen=True, slots=True)
class OpenedRecord:
    """A stored record that somebody reads: its row, its exact bytes, and what they say."""

    row: StoredRecord
    document: bytes
    read: ReadRecord
    signers: tuple[SignatureFact, ...]


def open_record(*, by: Actor, at: dt.datetime, record_uuid: str, purpose: str) -> OpenedRecord:
    """Open a record for an officer, an inspector or the school's ward officer, who says what for.

    Raises `Refused`: `role`, `not_found` (also for a record of another ward), `purpose`.
    """
    require(deny_role(by, *READERS))
    if not purpose.strip():
        raise Refused(
            "purpose",
            "Nêu mục đích trước khi xem học bạ.",
            "State your purpose before you read a record.",
        )
    require(deny_reading(by, record_by_uuid(record_uuid)))
    return read_stored(by=by, at=at, record_uuid=record_uuid, purpose=purpose)


def read_stored(*, by: Actor, at: dt.datetime, record_uuid: str, purpose: str) -> OpenedRecord:
    """Open a record for somebody whose right was checked; the reading is written down first."""
    with city_transaction():
        row = record_by_uuid(record_uuid)
        record_read(
            using=CITY_DATABASE,
            by=by,
            at=at,
            subject=f"record:{record_uuid}",
            detail={"purpose": purpose, "office": str(by.unit_code)},
        )
        document = original_of(row)
    return OpenedRecord(row, document, read_record(document), verify_signatures(document))


def note_list_read(*, by: Actor, at: dt.datetime, subject: str, school: str, purpose: str) -> None:
    """Write down that somebody read a list with the names of pupils."""
    with city_transaction():
        record_read(
            using=CITY_DATABASE,
            by=by,
            at=at,
            subject=subject[:120],
            action="read_list",
            detail={"purpose": purpose, "office": str(by.unit_code), "school": school},
        )
