"""Where the records of a year stand: by class, by person and by step, and since when.

Order of the steps: QĐ 1789/QĐ-SGDĐT Đ14, Đ20.5. Counts lead to exactly the rows they count.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from hocba.assessment.periods import Period
from hocba.errors import Sentence
from hocba.record.completeness import Finding
from hocba.workflow.transitions import RecordState
from hocba_server.school.assessments.selectors import PupilCheck, findings_of_classes
from hocba_server.school.assessments.windows import VIETNAM, vietnam_day, windows_of
from hocba_server.school.issuing.models import AnnualRecordDraft, IssueBatch
from hocba_server.school.issuing.selectors import batches_of, records_of_batches
from hocba_server.school.registry.models import Classroom, School
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
HOMEROOM, HEAD, OFFICE = "homeroom", "head", "office"
OFFICE_FINDINGS = frozenset({"personal_id_missing"})
"""What only the registrar can mend: a personal number, a record on paper."""
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
    lacking: dict[str, int] = field(default_factory=dict)
    """Whose part is missing -> number of pupils: a subject code, `homeroom`, `head` or `office`."""
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


def class_progress(school: School, school_year: str, at: dt.datetime) -> list[ClassProgress]:
    """Every class of a year, by grade and name.

    Missing results wait since the window of the year's end opened; without a window, since nobody
    knows when.
    """
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
    opened = _entry_opened(school, school_year, at)
    return [_progress(line, findings.get(line.classroom.pk, []), opened) for line in lines]


def _entry_opened(school: School, school_year: str, at: dt.datetime) -> dt.datetime | None:
    """When entry for the year's end opened, if it has."""
    window = {line.period: line.window for line in windows_of(school, school_year, at)}[
        Period.YEAR_END
    ]
    if window is None or window.opens_on > vietnam_day(at):
        return None
    return dt.datetime.combine(window.opens_on, dt.time(), VIETNAM)


def _progress(
    found: ClassProgress, checks: Sequence[PupilCheck], opened: dt.datetime | None
) -> ClassProgress:
    for record in found.records:
        found.pupils += 1
        state = RecordState(record.state)
        step = _STEP_OF_STATE.get(state, "done")
        if step == "subjects" and not record.pending_subjects:
            step = "homeroom"
        found.add(step, record.state_since or record.created_at)
    covered = {record.enrolment_id for record in found.records}
    for check in checks:
        if check.enrolment.pk in covered or check.year.on_paper:
            continue
        found.pupils += 1
        if not check.year.errors:
            found.add("create", None)
            continue
        found.add("results", opened)
        for whose in {_whose(finding) for finding in check.year.errors}:
            found.lacking[whose] = found.lacking.get(whose, 0) + 1
    return found


def _whose(finding: Finding) -> str:
    """Who can mend a finding: see `ClassProgress.lacking`."""
    if finding.code in {"subject_missing", "test_missing"}:
        return finding.where
    if finding.code == "promotion_open":
        return HEAD
    return OFFICE if finding.code in OFFICE_FINDINGS else HOMEROOM


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
