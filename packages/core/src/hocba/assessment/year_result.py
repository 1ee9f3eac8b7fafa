"""The result of the year: TT 27/2020/TT-BGDĐT Điều 9.2a as a table, with the row that decided.

A missing level or score blocks the decision; it is never read as C or 0. Exempt subjects are left
out. The thresholds are data with the school year from which they hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from hocba.assessment.catalogue import (
    has_year_end_test,
    subject,
    subjects_of_grade,
    traits_of_grade,
)
from hocba.assessment.levels import SubjectLevel, TraitLevel, YearResult
from hocba.errors import Malformed, Refused, Sentence
from hocba.ids import SubjectCode, TraitCode


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One row of the decision table: every level and every score must reach what it names."""

    number: int
    result: YearResult
    subject_levels: frozenset[SubjectLevel]
    trait_levels: frozenset[TraitLevel]
    lowest_score: int


@dataclass(frozen=True, slots=True)
class ResultTable:
    """The rows of the rule, best result first, and the school year from which they hold."""

    first_school_year: int
    source: str
    rows: tuple[ResultRow, ...]


_WELL: Final = frozenset({SubjectLevel.WELL_COMPLETED})
_DONE: Final = _WELL | {SubjectLevel.COMPLETED}
_GOOD: Final = frozenset({TraitLevel.GOOD})
_FAIR: Final = _GOOD | {TraitLevel.SATISFACTORY}

TABLES: Final = (
    ResultTable(
        2020,
        "TT 27/2020/TT-BGDĐT Điều 9.2a",
        (
            ResultRow(1, YearResult.EXCELLENT, _WELL, _GOOD, 9),
            ResultRow(2, YearResult.WELL_COMPLETED, _WELL, _GOOD, 7),
            ResultRow(3, YearResult.COMPLETED, _DONE, _FAIR, 5),
        ),
    ),
)
NOT_COMPLETED_ROW: Final = 4
HIGHEST_SCORE: Final = 10
"""Whole numbers from 0 (TT 27/2020 Điều 7.1d)."""


@dataclass(frozen=True, slots=True)
class YearResultDecision:
    """The result, the row of the table that gave it (1 to 4) and the deciding fact."""

    result: YearResult
    row: int
    because: Sentence


def decide_year_result(
    grade: int,
    subjects: Mapping[SubjectCode, SubjectLevel],
    traits: Mapping[TraitCode, TraitLevel],
    scores: Mapping[SubjectCode, int],
    *,
    table: ResultTable = TABLES[-1],
) -> YearResultDecision:
    """Decide the result of one pupil's year.

    `scores` are the last scores of the year-end tests, 0 to 10. Traits that are not assessed in
    the grade and scores of subjects without a test are left out. Raises `Refused` with code
    `incomplete`, naming everything that is missing, or when every subject is exempt; `Malformed`
    with code `subject` or `score`.
    """
    _refuse_unreadable(subjects, scores)
    _refuse_missing(grade, subjects, traits, scores)
    taken = {code: level for code, level in subjects.items() if level is not SubjectLevel.EXEMPT}
    if not taken:
        raise Refused(
            "incomplete",
            "Chưa tính được kết quả năm học vì em được miễn mọi môn học.",
            "The year result cannot be decided: every subject is exempt.",
        )
    assessed = {
        trait.name: traits[trait.code] for trait in traits_of_grade(grade) if trait.code in traits
    }
    counted = {
        code: score
        for code, score in scores.items()
        if code in taken and has_year_end_test(code, grade)
    }
    because = _all_reached(table.rows[0])
    for row in table.rows:
        obstacle = _obstacle(row, taken, assessed, counted)
        if obstacle is None:
            return YearResultDecision(row.result, row.number, because)
        because = obstacle
    return YearResultDecision(YearResult.NOT_COMPLETED, NOT_COMPLETED_ROW, because)


def _refuse_unreadable(
    subjects: Mapping[SubjectCode, SubjectLevel], scores: Mapping[SubjectCode, int]
) -> None:
    for code in (*subjects, *scores):
        subject(code)
    for code, score in scores.items():
        if not 0 <= score <= HIGHEST_SCORE:
            raise Malformed(
                "score",
                f"điểm kiểm tra {score} không nằm trong thang điểm 0 đến {HIGHEST_SCORE}.",
                f"the score {score} is not on the scale from 0 to {HIGHEST_SCORE}.",
                where=code,
            )


def _refuse_missing(
    grade: int,
    subjects: Mapping[SubjectCode, SubjectLevel],
    traits: Mapping[TraitCode, TraitLevel],
    scores: Mapping[SubjectCode, int],
) -> None:
    missing: list[tuple[str, str]] = []
    for each in subjects_of_grade(grade):
        level = subjects.get(each.code)
        if level is None:
            if grade in each.compulsory_grades:
                missing.append((f"mức môn {each.name}", f"level of {each.name}"))
        elif (
            level is not SubjectLevel.EXEMPT
            and grade in each.test_grades
            and each.code not in scores
        ):
            missing.append((f"điểm kiểm tra {each.name}", f"test of {each.name}"))
    missing.extend(
        (f"mức {trait.name}", f"level of {trait.name}")
        for trait in traits_of_grade(grade)
        if trait.code not in traits
    )
    if missing:
        raise Refused(
            "incomplete",
            "Chưa tính được kết quả năm học, còn thiếu: " + ", ".join(vi for vi, _ in missing),
            "The year result cannot be decided; missing: " + ", ".join(en for _, en in missing),
        )


def _obstacle(
    row: ResultRow,
    subjects: Mapping[SubjectCode, SubjectLevel],
    traits: Mapping[str, TraitLevel],
    scores: Mapping[SubjectCode, int],
) -> Sentence | None:
    """Name the first fact that keeps a pupil from this row, or None."""
    for code, level in subjects.items():
        if level not in row.subject_levels:
            name = subject(code).name
            return Sentence(f"môn {name} mức {level.word}", f"{name} is at level {level.value}")
    for name, trait_level in traits.items():
        if trait_level not in row.trait_levels:
            return Sentence(
                f"{name} mức {trait_level.word}", f"{name} is at level {trait_level.value}"
            )
    for code, score in scores.items():
        if score < row.lowest_score:
            name = subject(code).name
            return Sentence(
                f"điểm kiểm tra {name} là {score}, dưới {row.lowest_score}",
                f"the test of {name} is {score}, below {row.lowest_score}",
            )
    return None


def _all_reached(row: ResultRow) -> Sentence:
    return Sentence(
        f"tất cả môn học Hoàn thành tốt, phẩm chất và năng lực Tốt, điểm từ {row.lowest_score}",
        f"all levels at the top and every test at least {row.lowest_score}",
    )
