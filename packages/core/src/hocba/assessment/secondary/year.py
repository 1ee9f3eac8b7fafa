"""The whole year of a pupil from both terms: everything that follows before the summer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from hocba.assessment.secondary.awards import propose_award
from hocba.assessment.secondary.circular import circular_of
from hocba.assessment.secondary.conduct import year_conduct
from hocba.assessment.secondary.levels import Mark, Result
from hocba.assessment.secondary.marks import year_mark
from hocba.assessment.secondary.promotion import (
    Promotion,
    SummerSettings,
    SummerTask,
    YearFacts,
    decide_promotion,
    summer_tasks,
)
from hocba.assessment.secondary.study_result import (
    StudyDecision,
    StudySettings,
    decide_study_result,
)
from hocba.errors import Refused
from hocba.ids import SubjectCode

Marks = Mapping[SubjectCode, Mark]


@dataclass(frozen=True, slots=True)
class YearInputs:
    """What teachers and the homeroom teacher enter."""

    term_1: Marks
    """Subject -> ĐTBmhk or level of term I."""
    term_2: Marks
    conduct_1: Result
    conduct_2: Result
    absences: int
    """Half-days of the whole year."""
    by_individual_plan: bool | None = None
    """The head's decision on a pupil who follows an individual plan."""


@dataclass(frozen=True, slots=True)
class YearDecision:
    """What the circular makes of it."""

    marks: Marks
    """Subject -> ĐTBmcn or level of the year."""
    study_1: StudyDecision
    study_2: StudyDecision
    study: StudyDecision
    conduct: Result
    promotion: Promotion
    summer: tuple[SummerTask, ...]
    award: str | None


def decide_year(
    grade: int,
    first_school_year: int,
    inputs: YearInputs,
    *,
    study: StudySettings | None = None,
    summer: SummerSettings | None = None,
) -> YearDecision:
    """Decide a year at its end.

    Raises `Refused`: `circular`, `incomplete` (also when a subject has one term only); `Malformed`:
    `grade`, `subject`, `mark`, `absences`.
    """
    circular = circular_of(grade, first_school_year)
    settings = replace(study or StudySettings(), circular=circular)
    one_term = sorted(set(inputs.term_1) ^ set(inputs.term_2))
    if one_term:
        raise Refused(
            "incomplete",
            f"Môn {', '.join(one_term)} chỉ có kết quả của một học kì.",
            f"Only one term of {', '.join(one_term)} is there.",
        )
    marks = {code: year_mark(mark, inputs.term_2[code]) for code, mark in inputs.term_1.items()}
    year = decide_study_result(grade, marks, settings=settings)
    conduct = year_conduct(inputs.conduct_1, inputs.conduct_2)
    facts = YearFacts(year.result, conduct, inputs.absences)
    promotion = decide_promotion(
        grade,
        facts,
        first_school_year=first_school_year,
        by_individual_plan=inputs.by_individual_plan,
    )
    return YearDecision(
        marks=marks,
        study_1=decide_study_result(grade, inputs.term_1, settings=settings),
        study_2=decide_study_result(grade, inputs.term_2, settings=settings),
        study=year,
        conduct=conduct,
        promotion=promotion,
        summer=()
        if promotion.promoted
        else summer_tasks(facts, settings=summer, circular=circular),
        award=propose_award(year.result, conduct, marks.values(), circular=circular),
    )
