"""Cases of their own: how a pupil with a disability is assessed; subjects a pupil is freed from.

TT 27/2020/TT-BGDĐT Điều 8 (disability); the principal decides with a reason. The audit trail names
the decision by its number and never its content, which is sensitive.
"""

from __future__ import annotations

import datetime as dt

from hocba.errors import Refused
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.registry.attachments import Upload, keep_attachment
from hocba_server.school.registry.happenings import special_case_decided
from hocba_server.school.registry.models import (
    AssessmentMode,
    AssessmentModeDecision,
    Enrolment,
    SchoolRole,
    SubjectExemption,
)
from hocba_server.school.registry.permissions import deny_locked_results, deny_role, require
from hocba_server.school.registry.pupil_selectors import locked_enrolment
from hocba_server.school.registry.pupil_services import audit, required_reason
from hocba_server.school.registry.selectors import not_found
from hocba_server.school.registry.taught import taught_subjects
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_read


def set_assessment_mode(
    *,
    by: Actor,
    at: dt.datetime,
    enrolment_id: int,
    mode: str,
    reason: str,
    plan: Upload | None = None,
) -> bool:
    """The principal decides how the pupil is assessed this year; answers whether it changed.

    Another way than the others' needs the individual education plan as a file.
    """
    require(deny_role(by, SchoolRole.PRINCIPAL))
    if mode not in AssessmentMode.values:
        raise Refused("mode", "Chọn cách đánh giá.", "Choose how the pupil is assessed.")
    why = required_reason(reason)
    with school_transaction():
        row = locked_enrolment(by, enrolment_id)
        if row.assessment_mode == mode and plan is None:
            return False
        require(deny_locked_results(row))
        if mode != AssessmentMode.AS_OTHERS and plan is None:
            raise Refused(
                "plan_missing",
                "Đính kèm kế hoạch giáo dục cá nhân của em.",
                "Attach the individual education plan.",
                where="file",
            )
        kept = keep_attachment(row.classroom.school, plan, by=by, at=at) if plan else None
        decision = AssessmentModeDecision.objects.create(
            enrolment=row,
            mode=mode,
            reason=why,
            attachment=kept,
            decided_by=by.user_id,
            decided_at=at,
        )
        row.assessment_mode = AssessmentMode(mode)
        row.save(update_fields=["assessment_mode"])
        audit(by, at, "decide_assessment_mode", row.pupil, {"decision": decision.pk})
        special_case_decided.send(Enrolment, by=by, at=at, enrolment=row)
    return True


def exempt_subject(
    *,
    by: Actor,
    at: dt.datetime,
    enrolment_id: int,
    subject_code: str,
    reason: str,
    paper: Upload | None = None,
) -> int:
    """The principal frees a pupil from a subject for this year; answers the exemption's id."""
    require(deny_role(by, SchoolRole.PRINCIPAL))
    why = required_reason(reason)
    with school_transaction():
        row = locked_enrolment(by, enrolment_id)
        known = _exemption_of(row, subject_code)
        if known is not None:
            return known.pk
        require(deny_locked_results(row))
        if subject_code not in {str(each.code) for each in taught_subjects(row.classroom)}:
            raise Refused(
                "not_taught",
                f"Lớp {row.classroom.name} không học môn này.",
                f"Class {row.classroom.name} does not learn this subject.",
                where="subject",
            )
        kept = keep_attachment(row.classroom.school, paper, by=by, at=at) if paper else None
        exemption = SubjectExemption.objects.create(
            enrolment=row,
            subject_code=subject_code,
            reason=why,
            attachment=kept,
            decided_by=by.user_id,
            decided_at=at,
        )
        detail = {"exemption": exemption.pk, "subject": subject_code}
        audit(by, at, "exempt_subject", row.pupil, detail)
        special_case_decided.send(Enrolment, by=by, at=at, enrolment=row)
    return exemption.pk


def withdraw_exemption(*, by: Actor, at: dt.datetime, exemption_id: int) -> bool:
    """Take an exemption back while no record of the year exists; answers whether it changed."""
    require(deny_role(by, SchoolRole.PRINCIPAL))
    with school_transaction():
        found = SubjectExemption.objects.filter(pk=exemption_id).first()
        if found is None:
            raise not_found()
        row = locked_enrolment(by, found.enrolment_id)
        exemption = SubjectExemption.objects.select_for_update().get(pk=exemption_id)
        if exemption.withdrawn_at is not None:
            return False
        require(deny_locked_results(row))
        exemption.withdrawn_by, exemption.withdrawn_at = by.user_id, at
        exemption.save(update_fields=["withdrawn_by", "withdrawn_at"])
        detail = {"exemption": exemption.pk, "subject": exemption.subject_code}
        audit(by, at, "withdraw_exemption", row.pupil, detail)
        special_case_decided.send(Enrolment, by=by, at=at, enrolment=row)
    return True


def _exemption_of(row: Enrolment, subject_code: str) -> SubjectExemption | None:
    return SubjectExemption.objects.filter(
        enrolment=row, subject_code=subject_code, withdrawn_at=None
    ).first()


def note_special_read(*, by: Actor, at: dt.datetime, enrolment: Enrolment, what: str) -> None:
    """Keep who looked at a pupil's special case."""
    record_read(
        using=SCHOOL_DATABASE,
        by=by,
        at=at,
        subject=f"pupil:{enrolment.pupil_id}",
        action="read_special_case",
        detail={"what": what},
    )
