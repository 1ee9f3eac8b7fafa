"""Layouts a and b: the pupil list that HCMC schools export, and the Ministry's C1-HocSinh."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from hocba.errors import Sentence
from hocba.ids import SchoolYear
from hocba_server.school.registry.class_list import FIELD_LABELS, ClassListRow
from hocba_server.school.registry.models import ON_CLASS_LIST, PupilStatus
from hocba_server.school.spreadsheets.layouts import (
    ADDRESS,
    BIRTH,
    BIRTH_PLACE,
    CLASSROOM,
    CODE,
    ETHNIC,
    FATHER,
    GENDER,
    GRADE,
    HOME_PROVINCE,
    HOME_WARD,
    MOTHER,
    NAME,
    PERSONAL_ID,
    STATUS,
)
from hocba_server.school.spreadsheets.previews import (
    CHANGED,
    DUPLICATE,
    INVALID,
    LEFT,
    NEW,
    SAME,
    PreviewRow,
)
from hocba_server.school.spreadsheets.row_faults import around_sentences, row_reasons
from hocba_server.web.spreadsheets.cells import (
    CellFault,
    FaultList,
    birth_date_value,
    clean_cell,
    personal_id_text,
)
from hocba_server.web.spreadsheets.workbook import (
    Table,
    TableRow,
    check_letters,
    pupil_rows,
    sound_rows,
)

_LIMITS: Final = {
    NAME: 150,
    ETHNIC: 50,
    BIRTH_PLACE: 250,
    ADDRESS: 250,
    FATHER: 150,
    MOTHER: 150,
    CLASSROOM: 10,
    CODE: 20,
}
_FIELD_OF: Final = {
    NAME: "full_name",
    ETHNIC: "ethnic_group",
    BIRTH_PLACE: "birth_place",
    ADDRESS: "current_address",
    MOTHER: "mother_name",
    HOME_PROVINCE: "home_town",
}
_STATUS_BY_NAME: Final = {label.casefold(): value for value, label in PupilStatus.choices}
_GRADE_OF_CLASS: Final = re.compile(r"(?:lớp\s*)?([1-5])(?![0-9])")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a pupil is in this school year already."""

    classroom_name: str
    grade: int
    status: str


class Roll:
    """What the school knows already, for telling new, changed and clashing rows apart."""

    def __init__(
        self, pupils: Mapping[str, Mapping[str, str]], enrolled: Mapping[str, Place]
    ) -> None:
        self.pupils = pupils
        """Pupil code -> fields of the pupil."""
        self.enrolled = enrolled
        """Pupil code -> class of this school year."""
        self.owners = {
            fields["personal_id"]: code for code, fields in pupils.items() if fields["personal_id"]
        }


@dataclass(frozen=True, slots=True)
class ReadList:
    """A class list as it was read."""

    rows: list[PreviewRow]
    faults: list[CellFault]
    warnings: list[Sentence]


class Seen:
    """Codes and personal numbers that were read already, in this sheet or in one before it."""

    def __init__(self) -> None:
        self._first: dict[tuple[str, str], tuple[str, int]] = {}

    def first(self, kind: str, value: str, place: str, number: int) -> str | None:
        """Where the value stood before, as “5” or “5 (tệp …)”; None when this is the first."""
        found = self._first.setdefault((kind, value), (place, number))
        if found == (place, number):
            return None
        return str(found[1]) if found[0] == place else f"{found[1]} ({found[0]})"


def read_class_list(
    table: Table,
    filename: str,
    school_year: SchoolYear,
    roll: Roll,
    seen: Seen | None = None,
) -> ReadList:
    """Read a class list; every wrong cell is a fault and its row is invalid or duplicate.

    `seen` is shared by the lists that are saved together.
    """
    faults = FaultList(filename)
    pupils, around = pupil_rows(sound_rows(table, faults), CODE, NAME, BIRTH)
    reader = _ListReader(table, school_year, roll, faults, seen or Seen())
    rows = [reader.read(row, position) for position, row in enumerate(pupils, start=1)]
    warnings = [
        *reader.warnings,
        *_left_out(rows, roll),
        *around_sentences(table, pupils, around),
    ]
    return ReadList(rows, faults.faults, warnings)


def _left_out(rows: list[PreviewRow], roll: Roll) -> list[Sentence]:
    """Pupils who are in a class of the file while the file does not name them: perhaps it is the
    wrong class, perhaps they left."""
    named = {row.pupil_code for row in rows}
    missing: dict[str, list[str]] = {
        str(row.values["classroom_name"]): [] for row in rows if row.values
    }
    for code, place in roll.enrolled.items():
        if code not in named and place.classroom_name in missing and place.status in ON_CLASS_LIST:
            missing[place.classroom_name].append(roll.pupils.get(code, {}).get("full_name", code))
    return [
        Sentence(
            f"Lớp {room} đang có {len(names)} em mà tệp không có, ví dụ {names[0]}. Các em vẫn ở "
            "trong lớp: kiểm tra xem tệp có đúng lớp này không; em đã chuyển đi thì ghi ở hồ sơ "
            "của em.",
            f"Class {room} has {len(names)} pupils whom the file does not name, such as "
            f"{names[0]}. They stay in the class: check that the file is of this class; who has "
            "left is noted in the pupil's file.",
        )
        for room, names in missing.items()
        if names
    ]


