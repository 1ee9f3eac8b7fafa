"""Every number of TT 22/2021/TT-BGDĐT that an amendment could change, with when it holds.

Rules take a `Circular` and never a number of their own; an amendment adds an entry to `CIRCULARS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from hocba.assessment.secondary.catalogue import secondary_level
from hocba.assessment.secondary.levels import Result
from hocba.errors import Refused


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One row of Điều 9.2: what comments and averages must reach for a result."""

    number: int
    result: Result
    not_passed_allowed: int
    """How many subjects assessed by comment may be Chưa đạt."""
    every: Decimal
    """What every average must reach."""
    enough: Decimal
    """What at least `Circular.enough` averages must reach."""


@dataclass(frozen=True, slots=True)
class Circular:
    """The numbers of one state of the circular."""

    source: str
    first_school_years: Mapping[int, int] = field(hash=False)
    """Grade -> calendar year in which the first school year under it begins."""
    rows: tuple[ResultRow, ...]
    """Điều 9.2, best result first."""
    enough: int
    """ "Ít nhất 06 môn học" (Điều 9.2, 15.1a)."""
    comment_regular: int
    """Regular assessments a term of a subject assessed by comment (Điều 6)."""
    regular_by_periods: tuple[tuple[int, int], ...]
    """Periods a year up to -> regular marks a term (Điều 6)."""
    most_regular: int
    """Regular marks a term above the last of these."""
    most_absences: int
    """Half-days a year, excused and unexcused together (Điều 12.1c)."""
    reassessed_below: Decimal
    """A scored subject below this may be assessed again (Điều 14)."""
    excellent_from: Decimal
    """What at least `enough` averages must reach for Học sinh Xuất sắc (Điều 15.1a)."""


CIRCULARS: Final = (
    Circular(
        source="TT 22/2021/TT-BGDĐT",
        first_school_years={6: 2021, 7: 2022, 10: 2022, 8: 2023, 11: 2023, 9: 2024, 12: 2024},
        rows=(
            ResultRow(1, Result.GOOD, 0, Decimal("6.5"), Decimal("8.0")),
            ResultRow(2, Result.FAIR, 0, Decimal("5.0"), Decimal("6.5")),
            ResultRow(3, Result.SATISFACTORY, 1, Decimal("3.5"), Decimal("5.0")),
        ),
        enough=6,
        comment_regular=2,
        regular_by_periods=((35, 2), (70, 3)),
        most_regular=4,
        most_absences=45,
        reassessed_below=Decimal("5.0"),
        excellent_from=Decimal("9.0"),
    ),
)
"""Oldest first. It came into force grade by grade (its article on effect)."""
TT22: Final = CIRCULARS[-1]
"""The state that holds now."""


def circular_of(grade: int, first_school_year: int) -> Circular:
    """The state of the circular for a grade in the school year that begins in a calendar year.

    Raises `Malformed` with code `grade`; `Refused` with code `circular` for years before it held
    in that grade: their results follow other rules (TT 58/2011/TT-BGDĐT).
    """
    secondary_level(grade)
    held = [each for each in CIRCULARS if each.first_school_years[grade] <= first_school_year]
    if not held:
        raise Refused(
            "circular",
            f"Năm học {first_school_year}-{first_school_year + 1}, khối {grade} chưa áp dụng "
            f"{TT22.source}.",
            f"{TT22.source} did not hold yet in grade {grade} in {first_school_year}.",
        )
    return held[-1]
