"""Phrases as a spreadsheet, out and in again: what was written out unchanged changes nothing."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import xlsxwriter

from hocba_server.school.phrases.entries import ABOUT, PhraseEntry, read_phrase
from hocba_server.school.phrases.models import Phrase
from hocba_server.web.spreadsheets.cells import FaultList
from hocba_server.web.spreadsheets.grids import read_grids
from hocba_server.web.spreadsheets.workbook import (
    Heading,
    TableRow,
    check_letters,
    find_tables,
    sound_rows,
)

NUMBER, TEXT, PLACE, LEVEL, FIRST, LAST, WHOSE = (
    "Số câu",
    "Câu nhận xét",
    "Dùng cho",
    "Mức",
    "Từ khối",
    "Đến khối",
    "Của",
)
HEADERS: Final = (NUMBER, TEXT, PLACE, LEVEL, FIRST, LAST, WHOSE)
MINE, SCHOOLS = "Cá nhân", "Nhà trường"
FIELDS: Final = {
    "text": TEXT,
    "about": PLACE,
    "level": LEVEL,
    "first_grade": FIRST,
    "last_grade": LAST,
}
_CODE_OF: Final = {
    **{code: code for code in ABOUT},
    **{words.vi.casefold(): code for code, words in ABOUT.items()},
}
NEW, CHANGED, SAME, DUPLICATE, INVALID = "new", "changed", "same", "duplicate", "invalid"
_WIDTHS: Final = (8, 90, 30, 6, 8, 9, 12)


@dataclass(frozen=True, slots=True)
class KnownPhrase:
    """A phrase of a bank that the reader of the file may change."""

    phrase_id: int
    for_school: bool
    entry: PhraseEntry


@dataclass(frozen=True, slots=True)
class PhraseRow:
    """One row of the file: what saving it would do, and why."""

    number: int
    status: str
    text: str
    reasons: tuple[str, ...]
    phrase_id: int | None
    for_school: bool
    values: Mapping[str, Any]

    @property
    def entry(self) -> PhraseEntry:
        """The phrase to be kept."""
        return PhraseEntry(**self.values)

    def to_json(self) -> dict[str, Any]:
        """Plain values for a JSON column."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> PhraseRow:
        """Read what `to_json` wrote."""
        return cls(**{**value, "reasons": tuple(value["reasons"])})


def count_by_status(rows: Iterable[PhraseRow]) -> dict[str, int]:
    """Number of rows by status."""
    found = Counter(row.status for row in rows)
    return {status: found[status] for status in (NEW, CHANGED, SAME, DUPLICATE, INVALID)}