class _ListReader:
    """Reads the rows of one list."""

    def __init__(
        self, table: Table, year: SchoolYear, roll: Roll, faults: FaultList, seen: Seen
    ) -> None:
        self._table, self._year, self._roll, self._faults = table, year, roll, faults
        self._seen = seen
        self._place = f"{faults.file} {table.sheet}".strip()
        self.warnings: list[Sentence] = []

    def read(self, row: TableRow, position: int) -> PreviewRow:
        code = row.text(CODE)
        first = self._seen.first("code", code, self._place, row.number) if code else None
        if first is not None:
            vi = f"trùng với dòng {first}: mỗi em chỉ có một dòng. Xoá dòng thừa."
            en = f"repeats row {first}: one row per pupil. Delete the extra row."
            self._faults.add(row.number, CODE, code, vi, en)
            reason = Sentence(f"Trùng với dòng {first}", f"Repeats row {first}")
            return PreviewRow(row.number, DUPLICATE, code, row.text(NAME), (reason,), {})
        known = self._roll.pupils.get(code, {})
        check_letters(self._table, row, self._faults)
        values = self._values(row, position, known)
        self._check_personal_id(row, values["personal_id"], known)
        return self._compared(row, values)

    def _values(self, row: TableRow, position: int, known: Mapping[str, str]) -> dict[str, Any]:
        for header in (CODE, NAME, ETHNIC, BIRTH_PLACE, ADDRESS, MOTHER, CLASSROOM):
            self._require(row, header, known)
        for header, limit in _LIMITS.items():
            text = row.text(header)
            if len(text) > limit:
                vi = f"dài {len(text)} ký tự, tối đa {limit}. Rút gọn ô này."
                en = f"has {len(text)} characters, at most {limit}. Shorten this cell."
                self._faults.add(row.number, header, text, vi, en)
        return {
            "pupil_code": row.text(CODE),
            "personal_id": personal_id_text(row.raw(PERSONAL_ID)),
            "full_name": row.text(NAME),
            "gender": self._gender(row),
            "birth_date": self._birth_date(row),
            "birth_place": row.text(BIRTH_PLACE),
            "home_town": self._home_town(row, known),
            "current_address": row.text(ADDRESS),
            "ethnic_group": row.text(ETHNIC),
            "father_name": row.text(FATHER),
            "mother_name": row.text(MOTHER),
            "classroom_name": row.text(CLASSROOM),
            "grade": self._grade(row),
            "status": self._status(row),
            "position": position,
        }

    def _require(self, row: TableRow, header: str, known: Mapping[str, str]) -> None:
        if row.text(header) or (known and not known.get(_FIELD_OF.get(header, ""), "-")):
            return  # filled, or as empty as the school has it already
        vi = "còn trống. Điền ô này theo giấy khai sinh hoặc sổ đăng bộ."
        en = "is empty. Fill this cell from the birth certificate or the register."
        self._faults.add(row.number, header, "", vi, en)

    def _home_town(self, row: TableRow, known: Mapping[str, str]) -> str:
        home = ", ".join(part for part in (row.text(HOME_WARD), row.text(HOME_PROVINCE)) if part)
        if not home:
            self._require(row, HOME_PROVINCE, known)
        elif len(home) > 250:
            vi, en = "quê quán dài quá 250 ký tự. Rút gọn ô này.", "is longer than 250 characters."
            self._faults.add(row.number, HOME_PROVINCE, home, vi, en)
        return home

    def _gender(self, row: TableRow) -> str:
        text = row.text(GENDER)
        word = text.capitalize()
        if word not in {"Nam", "Nữ"}:
            vi = "không hợp lệ vì học bạ chỉ nhận Nam hoặc Nữ như giấy khai sinh. Sửa ô này."
            en = "is not valid: the record takes Nam or Nữ as on the birth certificate."
            self._faults.add(row.number, GENDER, text, vi, en)
        return word

    def _birth_date(self, row: TableRow) -> str:
        text = row.text(BIRTH)
        date = birth_date_value(row.raw(BIRTH))
        if date is None:
            vi = "không phải ngày có thật. Ghi dạng dd/mm/yyyy, ví dụ 05/09/2016."
            en = "is not a real date. Write dd/mm/yyyy, for example 05/09/2016."
            self._faults.add(row.number, BIRTH, text, vi, en)
            return text
        if not self._year.first - 25 <= int(date[-4:]) <= self._year.first - 4:
            vi = f"không hợp với học sinh tiểu học năm học {self._year}. Kiểm tra năm sinh."
            en = f"does not fit a primary pupil of {self._year}. Check the year of birth."
            self._faults.add(row.number, BIRTH, text, vi, en)
        return date

    def _grade(self, row: TableRow) -> int:
        """The grade; without that column the name of the class tells it (4A1, Lớp 4/2)."""
        text = row.text(GRADE)
        if GRADE not in self._table.columns:
            found = _GRADE_OF_CLASS.match(row.text(CLASSROOM).casefold())
            text = found[1] if found else ""
        short = text.casefold().removeprefix("khối").strip().lstrip("0")
        if short in {"1", "2", "3", "4", "5"}:
            return int(short)
        vi = "không hợp lệ. Cấp tiểu học có khối 1, 2, 3, 4 và 5."
        en = "is not valid. Primary school has grades 1 to 5."
        self._faults.add(row.number, GRADE, text, vi, en)
        return 0

    def _status(self, row: TableRow) -> str:
        text = row.text(STATUS)
        if not text:
            place = self._roll.enrolled.get(row.text(CODE))
            return place.status if place else PupilStatus.STUDYING.value
        value = _STATUS_BY_NAME.get(text.casefold())
        if value is None:
            vi = "không có trong danh mục trạng thái. Ví dụ: Đang học, Chuyển đến, Chuyển đi."
            en = "is not a known status, such as Đang học, Chuyển đến, Chuyển đi."
            self._faults.add(row.number, STATUS, text, vi, en)
            return PupilStatus.STUDYING.value
        return value

    def _check_personal_id(self, row: TableRow, text: str, known: Mapping[str, str]) -> None:
        if not text:
            if not known.get("personal_id"):
                self.warnings.append(_no_number(row))
            return
        if len(text) != 12 or not (text.isascii() and text.isdigit()):
            vi = "không phải số định danh: phải gồm đúng 12 chữ số. Sửa theo giấy khai sinh."
            en = "is not a personal number: exactly 12 digits. Correct it."
            self._faults.add(row.number, PERSONAL_ID, text, vi, en)
            return
        first = self._seen.first("personal_id", text, self._place, row.number)
        if first is not None:
            vi = f"đã dùng ở dòng {first}: hai em không thể chung số định danh."
            en = f"is used in row {first}: two pupils cannot share a number."
            self._faults.add(row.number, PERSONAL_ID, text, vi, en)
        owner = self._roll.owners.get(text)
        if owner is not None and owner != row.text(CODE):
            vi = f"đang thuộc về em có mã {owner} của trường. Kiểm tra lại hai em này."
            en = f"belongs to the pupil with code {owner}. Check these two pupils."
            self._faults.add(row.number, PERSONAL_ID, text, vi, en)

    def _compared(self, row: TableRow, values: dict[str, Any]) -> PreviewRow:
        code, name = values["pupil_code"], values["full_name"]
        place = self._roll.enrolled.get(code)
        if place is not None and place.classroom_name != values["classroom_name"]:
            room = place.classroom_name
            vi = f"khác với lớp {room} mà em đang học trong năm học này. "
            vi += "Làm thủ tục chuyển lớp trước."
            en = f"differs from class {room} where the pupil is this year. Move the pupil first."
            self._faults.add(row.number, CLASSROOM, values["classroom_name"], vi, en)
        wrong = self._faults.in_row(row.number)
        if wrong:
            return PreviewRow(row.number, INVALID, code, name, row_reasons(wrong), values)
        if values["status"] not in ON_CLASS_LIST and place is None:
            reason = Sentence(
                f"Trạng thái {row.text(STATUS)}: không ghi danh vào lớp",
                f"Status {row.text(STATUS)}: not on the class list",
            )
            return PreviewRow(row.number, LEFT, code, name, (reason,), values)
        kept = self._roll.pupils.get(code)
        if kept is None:
            return PreviewRow(row.number, NEW, code, name, (), values)
        changed = self._changes(values, kept, place)
        status = CHANGED if changed else SAME
        old = {field: kept[field] for field in FIELD_LABELS}
        return PreviewRow(row.number, status, code, name, changed, values, old)

    def _changes(
        self, values: dict[str, Any], kept: Mapping[str, str], place: Place | None
    ) -> tuple[Sentence, ...]:
        fields = ClassListRow(**values).pupil_fields()
        if not fields["personal_id"]:
            fields.pop("personal_id")  # an empty cell takes no number away
        pairs = [
            (FIELD_LABELS[field], kept[field], value)
            for field, value in fields.items()
            if clean_cell(kept[field]) != value
        ]
        if place is not None and place.status != values["status"]:
            before, after = PupilStatus(place.status).label, PupilStatus(values["status"]).label
            pairs.append((STATUS, str(before), str(after)))
        changes = [
            Sentence(f"{label}: “{old}” thành “{new}”", f"{label}: “{old}” becomes “{new}”")
            for label, old, new in pairs
        ]
        if place is None:
            room = values["classroom_name"]
            changes.append(Sentence(f"Ghi danh vào lớp {room}", f"Joins class {room}"))
        return tuple(changes)


def _no_number(row: TableRow) -> Sentence:
    return Sentence(
        f"Dòng {row.number}: em {row.text(NAME)} chưa có số định danh cá nhân. Vẫn lưu được; "
        "bổ sung số trước khi khởi tạo học bạ.",
        f"Row {row.number}: {row.text(NAME)} has no personal number yet. The pupil is kept; "
        "add the number before the record is created.",
    )
