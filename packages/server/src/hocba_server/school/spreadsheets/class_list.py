"""Layout a: the pupil list that HCMC schools export."""

from __future__ import annotations

from typing import Any, Final

from hocba.ids import SchoolYear
from hocba_server.school.registry.class_list import FIELD_LABELS, ClassListRow
from hocba_server.school.registry.models import ON_CLASS_LIST, PupilStatus
from hocba_server.school.spreadsheets.cells import (
    FaultList,
    birth_date_value,
    personal_id_text,
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
from hocba_server.school.spreadsheets.workbook import TableRow, read_rows

CODE, NAME, BIRTH, GENDER = "Mã định danh Bộ GD&ĐT", "Họ tên", "Ngày sinh", "Giới tính"
ETHNIC, STATUS, BIRTH_PLACE = "Dân tộc", "Trạng thái", "Nơi sinh chi tiết"
HOME_PROVINCE, HOME_WARD, ADDRESS = "Tỉnh thành quê quán", "Phường Xã quê quán", "Chỗ ở hiện nay"
FATHER, MOTHER, CLASSROOM, GRADE = "Tên cha", "Tên mẹ", "Lớp học", "Khối học"
PERSONAL_ID = "Số định danh cá nhân"
HEADERS: Final = (
    CODE,
    NAME,
    BIRTH,
    GENDER,
    ETHNIC,
    STATUS,
    BIRTH_PLACE,
    HOME_PROVINCE,
    HOME_WARD,
    ADDRESS,
    FATHER,
    MOTHER,
    CLASSROOM,
    GRADE,
    PERSONAL_ID,
)
_LIMITS: Final = {
    NAME: 150,
    ETHNIC: 50,
    BIRTH_PLACE: 250,
    ADDRESS: 250,
    MOTHER: 150,
    CLASSROOM: 10,
    CODE: 20,
}
_STATUS_BY_NAME: Final = {label.casefold(): value for value, label in PupilStatus.choices}


class Roll:
    """What the school knows already, for telling new, changed and clashing rows apart."""

    def __init__(
        self,
        pupils: dict[str, dict[str, str]],
        enrolled: dict[str, str],
    ) -> None:
        self.pupils = pupils
        """Pupil code -> fields of the pupil."""
        self.enrolled = enrolled
        """Pupil code -> name of the class in this school year."""
        self.owners = {fields["personal_id"]: code for code, fields in pupils.items()}


def read_class_list(
    content: bytes, filename: str, school_year: SchoolYear, roll: Roll
) -> tuple[list[PreviewRow], FaultList]:
    """Read a class list; every wrong cell is a fault and its row is invalid or duplicate."""
    faults = FaultList(filename)
    preview: list[PreviewRow] = []
    first_by_code: dict[str, int] = {}
    first_by_id: dict[str, int] = {}
    for position, row in enumerate(read_rows(content, HEADERS, faults), start=1):
        code = row.text(CODE)
        if code and code in first_by_code:
            preview.append(_duplicate(row, code, first_by_code[code], faults))
            continue
        first_by_code[code] = row.number
        values = _read_row(row, position, school_year, faults)
        _check_personal_id(row, values["personal_id"], first_by_id, roll, faults)
        preview.append(_preview_row(row, values, roll, faults))
    return preview, faults


def _duplicate(row: TableRow, code: str, first: int, faults: FaultList) -> PreviewRow:
    faults.add(
        row.number,
        CODE,
        code,
        f"trùng với dòng {first}: mỗi em chỉ có một dòng. Xoá dòng thừa.",
        f"repeats row {first}: one row per pupil. Delete the extra row.",
    )
    reason = f"Trùng với dòng {first}"
    return PreviewRow(row.number, DUPLICATE, code, row.text(NAME), (reason,), {})


def _read_row(
    row: TableRow, position: int, school_year: SchoolYear, faults: FaultList
) -> dict[str, Any]:
    for header in (CODE, NAME, ETHNIC, BIRTH_PLACE, ADDRESS, MOTHER, CLASSROOM):
        _require(row, header, faults)
    for header, limit in _LIMITS.items():
        text = row.text(header)
        if len(text) > limit:
            vi = f"dài {len(text)} ký tự, tối đa {limit}. Rút gọn ô này."
            en = f"has {len(text)} characters, at most {limit}. Shorten this cell."
            faults.add(row.number, header, text, vi, en)
    home = ", ".join(part for part in (row.text(HOME_WARD), row.text(HOME_PROVINCE)) if part)
    if not home:
        _require(row, HOME_PROVINCE, faults)
    return {
        "pupil_code": row.text(CODE),
        "personal_id": personal_id_text(row.raw(PERSONAL_ID)),
        "full_name": row.text(NAME),
        "gender": _gender(row, faults),
        "birth_date": _birth_date(row, school_year, faults),
        "birth_place": row.text(BIRTH_PLACE),
        "home_town": home,
        "current_address": row.text(ADDRESS),
        "ethnic_group": row.text(ETHNIC),
        "father_name": row.text(FATHER),
        "mother_name": row.text(MOTHER),
        "classroom_name": row.text(CLASSROOM),
        "grade": _grade(row, faults),
        "status": _status(row, faults),
        "position": position,
    }


def _require(row: TableRow, header: str, faults: FaultList) -> None:
    if not row.text(header):
        vi = "còn trống. Điền ô này theo giấy khai sinh hoặc sổ đăng bộ."
        en = "is empty. Fill this cell from the birth certificate or the register."
        faults.add(row.number, header, "", vi, en)


def _gender(row: TableRow, faults: FaultList) -> str:
    text = row.text(GENDER)
    word = text.capitalize()
    if word not in {"Nam", "Nữ"}:
        vi = "không hợp lệ vì học bạ chỉ nhận Nam hoặc Nữ như giấy khai sinh. Sửa ô này."
        en = "is not valid: the record takes Nam or Nữ as on the birth certificate."
        faults.add(row.number, GENDER, text, vi, en)
    return word


def _birth_date(row: TableRow, school_year: SchoolYear, faults: FaultList) -> str:
    text = row.text(BIRTH)
    date = birth_date_value(row.raw(BIRTH))
    if date is None:
        vi = "không phải ngày có thật. Ghi dạng dd/mm/yyyy, ví dụ 05/09/2016."
        en = "is not a real date. Write dd/mm/yyyy, for example 05/09/2016."
        faults.add(row.number, BIRTH, text, vi, en)
        return text
    if not school_year.first - 25 <= int(date[-4:]) <= school_year.first - 4:
        vi = f"không hợp với học sinh tiểu học năm học {school_year}. Kiểm tra năm sinh."
        en = f"does not fit a primary pupil of {school_year}. Check the year of birth."
        faults.add(row.number, BIRTH, text, vi, en)
    return date


def _grade(row: TableRow, faults: FaultList) -> int:
    text = row.text(GRADE)
    if text.lstrip("0") in {"1", "2", "3", "4", "5"}:
        return int(text)
    vi = "không hợp lệ. Cấp tiểu học có khối 1, 2, 3, 4 và 5."
    en = "is not valid. Primary school has grades 1 to 5."
    faults.add(row.number, GRADE, text, vi, en)
    return 0


def _status(row: TableRow, faults: FaultList) -> str:
    text = row.text(STATUS)
    if not text:
        return PupilStatus.STUDYING.value
    value = _STATUS_BY_NAME.get(text.casefold())
    if value is None:
        vi = "không có trong danh mục trạng thái. Ví dụ: Đang học, Chuyển đến, Chuyển đi."
        en = "is not a known status, such as Đang học, Chuyển đến, Chuyển đi."
        faults.add(row.number, STATUS, text, vi, en)
        return PupilStatus.STUDYING.value
    return value


def _check_personal_id(
    row: TableRow, text: str, first_by_id: dict[str, int], roll: Roll, faults: FaultList
) -> None:
    if len(text) != 12 or not (text.isascii() and text.isdigit()):
        vi = "không phải số định danh: phải gồm đúng 12 chữ số. Sửa theo giấy khai sinh."
        en = "is not a personal number: exactly 12 digits. Correct it."
        faults.add(row.number, PERSONAL_ID, text, vi, en)
        return
    if text in first_by_id:
        vi = f"đã dùng ở dòng {first_by_id[text]}: hai em không thể chung số định danh."
        en = f"is used in row {first_by_id[text]}: two pupils cannot share a number."
        faults.add(row.number, PERSONAL_ID, text, vi, en)
    first_by_id.setdefault(text, row.number)
    owner = roll.owners.get(text)
    if owner is not None and owner != row.text(CODE):
        vi = f"đang thuộc về em có mã {owner} của trường. Kiểm tra lại hai em này."
        en = f"belongs to the pupil with code {owner}. Check these two pupils."
        faults.add(row.number, PERSONAL_ID, text, vi, en)


def _preview_row(
    row: TableRow, values: dict[str, Any], roll: Roll, faults: FaultList
) -> PreviewRow:
    code, name = values["pupil_code"], values["full_name"]
    room = roll.enrolled.get(code)
    if room is not None and room != values["classroom_name"]:
        vi = f"khác với lớp {room} mà em đang học trong năm học này. Làm thủ tục chuyển lớp trước."
        en = f"differs from class {room} where the pupil is this year. Move the pupil first."
        faults.add(row.number, CLASSROOM, values["classroom_name"], vi, en)
    wrong = faults.in_row(row.number)
    if wrong:
        reasons = tuple(f"{fault.column}: {fault.sentence.vi}" for fault in wrong)
        return PreviewRow(row.number, INVALID, code, name, reasons, values)
    if values["status"] not in ON_CLASS_LIST and room is None:
        reason = f"Trạng thái {row.text(STATUS)}: không ghi danh vào lớp"
        return PreviewRow(row.number, LEFT, code, name, (reason,), values)
    known = roll.pupils.get(code)
    if known is None:
        return PreviewRow(row.number, NEW, code, name, (), values)
    fields = ClassListRow(**values).pupil_fields()
    changed = tuple(
        f"{FIELD_LABELS[field]}: “{known[field]}” thành “{value}”"
        for field, value in fields.items()
        if known[field] != value
    )
    if room is None:
        changed = (*changed, f"Ghi danh vào lớp {values['classroom_name']}")
    return PreviewRow(row.number, CHANGED if changed else SAME, code, name, changed, values)
