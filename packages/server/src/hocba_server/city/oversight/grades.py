"""Which grades belong to which level, and which end one (Luật Giáo dục 2019 Điều 28)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hocba_server.city.certificates.models import Level, Unit

GRADES_OF_LEVEL: Final[Mapping[str, range]] = {
    Level.PRIMARY.value: range(1, 6),
    Level.LOWER_SECONDARY.value: range(6, 10),
    Level.UPPER_SECONDARY.value: range(10, 13),
    Level.CONTINUING.value: range(6, 13),
}
FINAL_GRADES: Final = (5, 9, 12)
"""Their records are needed earlier, for the admission to the next level (KH 2106/KH-SGDĐT)."""


def grades_of_unit(unit: Unit) -> tuple[int, ...]:
    """The grades that a school has, by its levels."""
    return tuple(sorted({grade for level in unit.levels for grade in GRADES_OF_LEVEL[level]}))
