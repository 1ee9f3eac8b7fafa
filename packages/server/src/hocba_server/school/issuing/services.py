from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from django.urls import reverse

from hocba.errors import Refused, Sentence
from hocba.record.model import FormatProfile, SignerRole
from hocba.signature.carry_over import carry_over
from hocba.workflow.transitions import Action, Denial, RecordState, decide
from hocba_server.school.assessments.returns import has_open_returns, reopen_sheets
from hocba_server.school.assessments.selectors import class_findings
from hocba_server.school.assessments.sheets import Sheet
from hocba_server.school.assessments.windows import vietnam_day
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.issuing.composition import VIETNAM_TIME
from hocba_server.school.issuing.drafting import draft_record, no_homeroom, refuse_findings
from hocba_server.school.issuing.models import AnnualRecordDraft, IssueBatch
from hocba_server.school.issuing.selectors import batch_by_id, deny_return, record_by_uuid
from hocba_server.school.issuing.signers import signers_of
from hocba_server.school.notices.models import NoticeKind
from hocba_server.school.notices.services import notify
from hocba_server.school.registry.models import (
    Classroom,
    Enrolment,
    Pupil,
    SchoolRole,
    StaffMember,
    WorkingMode,
)
from hocba_server.school.registry.permissions import deny_role, require
from hocba_server.school.registry.selectors import (
    classroom_by_id,
    homeroom_teacher,
    leaders,
    not_found,
    setting,
)
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event, record_read


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
        # The batch before the class, as whoever creates records takes them.
        list(IssueBatch.objects.select_for_update().filter(classroom_id=classroom_id))
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


def create_records(
    *, by: Actor, at: dt.datetime, batch_id: int, only_complete: bool = False
) -> int:
    """Create the record of every pupil of the class who has none yet; answers how many.

    Refuses when any error finding is open; with `only_complete` those pupils are left for later
    (re-assessment before 15/8, a personal number that is still to come).
    """
    require(deny_role(by, SchoolRole.REGISTRAR))
    with school_transaction():
        batch = batch_by_id(by, batch_id, lock=True)
        room = classroom_by_id(by, batch.classroom_id, lock=True)
        hold_pupils(room)
        checks = [
            row
            for row in class_findings(room)
            if row.enrolment.results_locked_at is None and not row.year.on_paper
        ]
        if not checks and batch.records_created_at is not None:
            raise Refused(
                "records_exist",
                f"Học bạ lớp {room.name} đã được khởi tạo trước đó.",
                f"The records of class {room.name} were created before.",
            )
        if only_complete:
            checks = [check for check in checks if not check.year.errors] or checks
        refuse_findings(room, checks)
        signers = signers_of(room, batch.signing_leader, vietnam_day(at))
        if signers.homeroom is None:
            raise no_homeroom(room)
        rows = [draft_record(batch, check, signers, by, at) for check in checks]
        AnnualRecordDraft.objects.bulk_create(rows)
        if batch.records_created_at is None:
            batch.records_created_by, batch.records_created_at = by.user_id, at
            batch.save(update_fields=["records_created_by", "records_created_at"])
        # From here on what was checked is what gets signed.
        Enrolment.objects.filter(pk__in=[check.enrolment.pk for check in checks]).update(
            results_locked_by=by.user_id, results_locked_at=at
        )
        detail = {"records": [row.record_uuid for row in rows]}
        _audit(by, at, "create_records", batch, detail)
        _tell_first_signers(batch, rows, by, at)
    return len(rows)


def hold_pupils(room: Classroom) -> None:
    """Nobody changes the pupils of the class, their place in it or their exemptions until commit:
    what is read from here on is what the records say. Who works on a pupil locks this row too."""
    within = Enrolment.objects.filter(classroom=room).values("pupil_id")
    list(Pupil.objects.select_for_update().filter(pk__in=within).order_by("pk").only("pk"))


def _tell_first_signers(
    batch: IssueBatch, rows: Sequence[AnnualRecordDraft], by: Actor, at: dt.datetime
) -> None:
    """The teachers hear that the records of their class wait for them."""
    room = batch.classroom
    first = {
        row.subject_signers[code]
        for row in rows
        for code in row.pending_subjects
        if code in row.subject_signers
    } or {row.homeroom_signer for row in rows}
    notify(
        by=by,
        at=at,
        school=room.school,
        recipients=sorted(first),
        kind=NoticeKind.TURN,
        title=Sentence(
            f"Lớp {room.name}: học bạ đã khởi tạo, chờ Thầy/Cô ký",
            f"Class {room.name}: the records wait for your signature",
        ),
        url=reverse("school_signing:desk"),
        class_name=room.name,
    )


