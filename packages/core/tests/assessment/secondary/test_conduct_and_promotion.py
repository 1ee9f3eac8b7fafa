"""Conduct, promotion, the summer, completion, awards (TT 22/2021/TT-BGDĐT Điều 8, 12 to 15)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rule_pupils import GRADE, pupil

from hocba.assessment.secondary.awards import (
    EXCELLENT_PUPIL,
    GOOD_PUPIL,
    award_contradiction,
    propose_award,
)
from hocba.assessment.secondary.circular import TT22, circular_of
from hocba.assessment.secondary.conduct import YEAR, year_conduct
from hocba.assessment.secondary.levels import CommentLevel, Result
from hocba.assessment.secondary.promotion import (
    Obstacle,
    SummerSettings,
    SummerTask,
    YearFacts,
    decide_again,
    decide_promotion,
    obstacles,
    reassessable_subjects,
    summer_tasks,
)
from hocba.assessment.secondary.study_result import decide_study_result
from hocba.errors import Malformed, Refused
from hocba.ids import SubjectCode

T, K, D, C = Result.GOOD, Result.FAIR, Result.SATISFACTORY, Result.UNSATISFACTORY
FINE = YearFacts(study=K, conduct=T, absences=3)


@pytest.mark.parametrize(
    ("term_1", "years"),
    [(T, (T, K, K, C)), (K, (T, K, D, C)), (D, (K, K, D, C)), (C, (K, D, D, C))],
)
def test_conduct_of_the_year(term_1: Result, years: tuple[Result, ...]) -> None:
    """Điều 8.2b: rows term I, columns term II from Tốt to Chưa đạt."""
    assert tuple(year_conduct(term_1, term_2) for term_2 in (T, K, D, C)) == years


def test_every_pair_of_terms_has_a_year() -> None:
    assert len(YEAR) == len(Result) ** 2


@given(
    one=st.sampled_from(Result),
    two=st.sampled_from(Result),
    better=st.sampled_from(Result),
)
def test_better_conduct_never_lowers_the_year(one: Result, two: Result, better: Result) -> None:
    if better.rank >= one.rank:
        assert year_conduct(better, two).rank >= year_conduct(one, two).rank
    if better.rank >= two.rank:
        assert year_conduct(one, better).rank >= year_conduct(one, two).rank


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        (FINE, ()),
        (YearFacts(D, D, 45), ()),
        (YearFacts(D, D, 46), (Obstacle.ABSENCES,)),
        (YearFacts(C, D, 0), (Obstacle.STUDY,)),
        (YearFacts(D, C, 0), (Obstacle.CONDUCT,)),
        (YearFacts(C, C, 50), (Obstacle.CONDUCT, Obstacle.STUDY, Obstacle.ABSENCES)),
        (YearFacts(C, T, 0, study_again=D), ()),
        (YearFacts(C, T, 0, study_again=C), (Obstacle.STUDY,)),
        (YearFacts(D, C, 0, conduct_again=D), ()),
        (YearFacts(D, C, 0, conduct_again=C), (Obstacle.CONDUCT,)),
    ],
)
def test_the_three_conditions(facts: YearFacts, found: tuple[Obstacle, ...]) -> None:
    """Điều 12.1."""
    assert obstacles(facts) == found
    assert decide_promotion(GRADE, facts, first_school_year=2025).promoted == (not found)
    assert all(each.sentence.vi for each in found)


@pytest.mark.parametrize(
    ("facts", "tasks"),
    [
        (FINE, ()),
        (YearFacts(D, C, 0), (SummerTask.TRAINING,)),
        (YearFacts(C, D, 0), (SummerTask.REASSESSMENT,)),
        (YearFacts(C, C, 0), (SummerTask.TRAINING,)),
        (YearFacts(C, D, 46), ()),
        (YearFacts(C, D, 0, study_again=C), ()),
        (YearFacts(D, C, 0, conduct_again=C), ()),
        (YearFacts(C, C, 0, conduct_again=D), ()),
    ],
)
def test_what_the_summer_is_for(facts: YearFacts, tasks: tuple[SummerTask, ...]) -> None:
    """Điều 13, 14."""
    assert summer_tasks(facts) == tasks


def test_a_department_may_let_reassessment_follow_the_training() -> None:
    settings = SummerSettings(reassess_after_training=True)
    facts = YearFacts(C, C, 0)
    assert summer_tasks(facts, settings=settings) == (SummerTask.TRAINING,)
    trained = replace(facts, conduct_again=D)
    assert summer_tasks(trained, settings=settings) == (SummerTask.REASSESSMENT,)


def test_absences_are_not_negative() -> None:
    with pytest.raises(Malformed):
        obstacles(YearFacts(D, D, -1))


def test_subjects_that_may_be_assessed_again() -> None:
    """Điều 14: averages below 5.0, or Chưa đạt."""
    marks = pupil("7.0*5 5.0 4.9 3.0", 1)
    assert reassessable_subjects(GRADE, marks) == ("27", "32", "88")


def test_a_reassessment_replaces_the_year_and_decides_again() -> None:
    marks = pupil("7.0*6 3.0*2")
    assert decide_study_result(GRADE, marks).result is C
    one = decide_again(GRADE, marks, {SubjectCode("32"): Decimal("5.0")})
    assert (one.result, one.adjusted_for) == (D, SubjectCode("27"))  # Điều 9.3 holds again
    two = {SubjectCode("32"): Decimal("5.0"), SubjectCode("27"): Decimal("4.0")}
    assert decide_again(GRADE, marks, two).result is D


def test_a_lower_new_mark_takes_its_place_too() -> None:
    marks = pupil("5.0*5 4.9 4.0*2")
    again = decide_again(GRADE, marks, {SubjectCode("32"): Decimal("3.0")})
    assert again.result is C


@pytest.mark.parametrize(
    ("code", "mark"),
    [("15", Decimal("9.0")), ("97", CommentLevel.PASSED), ("32", CommentLevel.EXEMPT)],
)
def test_other_subjects_are_not_assessed_again(code: str, mark: Decimal | CommentLevel) -> None:
    marks = pupil("7.0*6 3.0*2", 1)
    with pytest.raises(Refused) as caught:
        decide_again(GRADE, marks, {SubjectCode(code): mark})
    assert caught.value.code == "not_reassessable"


@pytest.mark.parametrize(
    ("grade", "facts", "year", "text", "completion"),
    [
        (6, FINE, 2025, "Được lên lớp 7.", None),
        (8, YearFacts(C, D, 0), 2025, "Không được lên lớp.", None),
        (
            9,
            FINE,
            2025,
            "Hoàn thành chương trình trung học cơ sở.",
            "Xác nhận hoàn thành chương trình trung học cơ sở.",
        ),
        (
            9,
            FINE,
            2024,
            "Hoàn thành chương trình trung học cơ sở.",
            "Hoàn thành chương trình trung học cơ sở.",
        ),
        (
            9,
            YearFacts(C, D, 0),
            2025,
            "Không hoàn thành chương trình trung học cơ sở.",
            "Không hoàn thành chương trình trung học cơ sở.",
        ),
        (
            12,
            FINE,
            2025,
            "Hoàn thành chương trình trung học phổ thông.",
            "Hoàn thành chương trình trung học phổ thông.",
        ),
    ],
)
def test_sentences_and_completion(
    grade: int, facts: YearFacts, year: int, text: str, completion: str | None
) -> None:
    """Điều 12; TT 10/2026: from 2025-2026 on the record itself confirms the completion."""
    found = decide_promotion(grade, facts, first_school_year=year)
    assert (found.promotion_text, found.completion_text) == (text, completion)
    assert found.level_completed == (grade in {9, 12} and found.promoted)


@pytest.mark.parametrize(
    ("grade", "first"),
    [(6, 2021), (7, 2022), (10, 2022), (8, 2023), (11, 2023), (9, 2024), (12, 2024)],
)
def test_the_circular_came_grade_by_grade(grade: int, first: int) -> None:
    """TT 22/2021, article on its effect; before, TT 58/2011 held."""
    assert circular_of(grade, first) is TT22
    with pytest.raises(Refused) as caught:
        decide_promotion(grade, FINE, first_school_year=first - 1)
    assert caught.value.code == "circular"


def test_the_head_decides_on_a_pupil_with_an_individual_plan() -> None:
    """Điều 11, 12: the plan, not the three conditions, decides."""
    facts = YearFacts(C, T, 0)
    found = decide_promotion(7, facts, first_school_year=2025, by_individual_plan=True)
    assert found.promoted
    assert found.obstacles == (Obstacle.STUDY,)


@pytest.mark.parametrize("grade", [5, 13])
def test_other_grades_have_no_such_promotion(grade: int) -> None:
    with pytest.raises(Malformed):
        decide_promotion(grade, FINE, first_school_year=2025)


@pytest.mark.parametrize(
    ("averages", "study", "conduct", "title"),
    [
        ("9.0*6 6.5*2", T, T, EXCELLENT_PUPIL),
        ("9.1*6 6.5*2", T, T, EXCELLENT_PUPIL),
        ("9.0*5 8.9 6.5*2", T, T, GOOD_PUPIL),
        ("9.5*8", T, K, None),
        ("9.5*7 4.9", K, T, None),
    ],
)
def test_awards(averages: str, study: Result, conduct: Result, title: str | None) -> None:
    """Điều 15.1."""
    assert propose_award(study, conduct, pupil(averages).values()) == title


def test_a_title_in_words_must_be_deserved() -> None:
    words = "Đạt danh hiệu  học sinh XUẤT SẮC năm học"
    assert award_contradiction(words, EXCELLENT_PUPIL) is None
    assert award_contradiction(words, GOOD_PUPIL) == EXCELLENT_PUPIL
    assert award_contradiction("Học sinh Giỏi", None) == GOOD_PUPIL
    assert award_contradiction("Học sinh Giỏi", GOOD_PUPIL) is None
    assert award_contradiction("Giải Nhì hội khỏe Phù Đổng", None) is None


@given(
    study=st.sampled_from(Result),
    conduct=st.sampled_from(Result),
    absences=st.integers(0, 90),
    again=st.none() | st.sampled_from(Result),
)
def test_better_results_never_undo_a_promotion(
    study: Result, conduct: Result, absences: int, again: Result | None
) -> None:
    facts = YearFacts(study, conduct, absences, study_again=again)
    if decide_promotion(10, facts, first_school_year=2025).promoted:
        better = replace(facts, study=T, conduct=T, absences=0, study_again=again and T)
        assert decide_promotion(10, better, first_school_year=2025).promoted
    assert not (summer_tasks(facts) and not obstacles(facts))
