"""Bảng tổng hợp kết quả đánh giá giáo dục của lớp: the nine forms of TT 27/2020/TT-BGDĐT annex 2.

Forms 1, 4, 7 are for the middle of a term, 2, 5, 8 for the end of term I, 3, 6, 9 for the end of
the year, by grades 1-2, 3 and 4-5. The two columns of "Tin học và Công nghệ": QĐ 2904/QĐ-BGDĐT.
No ranking and no averages (TT 27/2020 Điều 4.3).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from hocba.assessment.catalogue import (
    TRAITS,
    PrimarySubject,
    TraitGroup,
    check_grade,
    subjects_of_grade,
)
from hocba.assessment.levels import YearResult
from hocba.assessment.periods import Period, has_test
from hocba.errors import Malformed

MARK: Final = "X"
HEAD_ROWS: Final = 3
_KINDS: Final = {
    Period.MID_TERM_1: 0,
    Period.MID_TERM_2: 0,
    Period.END_TERM_1: 1,
    Period.YEAR_END: 2,
}
_SUBJECTS, _TRAITS, _CORE = "Môn học và hoạt động giáo dục", "Phẩm chất chủ yếu", "Năng lực cốt lõi"
_RESULT = "Đánh giá kết quả giáo dục"
_LEVEL, _SCORE = "Mức đạt được", "Điểm KTĐK"


@dataclass(frozen=True, slots=True)
class SummaryColumn:
    """One column: its headings from the top down and the key of what stands in it."""

    titles: tuple[str, ...]
    key: str
    narrow: bool = True


@dataclass(frozen=True, slots=True)
class SummaryForm:
    """One of the nine forms for a grade and period."""

    number: int
    grade: int
    period: Period
    columns: tuple[SummaryColumn, ...]


@dataclass(frozen=True, slots=True)
class PupilSummary:
    """One pupil of the summary; what is not entered is absent."""

    full_name: str
    levels: Mapping[str, str] = field(default_factory=dict)
    """Subject code -> T, H, C or M."""
    scores: Mapping[str, int] = field(default_factory=dict)
    """Subject code -> score of the last test."""
    traits: Mapping[str, str] = field(default_factory=dict)
    """Trait code -> T, Đ or C."""
    result: YearResult | None = None
    awarded: bool = False
    held_back: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class ClassSummary:
    """The summary of one class in one period."""

    form: SummaryForm
    school_name: str
    classroom_name: str
    school_year: str
    place: str
    homeroom_teacher: str
    head: str
    pupils: tuple[PupilSummary, ...]


@dataclass(frozen=True, slots=True)
class HeadCell:
    """One cell of the heading, counted from 0; it spans rows and columns."""

    text: str
    row: int
    column: int
    rows: int
    columns: int


def summary_form(
    grade: int, period: Period, subjects: Sequence[PrimarySubject] | None = None
) -> SummaryForm:
    """The form of a grade and period. `subjects` are those that the class learns.

    Raises `Malformed`: `grade`, or `period` for the re-assessment, which has no form.
    """
    check_grade(grade)
    if period not in _KINDS:
        raise Malformed(
            "period", "Đánh giá bổ sung không có bảng tổng hợp.", "A re-assessment has no form."
        )
    band = 0 if grade <= 2 else 1 if grade == 3 else 2
    taught = subjects if subjects is not None else subjects_of_grade(grade)
    columns = [
        SummaryColumn(("STT",), "number"),
        SummaryColumn(("Họ và tên",), "name", narrow=False),
        *(column for subject in taught for column in _subject(subject, grade, period)),
        *_traits(),
    ]
    if period is Period.YEAR_END:
        columns += _year_end()
    columns.append(SummaryColumn(("Ghi chú",), "note", narrow=False))
    return SummaryForm(3 * band + _KINDS[period] + 1, grade, period, tuple(columns))


def _subject(subject: PrimarySubject, grade: int, period: Period) -> list[SummaryColumn]:
    code = str(subject.code)
    columns = [SummaryColumn((_SUBJECTS, subject.name, _LEVEL), f"level-{code}")]
    if has_test(code, grade, period):
        columns.append(SummaryColumn((_SUBJECTS, subject.name, _SCORE), f"score-{code}"))
    return columns


def _traits() -> list[SummaryColumn]:
    # Columns of traits that a grade does not assess stay, with empty cells.
    groups = {
        TraitGroup.GENERAL_COMPETENCE: "Năng lực chung",
        TraitGroup.SPECIFIC_COMPETENCE: "Năng lực đặc thù",
    }
    return [
        SummaryColumn(
            (_TRAITS, trait.name)
            if trait.group is TraitGroup.QUALITY
            else (_CORE, groups[trait.group], trait.name),
            f"trait-{trait.code}",
        )
        for trait in TRAITS
    ]


def _year_end() -> list[SummaryColumn]:
    results = [
        SummaryColumn((_RESULT, result.value), f"result-{result.name}") for result in YearResult
    ]
    return [
        *results,
        SummaryColumn(("Khen thưởng",), "awarded"),
        SummaryColumn(("Chưa được lên lớp",), "held_back"),
    ]


def head_cells(form: SummaryForm) -> list[HeadCell]:
    """The heading as cells that span: equal neighbours are one cell, a short path reaches down."""
    cells: list[HeadCell] = []
    for row in range(HEAD_ROWS):
        column = 0
        while column < len(form.columns):
            titles = form.columns[column].titles
            if row >= len(titles):
                column += 1
                continue
            last = column + 1
            while last < len(form.columns) and (
                len(titles) > 1
                and form.columns[last].titles[: row + 1] == titles[: row + 1]
                and len(form.columns[last].titles) > row
                and not (row + 1 == len(titles) == len(form.columns[last].titles) and row == 2)
            ):
                last += 1
            rows = HEAD_ROWS - row if row + 1 == len(titles) else 1
            cells.append(HeadCell(titles[row], row, column, rows, last - column))
            column = last
    return cells


def body_row(form: SummaryForm, number: int, pupil: PupilSummary) -> list[str]:
    """The cells of one pupil in the order of the form's columns."""
    return [_cell(column.key, number, pupil) for column in form.columns]


def _cell(key: str, number: int, pupil: PupilSummary) -> str:
    kind, _, code = key.partition("-")
    match kind:
        case "number":
            return str(number)
        case "name":
            return pupil.full_name
        case "level":
            return pupil.levels.get(code, "")
        case "score":
            return str(pupil.scores[code]) if code in pupil.scores else ""
        case "trait":
            return pupil.traits.get(code, "")
        case "result":
            return MARK if pupil.result is not None and pupil.result.name == code else ""
        case "awarded":
            return MARK if pupil.awarded else ""
        case "held_back":
            return MARK if pupil.held_back else ""
        case _:
            return pupil.note
