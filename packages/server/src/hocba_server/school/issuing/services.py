from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from hocba.errors import Refused
from hocba.record.model import FormatProfile
from hocba_server.school.assessments.selectors import class_findings
from hocba_server.school.assessments.windows import vietnam_day
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.issuing.composition import VIETNAM_TIME
from hocba_server.school.issuing.drafting import draft_record, no_homeroom, refuse_findings
from hocba_server.school.issuing.happenings import records_moved
from hocba_server.school.issuing.models import AnnualRecordDraft, IssueBatch
from hocba_server.school.issuing.selectors import batch_by_id
from hocba_server.school.issuing.signers import signers_of
from hocba_server.school.notices import matters
from hocba_server.school.notices.services import settle
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
        audit(by, at, "open_batch", batch, detail)
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
        audit(by, at, "create_records", batch, detail)
        settle(at=at, school=room.school, matter=matters.create_records(room))
        records_moved.send(IssueBatch, by=by, at=at, batch=batch)
    return len(rows)


def hold_pupils(room: Classroom) -> None:
    """Nobody changes the pupils of the class, their place in it or their exemptions until commit:
    what is read from here on is what the records say. Who works on a pupil locks this row too."""
    within = Enrolment.objects.filter(classroom=room).values("pupil_id")
    list(Pupil.objects.select_for_update().filter(pk__in=within).order_by("pk").only("pk"))


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


def audit(
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
