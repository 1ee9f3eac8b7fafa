"""From a checked year to the record unit that waits for its signatures, or why there is none."""

from __future__ import annotations

import datetime as dt
import secrets

from hocba.errors import Refused
from hocba.ids import parse_record_uuid, record_uuid_from_bytes
from hocba.record.codec import write_data
from hocba.record.completeness import check_record
from hocba.record.model import AnnualRecord, FormatProfile
from hocba.workflow.transitions import RecordState
from hocba_server.school.assessments.selectors import PupilCheck
from hocba_server.school.issuing.composition import compose_record
from hocba_server.school.issuing.models import AnnualRecordDraft, IssueBatch
from hocba_server.school.issuing.signers import ClassSigners
from hocba_server.school.registry.models import Classroom
from hocba_server.school.registry.selectors import setting, study_history
from hocba_server.web.accounts.actor import Actor

NAMED_PUPILS = 5
"""How many pupils a refusal names before it says how many more there are."""


def no_homeroom(room: Classroom) -> Refused:
    return Refused(
        "no_homeroom_teacher",
        f"Lớp {room.name} chưa có giáo viên chủ nhiệm. Phân công trước.",
        f"Class {room.name} has no homeroom teacher. Assign one first.",
    )


def refuse_findings(room: Classroom, checks: list[PupilCheck]) -> None:
    if not checks:
        raise Refused("empty_class", f"Lớp {room.name} chưa có học sinh.", "The class is empty.")
    wrong = [check for check in checks if check.year.errors]
    if not wrong:
        return
    named = "; ".join(
        f"{check.enrolment.pupil.full_name}: {check.year.errors[0].sentence.vi}"
        for check in wrong[:NAMED_PUPILS]
    )
    more = f" … và {len(wrong) - NAMED_PUPILS} em nữa." if len(wrong) > NAMED_PUPILS else ""
    raise Refused(
        "findings",
        f"Còn {len(wrong)} em thiếu hoặc mâu thuẫn nên chưa khởi tạo học bạ: {named}{more}",
        f"{len(wrong)} pupils have open findings; no record was created.",
    )


def draft_record(
    batch: IssueBatch,
    check: PupilCheck,
    signers: ClassSigners,
    by: Actor,
    at: dt.datetime,
    again: AnnualRecordDraft | None = None,
) -> AnnualRecordDraft:
    """The record of one pupil; `again` is the returned one whose number it keeps."""
    record_uuid = (
        parse_record_uuid(again.record_uuid)
        if again
        else record_uuid_from_bytes(secrets.token_bytes(16))
    )
    history = study_history(check.enrolment.pupil)
    record = compose_record(batch, check, signers, record_uuid, at, history)
    _refuse_record(record)
    return AnnualRecordDraft(
        batch=batch,
        enrolment=check.enrolment,
        record_uuid=record_uuid,
        state=RecordState.CHECKED.value,
        state_since=at,
        document=write_data(record),
        subject_signers={
            str(subject.code): str(subject.teacher.personal_id)
            for subject in record.subjects
            if subject.teacher
        },
        homeroom_signer=record.terms.homeroom_teacher.personal_id,
        pending_subjects=_subjects_to_sign(batch, record),
        created_by=by.user_id,
        created_at=at,
    )


def _refuse_record(record: AnnualRecord) -> None:
    errors = [finding for finding in check_record(record) if finding.severity == "error"]
    if errors:
        raise Refused(
            "findings",
            f"{record.pupil.full_name}: {errors[0].sentence.vi}",
            f"{record.pupil.full_name}: {errors[0].sentence.en}",
            where=errors[0].where,
        )


def _subjects_to_sign(batch: IssueBatch, record: AnnualRecord) -> list[str]:
    """Subjects whose own teacher signs; the homeroom signature covers the homeroom teacher's."""
    if record.profile is FormatProfile.V1_2024:
        return []
    covers = bool(setting(batch.classroom.school, "homeroom_covers_own_subjects"))
    homeroom = record.terms.homeroom_teacher.personal_id
    return [
        str(subject.code)
        for subject in record.subjects
        if not (covers and subject.teacher and subject.teacher.personal_id == homeroom)
    ]
