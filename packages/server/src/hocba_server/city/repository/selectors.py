from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.db.models import Count, QuerySet

from hocba.errors import NotTrusted, Refused, Sentence
from hocba.record.codec import read_record
from hocba.record.model import AnnualRecord
from hocba.rendition.form import SignatureLine, render_pdf
from hocba.signature.xml_verify import verify_signatures
from hocba.trust.evidence import Evidence, write_container
from hocba.trust.identity import issuer_name, signer_name
from hocba.verify.policy import CORRECTED, RecordStatus, StatusAnswer
from hocba.workflow.transitions import Denial
from hocba_server.city.archiving.chains import archive_time_stamps
from hocba_server.city.certificates.offices import own
from hocba_server.city.certificates.selectors import ApprovedSeal, approved_seals, ended_seals
from hocba_server.city.permissions import READERS, deny_role, require
from hocba_server.city.repository.compression import expand
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
from hocba_server.city.role import is_store
from hocba_server.city.transparency.selectors import proof_for
from hocba_server.web.accounts.actor import Actor

CodeMaker = Callable[[AnnualRecord, bytes], Sequence[str]]
"""Signs the codes of a print: the record and its signed XML in, the texts of the codes out."""
_UNKNOWN = Sentence(
    "Kho học bạ của Sở không có mã tra cứu này.", "The repository has no record of this number."
)


@dataclass(frozen=True, slots=True)
class ClassCount:
    """How many records of a class the repository holds."""

    unit_code: str
    school_name: str
    school_year: str
    classroom_name: str
    records: int
    in_force: int


def record_by_uuid(record_uuid: str) -> StoredRecord:
    """The stored record. Raises `Refused` with code `not_found`."""
    row = StoredRecord.objects.filter(record_uuid=record_uuid).first()
    if row is None:
        raise Refused("not_found", _UNKNOWN.vi, _UNKNOWN.en)
    return row


def deny_reading(by: Actor, row: StoredRecord) -> Denial | None:
    """A record is read by the department's readers, and by the ward officers of its school."""
    denial = deny_role(by, *READERS)
    if denial is None and not StoredRecord.objects.filter(own(by), pk=row.pk).exists():
        return Denial("not_found", _UNKNOWN)
    return denial


def original(record_uuid: str) -> bytes:
    """The exact signed bytes. Raises `Refused` (`not_found`), `NotTrusted` (`damaged`)."""
    return original_of(record_by_uuid(record_uuid))


def original_of(row: StoredRecord) -> bytes:
    """The exact signed bytes of a stored record, checked against its hash.

    Raises `NotTrusted` with code `lost` or `damaged`.
    """
    try:
        kept = row.original
    except Original.DoesNotExist:
        raise NotTrusted(
            "lost",
            "Kho không còn bản gốc của học bạ này. Hãy báo ngay cho quản trị của Sở.",
            "The original of this record is gone from the repository.",
        ) from None
    document = expand(bytes(kept.document), row.size, kept.dictionary_id)
    if hashlib.sha256(document).hexdigest() != row.sha256:
        raise NotTrusted(
            "damaged",
            "Bản gốc trong kho không khớp với mã băm đã lưu. Hãy báo ngay cho quản trị của Sở.",
            "The stored original does not match its hash.",
        )
    return document


def with_originals(rows: Iterable[StoredRecord]) -> list[StoredRecord]:
    """The same rows, with the originals of all of them asked for at once."""
    found = list(rows)
    originals = Original.objects.filter(
        record_id__in=[row.pk for row in found],
        school_year__in={row.school_year for row in found},
    )
    by_record = {original.record_id: original for original in originals}
    for row in found:
        if row.pk in by_record:
            row.original = by_record[row.pk]
    return found


def has_completed(row: StoredRecord) -> bool:
    """Has the pupil completed the grade, says the record (DA_HOAN_THANH_CHUONG_TRINH_LOP_HOC)."""
    if row.completed is None:  # stored before the column was there
        return read_record(original_of(row)).record.summary.grade_completed
    return row.completed


