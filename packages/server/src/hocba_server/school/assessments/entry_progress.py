"""How far entry is in one period: which sheet of which class is whose, and which pupils lack it.

The record needs the year's end alone (`year.py` checks that); schools follow all four periods
(TT 27/2020/TT-BGDĐT Điều 7; QĐ 1789/QĐ-SGDĐT Đ30: the head sees that results come in time).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count

from hocba.assessment.catalogue import traits_of_grade
from hocba.assessment.levels import SubjectLevel
from hocba.assessment.periods import Period, has_test
from hocba.errors import Sentence
from hocba_server.school.assessments.models import SubjectAssessment, TraitMark
from hocba_server.school.assessments.sheets import TRAITS_SHEET, Sheet
from hocba_server.school.registry.models import (
    AssessmentMode,
    Classroom,
    Enrolment,
    SchoolRole,
    StaffAssignment,
    StaffMember,
)
from hocba_server.school.registry.selectors import class_rolls
from hocba_server.school.registry.taught import exempt_subjects, subject_title, taught_subjects


@dataclass(frozen=True, slots=True)
class SheetProgress:
    """One sheet of a class in one period."""

    sheet: Sheet
    title: Sentence
    teacher: StaffMember | None
    pupils: int
    """Pupils for whom something is to be entered."""
    missing: tuple[Enrolment, ...]
    """Those who lack a level or a test score, in Vietnamese name order."""

    @property
    def done(self) -> int:
        """Pupils who have everything."""
        return self.pupils - len(self.missing)


@dataclass(frozen=True, slots=True)
class ClassEntry:
    """Every sheet of one class in one period."""

    classroom: Classroom
    pupils: int
    sheets: tuple[SheetProgress, ...]

    @property
    def complete(self) -> int:
        """Sheets that lack nothing."""
        return sum(1 for sheet in self.sheets if not sheet.missing)

    @property
    def open_sheets(self) -> list[SheetProgress]:
        """Sheets that lack something."""
        return [sheet for sheet in self.sheets if sheet.missing]

    @property
    def by_teacher(self) -> list[tuple[StaffMember | None, list[SheetProgress]]]:
        """The open sheets of each person who fills them; None: nobody is assigned."""
        found: dict[StaffMember | None, list[SheetProgress]] = {}
        for sheet in self.open_sheets:
            found.setdefault(sheet.teacher, []).append(sheet)
        return list(found.items())


def entry_progress(rooms: Sequence[Classroom], period: Period) -> list[ClassEntry]:
    """These classes in this period; as many queries for 45 classes as for one."""
    rolls = class_rolls(rooms)
    exempt = exempt_subjects(*rooms)
    subjects = _complete_subjects(rooms, period)
    marks = _trait_marks(rooms, period)
    teachers = _teachers(rooms)
    found = []
    for room in rooms:
        assessed = [
            row
            for row in rolls[room.pk]
            if row.assessment_mode != AssessmentMode.NOT_ASSESSED.value
        ]
        sheets = [
            *_subject_sheets(room, assessed, exempt, subjects, teachers),
            _trait_sheet(room, assessed, marks, teachers),
        ]
        found.append(ClassEntry(room, len(rolls[room.pk]), tuple(sheets) if assessed else ()))
    return found


Teachers = Mapping[tuple[int, str], StaffMember]


def _subject_sheets(
    room: Classroom,
    roll: Sequence[Enrolment],
    exempt: Mapping[int, set[str]],
    complete: Mapping[str, set[int]],
    teachers: Teachers,
) -> Iterator[SheetProgress]:
    for subject in taught_subjects(room):
        code = str(subject.code)
        asked = [row for row in roll if code not in exempt.get(row.pk, ())]
        title = subject_title(room, subject)
        yield SheetProgress(
            Sheet.of_subject(code),
            Sentence(title, title),
            teachers.get((room.pk, code)),
            len(asked),
            tuple(row for row in asked if row.pk not in complete[code]),
        )


def _trait_sheet(
    room: Classroom, roll: Sequence[Enrolment], marks: Mapping[int, int], teachers: Teachers
) -> SheetProgress:
    needed = len(traits_of_grade(room.grade))
    return SheetProgress(
        TRAITS_SHEET,
        TRAITS_SHEET.title,
        teachers.get((room.pk, "")),
        len(roll),
        tuple(row for row in roll if marks.get(row.pk, 0) < needed),
    )


def _complete_subjects(rooms: Sequence[Classroom], period: Period) -> dict[str, set[int]]:
    """Subject code -> pupils who have a level, and the score where the circular has a test."""
    found: dict[str, set[int]] = defaultdict(set)
    rows = SubjectAssessment.objects.filter(enrolment__classroom__in=rooms, period=period)
    for enrolment_id, grade, code, level, score in rows.exclude(level="").values_list(
        "enrolment_id", "enrolment__classroom__grade", "subject_code", "level", "test_score"
    ):
        free = level == SubjectLevel.EXEMPT.value or not has_test(code, grade, period)
        if free or score is not None:
            found[code].add(enrolment_id)
    return found


def _trait_marks(rooms: Sequence[Classroom], period: Period) -> dict[int, int]:
    """Enrolment id -> how many qualities and competences have a level."""
    rows = TraitMark.objects.filter(
        assessment__enrolment__classroom__in=rooms, assessment__period=period
    ).exclude(level="")
    # Without the ordering of the model, which would count every mark by itself.
    counted = rows.order_by().values_list("assessment__enrolment_id").annotate(Count("pk"))
    return dict(counted)


def _teachers(rooms: Sequence[Classroom]) -> Teachers:
    """Class and subject code -> who fills the sheet; no code: the homeroom teacher."""
    rows = StaffAssignment.objects.filter(
        classroom__in=rooms, role__in=[SchoolRole.SUBJECT_TEACHER, SchoolRole.HOMEROOM_TEACHER]
    ).select_related("staff")
    return {(row.classroom_id, row.subject_code): row.staff for row in rows if row.classroom_id}
