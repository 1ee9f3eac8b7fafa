from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping

from hocba.errors import Refused
from hocba.ids import record_uuid_from_bytes
from hocba.record.codec import write_data
from hocba.record.completeness import check_record
from hocba.record.model import AnnualRecord, FormatProfile
from hocba.workflow.transitions import RecordState
from hocba_server.school.assessments.selectors import PupilCheck, class_findings
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.issuing.composition import VIETNAM_TIME, compose_record
from hocba_server.school.issuing.models import AnnualRecordDraft, IssueBatch
from hocba_server.school.issuing.selectors import batch_by_id, deny_return
from hocba_server.school.registry.models import Classroom, SchoolRole, StaffMember, WorkingMode
from hocba_server.school.registry.permissions import deny_role, require
from hocba_server.school.registry.selectors import (
    classroom_by_id,
    homeroom_teacher,
    leaders,
    not_found,
    setting,
    study_history,
    subject_teachers,
)
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event, record_read

NAMED_PUPILS = 5
"""How many pupils a refusal names before it says how many more there are."""


def open_batch(
    *,
    by: Actor,
    at: dt.datetime,
    classroom_id: int,
    signing_leader_id: int,
    issued_on: dt.date,
    issue_place: str,
) -> int:
    """Open the issue of a class: the principal fixes leader, date and place before signing."""
    require(deny_role(by, SchoolRole.PRINCIPAL))
    with school_transaction():
        room = classroom_by_id(by, classroom_id, lock=True)
        leader = _leader(room, signing_leader_id)
        _refuse_unready_class(room)
        known = IssueBatch.objects.filter(classroom=room).first()
        if known is not None and known.records_created_at is not None:
            raise Refused(
                "records_exist",
                f"Lớp {room.name} đã khởi tạo học bạ nên không đổi người ký, ngày ký được nữa.",
                f"The records of class {room.name} exist; leader and date cannot change.",
            )
        day = issued_on.date() if isinstance(issued_on, dt.datetime) else issued_on
        batch, _ = IssueBatch.objects.update_or_create(
            classroom=room,
            defaults={
                "format_profile": FormatProfile(str(setting(room.school, "format_profile"))).value,
                "signing_leader": leader,
                "issued_on": dt.datetime.combine(day, dt.time(), VIETNAM_TIME),
                "issue_place": issue_place,
                "opened_by": by.user_id,
                "opened_at": at,
            },
        )
        detail = {"leader": leader.pk, "issued_on": day.isoformat(), "place": issue_place}
        _audit(by, at, "open_batch", batch, detail)
    return batch.pk


def create_records(*, by: Actor, at: dt.datetime, batch_id: int) -> int:
    """Create the record of every pupil of the class; refuses when any error finding is open."""
    require(deny_role(by, SchoolRole.REGISTRAR))
    with school_transaction():
        batch = batch_by_id(by, batch_id, lock=True)
        room = classroom_by_id(by, batch.classroom_id, lock=True)
        if batch.records_created_at is not None:
            raise Refused(
                "records_exist",
                f"Học bạ lớp {room.name} đã được khởi tạo trước đó.",
                f"The records of class {room.name} were created before.",
            )
        checks = class_findings(room)
        _refuse_findings(room, checks)
        homeroom = homeroom_teacher(room)
        if homeroom is None:
            raise _no_homeroom(room)
        teachers = subject_teachers(room)
        rows = [_draft(batch, check, homeroom, teachers, by, at) for check in checks]
        AnnualRecordDraft.objects.bulk_create(rows)
        batch.records_created_by, batch.records_created_at = by.user_id, at
        batch.save(update_fields=["records_created_by", "records_created_at"])
        # From here on what was checked is what gets signed.
        room.results_locked_by, room.results_locked_at = by.user_id, at
        room.save(update_fields=["results_locked_by", "results_locked_at"])
        detail = {"records": [row.record_uuid for row in rows]}
        _audit(by, at, "create_records", batch, detail)
    return len(rows)


def return_records(*, by: Actor, at: dt.datetime, batch_id: int, reason: str) -> int:
    """Send a class back before it is issued: its records go, its results open again (Đ14)."""
    if not reason.strip():
        raise Refused("reason_missing", "Ghi lý do trả lại lớp này.", "Give the reason.")
    with school_transaction():
        batch = batch_by_id(by, batch_id, lock=True)
        rows = AnnualRecordDraft.objects.select_for_update().filter(batch=batch)
        require(deny_return(by, batch, list(rows.defer("document"))))
        uuids = list(rows.values_list("record_uuid", flat=True))
        batch.sessions.all().delete()
        rows.delete()
        batch.records_created_by, batch.records_created_at = None, None
        batch.save(update_fields=["records_created_by", "records_created_at"])
        Classroom.objects.filter(pk=batch.classroom_id).update(
            results_locked_by=None, results_locked_at=None
        )
        _audit(by, at, "return_records", batch, {"reason": reason.strip(), "records": uuids})
    return len(uuids)


def note_reading(*, by: Actor, at: dt.datetime, record: AnnualRecordDraft, purpose: str) -> None:
    """Keep who read a pupil's record and what for (design.md 3.5)."""
    record_read(
        using=SCHOOL_DATABASE,
        by=by,
        at=at,
        subject=f"record:{record.record_uuid}",
        detail={"purpose": purpose},
    )


def _leader(room: Classroom, staff_id: int) -> StaffMember:
    for leader in leaders(room.school, room.school_year):
        if leader.pk == staff_id:
            return leader
    if not StaffMember.objects.filter(pk=staff_id, school=room.school).exists():
        raise not_found()
    raise Refused(
        "not_leader",
        "Người này không được phân công là lãnh đạo ký học bạ trong năm học này.",
        "This person is not assigned as a signing leader in this school year.",
    )


def _refuse_unready_class(room: Classroom) -> None:
    if room.school.mode != WorkingMode.DIGITAL:
        raise Refused(
            "paper_school",
            "Trường đang dùng học bạ giấy nên chưa mở đợt phát hành học bạ số được.",
            "The school works on paper and cannot issue digital records yet.",
        )
    if homeroom_teacher(room) is None:
        raise _no_homeroom(room)


def _no_homeroom(room: Classroom) -> Refused:
    return Refused(
        "no_homeroom_teacher",
        f"Lớp {room.name} chưa có giáo viên chủ nhiệm. Phân công trước.",
        f"Class {room.name} has no homeroom teacher. Assign one first.",
    )


def _refuse_findings(room: Classroom, checks: list[PupilCheck]) -> None:
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


def _draft(
    batch: IssueBatch,
    check: PupilCheck,
    homeroom: StaffMember,
    teachers: Mapping[str, StaffMember],
    by: Actor,
    at: dt.datetime,
) -> AnnualRecordDraft:
    record_uuid = record_uuid_from_bytes(secrets.token_bytes(16))
    history = study_history(check.enrolment.pupil)
    record = compose_record(batch, check, homeroom, record_uuid, at, history, teachers)
    _refuse_record(record)
    return AnnualRecordDraft(
        batch=batch,
        enrolment=check.enrolment,
        record_uuid=record_uuid,
        state=RecordState.CHECKED.value,
        document=write_data(record),
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


def _audit(
    by: Actor, at: dt.datetime, action: str, batch: IssueBatch, detail: Mapping[str, object]
) -> None:
    record_event(
        using=SCHOOL_DATABASE,
        by=by,
        at=at,
        action=action,
        subject=f"batch:{batch.pk}",
        detail=dict(detail),
    )
