"""Who is waited for: which part of which class is whose, and since when (QĐ 1789 Đ14, Đ30-33)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from hocba.assessment.catalogue import subject
from hocba.errors import Sentence
from hocba.workflow.transitions import RecordState
from hocba_server.school.notices.models import RemindStep
from hocba_server.school.registry.models import (
    Classroom,
    School,
    SchoolRole,
    StaffAssignment,
    StaffMember,
)
from hocba_server.school.reviewing.selectors import (
    HEAD,
    HOMEROOM,
    OFFICE,
    STEP_NAMES,
    ClassProgress,
)

_REMINDERS = {
    "results": RemindStep.RESULTS,
    "create": RemindStep.CHECK,
    "subjects": RemindStep.SIGN_SUBJECTS,
    "homeroom": RemindStep.SIGN_HOMEROOM,
    "leader": RemindStep.SIGN_LEADER,
    "seal": RemindStep.ISSUE,
    "submit": RemindStep.SUBMIT,
}


@dataclass(frozen=True, slots=True)
class WaitingWork:
    """What one person has to do in one class."""

    classroom: Classroom
    step: str
    count: int
    since: dt.datetime | None
    detail: Sentence | None = None
    """Which part of the step is this person's."""
    remindable: bool = True

    @property
    def reminder(self) -> str:
        """The step as reminders name it; empty where their words do not fit."""
        return _REMINDERS[self.step].value if self.remindable else ""

    @property
    def step_name(self) -> Sentence:
        """Name of the step for a person."""
        return STEP_NAMES[self.step]


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person and everything that waits for them, the oldest first."""

    staff: StaffMember
    work: tuple[WaitingWork, ...]

    @property
    def total(self) -> int:
        """Records that wait for this person."""
        return sum(item.count for item in self.work)


def people_waited_for(
    school: School, school_year: str, progress: Sequence[ClassProgress]
) -> list[PersonLine]:
    """Who is waited for, the person with the oldest work first."""
    assignments = StaffAssignment.objects.filter(
        staff__school=school, school_year=school_year
    ).select_related("staff", "classroom")
    by_class: dict[int, list[StaffAssignment]] = defaultdict(list)
    offices: dict[str, list[StaffMember]] = defaultdict(list)
    for row in assignments:
        if row.classroom_id is not None:
            by_class[row.classroom_id].append(row)
        else:
            offices[row.role].append(row.staff)
    work: dict[StaffMember, list[WaitingWork]] = defaultdict(list)
    for line in progress:
        for staff, item in _class_work(line, by_class[line.classroom.pk], offices):
            work[staff].append(item)
    lines = [PersonLine(staff, tuple(sorted(items, key=_oldest))) for staff, items in work.items()]
    return sorted(lines, key=lambda line: (_oldest(line.work[0]), line.staff.full_name))


def _oldest(item: WaitingWork) -> float:
    return item.since.timestamp() if item.since else float("inf")


def _class_work(
    line: ClassProgress,
    assigned: Iterable[StaffAssignment],
    offices: dict[str, list[StaffMember]],
) -> Iterator[tuple[StaffMember, WaitingWork]]:
    room = line.classroom
    rows = list(assigned)
    homeroom = [row.staff for row in rows if row.role == SchoolRole.HOMEROOM_TEACHER]
    for row in rows:
        if row.role != SchoolRole.SUBJECT_TEACHER:
            continue
        waiting = [
            record
            for record in line.records
            if record.state == RecordState.CHECKED.value
            and row.subject_code in record.pending_subjects
        ]
        if waiting:
            since = min(record.state_since or record.created_at for record in waiting)
            yield (
                row.staff,
                WaitingWork(room, "subjects", len(waiting), since, _subject(row.subject_code)),
            )
    yield from _missing_results(line, rows, offices)
    places = {
        "create": offices[SchoolRole.REGISTRAR],
        "homeroom": homeroom,
        "leader": _leaders(line, offices),
        "seal": offices[SchoolRole.SCHOOL_CLERK],
        "submit": offices[SchoolRole.SCHOOL_CLERK],
    }
    for step, people in places.items():
        count = line.counts.get(step, 0)
        for staff in people if count else ():
            yield staff, WaitingWork(room, step, count, line.since.get(step))


def _missing_results(
    line: ClassProgress,
    assigned: Sequence[StaffAssignment],
    offices: dict[str, list[StaffMember]],
) -> Iterator[tuple[StaffMember, WaitingWork]]:
    """Results wait for whoever has to enter them, not for the homeroom teacher alone."""
    room, since = line.classroom, line.since.get("results")
    teachers = {row.subject_code: row.staff for row in assigned if row.subject_code}
    homeroom = [row.staff for row in assigned if row.role == SchoolRole.HOMEROOM_TEACHER]
    heads = offices[SchoolRole.PRINCIPAL]
    for whose, count in sorted(line.lacking.items()):
        detail: Sentence | None = None
        people: Sequence[StaffMember] = homeroom
        if whose == HEAD:
            people, detail = heads, Sentence("xét lên lớp", "decide on promotion")
        elif whose == OFFICE:
            people = offices[SchoolRole.REGISTRAR]
            detail = Sentence("hồ sơ của học sinh", "pupils' files")
        elif whose in teachers:
            people, detail = [teachers[whose]], _subject(whose)
        elif whose != HOMEROOM:
            name = _subject(whose)
            people = heads
            detail = Sentence(f"phân công giáo viên môn {name.vi}", f"assign {name.en}")
        remindable = people is homeroom or whose in teachers
        for staff in people:
            yield staff, WaitingWork(room, "results", count, since, detail, remindable)


def _subject(code: str) -> Sentence:
    name = subject(code).name
    return Sentence(name, name)


def _leaders(line: ClassProgress, offices: dict[str, list[StaffMember]]) -> Sequence[StaffMember]:
    """The leader whom the records name, else those who may sign."""
    if line.records and line.batch is not None:
        return [line.batch.signing_leader]
    return offices[SchoolRole.PRINCIPAL]
