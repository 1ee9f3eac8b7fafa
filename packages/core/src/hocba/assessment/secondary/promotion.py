"""Promotion, the summer, and completion of a level (TT 22/2021/TT-BGDĐT Điều 11 to 14).

The circular's three conditions for promotion are also those of completing lower and upper
secondary school. Since TT 10/2026/TT-BGDĐT (in force 15/4/2026) there is no diploma of lower
secondary school: the head confirms the completion in the record itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from hocba.assessment.school_levels import SchoolLevel
from hocba.assessment.secondary.catalogue import secondary_level, subject
from hocba.assessment.secondary.circular import TT22, Circular, circular_of
from hocba.assessment.secondary.levels import CommentLevel, Mark, Result
from hocba.assessment.secondary.study_result import (
    StudyDecision,
    StudySettings,
    decide_study_result,
)
from hocba.errors import Malformed, Refused, Sentence
from hocba.ids import SubjectCode

CONFIRMED_FROM: Final = 2025
"""First school year (2025-2026) whose record confirms the completion of lower secondary school."""


@dataclass(frozen=True, slots=True)
class YearFacts:
    """What promotion looks at. The summer's results are None when there was nothing to do again."""

    study: Result
    conduct: Result
    absences: int
    """Half-days of the whole year."""
    study_again: Result | None = None
    """Study result computed again after the re-assessment of subjects (Điều 14)."""
    conduct_again: Result | None = None
    """Conduct judged again after the training of the summer (Điều 13)."""

    @property
    def final_study(self) -> Result:
        """The study result that counts."""
        return self.study if self.study_again is None else self.study_again

    @property
    def final_conduct(self) -> Result:
        """The conduct result that counts."""
        return self.conduct if self.conduct_again is None else self.conduct_again


class Obstacle(StrEnum):
    """A condition of Điều 12.1 that is not met."""

    CONDUCT = "conduct"
    STUDY = "study"
    ABSENCES = "absences"

    @property
    def sentence(self) -> Sentence:
        """What is not met, for a person."""
        return _OBSTACLES[self]


_OBSTACLES = {
    Obstacle.CONDUCT: Sentence("kết quả rèn luyện cả năm Chưa đạt", "conduct is not satisfactory"),
    Obstacle.STUDY: Sentence("kết quả học tập cả năm Chưa đạt", "study is not satisfactory"),
    Obstacle.ABSENCES: Sentence("nghỉ học quá số buổi cho phép", "absent too often"),
}


class SummerTask(StrEnum):
    """What a pupil may still do before the new school year."""

    TRAINING = "training"
    """Rèn luyện trong kì nghỉ hè (Điều 13)."""
    REASSESSMENT = "reassessment"
    """Kiểm tra, đánh giá lại các môn học trong kì nghỉ hè (Điều 14)."""


@dataclass(frozen=True, slots=True)
class SummerSettings:
    """What a department may set where the circular is silent (decision 34)."""

    reassess_after_training: bool = False
    """May a pupil whose conduct became Đạt only by the summer's training be assessed again?"""


@dataclass(frozen=True, slots=True)
class Promotion:
    """What follows from the year, and the sentences of the form."""

    promoted: bool
    level_completed: bool
    """Grade 9 and 12: has the pupil completed the level?"""
    obstacles: tuple[Obstacle, ...]
    promotion_text: str
    completion_text: str | None
    """Only in grade 9 and 12."""


def obstacles(facts: YearFacts, *, circular: Circular = TT22) -> tuple[Obstacle, ...]:
    """The conditions of Điều 12.1 that are not met. Raises `Malformed` with code `absences`."""
    if facts.absences < 0:
        raise Malformed("absences", "số buổi nghỉ không thể âm.", "absences cannot be negative.")
    found = (
        (Obstacle.CONDUCT, facts.final_conduct is Result.UNSATISFACTORY),
        (Obstacle.STUDY, facts.final_study is Result.UNSATISFACTORY),
        (Obstacle.ABSENCES, facts.absences > circular.most_absences),
    )
    return tuple(obstacle for obstacle, stands in found if stands)


