"""Remind a colleague of a class and a step: once a day is a help, more is a nuisance."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from hocba.errors import Refused, Sentence
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.notices import matters
from hocba_server.school.notices.models import NoticeKind, Reminder, RemindStep
from hocba_server.school.notices.services import notify
from hocba_server.school.registry.models import Classroom, SchoolRole, StaffMember
from hocba_server.school.registry.permissions import deny_homeroom_teacher, deny_role, require
from hocba_server.school.registry.selectors import classroom_by_id, not_found
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event

_STEP_EN: Final = {
    RemindStep.RESULTS: "enter results and comments",
    RemindStep.CHECK: "check and create the records",
    RemindStep.SIGN_SUBJECTS: "sign as subject teacher",
    RemindStep.SIGN_HOMEROOM: "sign as homeroom teacher",
    RemindStep.SIGN_LEADER: "sign as leader",
    RemindStep.ISSUE: "issue the records",
    RemindStep.SUBMIT: "send the records to the department",
}
_MATTER: Final = {
    RemindStep.RESULTS: matters.create_records,
    RemindStep.CHECK: matters.create_records,
    RemindStep.SUBMIT: matters.submit,
}
_PAGE: Final = {RemindStep.RESULTS: "school_assessments:check"}
_SIGNING_PAGE: Final = "school_signing:batch"


def remind(*, by: Actor, at: dt.datetime, classroom_id: int, staff_id: int, step: str) -> list[int]:
    """Remind one person of one step of one class (QĐ 1789 Đ14, Đ30, Đ31: leaders and homeroom
    teachers watch over the time). Refused with a sentence the second time on a day."""
    with school_transaction():
        room = classroom_by_id(by, classroom_id)
        if deny_role(by, SchoolRole.SCHOOL_LEADER, SchoolRole.PRINCIPAL) is not None:
            require(deny_homeroom_teacher(by, room, timezone.localtime(at).date()))
        person = StaffMember.objects.filter(pk=staff_id, school=room.school).first()
        if person is None or step not in RemindStep.values:
            raise not_found()
        reminder = _keep(room, person, RemindStep(step), by, at)
        wanted = Sentence(reminder.get_step_display(), _STEP_EN[RemindStep(step)])
        record_event(
            using=SCHOOL_DATABASE,
            by=by,
            at=at,
            action="remind",
            subject=f"classroom:{room.pk}",
            detail={"staff": person.pk, "step": step},
        )
        return notify(
            by=by,
            at=at,
            school=room.school,
            recipients=[person.personal_id],
            kind=NoticeKind.REMINDER,
            title=Sentence(
                f"Lớp {room.name}: nhờ Thầy/Cô {wanted.vi}",
                f"Class {room.name}: please {wanted.en}",
            ),
            text=Sentence(f"{by.name} nhắc việc này.", f"{by.name} reminds you of this."),
            url=reverse(_PAGE.get(RemindStep(step), _SIGNING_PAGE), args=[room.pk]),
            class_name=room.name,
            matter=_MATTER.get(RemindStep(step), matters.sign)(room),
        )


def _keep(
    room: Classroom, person: StaffMember, step: RemindStep, by: Actor, at: dt.datetime
) -> Reminder:
    if person.personal_id == by.personal_id:
        raise Refused(
            "remind_self",
            "Đây là việc của chính Thầy/Cô nên không cần nhắc.",
            "This is your own task; no reminder is needed.",
        )
    try:
        with school_transaction():
            return Reminder.objects.create(
                classroom=room,
                staff=person,
                step=step,
                day=timezone.localtime(at).date(),
                reminded_by=by.user_id,
                reminded_at=at,
            )
    except IntegrityError as error:
        if "reminded_once_a_day" not in str(error):
            raise
        raise Refused(
            "reminded_already",
            f"Hôm nay {person.full_name} đã được nhắc việc này của lớp {room.name}. "
            "Ngày mai Thầy/Cô nhắc lại được.",
            f"{person.full_name} was reminded of this for class {room.name} today already. "
            "You can remind again tomorrow.",
        ) from error
