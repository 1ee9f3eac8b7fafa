"""Kết quả học tập of a term or year: TT 22/2021/TT-BGDĐT Điều 9.2 as a table, and Điều 9.3.

A missing subject blocks the decision; it is never read as 0 or Chưa đạt. Exempt subjects are left
out. The thresholds are data with the school year from which they hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from hocba.assessment.secondary.catalogue import Standing, subject, subjects_of_grade
from hocba.assessment.secondary.circular import TT22, Circular, ResultRow
from hocba.assessment.secondary.levels import CommentLevel, Mark, Result
from hocba.assessment.secondary.marks import HIGHEST, check_mark
from hocba.errors import Malformed, Refused, Sentence
from hocba.ids import SubjectCode

UNSATISFACTORY_ROW: Final = 4
_TWO_LEVELS: Final = 2


class Reading(StrEnum):
    """How Điều 9.3 is read: what would the result be "but for one single subject"?

    Values stand in settings.
    """

    WITHOUT_THE_SUBJECT = "without"
    """The other subjects alone must meet Tốt or Khá, "at least 06" included (decision 34)."""
    AS_IF_HIGH = "as_if_high"
    """The result must be Tốt or Khá if that subject were at the top."""


@dataclass(frozen=True, slots=True)
class StudySettings:
    """What a department may set where the circular is silent (decision 34)."""

    reading: Reading = Reading.WITHOUT_THE_SUBJECT
    electives_count: bool = True
    """Do Tiếng dân tộc thiểu số and Ngoại ngữ 2 count in the result?"""
    circular: Circular = TT22


@dataclass(frozen=True, slots=True)
class StudyDecision:
    """The result, the row of the table behind it, and why it is not the next better one."""

    result: Result
    row: int
    """Row of Điều 9.2, 1 to 4, before any adjustment."""
    adjusted_for: SubjectCode | None
    """The one subject for which Điều 9.3 raised the result by one level."""
    because: Sentence


def decide_study_result(
    grade: int, marks: Mapping[SubjectCode, Mark], *, settings: StudySettings | None = None
) -> StudyDecision:
    """Decide the result of one term (ĐTBmhk) or of the year (ĐTBmcn).

    Raises `Refused` with code `incomplete` naming the compulsory subjects that are missing or when
    nothing is left to judge; `Malformed`: `grade`, `subject`, `mark`.
    """
    settings = settings or StudySettings()
    _refuse_unreadable(grade, marks)
    _refuse_missing(grade, marks)
    taken = _counted(grade, marks, settings)
    if not taken:
        raise Refused(
            "incomplete",
            "Chưa tính được kết quả học tập vì em được miễn mọi môn học.",
            "The result cannot be decided: every subject is exempt.",
        )
    excused = has_excused_marks(grade, marks)
    row, because = _row(grade, taken, settings.circular, excused=excused)
    plain = row.result if row else Result.UNSATISFACTORY
    number = row.number if row else UNSATISFACTORY_ROW
    single = _single_subject(grade, taken, plain, settings, excused=excused)
    if single is None:
        return StudyDecision(plain, number, None, because)
    name = subject(single, grade).name
    raised = plain.raised()
    return StudyDecision(
        raised,
        number,
        single,
        Sentence(
            f"chỉ do một môn {name} mà thấp từ hai mức trở lên, nên từ {plain.word} lên "
            f"{raised.word} (Điều 9 khoản 3)",
            f"{name} alone pulled the result down two levels or more, so it is raised by one",
        ),
    )


def has_excused_marks(grade: int, marks: Mapping[SubjectCode, Mark]) -> bool:
    """Is the pupil exempt from a scored subject? Only one with a disability can be (Điều 11)."""
    return any(
        mark is CommentLevel.EXEMPT
        and (found := subject(code, grade)).scored
        and found.standing is not Standing.ELECTIVE
        for code, mark in marks.items()
    )


def needed_subjects(taken: Mapping[SubjectCode, Mark], circular: Circular, *, excused: bool) -> int:
    """How many averages must reach the higher threshold: 6.

    When a pupil is excused from scored subjects and fewer than six are left, all that are left must
    reach it (decision 34).
    """
    scored = sum(isinstance(mark, Decimal) for mark in taken.values())
    return min(circular.enough, scored) if excused else circular.enough


def _refuse_unreadable(grade: int, marks: Mapping[SubjectCode, Mark]) -> None:
    for code, mark in marks.items():
        found = subject(code, grade)
        if isinstance(mark, Decimal):
            check_mark(mark)
        if mark is not CommentLevel.EXEMPT and isinstance(mark, Decimal) is not found.scored:
            raise Malformed(
                "mark",
                f"môn {found.name} "
                + ("phải có điểm." if found.scored else "chỉ có mức Đ hoặc CĐ."),
                f"{found.name} is assessed by {'marks' if found.scored else 'comment only'}.",
                where=code,
            )


def _refuse_missing(grade: int, marks: Mapping[SubjectCode, Mark]) -> None:
    missing = [
        each.name
        for each in subjects_of_grade(grade)
        if each.standing is Standing.COMPULSORY and each.code not in marks
    ]
    if missing:
        raise Refused(
            "incomplete",
            f"Chưa tính được kết quả học tập, còn thiếu: {', '.join(missing)}",
            f"The result cannot be decided; missing: {', '.join(missing)}",
        )


def _counted(
    grade: int, marks: Mapping[SubjectCode, Mark], settings: StudySettings
) -> dict[SubjectCode, Mark]:
    return {
        code: mark
        for code, mark in marks.items()
        if mark is not CommentLevel.EXEMPT
        and (settings.electives_count or subject(code, grade).standing is not Standing.ELECTIVE)
    }


def _row(
    grade: int, taken: Mapping[SubjectCode, Mark], circular: Circular, *, excused: bool
) -> tuple[ResultRow | None, Sentence]:
    """The best row that is reached, and what kept the pupil from the one above it."""
    needed = needed_subjects(taken, circular, excused=excused)
    because = Sentence("đủ điều kiện của mức cao nhất", "the highest level is reached")
    for row in circular.rows:
        obstacle = _obstacle(grade, row, taken, needed)
        if obstacle is None:
            return row, because
        because = obstacle
    return None, because


def _obstacle(
    grade: int, row: ResultRow, taken: Mapping[SubjectCode, Mark], needed: int
) -> Sentence | None:
    """Name the first fact that keeps a pupil from this row, or None."""
    failed = [code for code, mark in taken.items() if mark is CommentLevel.NOT_PASSED]
    if len(failed) > row.not_passed_allowed:
        names = ", ".join(subject(code, grade).name for code in failed)
        return Sentence(f"{names} Chưa đạt", f"{names} not passed")
    averages = {code: mark for code, mark in taken.items() if isinstance(mark, Decimal)}
    for code, mark in averages.items():
        if mark < row.every:
            name = subject(code, grade).name
            return Sentence(
                f"{name} {_comma(mark)}, dưới {_comma(row.every)}",
                f"{name} is {mark}, below {row.every}",
            )
    high = sum(mark >= row.enough for mark in averages.values())
    if high < needed:
        return Sentence(
            f"chỉ có {high} môn từ {_comma(row.enough)} trở lên, cần ít nhất {needed}",
            f"only {high} subjects reach {row.enough}; at least {needed} are needed",
        )
    return None


def _single_subject(
    grade: int,
    taken: Mapping[SubjectCode, Mark],
    plain: Result,
    settings: StudySettings,
    *,
    excused: bool,
) -> SubjectCode | None:
    """The one subject that alone pulled the result down two levels or more (Điều 9.3)."""
    for code, mark in taken.items():
        if settings.reading is Reading.AS_IF_HIGH:
            top: Mark = HIGHEST if isinstance(mark, Decimal) else CommentLevel.PASSED
            others = {**taken, code: top}
        else:
            others = {each: value for each, value in taken.items() if each != code}
        row, _because = _row(grade, others, settings.circular, excused=excused)
        if (
            row is not None
            and row.result.rank >= Result.FAIR.rank
            and row.result.rank - plain.rank >= _TWO_LEVELS
        ):
            return code
    return None


def _comma(number: Decimal) -> str:
    return str(number).replace(".", ",")
