"""Layouts c and d: year-end results per subject, and qualities and competences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from hocba.assessment.catalogue import TRAITS
from hocba_server.school.assessments.entries import (
    EntryFault,
    SubjectEntry,
    TraitEntry,
    clean_text,
    read_subject_entry,
    read_trait_entry,
)
from hocba_server.school.spreadsheets.cells import FaultList, birth_date_value
from hocba_server.school.spreadsheets.previews import (
    CHANGED,
    DUPLICATE,
    INVALID,
    NEW,
    SAME,
    PreviewRow,
)
from hocba_server.school.spreadsheets.workbook import TableRow, read_rows

NAME, BIRTH, CLASSROOM, PERIOD = "Họ và tên", "Ngày sinh", "Lớp", "Thời điểm đánh giá"
SUBJECT_CODE_HEADER, TRAIT_CODE_HEADER = "Mã học sinh", "Mã định danh"
LEVEL, SCORE, COMMENT = "Mức đạt được", "Điểm KTĐK", "Nội dung nhận xét"
SUBJECT_HEADERS: Final = (
    CLASSROOM,
    SUBJECT_CODE_HEADER,
    NAME,
    BIRTH,
    LEVEL,
    SCORE,
    COMMENT,
    PERIOD,
)
SUBJECT_FIELDS: Final = {"level": LEVEL, "test_score": SCORE, "comment": COMMENT}
COMMENT_HEADERS: Final = {
    "general_competence_comment": "Nhận xét NL Chung",
    "specific_competence_comment": "Nhận xét NL Đặc thù",
    "quality_comment": "Nhận xét Phẩm chất",
}
TRAIT_HEADERS: Final = (
    CLASSROOM,
    TRAIT_CODE_HEADER,
    NAME,
    BIRTH,
    *COMMENT_HEADERS.values(),
    PERIOD,
    *(trait.name for trait in TRAITS),
)
TRAIT_FIELDS: Final = {**COMMENT_HEADERS, **{str(trait.code): trait.name for trait in TRAITS}}
_YEAR_END: Final = {"cuối năm học", "cuối năm", "cuối kỳ ii", "cuối học kỳ ii", "cn"}

Entry = SubjectEntry | TraitEntry
ReadEntry = Callable[[TableRow, int], Entry | tuple[EntryFault, ...]]


@dataclass(frozen=True, slots=True)
class RosterPupil:
    """A pupil as the class list knows them; empty where the list itself was faulty."""

    enrolment_id: int
    full_name: str
    birth_date: str
    known: Mapping[str, Any] | None
    """The result kept already, as `SubjectEntry` or `TraitEntry` values without the id."""


@dataclass(frozen=True, slots=True)
class Roster:
    """The class whose results a file holds."""

    classroom_name: str
    grade: int
    pupils: Mapping[str, RosterPupil]


def read_subject_results(
    content: bytes, filename: str, subject_code: str, roster: Roster
) -> tuple[list[PreviewRow], FaultList, list[str]]:
    """Read layout c for one subject. Answers rows, faults and warnings."""

    def entry(row: TableRow, enrolment_id: int) -> Entry | tuple[EntryFault, ...]:
        return read_subject_entry(
            enrolment_id=enrolment_id,
            grade=roster.grade,
            subject_code=subject_code,
            level=row.text(LEVEL),
            score=row.text(SCORE),
            comment=row.text(COMMENT),
        )

    faults = FaultList(filename)
    rows = read_rows(content, SUBJECT_HEADERS, faults)
    reader = _ResultReader(SUBJECT_CODE_HEADER, SUBJECT_FIELDS, entry, roster, faults)
    return reader.read(rows), faults, reader.missing_pupils()


def read_trait_results(
    content: bytes, filename: str, roster: Roster
) -> tuple[list[PreviewRow], FaultList, list[str]]:
    """Read layout d with one column per trait. Answers rows, faults and warnings."""

    def entry(row: TableRow, enrolment_id: int) -> Entry | tuple[EntryFault, ...]:
        return read_trait_entry(
            enrolment_id=enrolment_id,
            grade=roster.grade,
            levels={str(trait.code): row.text(trait.name) for trait in TRAITS},
            comments={field: row.text(header) for field, header in COMMENT_HEADERS.items()},
        )

    faults = FaultList(filename)
    rows = read_rows(content, TRAIT_HEADERS, faults)
    reader = _ResultReader(TRAIT_CODE_HEADER, TRAIT_FIELDS, entry, roster, faults)
    return reader.read(rows), faults, reader.missing_pupils()


class _ResultReader:
    """Reads the rows of one file against the class list."""

    def __init__(
        self,
        code_header: str,
        field_headers: Mapping[str, str],
        entry: ReadEntry,
        roster: Roster,
        faults: FaultList,
    ) -> None:
        self._code_header = code_header
        self._field_headers = field_headers
        self._entry = entry
        self._roster = roster
        self._faults = faults
        self._first: dict[str, int] = {}

    def read(self, rows: list[TableRow]) -> list[PreviewRow]:
        return [self._read_row(row) for row in rows]

    def missing_pupils(self) -> list[str]:
        """Pupils of the class whom the file does not name: no fault, they can be typed in."""
        return [
            f"Tệp không có dòng nào cho em {pupil.full_name or '(chưa có tên)'}, mã {code}."
            for code, pupil in self._roster.pupils.items()
            if code not in self._first
        ]

    def _read_row(self, row: TableRow) -> PreviewRow:
        code, name = row.text(self._code_header), row.text(NAME)
        if code in self._first:
            vi = f"trùng với dòng {self._first[code]}: mỗi em chỉ có một dòng. Xoá dòng thừa."
            en = f"repeats row {self._first[code]}: one row per pupil. Delete the extra row."
            self._faults.add(row.number, self._code_header, code, vi, en)
            reason = f"Trùng với dòng {self._first[code]}"
            return PreviewRow(row.number, DUPLICATE, code, name, (reason,), {})
        self._first[code] = row.number
        pupil = self._roster.pupils.get(code)
        self._check_place(row, code, name, pupil)
        entry = self._entry(row, pupil.enrolment_id if pupil else 0)
        if isinstance(entry, tuple):
            for fault in entry:
                header = self._field_headers[fault.field]
                sentence = fault.sentence
                self._faults.add(row.number, header, fault.value, sentence.vi, sentence.en)
        wrong = self._faults.in_row(row.number)
        if wrong or pupil is None or isinstance(entry, tuple):
            reasons = tuple(f"{fault.column}: {fault.sentence.vi}" for fault in wrong)
            return PreviewRow(row.number, INVALID, code, name, reasons, {})
        return self._compared(row, code, name, pupil, entry)

    def _compared(
        self, row: TableRow, code: str, name: str, pupil: RosterPupil, entry: Entry
    ) -> PreviewRow:
        values = asdict(entry)
        if pupil.known is None:
            return PreviewRow(row.number, NEW, code, name, (), values)
        kept = _flat(pupil.known)
        changed = tuple(
            f"{self._field_headers[field]}: “{_shown(kept.get(field))}” thành “{_shown(value)}”"
            for field, value in _flat(values).items()
            if field in self._field_headers and kept.get(field) != value
        )
        return PreviewRow(row.number, CHANGED if changed else SAME, code, name, changed, values)

    def _check_place(self, row: TableRow, code: str, name: str, pupil: RosterPupil | None) -> None:
        add = self._faults.add
        room = row.text(CLASSROOM)
        if room.casefold() != self._roster.classroom_name.casefold():
            vi = f"không phải lớp {self._roster.classroom_name}. Chọn đúng tệp của lớp này."
            en = f"is not class {self._roster.classroom_name}. Choose the file of this class."
            add(row.number, CLASSROOM, room, vi, en)
        period = row.text(PERIOD)
        if period.casefold() not in _YEAR_END:
            vi = "không phải cuối năm học. Học bạ chỉ lấy kết quả “Cuối năm học”."
            en = "is not the end of the year; the record holds year-end results only."
            add(row.number, PERIOD, period, vi, en)
        if pupil is None:
            self._name_unknown(row, code, name)
            return
        if pupil.full_name and clean_text(name).casefold() != pupil.full_name.casefold():
            vi = f"khác tên trong danh sách lớp: {pupil.full_name}. Kiểm tra mã và tên."
            en = f"differs from the class list: {pupil.full_name}. Check code and name."
            add(row.number, NAME, name, vi, en)
        given = birth_date_value(row.raw(BIRTH))
        if pupil.birth_date and given != pupil.birth_date:
            vi = f"khác ngày sinh trong danh sách lớp: {pupil.birth_date}. Sửa nơi ghi sai."
            en = f"differs from the class list: {pupil.birth_date}. Correct the wrong one."
            add(row.number, BIRTH, row.text(BIRTH), vi, en)

    def _name_unknown(self, row: TableRow, code: str, name: str) -> None:
        room = self._roster.classroom_name
        same = [
            other
            for other, pupil in self._roster.pupils.items()
            if pupil.full_name and pupil.full_name.casefold() == name.casefold()
        ]
        hint_vi = f" Em {name} của lớp có mã {same[0]}." if len(same) == 1 else ""
        hint_en = f" The pupil {name} of the class has code {same[0]}." if len(same) == 1 else ""
        vi = f"không có trong danh sách lớp {room}. Sửa mã hoặc bỏ dòng này.{hint_vi}"
        en = f"is not on the list of class {room}. Correct or delete this row.{hint_en}"
        self._faults.add(row.number, self._code_header, code, vi, en)


def _flat(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **{key: value for key, value in values.items() if key != "levels"},
        **values.get("levels", {}),
    }


def _shown(value: object) -> str:
    return "" if value is None else str(value)[:40]
