"""What the API reads: always of the sender's own unit, which every question names."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from django.db.models import QuerySet

from hocba.errors import Refused
from hocba.packet.advice import advice_of
from hocba.packet.codes import ResponseCode
from hocba_server.city.certificates.models import CertificateRegistration
from hocba_server.city.closing.selectors import closing_days
from hocba_server.city.gateway.models import (
    IncomingPackage,
    PackageKind,
    PackageState,
    RecordOutcome,
)
from hocba_server.city.recalls.models import CaseState, RecallCase
from hocba_server.city.repository.models import StoredRecord
from hocba_server.city.repository.selectors import history_of, status_of

ACCEPTED, REFUSED, WAITING = "accepted", "refused", "waiting"
_CASES = {
    CaseState.WAITING: WAITING,
    CaseState.APPROVED: ACCEPTED,
    CaseState.REFUSED: REFUSED,
}


def package_of(*, unit_code: str, message_id: str, kind: PackageKind) -> IncomingPackage:
    """A package or request of this unit. Raises `Refused` (`not_found`)."""
    row = (
        IncomingPackage.objects.defer("content")
        .filter(unit_code=unit_code, message_id=message_id, kind=kind)
        .first()
    )
    if row is None:
        raise Refused("not_found", "Không tìm thấy gói này.", "There is no such package.")
    return row


def describe_package(row: IncomingPackage) -> dict[str, Any]:
    """State and counts of a package, as `schemas.Package` has them, without its address."""
    counts: dict[str, int | None] = {"accepted": None, "refused": None, "waiting": None}
    if row.state == PackageState.PROCESSED:
        if row.kind == PackageKind.RECALL:
            states = list(row.cases.values_list("state", flat=True))
            counts = {
                "accepted": states.count(CaseState.APPROVED),
                "refused": states.count(CaseState.REFUSED),
                "waiting": states.count(CaseState.WAITING),
            }
        else:
            accepted = row.outcomes.filter(accepted=True).count()
            counts = {"accepted": accepted, "refused": row.record_count - accepted, "waiting": 0}
    return {
        "message_id": row.message_id,
        "unit_code": row.unit_code,
        "school_year": row.first_year,
        "state": row.state,
        "records": row.record_count,
        "received_at": row.received_at,
        "processed_at": row.processed_at,
        **counts,
    }


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the results of a package."""

    total: int
    pages: int
    results: list[dict[str, Any]] = field(default_factory=list)


def result_page(row: IncomingPackage, *, page: int, size: int, only: str | None) -> Page:
    """The answers for the records of a package, in their order; `only` filters by outcome."""
    if row.state != PackageState.PROCESSED:
        return Page(0, 0)
    rows: QuerySet[Any]
    if row.kind == PackageKind.RECALL:
        rows = row.cases.order_by("position")
        if only is not None:
            rows = rows.filter(state__in=[state for state, name in _CASES.items() if name == only])
    else:
        rows = row.outcomes.order_by("position")
        if only is not None:
            rows = rows.filter(accepted=only == ACCEPTED) if only != WAITING else rows.none()
    total = rows.count()
    shown = rows[(page - 1) * size : page * size]
    return Page(total, ceil(total / size), [_result(one) for one in shown])


def certificates_of(unit_code: str) -> QuerySet[CertificateRegistration]:
    """The unit's certificates, newest first."""
    return CertificateRegistration.objects.filter(unit__code=unit_code)


def certificate_of(*, unit_code: str, message_id: str) -> CertificateRegistration:
    """One registration of this unit. Raises `Refused` (`not_found`)."""
    row = certificates_of(unit_code).filter(message_id=message_id).first()
    if row is None:
        raise Refused("not_found", "Không tìm thấy đăng ký này.", "There is no such registration.")
    return row


def describe_certificate(row: CertificateRegistration) -> dict[str, Any]:
    """A registration as `schemas.Certificate` has it."""
    return {
        "message_id": row.message_id,
        "serial_number": row.serial,
        "subject": row.subject_name,
        "issuer": row.issuer_name,
        "valid_from": row.valid_from,
        "valid_until": row.valid_until,
        "signature_kind": row.signature_kind,
        "state": row.state,
        "reason": row.reason,
        "received_at": row.received_at,
        "decided_at": row.decided_at,
    }


def describe_record(*, unit_code: str, record_uuid: str, at: dt.datetime) -> dict[str, Any]:
    """Status of a record of this unit, as `schemas.RecordStatus` has it; nothing of the pupil.

    Raises `Refused` (`not_found`), also for a record of another unit.
    """
    row = StoredRecord.objects.filter(unit_code=unit_code, record_uuid=record_uuid).first()
    if row is None:
        raise Refused("not_found", "Không tìm thấy học bạ này.", "There is no such record.")
    history = history_of(row)
    ended = history.recalled_at is not None
    return {
        "record_uuid": row.record_uuid,
        "status": status_of(record_uuid, at=at).status.value,
        "sha256": row.sha256,
        "school_year": row.school_year,
        "classroom": row.classroom_name,
        "accepted_at": row.accepted_at,
        "message_id": row.message_id,
        "ended_at": history.recalled_at,
        "ended_by": ("correction" if history.corrected else "recall") if ended else None,
        "reason": history.reason,
        "replaced_by": history.replaced_by or None,
        "replaces": list(history.replaces),
        "closed_since": closing_days([row.record_uuid], at).get(row.record_uuid),
    }


def _result(row: RecordOutcome | RecallCase) -> dict[str, Any]:
    if isinstance(row, RecordOutcome):
        outcome = ACCEPTED if row.accepted else REFUSED
    else:
        outcome = _CASES[CaseState(row.state)]
    return {
        "position": row.position,
        "record_uuid": row.record_uuid,
        "pupil_code": row.pupil_code,
        "pupil_name": row.pupil_name,
        "personal_id": row.personal_id,
        "outcome": outcome,
        "reason": _reason(row) if outcome == REFUSED else None,
    }


def _reason(row: RecordOutcome | RecallCase) -> dict[str, str]:
    advice = advice_of(ResponseCode(row.code))
    return {
        "code": row.code,
        "tag": row.field_title,
        "sentence": row.sentence,
        "rule": advice.rule,
        "what_to_do": advice.what_to_do.vi,
        "what_to_do_en": advice.what_to_do.en,
    }
