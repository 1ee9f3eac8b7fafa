"""Layouts c and d and the homeroom layout: results of one class and period, read row by row."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from hocba.assessment.levels import SubjectLevel
from hocba.assessment.periods import Period
from hocba.errors import Sentence
from hocba_server.school.assessments.entries import EntryFault, clean_text
from hocba_server.school.assessments.sheets import (
    CellKind,
    Column,
    Sheet,
    columns_of,
    read_cell,
)
from hocba_server.school.spreadsheets.layouts import (
    BIRTH,
    PERIOD,
    RESULT_CLASSROOM,
    RESULT_NAME,
)
from hocba_server.school.spreadsheets.period_words import period_of
from hocba_server.school.spreadsheets.previews import (
    CHANGED,
    DUPLICATE,
    EMPTY,
    INVALID,
    NEW,
    OTHER,
    SAME,
    PreviewRow,
)
from hocba_server.school.spreadsheets.result_rows import RowShape, entry_faults, shape_of
from hocba_server.school.spreadsheets.row_faults import (
    around_sentences,
    codes_without_words,
    row_reasons,
)
from hocba_server.web.spreadsheets.cells import (
    CellFault,
    FaultList,
    birth_date_value,
    clean_cell,
)
from hocba_server.web.spreadsheets.workbook import (
    Table,
    TableRow,
    check_letters,
    pupil_rows,
    sound_rows,
)

_CLASS_WORD: Final = re.compile(r"^lớp\b\s*")


@dataclass(frozen=True, slots=True)
class RosterPupil:
    """A pupil as the class list knows them; empty where the list itself was faulty."""

    enrolment_id: int
    full_name: str
    birth_date: str
    kept: Mapping[str, str] = field(default_factory=dict)
    """Field -> text of what is kept for this sheet and period."""
    locked: Sentence | None = None
    """Why nothing of this pupil may change, if so."""


@dataclass(frozen=True, slots=True)
class Roster:
    """The class whose results a file holds."""

    classroom_name: str
    grade: int
    pupils: Mapping[str, RosterPupil]
    other_grades: frozenset[str] = frozenset()
    """Codes of the pupils of the other grades of a combined class (lớp ghép)."""


@dataclass(frozen=True, slots=True)
class ReadResults:
    """Results of one sheet as they were read."""

    period: Period
    rows: list[PreviewRow]
    faults: list[CellFault]
    warnings: list[Sentence]


def file_period(table: Table, texts: tuple[str, ...], chosen: Period | None) -> Period | None:
    """The period of a table: what the page says, else what most rows say, else the titles."""
    if chosen is not None:
        return chosen
    said = Counter(period for row in table.rows if (period := period_of(row.text(PERIOD))))
    if said:
        return said.most_common(1)[0][0]
    if any(row.text(PERIOD) for row in table.rows):
        return None
    return next((period for text in texts if (period := period_in_title(text))), None)


def period_in_title(text: str) -> Period | None:
    """The period a title names; a title that only names the school year says nothing."""
    text = text.replace("_", " ")
    words = re.sub(r"năm học\s*[0-9]{4}\s*[-–]\s*[0-9]{4}", "", text.casefold())
    if re.search(r"\b(giữa|cuối|gk|ck|ghk|chk|bổ sung)", words):
        return period_of(text if "cuối năm" in text.casefold() else words)
    return None


def read_results(
    table: Table,
    filename: str,
    sheet: Sheet,
    period: Period,
    roster: Roster,
    *,
    only_period: bool = False,
) -> ReadResults:
    """Read one table of results. `only_period`: rows of other periods are passed over, no fault."""
    faults = FaultList(filename)
    shape = shape_of(sheet, roster.grade, period, table)
    pupils, around = pupil_rows(sound_rows(table, faults), shape.code, RESULT_NAME, BIRTH)
    for header in shape.missing_levels(table) if pupils else ():
        vi = "không có trong tệp. Thêm cột này rồi tải lại tệp."
        en = "is missing from the file. Add this column and upload again."
        faults.add(table.header_number, header, "", vi, en)
    reader = _ResultReader(table, shape, period, roster, faults, only_period=only_period)
    rows = [reader.read(row) for row in pupils]
    if only_period and rows and all(row.status == OTHER for row in rows):
        first = pupils[0]
        vi = f"không phải {period.label.vi}: tệp không có dòng nào của thời điểm này."
        en = f"is not {period.label.en}: no row of the file is of this period."
        faults.add(first.number, PERIOD, first.text(PERIOD), vi, en)
    warnings = [
        *reader.missing_pupils(),
        *codes_without_words(pupils),
        *around_sentences(table, pupils, around),
    ]
    return ReadResults(period, rows, faults.faults, warnings)


class _ResultReader:
    """Reads the rows of one table against the class list."""

    def __init__(
        self,
        table: Table,
        shape: RowShape,
        period: Period,
        roster: Roster,
        faults: FaultList,
        *,
        only_period: bool,
    ) -> None:
        self._table, self._shape, self._period, self._roster = table, shape, period, roster
        self._faults = faults
        self._only_period = only_period
        self._columns: Mapping[str, Column] = {
            column.field: column for column in columns_of(shape.sheet, roster.grade, period)
        }
        self._first: dict[str, int] = {}

    def missing_pupils(self) -> list[Sentence]:
        """Pupils of the class whom the file does not name: no fault, they can be typed in."""
        if self._table.missing:
            return []
        return [
            Sentence(
                f"Tệp không có dòng nào cho em {pupil.full_name or '(chưa có tên)'}, mã {code}.",
                f"The file has no row for {pupil.full_name or '(no name)'}, code {code}.",
            )
            for code, pupil in self._roster.pupils.items()
            if code not in self._first
        ]

    def read(self, row: TableRow) -> PreviewRow:
        """Read one row."""
        code, name = row.text(self._shape.code), row.text(RESULT_NAME)
        if (elsewhere := self._elsewhere(row, code)) is not None:
            return PreviewRow(row.number, OTHER, code, name, (elsewhere,), {})
        if self._of_other_period(row):
            wrong = self._faults.in_row(row.number)
            return PreviewRow(row.number, INVALID, code, name, row_reasons(wrong), {})
        first = self._first.get(code)
        if first is not None and code:
            vi = f"trùng với dòng {first}: mỗi em chỉ có một dòng. Xoá dòng thừa."
            en = f"repeats row {first}: one row per pupil. Delete the extra row."
            self._faults.add(row.number, self._shape.code, code, vi, en)
            reason = Sentence(f"Trùng với dòng {first}", f"Repeats row {first}")
            return PreviewRow(row.number, DUPLICATE, code, name, (reason,), {})
        self._first[code] = row.number
        pupil = self._roster.pupils.get(code)
        self._check_place(row, code, name, pupil)
        texts = self._shape.texts(row)
        if not any(texts.values()) and pupil is not None and not self._wrong(row):
            reason = Sentence("Chưa có kết quả trong tệp", "No result in the file yet")
            return PreviewRow(row.number, EMPTY, code, name, (reason,), {})
        return self._entered(row, code, name, pupil, texts)

    def _entered(
        self,
        row: TableRow,
        code: str,
        name: str,
        pupil: RosterPupil | None,
        texts: Mapping[str, str],
    ) -> PreviewRow:
        kept = dict(pupil.kept) if pupil else {}
        values = {field: self._canonical(field, text) for field, text in texts.items()}
        if values.get("level") == SubjectLevel.EXEMPT.value == values.get("test_score", "").upper():
            values["test_score"] = ""  # some files repeat the M of “miễn học” in place of a score
        same = any(kept.values()) and all(
            text == clean_cell(kept.get(field, "")) for field, text in values.items()
        )
        if same and not self._wrong(row):
            return PreviewRow(row.number, SAME, code, name, (), values)
        check_letters(self._table, row, self._faults)
        if any(texts.values()):
            for fault in entry_faults(self._shape, texts, self._roster.grade, self._period):
                self._add(row, fault)
        if pupil is not None and pupil.locked is not None:
            vi, en = pupil.locked.vi, pupil.locked.en
            self._faults.add(row.number, RESULT_NAME, name, vi[0].lower() + vi[1:], en)
        wrong = self._faults.in_row(row.number)
        if wrong or pupil is None:
            return PreviewRow(row.number, INVALID, code, name, row_reasons(wrong), {})
        values = {field: text for field, text in values.items() if field in self._columns}
        old = {field: kept.get(field, "") for field in values}
        return PreviewRow(
            row.number,
            CHANGED if any(kept.values()) else NEW,
            code,
            name,
            self._changes(values, old),
            values,
            old,
            pupil.enrolment_id,
        )

    def _canonical(self, field: str, text: str) -> str:
        column = self._columns.get(field)
        read = read_cell(column, text) if column is not None else text
        return read if isinstance(read, str) else text

    def _changes(self, values: Mapping[str, str], old: Mapping[str, str]) -> tuple[Sentence, ...]:
        headers = self._shape.fields
        shown = self._shown
        if not any(old.values()):
            filled = [
                f"{headers[field]}: {shown(field, text)}" for field, text in values.items() if text
            ]
            return (Sentence("; ".join(filled), "; ".join(filled)),)
        return tuple(
            Sentence(
                f"{headers[field]}: “{shown(field, old[field])}” thành “{shown(field, text)}”",
                f"{headers[field]}: “{shown(field, old[field])}” becomes “{shown(field, text)}”",
            )
            for field, text in values.items()
            if text != old[field]
        )

    def _shown(self, field: str, text: str) -> str:
        """A value as people write it, not longer than a line."""
        if self._columns[field].kind is CellKind.DECIMAL:
            return text.replace(".", ",")
        return text if len(text) <= 60 else f"{text[:59]}…"

    def _add(self, row: TableRow, fault: EntryFault) -> None:
        header = self._shape.fields[fault.field]
        sentence = fault.sentence
        self._faults.add(row.number, header, fault.value, sentence.vi, sentence.en)

    def _wrong(self, row: TableRow) -> bool:
        return bool(self._faults.in_row(row.number))

    def _elsewhere(self, row: TableRow, code: str) -> Sentence | None:
        """Why a row is not this import's matter: another period or another grade."""
        said = row.text(PERIOD)
        if self._only_period and said and period_of(said) not in {None, self._period}:
            return Sentence(f"Của thời điểm khác: {said}", f"Of another period: {said}")
        if code in self._roster.other_grades:
            return Sentence("Học sinh khối khác của lớp ghép", "Of another grade of this class")
        return None

    def _check_place(self, row: TableRow, code: str, name: str, pupil: RosterPupil | None) -> None:
        add = self._faults.add
        room = row.text(RESULT_CLASSROOM)
        if class_key(room) != class_key(self._roster.classroom_name):
            vi = f"không phải lớp {self._roster.classroom_name}. Chọn đúng tệp của lớp này."
            en = f"is not class {self._roster.classroom_name}. Choose the file of this class."
            add(row.number, RESULT_CLASSROOM, room, vi, en)
        self._check_period(row)
        if pupil is None:
            self._name_unknown(row, code, name)
            return
        listed = clean_cell(pupil.full_name).casefold()
        if listed and clean_text(name).casefold() != listed:
            vi = f"khác tên trong danh sách lớp: {pupil.full_name}. Kiểm tra mã và tên."
            en = f"differs from the class list: {pupil.full_name}. Check code and name."
            add(row.number, RESULT_NAME, name, vi, en)
        given = birth_date_value(row.raw(BIRTH))
        if pupil.birth_date and given != pupil.birth_date:
            vi = f"khác ngày sinh trong danh sách lớp: {pupil.birth_date}. Sửa nơi ghi sai."
            en = f"differs from the class list: {pupil.birth_date}. Correct the wrong one."
            add(row.number, BIRTH, row.text(BIRTH), vi, en)

    def _of_other_period(self, row: TableRow) -> bool:
        """A row of another period is no second row of its pupil: only the period is wrong."""
        said = row.text(PERIOD)
        if period_of(said) in {None, self._period}:
            return False
        expected = self._period.label
        vi = f"khác thời điểm của tệp là {expected.vi}. Mỗi tệp chỉ một thời điểm, hoặc "
        vi += "chọn thời điểm trên trang tải tệp."
        en = f"differs from the file's period, {expected.en}. One period per file, or "
        en += "choose the period on the upload page."
        self._faults.add(row.number, PERIOD, said, vi, en)
        return True

    def _check_period(self, row: TableRow) -> None:
        said = row.text(PERIOD)
        if period_of(said) is self._period or (
            not said and (self._only_period or PERIOD not in self._table.columns)
        ):
            return
        expected = self._period.label
        vi = f"không nêu thời điểm đánh giá. Ghi “{expected.vi}” như các dòng khác."
        en = f"names no period. Write “{expected.vi}” as in the other rows."
        self._faults.add(row.number, PERIOD, said, vi, en)

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
        self._faults.add(row.number, self._shape.code, code, vi, en)


def class_key(name: str) -> str:
    """What makes two names of a class equal: “Lớp 4 A1” is “4A1”."""
    return _CLASS_WORD.sub("", clean_cell(name).casefold()).replace(" ", "")
