"""Levels and results of secondary school (TT 22/2021/TT-BGDĐT Điều 5, 8, 9).

Persisted values: the letters stand in signed records and must never change. Đ is U+0110.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum


class CommentLevel(StrEnum):
    """Result of a subject that is assessed by comment (Điều 5.3a); M = exempt."""

    PASSED = "Đ"
    NOT_PASSED = "CĐ"
    EXEMPT = "M"

    @property
    def word(self) -> str:
        """The word for a person."""
        return {"Đ": "Đạt", "CĐ": "Chưa đạt", "M": "Miễn học"}[self.value]


class Result(StrEnum):
    """Kết quả học tập or kết quả rèn luyện of a term or year (Điều 8.2, 9.2), best first."""

    GOOD = "T"
    FAIR = "K"
    SATISFACTORY = "Đ"
    UNSATISFACTORY = "CĐ"

    @property
    def word(self) -> str:
        """The word that the form prints."""
        return {"T": "Tốt", "K": "Khá", "Đ": "Đạt", "CĐ": "Chưa đạt"}[self.value]

    @property
    def rank(self) -> int:
        """3 for Tốt down to 0 for Chưa đạt."""
        return _FROM_THE_BOTTOM.index(self)

    def raised(self) -> Result:
        """The next level up; the highest stays."""
        return _FROM_THE_BOTTOM[min(self.rank + 1, len(_FROM_THE_BOTTOM) - 1)]


_FROM_THE_BOTTOM = tuple(reversed(Result))

Mark = Decimal | CommentLevel
"""What stands in the record for a subject: 0.0 to 10.0 with one decimal, or a letter."""


def is_exempt(mark: Mark) -> bool:
    """Is the pupil exempt from the subject?"""
    return mark is CommentLevel.EXEMPT
