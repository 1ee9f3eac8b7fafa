"""Public verification: of a file that somebody has, or of a record found by its number."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.crypto import salted_hmac

from hocba.errors import HocBaError, Refused
from hocba.record.codec import read_record
from hocba.rendition.attachments import RECORD_NAME, extract_attachments
from hocba.rendition.differences import FaceDifference
from hocba.trust.evidence import Evidence, read_container
from hocba.verify.document import MAX_BYTES, Circumstances, verify_document
from hocba.verify.face import differences_of
from hocba.verify.policy import Policy, RecordStatus, StatusAnswer
from hocba.verify.report import Report
from hocba.verify.verification_receipt import sign_receipt
from hocba_server.city.archiving.ageing import hash_ends
from hocba_server.city.database import city_transaction
from hocba_server.city.log_key import log_key, log_origin
from hocba_server.city.portal.dropped import Dropped, unpack
from hocba_server.city.portal.models import LookupAttempt
from hocba_server.city.portal.print_codes import department_codes
from hocba_server.city.repository.selectors import (
    evidence_container,
    evidence_for,
    record_by_uuid,
    rendered_pdf,
    status_of,
)
from hocba_server.city.repository.services import OpenedRecord, read_stored
from hocba_server.city.transparency.witnesses import log_policy
from hocba_server.city.trust import trust_store
from hocba_server.config.acting import acting, one_record
from hocba_server.web.accounts.actor import EVERYBODY

DEPARTMENT_CODE = "79"
ATTEMPTS, WINDOW = 10, dt.timedelta(minutes=10)
"""Wrong look-ups from one place, or about one record, before it has to wait."""


def verify_file(data: bytes, *, name: str, at: dt.datetime) -> Report:
    """Verify a dropped file with the repository's own evidence and status."""
    evidence: Evidence | None = None
    status: StatusAnswer | None = None
    try:
        document = _signed_xml(data)
        if document is not None:
            record = read_record(document).record
            if record.school.department_code == DEPARTMENT_CODE:
                with acting(one_record(record.record_uuid)):
                    status = status_of(record.record_uuid, at=at)
                    if status.sha256 == hashlib.sha256(document).digest():
                        evidence = evidence_for(record.record_uuid)
    except HocBaError:
        pass  # the report below says what is wrong with the file
    return _verify(data, name, at, evidence, status)


@dataclass(frozen=True, slots=True)
class Verified:
    """One dropped file with its report, and what goes with it."""

    file: Dropped
    report: Report
    differences: tuple[FaceDifference, ...] = ()
    """Where a PDF shows something else than its signed data."""


def verify_dropped(files: Iterable[Dropped], *, at: dt.datetime) -> list[Verified]:
    """Verify everything that was dropped, a ZIP by what is in it.

    Raises what `unpack` raises, and `Unavailable` when the department cannot verify at all.
    """
    return [_verified(each, at) for each in unpack(files)]


def _verified(file: Dropped, at: dt.datetime) -> Verified:
    report = verify_file(file.data, name=file.name, at=at)
    differs = any(check.reason == "face_differs" for check in report.checks)
    found = differences_of(file.data, fonts=_fonts()) if differs else ()
    return Verified(file, report, found)


def receipt_of(verified: Verified) -> bytes:
    """The signed statement that this file was verified. Raises `Unavailable` without the key."""
    key = log_key()
    return sign_receipt(
        verified.report,
        verified.file.data,
        name=log_origin(),
        key=key.public_key(),
        sign=key.sign,
    )


def _fonts() -> Path | None:
    return settings.FONTS_DIR if settings.FONTS_DIR.is_dir() else None


def _signed_xml(data: bytes) -> bytes | None:
    if len(data) > MAX_BYTES:
        return None
    if data.startswith(b"%PDF-"):
        return extract_attachments(data).get(RECORD_NAME)
    if data.startswith(b"PK\x03\x04"):
        return read_container(data)[0]
    return data


