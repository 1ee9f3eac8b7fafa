"""One school of a generated city: its people with RSA keys, its classes, their signed records."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

from hocba.ids import UnitCode
from hocba.record.model import AnnualRecord
from hocba.record.sample import sample_record
from hocba_certworld.cast import Cast
from hocba_certworld.world import CertWorld

CLASS_SIZE = 45
"""Pupils of a full class of a city school."""
_SEEDS_PER_SCHOOL = 10_000
_GRADE = 4
"""Nine signatures: six subject teachers, homeroom teacher, leader, school."""


@dataclass(frozen=True, slots=True)
class SynthSchool:
    """A school that can issue as many records as are asked for; the same ones each time."""

    order: int
    cast: Cast

    @classmethod
    def found(cls, world: CertWorld, order: int) -> SynthSchool:
        """Make school number `order`, its keys and its seal. Every key is RSA-2048."""
        return cls(order, Cast.hire(world, unit_code_of(order), algorithm="RSA_2048"))

    @property
    def unit_code(self) -> UnitCode:
        """The school's code."""
        return unit_code_of(self.order)

    @property
    def name(self) -> str:
        """The school's name."""
        return f"Tiểu học Sinh Thử {self.order}"

    def classes(self, records: int, *, first: int = 0) -> Iterator[list[bytes]]:
        """Yield signed and sealed records class by class, from pupil number `first` on."""
        for begin in range(first, first + records, CLASS_SIZE):
            end = min(begin + CLASS_SIZE, first + records)
            yield self.cast.sign_class([self._record(number) for number in range(begin, end)])

    def _record(self, number: int) -> AnnualRecord:
        record = sample_record(_GRADE, seed=self.order * _SEEDS_PER_SCHOOL + number + 1)
        return dataclasses.replace(
            record,
            classroom_name=f"{_GRADE}A{number // CLASS_SIZE + 1}",
            school=dataclasses.replace(
                record.school, school_code=self.unit_code, school_name=self.name
            ),
        )


def unit_code_of(order: int) -> UnitCode:
    """Code of school number `order`: 79 for the city, then a ward's place that is not allocated."""
    return UnitCode(f"7900000{order:04d}")
