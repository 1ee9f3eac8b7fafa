from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Max, Q
from django.urls import NoReverseMatch, reverse

from hocba.workflow.transitions import Denial
from hocba_server.school.assessments.models import ValueChange
from hocba_server.school.database import SCHOOL_DATABASE
from hocba_server.school.registry.models import ON_CLASS_LIST, Enrolment, School, SchoolRole
from hocba_server.school.registry.permissions import deny_role
from hocba_server.school.registry.selectors import own_school
from hocba_server.school.training.codes import is_training_code
from hocba_server.school.training.models import TaskDone, TrainingSchool, TrainingState
from hocba_server.school.training.real_school import active_members
from hocba_server.school.training.recognition import EnteredSheet, Event
from hocba_server.school.training.task_list import Task, tasks_for
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.accounts.roles import role_names
from hocba_server.web.audit.models import AuditEntry

WATCHERS = (SchoolRole.PRINCIPAL, SchoolRole.SCHOOL_LEADER, SchoolRole.ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One task on a person's page."""

    task: Task
    done: TaskDone | None
    url: str
    """Where to start; empty where this installation has no such page."""


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person in the head's overview."""

    name: str
    roles: str
    done: tuple[TaskDone, ...]
    left: tuple[Task, ...]

    @property
    def total(self) -> int:
        """Tasks of this person's roles."""
        return len(self.done) + len(self.left)


def deny_opener(by: Actor) -> Denial | None:
    """Who opens and resets a training school."""
    return deny_role(by, SchoolRole.PRINCIPAL, SchoolRole.ADMINISTRATOR)


def deny_watcher(by: Actor) -> Denial | None:
    """Who sees what everybody has completed."""
    return deny_role(by, *WATCHERS)


def real_school_of(by: Actor) -> School:
    """The school this person really works at, also from inside its training school."""
    school = own_school(by)
    row = TrainingSchool.objects.select_related("of").filter(school=school).first()
    return row.of if row is not None else school


def open_training(school: School) -> TrainingSchool | None:
    """The training school of a school, not counting those that a reset has closed."""
    rows = TrainingSchool.objects.select_related("school", "of")
    return rows.filter(of=school).exclude(state=TrainingState.CLOSED).first()


def inside(by: Actor) -> bool:
    """Is this person in a training school now?"""
    return by.house == "school" and is_training_code(str(by.unit_code))


def events_of(row: TrainingSchool, by: Actor) -> list[Event]:
    """What this person has done in the training school as it is now."""
    entries = AuditEntry.objects.using(SCHOOL_DATABASE).filter(
        unit_code=row.school.code, at__gte=row.opened_at, user_id=by.user_id
    )
    return [Event(entry.action, entry.at, entry.detail) for entry in entries.order_by("at")]


def entered_sheets_of(row: TrainingSchool, by: Actor) -> list[EnteredSheet]:
    """What this person has entered, by class, sheet and period."""
    changes = (
        ValueChange.objects.filter(classroom__school=row.school, changed_by=by.user_id)
        .exclude(new="")
        .values("classroom_id", "sheet", "period")
        .order_by("classroom_id", "sheet", "period")
        .annotate(
            pupils=Count("enrolment_id", distinct=True),
            corrected=Count("pk", filter=~Q(old="")),
            last_at=Max("changed_at"),
        )
    )
    rolls = dict(
        Enrolment.objects.filter(classroom__school=row.school, status__in=ON_CLASS_LIST)
        .values_list("classroom_id")
        .order_by("classroom_id")
        .annotate(Count("pk"))
    )
    return [
        EnteredSheet(
            each["sheet"],
            each["period"],
            each["pupils"],
            rolls.get(each["classroom_id"], 0),
            each["corrected"],
            each["last_at"],
        )
        for each in changes
    ]


def task_lines(by: Actor) -> list[TaskLine]:
    """The tasks of this person with what is done."""
    rows = TaskDone.objects.filter(of=real_school_of(by), personal_id=by.personal_id)
    known = {row.task: row for row in rows}
    return [TaskLine(task, known.get(task.key), _url(task.where)) for task in tasks_for(by.roles)]


def person_lines(school: School) -> list[PersonLine]:
    """Everybody with an account and tasks, by name, and what they have completed."""
    done: dict[str, list[TaskDone]] = {}
    for row in TaskDone.objects.filter(of=school).order_by("done_at"):
        done.setdefault(row.personal_id, []).append(row)
    lines = []
    for member in active_members(school):
        tasks = tasks_for(member.roles)
        lines.append(
            _person_line(
                member.user.full_name,
                role_names(member.roles),
                tasks,
                done.get(member.user.personal_id, []),
            )
        )
    return [line for line in lines if line.total]


def _person_line(
    name: str, roles: str, tasks: Sequence[Task], rows: Sequence[TaskDone]
) -> PersonLine:
    keys = {row.task for row in rows}
    own = {task.key for task in tasks}
    return PersonLine(
        name,
        roles,
        tuple(row for row in rows if row.task in own),
        tuple(task for task in tasks if task.key not in keys),
    )


def _url(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
