"""A whole year from both terms (TT 22/2021/TT-BGDĐT Điều 8, 9, 12 to 15)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from rule_pupils import GRADE, pupil

from hocba.assessment.secondary.awards import EXCELLENT_PUPIL, GOOD_PUPIL
from hocba.assessment.secondary.levels import Result
from hocba.assessment.secondary.promotion import SummerTask
from hocba.assessment.secondary.year import YearDecision, YearInputs, decide_year
from hocba.errors import Refused
from hocba.ids import SubjectCode

T, K, D, C = Result.GOOD, Result.FAIR, Result.SATISFACTORY, Result.UNSATISFACTORY


def year(one: str, two: str, conduct: tuple[Result, Result] = (T, T)) -> YearInputs:
    return YearInputs(pupil(one), pupil(two), *conduct, absences=3)


def decided(inputs: YearInputs) -> YearDecision:
    return decide_year(GRADE, 2025, inputs)


def test_a_year_that_got_better() -> None:
    found = decided(year("7.9*6 6.4 6.5", "8.0*6 6.5*2", (K, T)))
    assert found.marks[SubjectCode("19")] == Decimal("8.0")
    assert found.marks[SubjectCode("27")] == Decimal("6.5")
    assert (found.study_1.result, found.study_2.result, found.study.result) == (K, T, T)
    assert (found.conduct, found.award) == (T, GOOD_PUPIL)
    assert found.promotion.promoted
    assert found.summer == ()


def test_an_excellent_year() -> None:
    assert decided(year("9.0*8", "9.0*8")).award == EXCELLENT_PUPIL


def test_a_year_with_something_left_for_the_summer() -> None:
    found = decided(year("7.0*6 3.0*2", "7.0*6 3.0*2"))
    assert (found.study.result, found.promotion.promoted) == (C, False)
    assert found.summer == (SummerTask.REASSESSMENT,)
    conduct = decided(year("7.0*8", "7.0*8", (C, C)))
    assert conduct.summer == (SummerTask.TRAINING,)


def test_the_head_s_decision_by_the_plan_leaves_nothing_for_the_summer() -> None:
    inputs = replace(year("7.0*6 3.0*2", "7.0*6 3.0*2"), by_individual_plan=True)
    found = decided(inputs)
    assert found.promotion.promoted
    assert found.summer == ()


def test_a_subject_with_one_term_blocks() -> None:
    inputs = year("7.0*8", "7.0*8")
    term_2 = {code: mark for code, mark in inputs.term_2.items() if code != "15"}
    with pytest.raises(Refused, match="15") as caught:
        decided(replace(inputs, term_2=term_2))
    assert caught.value.code == "incomplete"


def test_a_year_before_the_circular_is_refused() -> None:
    with pytest.raises(Refused):
        decide_year(GRADE, 2021, year("7.0*8", "7.0*8"))
