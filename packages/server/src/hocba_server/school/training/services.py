from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Final

from hocba.errors import Refused
from hocba_server.config.jobs import school_jobs
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.registry.models import School, WorkingMode
from hocba_server.school.registry.permissions import require
from hocba_server.school.registry.selectors import not_found
from hocba_server.school.training.codes import (
    closed_code,
    is_training_code,
    may_have_training,
    training_code,
    training_name,
)
from hocba_server.school.training.models import TaskDone, TrainingSchool, TrainingState
from hocba_server.school.training.real_school import (
    active_members,
    actor_of_member,
    admit,
    member_of,
)
from hocba_server.school.training.recognition import done_tasks
from hocba_server.school.training.selectors import (
    deny_opener,
    deny_watcher,
    entered_sheets_of,
    events_of,
    open_training,
    real_school_of,
)
from hocba_server.school.training.task_list import tasks_for
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event

BUILD_JOB: Final = "school.training.build"
LONGEST_BUILD: Final = dt.timedelta(minutes=30)
"""A making that is older than this may be reset: its job is lost."""


def open_training_school(*, by: Actor, at: dt.datetime) -> int:
    """Open the training school of the own school; its classes are made by a job.

    Raises `Refused`: `role`, `training_open` (there is one already), `training_of_training`.
    """
    require(deny_opener(by))
    with school_transaction():
        school = _lock(real_school_of(by))
        if is_training_code(by.unit_code):
            raise Refused(
                "training_of_training",
                "Đây đã là trường tập huấn.",
                "This is the training school already.",
            )
        if open_training(school) is not None:
            raise Refused(
                "training_open",
                "Trường đã có trường tập huấn. Bấm “Vào trường tập huấn”.",
                "The school has a training school already. Enter it.",
            )
        row = _make(school, by, at, reset_count=0)
        _audit(by, at, "open_training", f"school:{school.code}", {"training": row.school.code})
    return row.pk


def reset_training_school(*, by: Actor, at: dt.datetime, confirmed: bool) -> int:
    """Throw the training school away and make it anew: the old one is closed and hidden.

    Rows that nobody may delete stay under another code. Raises `Refused`: `role`,
    `not_confirmed`, `no_training`, `training_building`.
    """
    require(deny_opener(by))
    if not confirmed:
        raise Refused(
            "not_confirmed",
            "Đánh dấu vào ô xác nhận trước khi làm lại từ đầu.",
            "Tick the box to confirm before the reset.",
        )
    with school_transaction():
        school = _lock(real_school_of(by))
        row = open_training(school)
        if row is None:
            raise _none_open()
        if row.state == TrainingState.BUILDING and at - row.opened_at < LONGEST_BUILD:
            raise Refused(
                "training_building",
                "Trường tập huấn đang được chuẩn bị. Chờ xong rồi làm lại.",
                "The training school is being made. Wait until it is done.",
            )
        row.state, row.closed_by, row.closed_at = TrainingState.CLOSED, by.user_id, at
        row.save(update_fields=["state", "closed_by", "closed_at"])
        # The code is free for the next one, so that everybody's place of work stays the same.
        row.school.code = closed_code(school.code, row.reset_count)
        row.school.save(update_fields=["code"])
        made = _make(school, by, at, reset_count=row.reset_count + 1)
        detail = {"resets": made.reset_count, "closed": row.school.code}
        _audit(by, at, "reset_training", f"school:{school.code}", detail)
    return made.pk


def enter_training_school(*, by: Actor, at: dt.datetime) -> int:
    """Give the person the place at the training school; answers its membership, to be chosen.

    Raises `Refused`: `not_found` for people of other schools, `no_training`,
    `training_building`.
    """
    school = real_school_of(by)
    row = open_training(school)
    if row is None:
        raise _none_open()
    if row.state != TrainingState.READY:
        raise Refused(
            "training_building",
            "Trường tập huấn chưa chuẩn bị xong. Chờ thêm ít phút.",
            "The training school is not ready yet. Wait a few minutes.",
        )
    member = member_of(school, by)
    if member is None:
        raise not_found()
    place = admit(row, member)
    with school_transaction():
        _audit(by, at, "enter_training", f"school:{school.code}", {"training": row.school.code})
    return place.pk