def index_values(record: AnnualRecord) -> dict[str, Any]:
    """The columns that only repeat what the original says, so that it can be found."""
    pupil = record.pupil
    return {
        "record_uuid": str(record.record_uuid),
        "profile": record.profile.value,
        "school_name": record.school.school_name,
        "school_year": str(record.school_year),
        "grade": record.grade,
        "classroom_name": record.classroom_name,
        "personal_id": str(pupil.personal_id),
        "pupil_code": pupil.pupil_code,
        "pupil_name": pupil.full_name,
        "birth_date": pupil.birth_date,
        "issued_on": record.terms.issued_on,
        "completed": record.summary.grade_completed,
    }


def evidence_for(record_uuid: str) -> Evidence:
    """Everything that lets the record be verified offline years later, with its log proof."""
    row = record_by_uuid(record_uuid)
    blobs = EvidenceBlob.objects.in_bulk(list(row.evidence))
    kinds: dict[str, list[bytes]] = {kind.value: [] for kind in EvidenceKind}
    for digest in row.evidence:
        kinds[blobs[digest].kind].append(bytes(blobs[digest].data))
    entry, proof = proof_for(record_uuid, salt=_newest_salt(row))
    evidence = Evidence(
        certificates=tuple(kinds[EvidenceKind.CERTIFICATE]),
        ocsp=tuple(kinds[EvidenceKind.OCSP]),
        crls=tuple(kinds[EvidenceKind.CRL]),
        log_proof=proof,
        log_entry=entry,
    )
    if not row.archive_leaves.exists():
        return evidence
    return replace(evidence, archive=archive_time_stamps(row, original_of(row), evidence))


def evidence_container(record_uuid: str) -> bytes:
    """The file that is delivered beside the XML, `<name>.evidence.zip`."""
    return write_container(None, evidence_for(record_uuid))


def status_of(record_uuid: str, *, at: dt.datetime) -> StatusAnswer:
    """What the repository says about a record number at `at` (QĐ 1789 Đ12, Đ21)."""
    row = (
        StoredRecord.objects.filter(record_uuid=record_uuid)
        .select_related("in_force")
        .only("sha256", "unit_code", "seal_sha256", "in_force")
        .first()
    )
    if row is None:
        return StatusAnswer(status=RecordStatus.UNKNOWN, as_of=at)
    # What is in force was never ended, so most answers need no history.
    history = History() if hasattr(row, "in_force") else history_of(row)
    seals = approved_seals(row.unit_code)
    status = RecordStatus.IN_FORCE
    if not hasattr(row, "in_force"):
        status = RecordStatus.REPLACED if history.replaced_by else RecordStatus.RECALLED
    return StatusAnswer(
        status=status,
        as_of=at,
        sha256=bytes.fromhex(row.sha256),
        approved_seals=_approved(row, seals),
        ended_seals=ended_seals(seals),
        replaced_by=history.replaced_by or None,
        since=history.recalled_at,
        reason=CORRECTED if history.corrected else None,
    )


def _approved(row: StoredRecord, seals: Sequence[ApprovedSeal]) -> tuple[bytes, ...]:
    """The school's approved seals; the store has the department's word for the one that it saw."""
    if is_store():
        return (bytes.fromhex(row.seal_sha256),)
    return tuple(seal.sha256 for seal in seals)


@dataclass(frozen=True, slots=True)
class History:
    """What happened to a record after it was accepted."""

    recalled_at: dt.datetime | None = None
    recalled_by: str = ""
    reason: str = ""
    corrected: bool = False
    """It was ended by a correction after the closing, not by a recall."""
    replaced_by: str = ""
    """Number of the record in its place."""
    replaces: tuple[str, ...] = ()
    """Numbers of the records whose place this one took."""


def history_of(row: StoredRecord) -> History:
    """Recall and replacement of a record, and what it replaced itself."""
    changes = {change.kind: change for change in row.changes.select_related("successor")}
    recall = next((changes[kind] for kind in ENDING if kind in changes), None)
    replaced = changes.get(ChangeKind.REPLACE)
    earlier = StatusChange.objects.filter(successor=row).order_by("pk")
    return History(
        recalled_at=recall.changed_at if recall else None,
        recalled_by=recall.changed_by_name if recall else "",
        reason=recall.reason if recall else "",
        corrected=recall is not None and recall.kind == ChangeKind.CORRECT,
        replaced_by=replaced.successor.record_uuid if replaced and replaced.successor else "",
        replaces=tuple(earlier.values_list("record__record_uuid", flat=True)),
    )


