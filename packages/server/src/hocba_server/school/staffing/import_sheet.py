"""Read a staff file, e.g. the Ministry's CSDL_GiaoVien, by header text wherever it stands.

The Ministry's file has 72 columns and many catalogue sheets; its headers are not published in
full. So each field knows several headers, only name and personal number are needed, and what was
not found is reported.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from python_calamine import CalamineError, CalamineWorkbook

from hocba.errors import HocBaError, Malformed
from hocba_server.school.staffing.services import PersonData, check_person
from hocba_server.web.spreadsheets.cells import (
    Cell,
    FaultList,
    birth_date_value,
    cell_text,
    personal_id_text,
)
from hocba_server.web.spreadsheets.workbook import header_key

MAX_FILE_BYTES: Final = 10_000_000
MAX_UNPACKED_BYTES: Final = 100_000_000
MAX_ROWS: Final = 2_000
HEADER_SEARCH_ROWS: Final = 30
HEADERS: Final[Mapping[str, tuple[str, ...]]] = {
    "full_name": (
        "Họ và tên",
        "Họ tên",
        "Họ và tên giáo viên",
        "Họ tên cán bộ",
        "Họ và tên CBGVNV",
    ),
    "birth_date": ("Ngày sinh", "Ngày tháng năm sinh", "Ngày, tháng, năm sinh"),
    "gender": ("Giới tính", "Phái"),
    "personal_id": (
        "Số định danh cá nhân",
        "Số CMND/CCCD",
        "Số CMTND/TCC",
        "Số CCCD",
        "Số CMND/TCC",
        "CMND/CCCD",
        "Số CMND",
        "Số căn cước",
    ),
    "title": ("Chức vụ", "Vị trí việc làm", "Chức danh", "Chức vụ/Vị trí việc làm", "Loại cán bộ"),
    "subjects": ("Môn dạy", "Môn giảng dạy", "Môn học", "Môn dạy chính"),
    "email": ("Email", "E-mail", "Địa chỉ email", "Thư điện tử", "Hộp thư"),
}
"""Field -> headers that mean it; the first one names it to people."""
NEEDED: Final = ("full_name", "personal_id")
_GENDERS: Final = {"nam": "Nam", "nữ": "Nữ", "nu": "Nữ", "1": "Nam", "2": "Nữ"}
_TWELVE: Final = re.compile(r"[0-9]{12}")
NEW, CHANGED, SAME, INVALID = "new", "changed", "same", "invalid"


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One row of the file: its Excel row number, what saving it would do, and its values."""

    number: int
    status: str
    values: Mapping[str, str]
    reasons: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain values for a JSON column."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> StaffRow:
        """Read what `to_json` wrote."""
        return cls(**{**value, "reasons": tuple(value["reasons"])})

    @property
    def person(self) -> PersonData:
        """The values as a person."""
        return PersonData(
            full_name=self.values["full_name"],
            personal_id=self.values["personal_id"],
            title=self.values["title"],
            birth_date=self.values["birth_date"],
            gender=self.values["gender"],
            subjects=self.values["subjects"],
            email=self.values["email"],
        )


@dataclass(frozen=True, slots=True)
class StaffSheet:
    """What a file holds: rows, faults by cell, and the names of columns that were not found."""

    rows: tuple[StaffRow, ...]
    faults: FaultList
    missing: tuple[str, ...]


def read_staff(content: bytes, filename: str, known: Mapping[str, Mapping[str, str]]) -> StaffSheet:
    """Read a staff file. `known` is what the school has, by personal number.

    Raises `Malformed`: `not_xlsx`, `too_large`, `too_many_rows`, `no_header`.
    """
    grid, at, columns = _find(_sheets(content))
    if len(grid) - at > MAX_ROWS:
        raise Malformed(
            "too_many_rows",
            f"Tệp có hơn {MAX_ROWS} dòng. Chọn tệp nhân sự của riêng trường mình.",
            f"The file has more than {MAX_ROWS} rows.",
        )
    faults = FaultList(filename)
    header = [cell_text(cell) for cell in grid[at]]
    rows: list[StaffRow] = []
    first: dict[str, int] = {}
    for number, cells in enumerate(grid[at + 1 :], start=at + 2):
        texts = [cell_text(cell) for cell in cells]
        raw = {field: cells[column] for field, column in columns.items() if column < len(cells)}
        if texts == header or not any(cell_text(raw.get(field, "")) for field in NEEDED):
            continue
        rows.append(_row(number, raw, known, first, faults, header, columns))
    missing = tuple(HEADERS[field][0] for field in HEADERS if field not in columns)
    return StaffSheet(tuple(rows), faults, missing)


