"""The personal data of a pupil as texts: reading a form, comparing, telling what is missing.

Pure: nothing here reads the database. Labels are those of the printed form.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from hocba.errors import Malformed, Refused, Sentence
from hocba.ids import PersonalId, parse_personal_id, personal_id_doubts
from hocba.record.pupil_sheet import SHEET_FIELDS, sheet_gaps
from hocba.record.values import has_control, read_birth_date
from hocba_server.school.registry.models import Pupil

LABELS: Final[Mapping[str, Sentence]] = {
    "full_name": Sentence("Họ và tên", "Full name"),
    "personal_id": Sentence("Số định danh cá nhân", "Personal number"),
    "pupil_code": Sentence("Mã định danh Bộ GD&ĐT", "Pupil code of the Ministry"),
    "register_number": Sentence("Số sổ đăng bộ", "Register number"),
    "gender": Sentence("Giới tính", "Sex"),
    "birth_date": Sentence("Ngày sinh", "Date of birth"),
    "birth_place": Sentence("Nơi sinh", "Place of birth"),
    "home_town": Sentence("Quê quán", "Home town"),
    "current_address": Sentence("Nơi ở hiện nay", "Address"),
    "ethnic_group": Sentence("Dân tộc", "Ethnic group"),
    "nationality": Sentence("Quốc tịch", "Nationality"),
    "father_name": Sentence("Họ và tên cha", "Father's name"),
    "mother_name": Sentence("Họ và tên mẹ", "Mother's name"),
    "guardian_name": Sentence("Người giám hộ (nếu có)", "Guardian (if any)"),
}
"""Every field of the data sheet, in its order, with the words of the form."""
EDITABLE: Final = tuple(
    name for name in LABELS if name not in {"pupil_code", "register_number", "personal_id"}
)
"""What the registrar may change with a reason; the personal number has an action of its own."""
CIVIL_STATUS: Final = (
    "full_name",
    "gender",
    "birth_date",
    "birth_place",
    "home_town",
    "ethnic_group",
    "nationality",
    "father_name",
    "mother_name",
    "guardian_name",
    "personal_id",
)
"""What a decision of the civil status authority changes (Luật Hộ tịch 60/2014/QH13 Điều 3)."""
_SPACES: Final = re.compile(r"\s+")
_DAY: Final = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
_OPTIONAL: Final = frozenset({"father_name", "guardian_name", "personal_id"})


@dataclass(frozen=True, slots=True)
class ValueChange:
    """One field with its value before and after."""

    field: str
    label: Sentence
    old: str
    new: str


def values_of(pupil: Pupil) -> dict[str, str]:
    """The pupil's data by field, in the order of the sheet."""
    return {name: str(getattr(pupil, name)) for name in SHEET_FIELDS}


def gaps_of(pupil: Pupil) -> tuple[str, ...]:
    """Fields that are still missing or cannot stand in a record."""
    return tuple(gap.field for gap in sheet_gaps(values_of(pupil)))


def changes_between(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[ValueChange, ...]:
    """The fields that differ, in the order of the sheet; fields only in one side are left out."""
    return tuple(
        ValueChange(name, label, old[name], new[name])
        for name, label in LABELS.items()
        if name in old and name in new and old[name] != new[name]
    )


def clean(text: str) -> str:
    """Unicode NFC, single spaces, none at the ends."""
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()


def read_value(name: str, text: str) -> str:
    """Read one field as typed. Raises `Refused` with code `value` that names the field."""
    value = clean(text)
    if name == "birth_date" and (found := _DAY.fullmatch(value)):
        value = f"{int(found[1]):02d}/{int(found[2]):02d}/{found[3]}"
    reason = _fault(name, value)
    if reason is not None:
        label = LABELS[name]
        raise Refused("value", f"{label.vi} {reason.vi}.", f"{label.en} {reason.en}.", where=name)
    return value


def _fault(name: str, value: str) -> Sentence | None:
    if not value:
        if name in _OPTIONAL:
            return None
        return Sentence("còn trống, ghi như giấy khai sinh", "is empty")
    if has_control(value):
        return Sentence("có ký tự lạ", "holds odd characters")
    if name == "birth_date":
        try:
            read_birth_date(value, name)
        except Malformed:
            return Sentence("không phải ngày có thật, ghi dạng dd/mm/yyyy", "is not dd/mm/yyyy")
    return next((gap.sentence for gap in sheet_gaps({name: value}) if gap.field == name), None)


def read_personal_id(text: str) -> PersonalId:
    """Read the number with or without spaces. Raises `Malformed` with code `personal_id`."""
    return parse_personal_id(clean(text).replace(" ", "").replace(".", ""))


def doubts_of(number: str, values: Mapping[str, str]) -> tuple[Sentence, ...]:
    """What about the number does not fit the pupil; warnings only."""
    return personal_id_doubts(
        PersonalId(number), gender=values["gender"], birth_date=values["birth_date"]
    )


def plain(text: str) -> str:
    """The text for searching: small letters, without marks, đ as d."""
    marked = unicodedata.normalize("NFD", clean(text).casefold().replace("đ", "d"))
    return "".join(letter for letter in marked if not unicodedata.combining(letter))