def return_records(*, by: Actor, at: dt.datetime, batch_id: int, reason: str) -> int:
    """Send a class back before it is issued: its records go, its results open again (Đ14)."""
    if not reason.strip():
        raise Refused("reason_missing", "Ghi lý do trả lại lớp này.", "Give the reason.")
    with school_transaction():
        batch = batch_by_id(by, batch_id, lock=True)
        # In the order in which a signing session takes them, and these rows alone.
        rows = AnnualRecordDraft.objects.filter(batch=batch).order_by("pk")
        locked = list(rows.select_for_update(of=("self",)).defer("document"))
        require(deny_return(by, batch, locked))
        uuids = [row.record_uuid for row in locked]
        rows.delete()
        batch.records_created_by, batch.records_created_at = None, None
        batch.save(update_fields=["records_created_by", "records_created_at"])
        Enrolment.objects.filter(classroom_id=batch.classroom_id).update(
            results_locked_by=None, results_locked_at=None
        )
        _audit(by, at, "return_records", batch, {"reason": reason.strip(), "records": uuids})
    return len(uuids)


def return_record(
    *,
    by: Actor,
    at: dt.datetime,
    record_uuid: str,
    sheets: Sequence[str],
    reason: str,
) -> list[str]:
    """Send one pupil's record back to those who fill the named sheets; the others stay locked.

    The signatures over what may change are void, those of the other subject teachers are carried
    over when the record is created anew (Đ14). Answers the subjects whose signatures stay.
    """
    if not reason.strip():
        raise Refused("reason_missing", "Ghi lý do trả lại học bạ này.", "Give the reason.")
    wanted = [Sheet.parse(slug) for slug in dict.fromkeys(sheets)]
    if not wanted:
        raise Refused(
            "sheet_missing", "Chọn phần cần sửa.", "Choose the part that has to be corrected."
        )
    with school_transaction():
        batch = batch_by_id(by, record_by_uuid(by, record_uuid).batch_id, lock=True)
        row = locked_record(record_uuid)
        require(deny_return(by, batch, [row]))
        voided = {sheet.subject_code for sheet in wanted}
        row.state, row.state_since = RecordState.DRAFT.value, at
        row.save(update_fields=["state", "state_since"])
        kept = row.stamps.filter(role=SignerRole.SUBJECT_TEACHER.value).exclude(
            subject_code__in=voided
        )
        names = list(kept.values_list("subject_code", flat=True))
        row.stamps.exclude(pk__in=list(kept.values_list("pk", flat=True))).delete()
        reopen_sheets(by=by, at=at, enrolment=row.enrolment, sheets=wanted, reason=reason.strip())
        detail = {
            "record": record_uuid,
            "sheets": [sheet.slug for sheet in wanted],
            "reason": reason.strip(),
            "kept": names,
        }
        _audit(by, at, "return_record", batch, detail)
    return names


def recreate_record(*, by: Actor, at: dt.datetime, record_uuid: str) -> tuple[str, ...]:
    """Create a returned record anew from the corrected results, with its number.

    Answers the subjects whose signatures were carried over. Raises `Refused` while a sheet is
    still being corrected or a finding is open.
    """
    require(deny_role(by, SchoolRole.REGISTRAR))
    with school_transaction():
        batch = batch_by_id(by, record_by_uuid(by, record_uuid).batch_id, lock=True)
        room = classroom_by_id(by, batch.classroom_id, lock=True)
        row = locked_record(record_uuid)
        answer = decide(RecordState(row.state), Action.CHECK, by.roles)
        if isinstance(answer, Denial):
            raise answer.as_refused()
        if has_open_returns(row.enrolment_id):
            raise Refused(
                "being_corrected",
                "Giáo viên chưa báo sửa xong nên chưa khởi tạo lại.",
                "The correction is not finished yet.",
            )
        check = next(
            (each for each in class_findings(room) if each.enrolment.pk == row.enrolment_id), None
        )
        signers = signers_of(room, batch.signing_leader, vietnam_day(at))
        if check is None or signers.homeroom is None:
            raise no_homeroom(room) if signers.homeroom is None else not_found()
        refuse_findings(room, [check])
        made = draft_record(batch, check, signers, by, row.created_at, row)
        document, carried = carry_over(
            bytes(row.document), bytes(made.document), FormatProfile(batch.format_profile)
        )
        row.document, row.state, row.state_since = document, made.state, at
        row.subject_signers, row.homeroom_signer = made.subject_signers, made.homeroom_signer
        row.pending_subjects = [
            code for code in made.pending_subjects if code not in set(map(str, carried))
        ]
        if not row.pending_subjects and made.pending_subjects:
            row.state = RecordState.SUBJECT_SIGNED.value
        row.save(
            update_fields=[
                *("document", "state", "state_since", "pending_subjects"),
                *("subject_signers", "homeroom_signer"),
            ]
        )
        row.stamps.filter(role=SignerRole.SUBJECT_TEACHER.value).exclude(
            subject_code__in=carried
        ).delete()
        _audit(by, at, "recreate_record", batch, {"record": record_uuid, "kept": list(carried)})
    return tuple(map(str, carried))


def locked_record(record_uuid: str) -> AnnualRecordDraft:
    """The record, locked; it may have gone with its class since the page was opened."""
    rows = AnnualRecordDraft.objects.select_for_update(of=("self",))
    row = rows.filter(record_uuid=record_uuid).first()
    if row is None:
        raise not_found()
    return row


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
        raise no_homeroom(room)


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
