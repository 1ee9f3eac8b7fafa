"""Subjects, tests and traits of each grade (TT 27/2020 Điều 5.2, 7.1b; curriculum of 2018)."""

from __future__ import annotations

import pytest

from hocba.assessment.catalogue import (
    GRADES,
    SUBJECTS,
    TRAITS,
    TraitGroup,
    check_grade,
    has_year_end_test,
    subject,
    subjects_of_grade,
    traits_of_grade,
)
from hocba.errors import Malformed

# One row per subject, one character per grade 1 to 5:
# "." not taught, "e" elective, "o" without test, "t" test at the end of the terms and of the year,
# "m" test in the middle of the terms as well.
TESTS = [
    ("02", "tttmm"),
    ("01", "tttmm"),
    ("11", "eettt"),
    ("05", "...tt"),
    ("13", "...tt"),
    ("12", "..ttt"),
    ("87", "..ttt"),
    ("03", "ooooo"),
    ("04", "ooo.."),
    ("88", "ooooo"),
    ("89", "ooooo"),
    ("90", "ooooo"),
    ("91", "ooooo"),
    ("14", "eeeee"),
]
CELLS = [(code, grade, marks[grade - 1]) for code, marks in TESTS for grade in GRADES]


def cell_id(cell: object) -> str:
    return str(cell)


def test_the_table_holds_every_subject_in_the_order_of_the_form() -> None:
    assert [code for code, _ in TESTS] == [each.code for each in SUBJECTS]


@pytest.mark.parametrize(("code", "grade", "mark"), CELLS, ids=cell_id)
def test_dieu_7_1b_subjects_and_tests(code: str, grade: int, mark: str) -> None:
    each = subject(code)
    assert (each in subjects_of_grade(grade)) == (mark != ".")
    assert (grade in each.compulsory_grades) == (mark in "otm")
    assert (grade in each.elective_grades) == (mark == "e")
    assert has_year_end_test(code, grade) == (mark in "tm")
    assert (grade in each.test_grades) == (mark in "tm")


@pytest.mark.parametrize(("code", "grade", "mark"), CELLS, ids=cell_id)
def test_dieu_7_1b_mid_term_tests_only_in_vietnamese_and_mathematics_of_grades_4_and_5(
    code: str, grade: int, mark: str
) -> None:
    tested = grade in subject(code).mid_term_test_grades
    assert tested == (mark == "m") == (code in {"01", "02"} and grade >= 4)


@pytest.mark.parametrize(("grade", "count"), [(1, 2), (2, 2), (3, 5), (4, 7), (5, 7)])
def test_dieu_7_1b_number_of_year_end_tests(grade: int, count: int) -> None:
    assert sum(has_year_end_test(each.code, grade) for each in SUBJECTS) == count


@pytest.mark.parametrize(("grade", "count"), [(1, 8), (2, 8), (3, 11), (4, 12), (5, 12)])
def test_number_of_compulsory_subjects(grade: int, count: int) -> None:
    compulsory = [each for each in subjects_of_grade(grade) if grade in each.compulsory_grades]
    assert len(compulsory) == count


def test_codes_are_unique_and_names_fit_the_record() -> None:
    codes = [each.code for each in SUBJECTS]
    assert len(codes) == len(set(codes))
    assert all(1 <= len(each.name) <= 50 and len(each.code) <= 3 for each in SUBJECTS)
    assert all(each.mid_term_test_grades <= each.test_grades for each in SUBJECTS)
    assert all(each.test_grades <= each.compulsory_grades for each in SUBJECTS)
    assert not any(each.compulsory_grades & each.elective_grades for each in SUBJECTS)


@pytest.mark.parametrize(("grade", "count"), [(1, 13), (2, 13), (3, 15), (4, 15), (5, 15)])
def test_dieu_5_2_traits_of_each_grade(grade: int, count: int) -> None:
    codes = [trait.code for trait in traits_of_grade(grade)]
    missing = [] if grade >= 3 else ["12", "13"]  # Công nghệ, Tin học
    assert codes == [f"{n:02d}" for n in range(1, 16) if f"{n:02d}" not in missing]
    assert len(codes) == count


@pytest.mark.parametrize(
    ("group", "count"),
    [
        (TraitGroup.QUALITY, 5),
        (TraitGroup.GENERAL_COMPETENCE, 3),
        (TraitGroup.SPECIFIC_COMPETENCE, 7),
    ],
)
def test_dieu_5_2_five_qualities_and_ten_competences(group: TraitGroup, count: int) -> None:
    assert sum(trait.group is group for trait in TRAITS) == count


@pytest.mark.parametrize("grade", [-1, 0, 6, 12])
def test_other_grades_are_refused(grade: int) -> None:
    for ask in (check_grade, subjects_of_grade, traits_of_grade):
        with pytest.raises(Malformed) as refused:
            ask(grade)
        assert refused.value.code == "grade"
    with pytest.raises(Malformed):
        has_year_end_test("01", grade)


@pytest.mark.parametrize("code", ["", "1", "99", "１", "01 "])
def test_other_subject_codes_are_refused(code: str) -> None:
    with pytest.raises(Malformed) as refused:
        subject(code)
    assert refused.value.code == "subject"
