"""Completion, promotion and awards at the end of the year (TT 27/2020/TT-BGDĐT Điều 11, 13)."""

from __future__ import annotations

from dataclasses import dataclass

from hocba.assessment.catalogue import GRADES, check_grade
from hocba.assessment.levels import YearResult
from hocba.errors import Refused

EXCELLENT_PUPIL = "Học sinh Xuất sắc"
"""Title of TT 27/2020 Điều 13.1a."""
OUTSTANDING_PUPIL = "Học sinh Tiêu biểu"
"""How the title of Điều 13.1b begins."""


@dataclass(frozen=True, slots=True)
class Promotion:
    """What follows from the result of the year, and the sentence of item 6 of the form."""

    promoted: bool
    grade_completed: bool
    primary_completed: bool
    text: str


def decide_promotion(grade: int, result: YearResult, promoted_by_head: bool | None) -> Promotion:
    """Decide completion and promotion (Điều 11).

    The head decides on a pupil who has not completed the grade even after help (Điều 11.2);
    for the others his decision is not asked. Raises `Refused` with code `promotion_open` when it
    is missing, `promotion_contradiction` when it would hold back a pupil who completed the grade.
    """
    check_grade(grade)
    last = grade == GRADES[-1]
    if result is not YearResult.NOT_COMPLETED:
        if promoted_by_head is False:
            raise Refused(
                "promotion_contradiction",
                "Em đã hoàn thành chương trình lớp học nên được lên lớp.",
                "A pupil who has completed the grade is promoted.",
            )
        text = (
            "Hoàn thành chương trình tiểu học."
            if last
            else f"Hoàn thành chương trình lớp {grade}; Được lên lớp {grade + 1}."
        )
        return Promotion(True, True, last, text)
    if promoted_by_head is None:
        raise Refused(
            "promotion_open",
            "Hiệu trưởng chưa quyết định em được lên lớp hay chưa.",
            "The principal has not decided on promotion.",
        )
    outcome = f"Được lên lớp {grade + 1}" if promoted_by_head else "Chưa được lên lớp"
    text = f"Chưa hoàn thành chương trình lớp {grade}; {outcome}."
    return Promotion(promoted_by_head, False, False, text)


def propose_award(result: YearResult) -> str | None:
    """Propose the award that follows from the result alone (Điều 13.1a).

    "Học sinh Tiêu biểu" also needs an achievement and the class's recognition, so that no software
    can propose it.
    """
    return EXCELLENT_PUPIL if result is YearResult.EXCELLENT else None


def award_contradiction(award_text: str, result: YearResult) -> str | None:
    """The award named in a text that this result does not allow (Điều 13.1a, b); None when fine.

    "Học sinh Tiêu biểu hoàn thành tốt trong học tập và rèn luyện" asks for at least Hoàn thành tốt.
    """
    words = " ".join(award_text.casefold().split())
    if EXCELLENT_PUPIL.casefold() in words and result is not YearResult.EXCELLENT:
        return EXCELLENT_PUPIL
    well = {YearResult.EXCELLENT, YearResult.WELL_COMPLETED}
    if OUTSTANDING_PUPIL.casefold() in words and result not in well:
        return OUTSTANDING_PUPIL
    return None
