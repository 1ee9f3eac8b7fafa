"""Where the records of a year stand: by class, by person and by step, and since when.

Order of the steps: QĐ 1789/QĐ-SGDĐT Đ14, Đ20.5. Counts lead to exactly the rows they count.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from hocba.errors import Sentence
from hocba.workflow.transitions import RecordState
from hocba_server.school.assessments.selectors import PupilCheck, findings_of_classes
from hocba_server.school.issuing.models import AnnualRecordDraft, IssueBatch
from hocba_server.school.issuing.selectors import batches_of, records_of_batches
from hocba_server.school.notices.models import RemindStep
from hocba_server.school.registry.models import (
    Classroom,
    School,
    SchoolRole,
    StaffAssignment,
    StaffMember,
)
from hocba_server.school.registry.selectors import class_rolls, classrooms_of_school

STEPS: tuple[tuple[str, Sentence], ...] = (
    ("results", Sentence("Nhập kết quả", "Enter results")),
    ("create", Sentence("Khởi tạo", "Create records")),
    ("correct", Sentence("Sửa theo yêu cầu trả lại", "Correct what was returned")),
    ("subjects", Sentence("Giáo viên bộ môn ký", "Subject teachers sign")),
    ("homeroom", Sentence("Giáo viên chủ nhiệm ký", "Homeroom teacher signs")),
    ("leader", Sentence("Lãnh đạo ký", "Leader signs")),
    ("seal", Sentence("Văn thư phát hành", "Clerk seals")),
    ("submit", Sentence("Nộp về Sở", "Send to the department")),
    ("answer", Sentence("Chờ Sở trả lời", "Department answers")),
    ("done", Sentence("Đang lưu hành", "In force")),
)
STEP_NAMES = dict(STEPS)
_REMINDERS = {
    "results": RemindStep.RESULTS,
    "create": RemindStep.CHECK,
    "subjects": RemindStep.SIGN_SUBJECTS,
    "homeroom": RemindStep.SIGN_HOMEROOM,
    "leader": RemindStep.SIGN_LEADER,
    "seal": RemindStep.ISSUE,
    "submit": RemindStep.SUBMIT,
}
_STEP_OF_STATE = {
    RecordState.DRAFT: "correct",
    RecordState.CHECKED: "subjects",
    RecordState.SUBJECT_SIGNED: "homeroom",
    RecordState.HOMEROOM_SIGNED: "leader",
    RecordState.LEADER_SIGNED: "seal",
    RecordState.ISSUED: "submit",
    RecordState.SUBMITTED: "answer",
    RecordState.REJECTED: "correct",
}


@dataclass(slots=True)
class ClassProgress:
    """One class: how many pupils stand at which step, and since when the oldest of them waits."""

    classroom: Classroom
    batch: IssueBatch | None = None
    pupils: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    since: dict[str, dt.datetime] = field(default_factory=dict)
    records: tuple[AnnualRecordDraft, ...] = ()

    @property
    def cells(self) -> list[tuple[str, int, dt.datetime | None]]:
        """Step, number of pupils and oldest moment, in the order of the steps."""
        return [(step, self.counts.get(step, 0), self.since.get(step)) for step, _ in STEPS]

    def add(self, step: str, since: dt.datetime | None, count: int = 1) -> None:
        """Count pupils at a step."""
        self.counts[step] = self.counts.get(step, 0) + count
        if since is not None:
            self.since[step] = min(since, self.since.get(step, since))


def class_progress(school: School, school_year: str) -> list[ClassProgress]:
    """Every class of a year, by grade and name."""
    rooms = sorted(
        classrooms_of_school(school, school_year), key=lambda room: (room.grade, room.name)
    )
    batches = batches_of(rooms)
    by_batch = records_of_batches(list(batches.values()))
    records = {room: by_batch[batch.pk] for room, batch in batches.items()}
    rolls = class_rolls(rooms)
    # Counting the roll is cheaper than checking every result of a class that is long issued.
    lacking = [room for room in rooms if len(rolls[room.pk]) > len(records.get(room.pk, []))]
    findings = findings_of_classes(lacking)
    lines = (
        ClassProgress(room, batches.get(room.pk), records=tuple(records.get(room.pk, [])))
        for room in rooms
    )
    return [_progress(line, findings.get(line.classroom.pk, [])) for line in lines]


def _progress(found: ClassProgress, checks: Sequence[PupilCheck]) -> ClassProgress:
    for record in found.records:
        found.pupils += 1
        state = RecordState(record.state)
        step = _STEP_OF_STATE.get(state, "done")
        if step == "subjects" and not record.pending_subjects:
            step = "homeroom"
        found.add(step, record.state_since or record.created_at)
    covered = {record.enrolment_id for record in found.records}
    for check in checks:
        if check.enrolment.pk in covered:
            continue
        found.pupils += 1
        found.add("results" if check.year.errors else "create", None)
    return found


@dataclass(frozen=True, slots=True)
class WaitingWork:
    """What one person has to do in one class."""

    classroom: Classroom
    step: str
    count: int
    since: dt.datetime | None
    detail: str = ""

    @property
    def reminder(self) -> str:
        """The step as reminders name it."""
        return _REMINDERS[self.step].value

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
            yield row.staff, WaitingWork(room, "subjects", len(waiting), since, row.subject_code)
    places = {
        "results": homeroom,
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


def _leaders(line: ClassProgress, offices: dict[str, list[StaffMember]]) -> Sequence[StaffMember]:
    """The leader whom the records name, else those who may sign."""
    if line.records and line.batch is not None:
        return [line.batch.signing_leader]
    return offices[SchoolRole.PRINCIPAL]


@dataclass(frozen=True, slots=True)
class StepTotal:
    """One step over the whole school."""

    step: str
    name: Sentence
    count: int
    classes: int
    since: dt.datetime | None


def step_totals(progress: Sequence[ClassProgress]) -> list[StepTotal]:
    """How many pupils stand at which step in the school."""
    found = []
    for step, name in STEPS:
        lines = [line for line in progress if line.counts.get(step)]
        moments = [line.since[step] for line in lines if step in line.since]
        count = sum(line.counts[step] for line in lines)
        found.append(StepTotal(step, name, count, len(lines), min(moments, default=None)))
    return found
