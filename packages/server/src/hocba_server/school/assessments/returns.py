"""Sheets returned for correction: one pupil's part opens, everything else stays locked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.urls import reverse

from hocba.assessment.periods import Period
from hocba.errors import Refused, Sentence
from hocba_server.school.assessments.entering import deny_sheet
from hocba_server.school.assessments.models import ReopenedSheet
from hocba_server.school.assessments.sheets import Sheet
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.notices import matters
from hocba_server.school.notices.models import NoticeKind
from hocba_server.school.notices.services import notify, settle
from hocba_server.school.registry.models import Classroom, Enrolment, SchoolRole
from hocba_server.school.registry.permissions import deny_other_school, require
from hocba_server.school.registry.selectors import not_found, people_in_role, people_of_sheet
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event


def reopen_sheets(
    *, by: Actor, at: dt.datetime, enrolment: Enrolment, sheets: Iterable[Sheet], reason: str
) -> list[ReopenedSheet]:
    """Open sheets of a pupil for correction. Inside the transaction of the return itself."""
    found = []
    for sheet in sheets:
        row, _ = ReopenedSheet.objects.update_or_create(
            enrolment=enrolment,
            sheet=sheet.slug,
            finished_at=None,
            defaults={
                "reason": reason[:500],
                "returned_by": by.user_id,
                "returned_by_name": by.name[:150],
                "returned_at": at,
            },
        )
        found.append(row)
        _tell_teacher(by, at, enrolment.classroom, sheet, reason)
    return found


def _tell_teacher(by: Actor, at: dt.datetime, room: Classroom, sheet: Sheet, reason: str) -> None:
    notify(
        by=by,
        at=at,
        school=room.school,
        recipients=people_of_sheet(room, sheet.subject_code),
        kind=NoticeKind.RETURNED,
        title=Sentence(
            f"{by.name} trả lại một học bạ lớp {room.name}: {sheet.title.vi}",
            f"{by.name} returned a record of class {room.name}: {sheet.title.en}",
        ),
        text=Sentence(reason, reason),
        # A record holds the results of the year's end.
        url=reverse("school_assessments:grid", args=[room.pk, sheet.slug, Period.YEAR_END.value]),
        class_name=room.name,
        matter=matters.correct(room, sheet.slug),
    )


def finish_reopened(*, by: Actor, at: dt.datetime, reopened_id: int) -> None:
    """The teacher says that the returned sheet is right now; it locks again."""
    with school_transaction():
        row = (
            ReopenedSheet.objects.select_for_update(of=("self",))
            .select_related("enrolment__classroom__school", "enrolment__pupil")
            .filter(pk=reopened_id)
            .first()
        )
        if row is None:
            raise not_found()
        room = row.enrolment.classroom
        require(deny_other_school(by, room.school.code))
        require(deny_sheet(by, room, Sheet.parse(row.sheet), at))
        if row.finished_at is not None:
            raise Refused(
                "finished_already",
                f"{row.finished_by_name} đã báo sửa xong.",
                f"{row.finished_by_name} has finished this already.",
            )
        row.finished_by, row.finished_by_name, row.finished_at = by.user_id, by.name[:150], at
        row.save(update_fields=["finished_by", "finished_by_name", "finished_at"])
        record_event(
            using=SCHOOL_DATABASE,
            by=by,
            at=at,
            action="finish_reopened",
            subject=f"enrolment:{row.enrolment_id}",
            detail={"sheet": row.sheet, "reason": row.reason},
        )
        if not any(each.sheet == row.sheet for each in open_returns(room)):
            settle(at=at, school=room.school, matter=matters.correct(room, row.sheet))
        notify(
            by=by,
            at=at,
            school=room.school,
            recipients=people_in_role(room.school, room.school_year, SchoolRole.REGISTRAR),
            kind=NoticeKind.TURN,
            title=Sentence(
                f"Lớp {room.name}: đã sửa xong phần bị trả lại, chờ khởi tạo lại",
                f"Class {room.name}: the returned part is corrected, create the record anew",
            ),
            url=reverse("school_signing:batch", args=[room.pk]),
            class_name=room.name,
            matter=matters.recreate(room),
        )


def open_returns(room: Classroom) -> list[ReopenedSheet]:
    """What was returned in a class and is not yet corrected."""
    rows = ReopenedSheet.objects.filter(enrolment__classroom=room, finished_at__isnull=True)
    return list(rows.select_related("enrolment__pupil"))


def has_open_returns(enrolment_id: int) -> bool:
    """Is any sheet of this pupil still being corrected?"""
    return ReopenedSheet.objects.filter(
        enrolment_id=enrolment_id, finished_at__isnull=True
    ).exists()
