"""What a store says it holds, record by record and school by school, for reconciliation.

Both sides compute one digest over a school's records of a year; only schools whose digests differ
are compared record by record. Our own form (decision 25): no pupil is named in it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from hocba.errors import Malformed
from hocba.packet.json_fields import Fields

MAX_OF_SCHOOL: Final = 20_000
"""Records of one school and year in one answer; the largest schools have some three thousand."""
_MAX_SCHOOLS: Final = 20_000
_IN_FORCE, _ENDED = 1, 2
_NO_ROW: Final = 0


@dataclass(frozen=True, slots=True, order=True)
class HeldRecord:
    """One record as a side holds it."""

    record_uuid: str
    in_force: bool
    sha256: str
    """Of the exact file, lower-case hexadecimal."""
    row_version: int = _NO_ROW
    """phienban of its row in the national dictionary; 0: no row."""
    row_state: str = ""
    """trangthaithongtinhocba of that row; empty: no row."""

    def to_json(self) -> dict[str, object]:
        """Return the JSON object."""
        return {
            "ma_tra_cuu_uuid": self.record_uuid,
            "trang_thai": _IN_FORCE if self.in_force else _ENDED,
            "ma_bam": self.sha256,
            "phien_ban_bang": self.row_version,
            "trang_thai_bang": self.row_state,
        }

    @classmethod
    def from_json(cls, value: object) -> HeldRecord:
        """Read the JSON object. Raises `Malformed`."""
        fields = Fields(value, "hoc_ba")
        return cls(
            fields.text("ma_tra_cuu_uuid", limit=100),
            fields.number("trang_thai") == _IN_FORCE,
            fields.text("ma_bam", limit=64),
            fields.number("phien_ban_bang"),
            fields.answer_text("trang_thai_bang"),
        )


@dataclass(frozen=True, slots=True)
class SchoolHoldings:
    """The records of one school and year, as a number and a digest."""

    school_code: str
    records: int
    in_force: int
    digest: str

    @classmethod
    def of(cls, school_code: str, records: Iterable[HeldRecord]) -> SchoolHoldings:
        """Count and digest, in the order of the records' numbers."""
        held = sorted(records)
        return cls(school_code, len(held), sum(each.in_force for each in held), _digest(held))

    def to_json(self) -> dict[str, object]:
        """Return the JSON object."""
        return {
            "ma_truong": self.school_code,
            "so_hoc_ba": self.records,
            "hieu_luc": self.in_force,
            "ma_bam": self.digest,
        }

    @classmethod
    def from_json(cls, value: object) -> SchoolHoldings:
        """Read the JSON object. Raises `Malformed`."""
        fields = Fields(value, "truong")
        return cls(
            fields.text("ma_truong", limit=20),
            fields.number("so_hoc_ba"),
            fields.number("hieu_luc"),
            fields.text("ma_bam", limit=64),
        )


def read_schools(value: object) -> tuple[SchoolHoldings, ...]:
    """Read the list `truong` of an answer. Raises `Malformed`."""
    return tuple(
        SchoolHoldings.from_json(item)
        for item in _bounded(Fields(value, "ket_qua").items("truong"), _MAX_SCHOOLS)
    )


def read_records(value: object) -> tuple[HeldRecord, ...]:
    """Read the list `hoc_ba` of an answer. Raises `Malformed`."""
    return tuple(
        HeldRecord.from_json(item)
        for item in _bounded(Fields(value, "ket_qua").items("hoc_ba"), MAX_OF_SCHOOL)
    )


def _bounded(items: list[object], limit: int) -> list[object]:
    if len(items) > limit:
        raise Malformed("field_type", "Danh sách quá dài.", "The list is too long.")
    return items


def _digest(held: Iterable[HeldRecord]) -> str:
    whole = hashlib.sha256()
    for each in held:
        state = _IN_FORCE if each.in_force else _ENDED
        line = (each.record_uuid, str(state), each.sha256, str(each.row_version), each.row_state)
        whole.update(("|".join(line) + "\n").encode())
    return whole.hexdigest()
