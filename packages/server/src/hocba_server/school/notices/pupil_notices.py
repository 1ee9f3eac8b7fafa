"""Notices about pupils' files: who must act next, and who must look again.

Listens to the registry, in the transaction of the change. Neither title nor address names a pupil,
for mails tell no more than the class; the name stands in the text, which only the page shows.
"""

from __future__ import annotations

import datetime as dt

from django.dispatch import receiver
from django.urls import reverse

from hocba.errors import Sentence
from hocba_server.school.notices import matters
from hocba_server.school.notices.models import NoticeKind
from hocba_server.school.notices.services import notify, settle
from hocba_server.school.registry import happenings
from hocba_server.school.registry.models import (
    CaseState,
    CivilStatusChange,
    Classroom,
    Enrolment,
    SchoolRole,
)
from hocba_server.school.registry.pupil_selectors import latest_enrolment
from hocba_server.school.registry.selectors import people_holding, people_of_sheet
from hocba_server.web.accounts.actor import Actor


@receiver(happenings.civil_change_proposed)
def civil_change_waits(
    *, by: Actor, at: dt.datetime, change: CivilStatusChange, **_: object
) -> None:
    """The principal decides next."""
    school = change.pupil.school
    notify(
        by=by,
        at=at,
        school=school,
        recipients=people_holding(school, SchoolRole.PRINCIPAL),
        kind=NoticeKind.TURN,
        title=Sentence(
            "Một thay đổi hộ tịch chờ Thầy/Cô duyệt", "A change of civil status waits for you"
        ),
        text=_name(change.pupil.full_name),
        url=reverse("school_registry:civil_changes"),
        class_name=_class_of(latest_enrolment(change.pupil)),
        matter=matters.civil_change(change.pk),
    )


@receiver(happenings.civil_change_decided)
def civil_change_answered(
    *, by: Actor, at: dt.datetime, change: CivilStatusChange, **_: object
) -> None:
    """The registrar hears the answer; nothing waits for the principal any more."""
    settle(at=at, school=change.pupil.school, matter=matters.civil_change(change.pk))
    row = latest_enrolment(change.pupil)
    if row is None:
        return
    approved = change.state == CaseState.APPROVED
    notify(
        by=by,
        at=at,
        school=change.pupil.school,
        recipients=people_holding(change.pupil.school, SchoolRole.REGISTRAR),
        kind=NoticeKind.PUPIL,
        title=Sentence("Hiệu trưởng đã duyệt thay đổi hộ tịch", "A civil status change is approved")
        if approved
        else Sentence(
            "Hiệu trưởng không duyệt thay đổi hộ tịch", "A civil status change is refused"
        ),
        text=_name(change.pupil.full_name),
        url=reverse("school_registry:civil_status", args=[row.pk]),
        class_name=row.classroom.name,
    )


@receiver(happenings.special_case_decided)
def special_case_known(*, by: Actor, at: dt.datetime, enrolment: Enrolment, **_: object) -> None:
    """The homeroom teacher and the registrar act by the decision; what it says stands there."""
    room = enrolment.classroom
    notify(
        by=by,
        at=at,
        school=room.school,
        recipients=[
            *people_of_sheet(room, ""),
            *people_holding(room.school, SchoolRole.REGISTRAR),
        ],
        kind=NoticeKind.PUPIL,
        title=Sentence(
            f"Hiệu trưởng quyết định trường hợp riêng của một em lớp {room.name}",
            f"The principal decided on a special case in class {room.name}",
        ),
        text=_name(enrolment.pupil.full_name),
        url=reverse("school_registry:special", args=[enrolment.pk]),
        class_name=room.name,
    )


@receiver(happenings.data_sheets_confirmed)
def sheets_wait(*, by: Actor, at: dt.datetime, room: Classroom, count: int, **_: object) -> None:
    """The registrar initialises next (QĐ 1789 Đ20.4b)."""
    notify(
        by=by,
        at=at,
        school=room.school,
        recipients=people_holding(room.school, SchoolRole.REGISTRAR),
        kind=NoticeKind.TURN,
        title=Sentence(
            f"Lớp {room.name}: {count} em đã đối chiếu, chờ khởi tạo phiếu thông tin",
            f"Class {room.name}: {count} pupils compared, their data sheets wait for you",
        ),
        url=reverse("school_registry:sheets", args=[room.pk]),
        class_name=room.name,
        matter=matters.data_sheets(room),
    )


@receiver(happenings.data_sheets_initialised)
def sheets_wait_no_more(*, at: dt.datetime, room: Classroom, **_: object) -> None:
    """The registrar has done what was asked."""
    settle(at=at, school=room.school, matter=matters.data_sheets(room))


@receiver(happenings.data_sheet_reopened)
def sheet_is_open_again(*, by: Actor, at: dt.datetime, enrolment: Enrolment, **_: object) -> None:
    """The homeroom teacher compares this pupil again."""
    room = enrolment.classroom
    notify(
        by=by,
        at=at,
        school=room.school,
        recipients=people_of_sheet(room, ""),
        kind=NoticeKind.PUPIL,
        title=Sentence(
            f"Thông tin của một em lớp {room.name} vừa đổi, cần đối chiếu lại",
            f"A pupil's data in class {room.name} changed and need another look",
        ),
        text=_name(enrolment.pupil.full_name),
        url=reverse("school_registry:sheets", args=[room.pk]),
        class_name=room.name,
    )


def _name(full_name: str) -> Sentence:
    return Sentence(f"{full_name}.", f"{full_name}.")


def _class_of(row: Enrolment | None) -> str:
    return row.classroom.name if row is not None else ""
