"""Levels and results of primary school (TT 27/2020/TT-BGDĐT Điều 7, 9, 13).

The letters T and C mean different things for subjects and for traits, so they are two types.
Persisted values: the letters and words below stand in signed records and must never change.
"""

from __future__ import annotations

from enum import StrEnum


class SubjectLevel(StrEnum):
    """Mức đạt được of a subject (TT 27/2020 Điều 7.1a); M = exempt (national dictionary)."""

    WELL_COMPLETED = "T"
    COMPLETED = "H"
    NOT_COMPLETED = "C"
    EXEMPT = "M"

    @property
    def word(self) -> str:
        """The word shown on screen and in display B."""
        return {"T": "Hoàn thành tốt", "H": "Hoàn thành", "C": "Chưa hoàn thành", "M": "Miễn học"}[
            self.value
        ]


class TraitLevel(StrEnum):
    """Mức đạt được of a quality or competence (TT 27/2020 Điều 7.2). Đ is U+0110."""

    GOOD = "T"
    SATISFACTORY = "Đ"
    NEEDS_EFFORT = "C"

    @property
    def word(self) -> str:
        """The word shown on screen and in display B."""
        return {"T": "Tốt", "Đ": "Đạt", "C": "Cần cố gắng"}[self.value]


class YearResult(StrEnum):
    """Đánh giá kết quả giáo dục cuối năm (TT 27/2020 Điều 9.2a)."""

    EXCELLENT = "Hoàn thành xuất sắc"
    WELL_COMPLETED = "Hoàn thành tốt"
    COMPLETED = "Hoàn thành"
    NOT_COMPLETED = "Chưa hoàn thành"
