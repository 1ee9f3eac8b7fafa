"""Columns of every sheet by grade and period, and how cells are read (TT 27/2020 Điều 7)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hocba.assessment.catalogue import subjects_of_grade
from hocba.assessment.periods import REGULAR_PERIODS, Period
from hocba.errors import Refused, Sentence
from hocba_server.school.assessments.sheets import (
    HOMEROOM_SHEET,
    TRAITS_SHEET,
    CellKind,
    Column,
    Sheet,
    columns_of,
    contradiction,
    read_cell,
    row_warnings,
)

NAME = Sentence("ô", "cell")
LETTERS = Column("level", NAME, CellKind.SUBJECT_LEVEL)
TRAIT = Column("01", NAME, CellKind.TRAIT_LEVEL)
SCORE = Column("test_score", NAME, CellKind.SCORE, 10)
WEIGHT = Column("weight_kg", NAME, CellKind.DECIMAL, 200)
TEXT = Column("comment", NAME, CellKind.TEXT, 5)


@pytest.mark.parametrize(
    ("grade", "period", "tested"),
    [
        (1, Period.MID_TERM_1, set()),
        (1, Period.END_TERM_1, {"01", "02"}),
        (3, Period.MID_TERM_2, set()),
        (3, Period.YEAR_END, {"01", "02", "11", "12", "87"}),
        (4, Period.MID_TERM_1, {"01", "02"}),
        (5, Period.MID_TERM_2, {"01", "02"}),
        (5, Period.END_TERM_1, {"01", "02", "05", "11", "12", "13", "87"}),
        (5, Period.REASSESSMENT, {"01", "02", "05", "11", "12", "13", "87"}),
    ],
)
def test_tests_stand_exactly_where_the_circular_has_them(
    grade: int, period: Period, tested: set[str]
) -> None:
    """TT 27/2020 Điều 7.1b."""
    found = {
        str(subject.code)
        for subject in subjects_of_grade(grade)
        for column in columns_of(Sheet.of_subject(str(subject.code)), grade, period)
        if column.kind is CellKind.SCORE
    }
    assert found == tested


@pytest.mark.parametrize(("grade", "count"), [(1, 13), (2, 13), (3, 15), (5, 15)])
def test_traits_of_a_grade(grade: int, count: int) -> None:
    """TT 27/2020 Điều 7.2."""
    for period in REGULAR_PERIODS:
        columns = columns_of(TRAITS_SHEET, grade, period)
        assert sum(column.kind is CellKind.TRAIT_LEVEL for column in columns) == count
        assert sum(column.kind is CellKind.TEXT for column in columns) == 3


def test_homeroom_data_of_each_period() -> None:
    fields = {
        period: [column.field for column in columns_of(HOMEROOM_SHEET, 4, period)]
        for period in Period
    }
    absences = ["excused_absences", "unexcused_absences"]
    assert fields[Period.MID_TERM_1] == fields[Period.MID_TERM_2] == absences
    assert fields[Period.END_TERM_1] == ["weight_kg", "height_cm", *absences]
    assert fields[Period.YEAR_END][:4] == ["weight_kg", "height_cm", *absences]
    assert len(fields[Period.YEAR_END]) == 8
    assert fields[Period.REASSESSMENT] == []


@pytest.mark.parametrize(
    ("column", "text", "expected"),
    [
        (LETTERS, " t ", "T"),
        (LETTERS, "m", "M"),
        (TRAIT, "đ", "Đ"),
        (TRAIT, "d", "Đ"),
        (TRAIT, "Ð", "Đ"),
        (SCORE, "10", "10"),
        (SCORE, "9,0", "9"),
        (SCORE, "0", "0"),
        (WEIGHT, "24,5", "24.5"),
        (WEIGHT, "30", "30.0"),
        (TEXT, " Em  g ", "Em g"),
        (TEXT, "", ""),
    ],
)
def test_cells_are_read_as_people_write_them(column: Column, text: str, expected: str) -> None:
    assert read_cell(column, text) == expected


@pytest.mark.parametrize(
    ("column", "text"),
    [
        (LETTERS, "Đ"),
        (TRAIT, "H"),
        (SCORE, "11"),
        (SCORE, "7,5"),
        (SCORE, "-1"),
        (WEIGHT, "0"),
        (WEIGHT, "201"),
        (WEIGHT, "NaN"),
        (TEXT, "dài quá"),
    ],
)
def test_what_cannot_be_taken_says_why(column: Column, text: str) -> None:
    assert isinstance(read_cell(column, text), Sentence)


@given(st.sampled_from([LETTERS, TRAIT, SCORE, WEIGHT, TEXT]), st.text(max_size=30))
def test_reading_never_fails_and_is_stable(column: Column, text: str) -> None:
    once = read_cell(column, text)
    if isinstance(once, str):
        assert read_cell(column, once) == once


def test_rules_are_errors_and_habits_are_warnings() -> None:
    maths = Sheet.of_subject("01")
    assert contradiction(maths, {"level": "M", "test_score": "8"}) is not None
    assert contradiction(maths, {"level": "T", "test_score": "2"}) is None
    for level, score, warned in (("T", "6", 1), ("T", "7", 0), ("C", "5", 1), ("C", "4", 0)):
        assert len(row_warnings(maths, {"level": level, "test_score": score})) == warned
    assert len(row_warnings(maths, {"level": "C", "test_score": "0"})) == 1


@pytest.mark.parametrize("slug", ["mon-99", "mon-1", "mon-001", "khac", "", "chu-nhiem/"])
def test_unknown_sheets_do_not_exist(slug: str) -> None:
    with pytest.raises(Refused) as refusal:
        Sheet.parse(slug)
    assert refusal.value.code == "not_found"
