"""The moments of a school year at which pupils are assessed (TT 27/2020/TT-BGDĐT Điều 7, 11).

Persisted values: the codes below stand in databases and spreadsheets and must never change.
"""

from __future__ import annotations

from enum import StrEnum

from hocba.assessment.catalogue import check_grade, subject
from hocba.errors import Sentence


class Period(StrEnum):
    """One moment of assessment. Re-assessment adds to the year's end, it never replaces it."""

    MID_TERM_1 = "GK1"
    END_TERM_1 = "CK1"
    MID_TERM_2 = "GK2"
    YEAR_END = "CN"
    REASSESSMENT = "BS"

    @property
    def label(self) -> Sentence:
        """Name of the period for a person."""
        return _LABELS[self]


REGULAR_PERIODS = (
    Period.MID_TERM_1,
    Period.END_TERM_1,
    Period.MID_TERM_2,
    Period.YEAR_END,
)
"""The four periods of every pupil; re-assessment concerns those who have not completed the year."""

_LABELS = {
    Period.MID_TERM_1: Sentence("Giữa học kỳ I", "Middle of term I"),
    Period.END_TERM_1: Sentence("Cuối học kỳ I", "End of term I"),
    Period.MID_TERM_2: Sentence("Giữa học kỳ II", "Middle of term II"),
    Period.YEAR_END: Sentence("Cuối năm học", "End of the year"),
    Period.REASSESSMENT: Sentence("Đánh giá bổ sung", "Re-assessment"),
}


def has_test(code: str, grade: int, period: Period) -> bool:
    """Tell whether a subject is tested in this grade and period (TT 27/2020 Điều 7.1b).

    End of term I and of the year: every tested subject of the grade. Middle of a term: Tiếng Việt
    and Toán in grades 4 and 5. A re-assessment repeats the test of the year's end.
    Raises `Malformed` for an unknown subject or grade.
    """
    found = subject(code)
    if period in {Period.MID_TERM_1, Period.MID_TERM_2}:
        return check_grade(grade) in found.mid_term_test_grades
    return check_grade(grade) in found.test_grades
