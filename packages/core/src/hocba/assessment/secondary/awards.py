"""Awards at the end of the year (TT 22/2021/TT-BGDĐT Điều 15.1)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from hocba.assessment.secondary.circular import TT22, Circular
from hocba.assessment.secondary.levels import Mark, Result

EXCELLENT_PUPIL: Final = "Học sinh Xuất sắc"
"""Title of Điều 15.1a."""
GOOD_PUPIL: Final = "Học sinh Giỏi"
"""Title of Điều 15.1b."""


def propose_award(
    study: Result, conduct: Result, year_marks: Iterable[Mark], *, circular: Circular = TT22
) -> str | None:
    """The title that follows from the year; None when there is none.

    `study`, `conduct` and `year_marks` are those of the year's end: what the summer repairs counts
    for promotion, not for a title of the year's end (decision 34). Sudden achievements (Điều 15.1c)
    need a human statement.
    """
    if study is not Result.GOOD or conduct is not Result.GOOD:
        return None
    high = sum(isinstance(mark, Decimal) and mark >= circular.excellent_from for mark in year_marks)
    return EXCELLENT_PUPIL if high >= circular.enough else GOOD_PUPIL


def award_contradiction(award_text: str, allowed: str | None) -> str | None:
    """The title named in a text that the year does not give; None when fine.

    `allowed` is what `propose_award` gave. One with the higher title may be named with the lower.
    """
    words = " ".join(award_text.casefold().split())
    if EXCELLENT_PUPIL.casefold() in words and allowed != EXCELLENT_PUPIL:
        return EXCELLENT_PUPIL
    if GOOD_PUPIL.casefold() in words and allowed is None:
        return GOOD_PUPIL
    return None
