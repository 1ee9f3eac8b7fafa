"""Subjects of secondary school (TT 32/2018, TT 13/2022) and assessments (TT 22 Điều 5, 6)."""

from __future__ import annotations

import pytest

from hocba.assessment.school_levels import SchoolLevel, level_of_grade
from hocba.assessment.secondary.catalogue import (
    GRADES,
    LOWER_SUBJECTS,
    SUBJECTS,
    UPPER_SUBJECTS,
    Standing,
    secondary_level,
    subject,
    subjects_of_grade,
)
from hocba.assessment.secondary.choices import choice_faults, topic_faults
from hocba.assessment.secondary.marks import regular_marks
from hocba.errors import Malformed
from hocba.ids import SubjectCode

COMMENT_ONLY = {
    SchoolLevel.LOWER_SECONDARY: {"88", "97", "91", "99"},
    SchoolLevel.UPPER_SECONDARY: {"88", "91", "99", "29", "30"},
}


@pytest.mark.parametrize("grade", range(1, 13))
def test_every_grade_has_one_level(grade: int) -> None:
    level = level_of_grade(grade)
    assert grade in level.grades
    assert (grade in GRADES) == (level is not SchoolLevel.PRIMARY)


@pytest.mark.parametrize("grade", [0, 13, -1])
def test_other_grades_are_refused(grade: int) -> None:
    with pytest.raises(Malformed, match="Không có khối"):
        level_of_grade(grade)


def test_a_primary_grade_is_not_secondary() -> None:
    with pytest.raises(Malformed) as caught:
        secondary_level(5)
    assert caught.value.code == "grade"


def test_counts_by_level() -> None:
    assert (len(LOWER_SUBJECTS), len(UPPER_SUBJECTS)) == (14, 19)
    scored = [each for each in LOWER_SUBJECTS if each.scored]
    assert len([each for each in scored if each.standing is Standing.COMPULSORY]) == 8
    chosen = [each for each in UPPER_SUBJECTS if each.standing is Standing.CHOICE]
    assert len(chosen) == 9


@pytest.mark.parametrize("level", SUBJECTS)
def test_comment_only_subjects(level: SchoolLevel) -> None:
    """TT 22/2021 Điều 5.3a."""
    assert {str(each.code) for each in SUBJECTS[level] if not each.scored} == COMMENT_ONLY[level]


@pytest.mark.parametrize("level", SUBJECTS)
def test_codes_are_single_and_short_names_fit_the_national_record(level: SchoolLevel) -> None:
    codes = [each.code for each in SUBJECTS[level]]
    assert len(codes) == len(set(codes))
    assert all(len(each.short_name) <= 20 for each in SUBJECTS[level])
    assert all(set(each.periods) == set(level.grades) for each in SUBJECTS[level])


def test_one_code_may_be_two_subjects() -> None:
    assert subject("91", 7).name == subject("91", 11).name
    assert subject("31", 7).name == "Ngoại ngữ 2" == subject("70", 11).name
    with pytest.raises(Malformed):
        subject("70", 7)
    with pytest.raises(Malformed):
        subject("26", 10)


@pytest.mark.parametrize(
    ("code", "grade", "count"),
    [
        ("19", 6, 4),  # 140 periods
        ("69", 9, 4),  # 105
        ("26", 6, 2),  # 35
        ("27", 7, 2),  # 35
        ("27", 8, 3),  # 52
        ("05", 8, 4),  # 105
        ("40", 10, 3),  # 52
        ("35", 11, 3),  # 70
        ("47", 12, 2),  # 35
        ("15", 12, 4),  # 105
        ("88", 6, 2),  # comment only
        ("91", 12, 2),
    ],
)
def test_regular_assessments_a_term(code: str, grade: int, count: int) -> None:
    """TT 22/2021 Điều 6: 2 up to 35 periods, 3 up to 70, 4 above; comment only: 2."""
    assert regular_marks(code, grade) == count


def test_study_topics_add_one_regular_assessment() -> None:
    assert regular_marks("35", 10, with_topics=True) == 4
    assert regular_marks("29", 10, with_topics=True) == 3
    assert regular_marks("69", 10, with_topics=True) == 4  # no topics in Ngoại ngữ 1
    assert regular_marks("15", 7, with_topics=True) == 4  # none below grade 10


UPPER = [SubjectCode(code) for code in ("19", "15", "69", "88", "47", "91", "99", "40")]
CHOSEN = [SubjectCode(code) for code in ("35", "36", "37", "38")]


def test_four_choices_are_fine() -> None:
    assert not list(choice_faults(10, [*UPPER, *CHOSEN]))
    assert not list(choice_faults(10, [*UPPER, *CHOSEN, SubjectCode("70")]))


@pytest.mark.parametrize(
    "taken", [[*UPPER, *CHOSEN[:3]], [*UPPER, *CHOSEN, SubjectCode("41")], [*UPPER[1:], *CHOSEN]]
)
def test_other_choices_are_named(taken: list[SubjectCode]) -> None:
    assert len(list(choice_faults(11, taken))) == 1


def test_lower_secondary_chooses_nothing() -> None:
    taken = [each.code for each in subjects_of_grade(8) if each.standing is Standing.COMPULSORY]
    assert not list(choice_faults(8, taken))


def test_study_topics() -> None:
    taken = [*UPPER, *CHOSEN]
    three = [SubjectCode(code) for code in ("15", "35", "36")]
    assert not list(topic_faults(10, taken, three))
    assert not list(topic_faults(10, taken, []))
    assert len(list(topic_faults(10, taken, three[:2]))) == 1
    assert len(list(topic_faults(10, taken, [*three[:2], SubjectCode("69")]))) == 1  # has none
    assert len(list(topic_faults(10, taken, [*three[:2], SubjectCode("41")]))) == 1  # not taken
    assert list(topic_faults(7, [SubjectCode("15")], [SubjectCode("15")]))
