"""Completion, promotion, sentences and awards (TT 27/2020/TT-BGDĐT Điều 11, 13)."""

from __future__ import annotations

import pytest

from hocba.assessment.catalogue import GRADES
from hocba.assessment.levels import YearResult
from hocba.assessment.promotion import Promotion, decide_promotion, propose_award
from hocba.errors import Malformed, Refused

COMPLETED = [result for result in YearResult if result is not YearResult.NOT_COMPLETED]
FAILED = YearResult.NOT_COMPLETED
SENTENCES = {
    1: "Hoàn thành chương trình lớp 1; Được lên lớp 2.",
    2: "Hoàn thành chương trình lớp 2; Được lên lớp 3.",
    3: "Hoàn thành chương trình lớp 3; Được lên lớp 4.",
    4: "Hoàn thành chương trình lớp 4; Được lên lớp 5.",
    5: "Hoàn thành chương trình tiểu học.",
}


@pytest.mark.parametrize("result", COMPLETED)
@pytest.mark.parametrize("by_head", [None, True], ids=["not-asked", "agrees"])
@pytest.mark.parametrize("grade", GRADES)
def test_dieu_11_1_and_11_3_completed(grade: int, by_head: bool | None, result: YearResult) -> None:
    expected = Promotion(True, True, grade == 5, SENTENCES[grade])
    assert decide_promotion(grade, result, by_head) == expected


@pytest.mark.parametrize("grade", GRADES)
def test_dieu_11_2_the_head_promotes_a_pupil_who_has_not_completed(grade: int) -> None:
    text = f"Chưa hoàn thành chương trình lớp {grade}; Được lên lớp {grade + 1}."
    assert decide_promotion(grade, FAILED, True) == Promotion(True, False, False, text)


@pytest.mark.parametrize("grade", GRADES)
def test_dieu_11_2_the_head_holds_back(grade: int) -> None:
    text = f"Chưa hoàn thành chương trình lớp {grade}; Chưa được lên lớp."
    assert decide_promotion(grade, FAILED, False) == Promotion(False, False, False, text)


@pytest.mark.parametrize("grade", GRADES)
def test_dieu_11_2_nobody_but_the_head_decides(grade: int) -> None:
    with pytest.raises(Refused) as refused:
        decide_promotion(grade, FAILED, None)
    assert refused.value.code == "promotion_open"


@pytest.mark.parametrize("result", COMPLETED)
@pytest.mark.parametrize("grade", GRADES)
def test_dieu_11_1_a_pupil_who_completed_is_never_held_back(grade: int, result: YearResult) -> None:
    with pytest.raises(Refused) as refused:
        decide_promotion(grade, result, False)
    assert refused.value.code == "promotion_contradiction"


@pytest.mark.parametrize("grade", [0, 6])
def test_other_grades_are_refused(grade: int) -> None:
    with pytest.raises(Malformed) as refused:
        decide_promotion(grade, YearResult.COMPLETED, None)
    assert refused.value.code == "grade"


@pytest.mark.parametrize(
    ("result", "award"),
    [
        pytest.param(YearResult.EXCELLENT, "Học sinh Xuất sắc", id="13.1a-excellent"),
        pytest.param(YearResult.WELL_COMPLETED, None, id="13.1b-needs-a-human-statement"),
        pytest.param(YearResult.COMPLETED, None, id="13-completed"),
        pytest.param(YearResult.NOT_COMPLETED, None, id="13-not-completed"),
    ],
)
def test_dieu_13_1_only_the_first_award_follows_from_the_result(
    result: YearResult, award: str | None
) -> None:
    assert propose_award(result) == award