def leave_training_school(*, by: Actor, at: dt.datetime) -> int:
    """Back to the real school; answers the membership there."""
    school = real_school_of(by)
    member = member_of(school, by)
    if member is None:
        raise not_found()
    with school_transaction():
        _audit(by, at, "leave_training", f"school:{school.code}", {})
    return member.pk


def mark_done_tasks(*, by: Actor, at: dt.datetime) -> list[str]:
    """Look at what this person has done in the training school and keep the tasks completed.

    Answers the keys of those that are new. Called when the person opens the page of tasks.
    """
    row = _ready(real_school_of(by))
    return _mark(row, by, by, at) if row is not None else []


def mark_everybodys_tasks(*, by: Actor, at: dt.datetime) -> int:
    """The same for everybody with an account, for the overview; answers how many are new."""
    require(deny_watcher(by))
    row = _ready(real_school_of(by))
    if row is None:
        return 0
    people = [actor_of_member(member) for member in active_members(row.of)]
    return sum(len(_mark(row, person, by, at)) for person in people)


def _ready(school: School) -> TrainingSchool | None:
    row = open_training(school)
    return row if row is not None and row.state == TrainingState.READY else None


def _mark(row: TrainingSchool, person: Actor, by: Actor, at: dt.datetime) -> list[str]:
    known = set(
        TaskDone.objects.filter(of=row.of, personal_id=person.personal_id).values_list(
            "task", flat=True
        )
    )
    left = [task for task in tasks_for(person.roles) if task.key not in known]
    if not left:
        return []
    found = []
    done = done_tasks(left, events_of(row, person), entered_sheets_of(row, person))
    with school_transaction():
        for task, moment in done:
            _, new = TaskDone.objects.get_or_create(
                of=row.of,
                personal_id=person.personal_id,
                task=task.key,
                defaults={"name": person.name[:150], "done_at": moment},
            )
            if new:
                found.append(task.key)
                detail = {"task": task.key, "person": person.user_id}
                _audit(by, at, "training_task_done", f"school:{row.of.code}", detail)
    return found


def _make(school: School, by: Actor, at: dt.datetime, *, reset_count: int) -> TrainingSchool:
    if not may_have_training(school.code):
        raise Refused(
            "school_code",
            "Mã trường phải gồm tối đa 14 chữ số thì mới mở được trường tập huấn.",
            "The school's code needs to be at most 14 digits for a training school.",
        )
    copy = School.objects.create(
        code=training_code(school.code),
        name=training_name(school.name),
        ward_code=school.ward_code,
        ward_name=school.ward_name,
        province_name=school.province_name,
        department_code=school.department_code,
        department_name=school.department_name,
        ownership=school.ownership,
        mode=WorkingMode.DIGITAL,
        settings=dict(school.settings),
        created_by=by.user_id,
        created_at=at,
    )
    row = TrainingSchool.objects.create(
        of=school,
        school=copy,
        reset_count=reset_count,
        keys_folder=f"{school.code}/{reset_count + 1}",
        state=TrainingState.BUILDING,
        opened_by=by.user_id,
        opened_by_name=by.name[:150],
        opened_at=at,
    )
    school_jobs.configure_task(BUILD_JOB, allow_unknown=True).defer(training_id=row.pk)
    return row


def _lock(school: School) -> School:
    """The real school's row is the lock: opening and resetting never cross."""
    return School.objects.select_for_update().get(pk=school.pk)


def _none_open() -> Refused:
    return Refused(
        "no_training",
        "Trường chưa mở trường tập huấn. Hiệu trưởng hoặc quản trị viên mở trước.",
        "The school has no training school. The principal or the administrator opens it.",
    )


def _audit(
    by: Actor, at: dt.datetime, action: str, subject: str, detail: Mapping[str, object]
) -> None:
    record_event(
        using=SCHOOL_DATABASE, by=by, at=at, action=action, subject=subject, detail=dict(detail)
    )
