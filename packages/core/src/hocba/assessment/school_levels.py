"""The levels of general school, their grades and codes.

Codes: national data dictionary (manhomcaphoc). Persisted values: they stand in signed records.
"""

from __future__ import annotations

from enum import StrEnum

from hocba.errors import Malformed


class SchoolLevel(StrEnum):
    """Cấp học of a grade."""

    PRIMARY = "02"
    LOWER_SECONDARY = "03"
    UPPER_SECONDARY = "04"

    @property
    def grades(self) -> range:
        """The grades of the level."""
        return _GRADES[self]

    @property
    def word(self) -> str:
        """Its name inside a Vietnamese sentence."""
        return _WORDS[self]


_GRADES = {
    SchoolLevel.PRIMARY: range(1, 6),
    SchoolLevel.LOWER_SECONDARY: range(6, 10),
    SchoolLevel.UPPER_SECONDARY: range(10, 13),
}
_WORDS = {
    SchoolLevel.PRIMARY: "tiểu học",
    SchoolLevel.LOWER_SECONDARY: "trung học cơ sở",
    SchoolLevel.UPPER_SECONDARY: "trung học phổ thông",
}


def level_of_grade(grade: int) -> SchoolLevel:
    """The level of a grade from 1 to 12. Raises `Malformed` with code `grade`."""
    for level in SchoolLevel:
        if grade in level.grades:
            return level
    raise Malformed("grade", f"Không có khối {grade}.", f"There is no grade {grade}.")