def write_phrases(phrases: Iterable[Phrase]) -> bytes:
    """Phrases as an .xlsx file; every cell is text or a number, never a formula."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False})
    page = book.add_worksheet("Mẫu nhận xét")
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True})
    for column, (header, width) in enumerate(zip(HEADERS, _WIDTHS, strict=True)):
        page.set_column(column, column, width, wrapped)
        page.write_string(0, column, header, bold)
    page.freeze_panes(1, 2)
    for number, phrase in enumerate(phrases, start=1):
        page.write_number(number, 0, phrase.pk)
        whose = MINE if phrase.owner else SCHOOLS
        place = ABOUT[phrase.about].vi
        for column, text in ((1, phrase.text), (2, place), (3, phrase.level), (6, whose)):
            page.write_string(number, column, text)
        for column, grade in ((4, phrase.first_grade), (5, phrase.last_grade)):
            if grade is not None:
                page.write_number(number, column, grade)
    book.close()
    return target.getvalue()


def read_phrases(
    content: bytes, filename: str, known: Iterable[KnownPhrase], *, leader: bool
) -> tuple[list[PhraseRow], FaultList]:
    """Read a file against the banks that its reader may change. Raises `Malformed` when it is no
    such file. The column of numbers may be missing: every row is a new phrase then."""
    faults = FaultList(filename)
    headings = [Heading(header, required=header != NUMBER) for header in HEADERS]
    table = find_tables(read_grids(content), headings)[0]
    rows = sound_rows(table, faults)
    for row in rows:
        check_letters(table, row, faults)
    return _PhraseReader(known, faults, leader=leader).read(rows), faults


class _PhraseReader:
    """Reads the rows of one file."""

    def __init__(self, known: Iterable[KnownPhrase], faults: FaultList, *, leader: bool) -> None:
        self._by_number = {each.phrase_id: each for each in known}
        self._by_value = {(each.for_school, each.entry): each for each in self._by_number.values()}
        self._faults = faults
        self._leader = leader
        self._first: dict[tuple[bool, PhraseEntry], int] = {}

    def read(self, rows: list[TableRow]) -> list[PhraseRow]:
        return [self._read_row(row) for row in rows]

    def _read_row(self, row: TableRow) -> PhraseRow:
        for_school = self._whose(row)
        place = row.text(PLACE)
        entry = read_phrase(
            about=_CODE_OF.get(place.casefold(), place),
            level=row.text(LEVEL),
            first_grade=row.text(FIRST),
            last_grade=row.text(LAST),
            text=row.text(TEXT),
        )
        if isinstance(entry, tuple):
            for fault in entry:
                words = fault.sentence
                header = FIELDS[fault.field]
                self._faults.add(row.number, header, fault.value, words.vi, words.en)
        wrong = self._faults.in_row(row.number)
        if not isinstance(entry, tuple) and for_school is not None and not wrong:
            return self._compared(row, entry, for_school)
        reasons = tuple(f"{fault.column}: {fault.sentence.vi}" for fault in wrong)
        return PhraseRow(row.number, INVALID, row.text(TEXT), reasons, None, False, {})

    def _compared(self, row: TableRow, entry: PhraseEntry, for_school: bool) -> PhraseRow:
        key = (for_school, entry)
        first = self._first.setdefault(key, row.number)
        if first != row.number:
            vi = f"giống hệt dòng {first}. Xoá dòng thừa."
            self._faults.add(
                row.number, TEXT, entry.text, vi, f"repeats row {first}. Delete the extra row."
            )
            reason = f"Trùng với dòng {first}"
            return PhraseRow(row.number, DUPLICATE, entry.text, (reason,), None, for_school, {})
        values = asdict(entry)
        same = self._by_value.get(key)
        if same is not None:
            return PhraseRow(row.number, SAME, entry.text, (), same.phrase_id, for_school, values)
        number = row.text(NUMBER)
        kept = self._by_number.get(int(number)) if number.isascii() and number.isdigit() else None
        if kept is None or kept.for_school != for_school:
            return PhraseRow(row.number, NEW, entry.text, (), None, for_school, values)
        before = asdict(kept.entry)
        changed = tuple(
            f"{header}: “{_shown(before[field])}” thành “{_shown(values[field])}”"
            for field, header in FIELDS.items()
            if before[field] != values[field]
        )
        return PhraseRow(
            row.number, CHANGED, entry.text, changed, kept.phrase_id, for_school, values
        )

    def _whose(self, row: TableRow) -> bool | None:
        """Whether the row is the school's; None is a fault that has been named."""
        whose = row.text(WHOSE)
        if whose.casefold() == SCHOOLS.casefold() and not self._leader:
            vi = (
                "chỉ lãnh đạo nhà trường thêm hoặc sửa được. Ghi “Cá nhân”, hoặc bỏ dòng này "
                "nếu không đổi gì."
            )
            en = "is for leaders only. Write “Cá nhân”, or delete the row if nothing changes."
            same = self._unchanged_of_school(row)
            if not same:
                self._faults.add(row.number, WHOSE, whose, vi, en)
            return True if same else None
        choices = {"": False, MINE.casefold(): False, SCHOOLS.casefold(): True}
        if whose.casefold() not in choices:
            vi = f"phải là “{MINE}” hoặc “{SCHOOLS}”. Để trống là câu của Thầy/Cô."
            en = f"must be “{MINE}” or “{SCHOOLS}”; empty means your own."
            self._faults.add(row.number, WHOSE, whose, vi, en)
        return choices.get(whose.casefold())

    def _unchanged_of_school(self, row: TableRow) -> bool:
        number = row.text(NUMBER)
        kept = self._by_number.get(int(number)) if number.isascii() and number.isdigit() else None
        return (
            kept is not None
            and kept.for_school
            and kept.entry.text == row.text(TEXT)
            and ABOUT[kept.entry.about].vi == row.text(PLACE)
            and kept.entry.level == row.text(LEVEL)
            and _shown(kept.entry.first_grade) == row.text(FIRST)
            and _shown(kept.entry.last_grade) == row.text(LAST)
        )


def _shown(value: object) -> str:
    return "" if value is None else str(value)