def verify_stored(opened: OpenedRecord, *, at: dt.datetime) -> Report:
    """Verify the original in the repository."""
    uuid = opened.row.record_uuid
    with acting(one_record(uuid)):
        evidence, status = evidence_for(uuid), status_of(uuid, at=at)
    return _verify(opened.document, f"{uuid}.xml", at, evidence, status)


def status_for(*, record_uuid: str, sha256: str, at: dt.datetime) -> tuple[StatusAnswer, bytes]:
    """Status and evidence for software that has the file; who does not know its SHA-256 learns
    nothing, not even whether there is such a record."""
    with acting(one_record(record_uuid)):
        answer = status_of(record_uuid, at=at)
        if answer.sha256 is None or sha256 != answer.sha256.hex():
            return StatusAnswer(status=RecordStatus.UNKNOWN, as_of=at), b""
        return answer, evidence_container(record_uuid)


def evidence_of(record_uuid: str) -> bytes:
    """The evidence of a record that `open_for_holder` has opened."""
    with acting(one_record(record_uuid)):
        return evidence_container(record_uuid)


def pdf_of(record_uuid: str, *, at: dt.datetime) -> bytes:
    """The Ministry's form of a record that `open_for_holder` has opened, with codes signed by the
    department: so its print verifies too."""
    with acting(one_record(record_uuid)):
        return rendered_pdf(
            record_uuid, codes=lambda record, document: department_codes(record, document, at)
        )


def _verify(
    data: bytes,
    name: str,
    at: dt.datetime,
    evidence: Evidence | None,
    status: StatusAnswer | None,
) -> Report:
    circumstances = Circumstances(
        store=trust_store(),
        at=at,
        policy=Policy(log=log_policy(), hash_ends=hash_ends()),
        evidence=evidence,
        status=status,
        fonts=_fonts(),
    )
    return verify_document(data, name=name, circumstances=circumstances)


def confirm_holder(*, record_uuid: str, birth_date: str, source: str, at: dt.datetime) -> str:
    """Let somebody in who knows the record's number and the pupil's birth date.

    Answers the record's number. Raises `Refused`: `too_many` after ten wrong tries in ten minutes,
    `no_match` for everything else, whether the record exists or not.
    """
    keys = (_hash("source", source), _hash("record", record_uuid))
    with acting(one_record(record_uuid)), city_transaction():
        recent = LookupAttempt.objects.filter(at__gte=at - WINDOW)
        if (
            recent.filter(source=keys[0]).count() >= ATTEMPTS
            or recent.filter(record_key=keys[1]).count() >= ATTEMPTS
        ):
            raise Refused(
                "too_many",
                "Đã thử sai nhiều lần. Chờ 10 phút rồi thử lại.",
                "Too many wrong tries. Wait ten minutes.",
            )
        try:
            right = record_by_uuid(record_uuid).birth_date == _day(birth_date)
        except Refused:
            right = False
        if not right:
            LookupAttempt.objects.create(source=keys[0], record_key=keys[1], at=at)
    if not right:
        raise Refused(
            "no_match",
            "Không tìm thấy học bạ nào khớp cả mã tra cứu và ngày sinh. Xem lại hai ô rồi thử lại.",
            "No record matches both number and birth date.",
        )
    return record_uuid


def open_for_holder(*, record_uuid: str, at: dt.datetime, purpose: str) -> OpenedRecord:
    """Open a record for somebody whom `confirm_holder` let in; the reading is recorded."""
    with acting(one_record(record_uuid)):
        return read_stored(by=EVERYBODY, at=at, record_uuid=record_uuid, purpose=purpose)


def _day(text: str) -> str:
    text = text.strip()
    for form in ("%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y"):
        try:
            return dt.datetime.strptime(text, form).strftime("%d/%m/%Y")  # noqa: DTZ007 - a day
        except ValueError:
            continue
    return text


def _hash(kind: str, value: str) -> str:
    return salted_hmac(f"hocba.portal.{kind}", value, algorithm="sha256").hexdigest()