def summer_tasks(
    facts: YearFacts, *, settings: SummerSettings | None = None, circular: Circular = TT22
) -> tuple[SummerTask, ...]:
    """What the pupil may do in the summer: nothing when promoted or absent too often.

    Conduct Chưa đạt: training (Điều 13). Study Chưa đạt with conduct of at least Đạt:
    re-assessment (Điều 14). With both Chưa đạt only the training is left, unless the settings let
    a re-assessment follow a training that succeeded.
    """
    settings = settings or SummerSettings()
    open_now = obstacles(facts, circular=circular)
    if not open_now or Obstacle.ABSENCES in open_now:
        return ()
    tasks = []
    if Obstacle.CONDUCT in open_now and facts.conduct_again is None:
        tasks.append(SummerTask.TRAINING)
    trained = facts.conduct_again is not None
    if (
        Obstacle.STUDY in open_now
        and facts.study_again is None
        and Obstacle.CONDUCT not in open_now
        and (settings.reassess_after_training or not trained)
    ):
        tasks.append(SummerTask.REASSESSMENT)
    return tuple(tasks)


def reassessable_subjects(
    grade: int, year_marks: Mapping[SubjectCode, Mark], *, circular: Circular = TT22
) -> tuple[SubjectCode, ...]:
    """Subjects of which the pupil may choose some to be assessed again (Điều 14)."""
    for code in year_marks:
        subject(code, grade)
    return tuple(code for code, mark in year_marks.items() if _is_low(mark, circular))


def _is_low(mark: Mark, circular: Circular) -> bool:
    if isinstance(mark, Decimal):
        return mark < circular.reassessed_below
    return mark is CommentLevel.NOT_PASSED


def decide_again(
    grade: int,
    year_marks: Mapping[SubjectCode, Mark],
    new_marks: Mapping[SubjectCode, Mark],
    *,
    settings: StudySettings | None = None,
) -> StudyDecision:
    """The study result of the year after re-assessment (Điều 14).

    Each new mark takes the place of the year's result of its subject, also when it is lower; the
    whole of Điều 9 is applied again. Raises `Refused` with code `not_reassessable` for a subject
    that may not be assessed again, and as `decide_study_result`.
    """
    settings = settings or StudySettings()
    allowed = reassessable_subjects(grade, year_marks, circular=settings.circular)
    for code, mark in new_marks.items():
        if code not in allowed or mark is CommentLevel.EXEMPT:
            name = subject(code, grade).name
            raise Refused(
                "not_reassessable",
                f"Môn {name} không thuộc diện đánh giá lại: chỉ môn dưới 5,0 hoặc Chưa đạt.",
                f"{name} may not be assessed again: only below 5.0 or not passed.",
                where=code,
            )
    return decide_study_result(grade, {**year_marks, **new_marks}, settings=settings)


def decide_promotion(
    grade: int,
    facts: YearFacts,
    *,
    first_school_year: int,
    by_individual_plan: bool | None = None,
) -> Promotion:
    """Decide promotion, in grade 9 and 12 the completion of the level (Điều 12).

    `by_individual_plan` is the head's decision on a pupil with a disability who follows an
    individual plan (Điều 11, 12); None for all others. Raises `Malformed`: `grade`, `absences`;
    `Refused` with code `circular` for a year in which the circular did not hold yet.
    """
    level = secondary_level(grade)
    last = grade == level.grades[-1]
    open_now = obstacles(facts, circular=circular_of(grade, first_school_year))
    promoted = not open_now if by_individual_plan is None else by_individual_plan
    completion = _completion(level, promoted, first_school_year) if last else None
    if last:
        verb = "Hoàn thành" if promoted else "Không hoàn thành"
        text = f"{verb} chương trình {level.word}."
    else:
        text = f"Được lên lớp {grade + 1}." if promoted else "Không được lên lớp."
    return Promotion(promoted, last and promoted, open_now, text, completion)


def _completion(level: SchoolLevel, completed: bool, first_school_year: int) -> str:
    programme = f"chương trình {level.word}"
    if not completed:
        return f"Không hoàn thành {programme}."
    if level is SchoolLevel.LOWER_SECONDARY and first_school_year >= CONFIRMED_FROM:
        return f"Xác nhận hoàn thành {programme}."
    return f"Hoàn thành {programme}."