def _row(
    number: int,
    raw: Mapping[str, Cell],
    known: Mapping[str, Mapping[str, str]],
    first: dict[str, int],
    faults: FaultList,
    header: list[str],
    columns: Mapping[str, int],
) -> StaffRow:
    values = _values(raw)

    def fault(field: str, vi: str, en: str) -> None:
        column = header[columns[field]] if field in columns else HEADERS[field][0]
        faults.add(number, column, cell_text(raw.get(field, "")), vi, en)

    _check_number(number, values["personal_id"], first, fault)
    for field, sentence in _wrong(values):
        fault(field, *sentence)
    wrong = faults.in_row(number)
    if wrong:
        reasons = tuple(f"{each.column}: {each.sentence.vi}" for each in wrong)
        return StaffRow(number, INVALID, values, reasons)
    before = known.get(values["personal_id"])
    if before is None:
        return StaffRow(number, NEW, values)
    changed = [field for field in columns if values[field] and values[field] != before.get(field)]
    # A file without a column, or with an empty cell, takes nothing away.
    values = {field: values[field] or before.get(field, "") for field in values}
    reasons = tuple(
        f"{HEADERS[field][0]}: {before.get(field) or '(trống)'} → {values[field]}"
        for field in changed
    )
    return StaffRow(number, CHANGED if changed else SAME, values, reasons)


def _values(raw: Mapping[str, Cell]) -> dict[str, str]:
    values = {field: cell_text(raw.get(field, "")) for field in HEADERS}
    values["personal_id"] = personal_id_text(raw.get("personal_id", ""))
    values["gender"] = _GENDERS.get(values["gender"].casefold(), values["gender"])
    values["birth_date"] = birth_date_value(raw.get("birth_date", "")) or values["birth_date"]
    return values


def _check_number(number: int, personal_id: str, first: dict[str, int], fault: Any) -> None:
    if not _TWELVE.fullmatch(personal_id):
        fault(
            "personal_id",
            "phải gồm đúng 12 chữ số. Sửa ô này rồi tải lại tệp.",
            "must have exactly 12 digits. Correct this cell and upload again.",
        )
    elif personal_id in first:
        fault(
            "personal_id",
            f"trùng với dòng {first[personal_id]}: mỗi người chỉ có một dòng. Xoá dòng thừa.",
            f"repeats row {first[personal_id]}: one row per person. Delete the extra row.",
        )
    else:
        first[personal_id] = number


def _wrong(values: Mapping[str, str]) -> list[tuple[str, tuple[str, str]]]:
    """What the form would refuse, by field."""
    found: list[tuple[str, tuple[str, str]]] = []
    for field, limit in {"full_name": 150, "title": 150, "subjects": 250, "email": 200}.items():
        if len(values[field]) > limit:
            words = f"dài hơn {limit} ký tự. Rút gọn ô này.", f"is longer than {limit} characters."
            found.append((field, words))
    good = PersonData("x", "0" * 12)
    probes = {
        "full_name": replace(good, full_name=values["full_name"]),
        "birth_date": replace(good, birth_date=values["birth_date"]),
        "gender": replace(good, gender=values["gender"]),
        "email": replace(good, email=values["email"]),
    }
    for field, probe in probes.items():
        try:
            check_person(probe)
        except HocBaError as error:
            found.append((field, (error.sentence.vi, error.sentence.en)))
    return found


def _sheets(content: bytes) -> list[list[list[Cell]]]:
    _refuse_bombs(content)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return [
            workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name in workbook.sheet_names[:30]
        ]
    except (CalamineError, ValueError, OSError, IndexError) as error:
        raise _not_a_spreadsheet() from error


def _find(
    sheets: list[list[list[Cell]]],
) -> tuple[list[list[Cell]], int, dict[str, int]]:
    """The sheet, the row and the columns where most of the headers stand."""
    by_key = {header_key(each): field for field, each_of in HEADERS.items() for each in each_of}
    best: tuple[list[list[Cell]], int, dict[str, int]] = ([], 0, {})
    for grid in sheets:
        for at, cells in enumerate(grid[:HEADER_SEARCH_ROWS]):
            columns: dict[str, int] = {}
            for column, cell in enumerate(cells):
                field = by_key.get(header_key(cell_text(cell)))
                if field is not None:
                    columns.setdefault(field, column)
            if len(columns) > len(best[2]):
                best = (grid, at, columns)
    if not all(field in best[2] for field in NEEDED):
        raise Malformed(
            "no_header",
            "Không tìm thấy dòng tiêu đề có cột Họ và tên và cột Số định danh cá nhân (hoặc Số "
            "CMND/CCCD). Hãy chọn đúng tệp nhân sự.",
            "No header row with the columns Họ và tên and Số định danh cá nhân was found.",
        )
    return best


def _refuse_bombs(content: bytes) -> None:
    if len(content) > MAX_FILE_BYTES:
        raise Malformed("too_large", "Tệp lớn hơn 10 MB.", "The file is larger than 10 MB.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise _not_a_spreadsheet() from error
    if unpacked > MAX_UNPACKED_BYTES:
        raise _not_a_spreadsheet()


def _not_a_spreadsheet() -> Malformed:
    return Malformed(
        "not_xlsx",
        "Tệp này không đọc được như một bảng tính .xlsx. Mở bằng Excel và lưu lại dạng .xlsx.",
        "The file cannot be read as an .xlsx spreadsheet. Save it again as .xlsx.",
    )
