"""The nine forms of TT 27/2020 annex 2."""

from __future__ import annotations

import pytest

from hocba.assessment.class_summary import (
    HEAD_ROWS,
    PupilSummary,
    SummaryForm,
    body_row,
    head_cells,
    summary_form,
)
from hocba.assessment.levels import YearResult
from hocba.assessment.periods import Period
from hocba.errors import Malformed


@pytest.mark.parametrize(
    ("grade", "period", "number"),
    [
        (1, Period.MID_TERM_1, 1),
        (2, Period.MID_TERM_2, 1),
        (2, Period.END_TERM_1, 2),
        (1, Period.YEAR_END, 3),
        (3, Period.MID_TERM_1, 4),
        (3, Period.END_TERM_1, 5),
        (3, Period.YEAR_END, 6),
        (4, Period.MID_TERM_2, 7),
        (5, Period.END_TERM_1, 8),
        (5, Period.YEAR_END, 9),
    ],
)
def test_the_form_of_a_grade_and_period(grade: int, period: Period, number: int) -> None:
    assert summary_form(grade, period).number == number


def scores(form: SummaryForm) -> set[str]:
    return {column.key[6:] for column in form.columns if column.key.startswith("score-")}


@pytest.mark.parametrize(
    ("grade", "period", "tested"),
    [
        (1, Period.MID_TERM_1, set()),
        (2, Period.END_TERM_1, {"01", "02"}),
        (3, Period.MID_TERM_2, set()),
        (3, Period.YEAR_END, {"01", "02", "11", "12", "87"}),
        (4, Period.MID_TERM_1, {"01", "02"}),
        (5, Period.YEAR_END, {"01", "02", "05", "11", "12", "13", "87"}),
    ],
)
def test_scores_have_columns_where_there_are_tests(
    grade: int, period: Period, tested: set[str]
) -> None:
    """Annex 2 with Điều 7.1b; "TH-CN" has two columns of subjects (QĐ 2904)."""
    assert scores(summary_form(grade, period)) == tested


@pytest.mark.parametrize("grade", range(1, 6))
@pytest.mark.parametrize("period", [Period.MID_TERM_1, Period.END_TERM_1, Period.YEAR_END])
def test_the_heading_covers_every_column_once(grade: int, period: Period) -> None:
    form = summary_form(grade, period)
    covered = [
        (row, column)
        for cell in head_cells(form)
        for row in range(cell.row, cell.row + cell.rows)
        for column in range(cell.column, cell.column + cell.columns)
    ]
    assert len(covered) == len(set(covered)) == HEAD_ROWS * len(form.columns)


def test_the_year_end_marks_one_of_four_columns() -> None:
    form = summary_form(4, Period.YEAR_END)
    pupil = PupilSummary(
        "Trần Văn Tí",
        {"01": "T"},
        {"01": 9},
        {"01": "Đ"},
        YearResult.WELL_COMPLETED,
        awarded=True,
        note="Học sinh khuyết tật",
    )
    row = dict(zip((c.key for c in form.columns), body_row(form, 7, pupil), strict=True))
    assert (row["number"], row["name"], row["level-01"], row["score-01"]) == (
        "7",
        "Trần Văn Tí",
        "T",
        "9",
    )
    assert row["trait-01"] == "Đ"
    assert [key for key, text in row.items() if text == "X"] == ["result-WELL_COMPLETED", "awarded"]
    assert row["note"] == "Học sinh khuyết tật"
    assert row["level-02"] == ""


def test_a_reassessment_has_no_form() -> None:
    with pytest.raises(Malformed):
        summary_form(4, Period.REASSESSMENT)
