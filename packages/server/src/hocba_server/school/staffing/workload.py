"""Periods a week by the national curriculum, to see who has too much or nothing.

Annual periods per subject and grade: TT 32/2018/TT-BGDĐT (primary), over 35 weeks. Twenty-three
periods a week is the norm of a primary teacher. What lowers a person's norm (homeroom, head of
group) is not known here, so the number is a hint and never refuses anything.
"""

from __future__ import annotations

from typing import Final

WEEKS: Final = 35
NORM: Final = 23
"""Periods a week of a primary teacher."""
_ANNUAL: Final[dict[str, tuple[int, int, int, int, int]]] = {
    "02": (420, 350, 245, 245, 245),
    "01": (105, 175, 175, 175, 175),
    "11": (70, 70, 140, 140, 140),
    "03": (35, 35, 35, 35, 35),
    "04": (70, 70, 70, 0, 0),
    "05": (0, 0, 0, 70, 70),
    "13": (0, 0, 0, 70, 70),
    "12": (0, 0, 35, 35, 35),
    "87": (0, 0, 35, 35, 35),
    "88": (70, 70, 70, 70, 70),
    "89": (35, 35, 35, 35, 35),
    "90": (35, 35, 35, 35, 35),
    "91": (105, 105, 105, 105, 105),
    "14": (70, 70, 70, 70, 70),
}
"""Subject code -> periods a year in grades 1 to 5. Arts 70 and informatics with technology 70 are
halved between their two rows."""


def weekly_periods(subject_code: str, grade: int) -> float:
    """Periods a week of a subject in a grade; 0 for what the curriculum does not name."""
    annual = _ANNUAL.get(subject_code)
    return annual[grade - 1] / WEEKS if annual else 0.0
