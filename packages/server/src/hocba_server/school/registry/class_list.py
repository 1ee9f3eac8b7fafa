"""One row of a class list as plain values: what a spreadsheet gives and the registry keeps."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

FIELD_LABELS: Final = {
    "personal_id": "Số định danh cá nhân",
    "full_name": "Họ tên",
    "gender": "Giới tính",
    "birth_date": "Ngày sinh",
    "birth_place": "Nơi sinh chi tiết",
    "home_town": "Quê quán",
    "current_address": "Chỗ ở hiện nay",
    "ethnic_group": "Dân tộc",
    "father_name": "Tên cha",
    "mother_name": "Tên mẹ",
}
"""Fields of a pupil that an import may change, with the header that schools know."""


@dataclass(frozen=True, slots=True)
class ClassListRow:
    """A pupil of a class list, already checked and in Unicode NFC."""

    pupil_code: str
    personal_id: str
    full_name: str
    gender: str
    birth_date: str
    birth_place: str
    home_town: str
    current_address: str
    ethnic_group: str
    father_name: str
    mother_name: str
    classroom_name: str
    grade: int
    status: str
    position: int

    def pupil_fields(self) -> dict[str, str]:
        """The fields that belong to the pupil and not to the class."""
        values = asdict(self)
        return {name: values[name] for name in FIELD_LABELS}

    def to_json(self) -> dict[str, Any]:
        """Plain values for a JSON column."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class ClassListSaved:
    """What saving a class list did: numbers of pupils and the classes touched."""

    created: int
    changed: int
    same: int
    classroom_ids: tuple[int, ...]