def _newest_salt(row: StoredRecord) -> bytes:
    """Opens the newest entry of the log about this record: of its end, else of its issue."""
    recall = row.changes.filter(kind__in=ENDING).first()
    return bytes(recall.salt if recall else row.salt)


def known_uuids(record_uuids: Iterable[str]) -> dict[str, bool]:
    """Which of these numbers are taken: number -> is that record in force?"""
    rows = StoredRecord.objects.filter(record_uuid__in=list(record_uuids))
    return {uuid: force is not None for uuid, force in rows.values_list("record_uuid", "in_force")}


def pupils_with_record(personal_ids: Iterable[str]) -> set[tuple[str, str]]:
    """(personal number, school year) of the pupils who have a record in force."""
    rows = RecordInForce.objects.filter(personal_id__in=list(personal_ids))
    return set(rows.values_list("personal_id", "school_year"))


def class_counts(*, by: Actor, unit_code: str | None = None) -> list[ClassCount]:
    """Records by school, year and class, of the units that the person sees."""
    require(deny_role(by, *READERS))
    rows = StoredRecord.objects.filter(own(by))
    if unit_code:
        rows = rows.filter(unit_code=unit_code)
    grouped = (
        rows.order_by()
        .values("unit_code", "school_name", "school_year", "classroom_name")
        .annotate(records=Count("pk"), in_force_count=Count("in_force"))
        .order_by("-school_year", "school_name", "classroom_name")
    )
    return [
        ClassCount(
            row["unit_code"],
            row["school_name"],
            row["school_year"],
            row["classroom_name"],
            row["records"],
            row["in_force_count"],
        )
        for row in grouped
    ]


def records_of_class(
    *, by: Actor, unit_code: str, school_year: str, classroom_name: str
) -> QuerySet[StoredRecord]:
    """The records of one class."""
    require(deny_role(by, *READERS))
    rows = StoredRecord.objects.filter(
        own(by), unit_code=unit_code, school_year=school_year, classroom_name=classroom_name
    )
    return _listed(rows).order_by("pk")


def records_of_pupil(*, by: Actor, personal_id: str) -> QuerySet[StoredRecord]:
    """Every record of one pupil, whichever schools issued them.

    In the order of the years, of one year in the order of acceptance (QĐ 1789 Đ4.3: the personal
    number identifies a record in the whole city). A ward officer finds those of the ward's schools.
    """
    require(deny_role(by, *READERS))
    rows = StoredRecord.objects.filter(own(by), personal_id=personal_id)
    return _listed(rows).order_by("school_year", "pk")


def _listed(rows: QuerySet[StoredRecord]) -> QuerySet[StoredRecord]:
    """What a list of records shows; a class has forty, and their evidence is long."""
    names = ("record_uuid", "unit_code", "school_name", "school_year", "grade", "classroom_name")
    people = ("personal_id", "pupil_name", "birth_date", "accepted_at")
    return rows.select_related("in_force").only(*names, *people, "in_force__since")


def rendered_pdf(record_uuid: str, *, codes: CodeMaker | None = None) -> bytes:
    """The Ministry's form of the stored original, unsealed: the school holds the seal's key.

    `codes` makes the signed codes of its pages.
    """
    row = record_by_uuid(record_uuid)
    document = original_of(row)
    read = read_record(document)
    lines = [
        SignatureLine(
            fact.slot,
            signer_name(fact.certificate),
            issuer_name(fact.certificate),
            fact.signing_time,
        )
        for fact in verify_signatures(document, read.profile)
    ]
    return render_pdf(
        read.record,
        document,
        fonts=settings.FONTS_DIR if settings.FONTS_DIR.is_dir() else None,
        signatures=lines,
        verify_url=f"{settings.VERIFY_URL}?ma={record_uuid}",
        evidence=evidence_container(record_uuid),
        codes=codes(read.record, document) if codes else (),
        timestamp=row.accepted_at.replace(microsecond=0),
    )
