"""Write sheets in the schools' layouts as .xlsx: two title rows, a blank one, the header in row 4.

Every text is written as text: a cell that begins with = + - or @ never becomes a formula, neither
on opening nor when somebody edits it (OWASP “CSV injection”).
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

import xlsxwriter

Value = str | int | Decimal
HEADER_ROW: Final = 3
_TITLE_COLUMNS: Final = 7
_RISKY: Final = ("=", "+", "-", "@", "\t", "\r")
_NOT_IN_NAMES: Final = re.compile(r"[\[\]:*?/\\']")
_WIDTHS: Final = {
    "STT": 6,
    "Lớp": 8,
    "Lớp học": 8,
    "Khối học": 8,
    "Họ tên": 26,
    "Họ và tên": 26,
    "Giới tính": 9,
    "Nội dung nhận xét": 60,
    "Nhận xét của giáo viên chủ nhiệm": 60,
}
_WIDE, _USUAL = 36, 15


@dataclass(frozen=True, slots=True)
class WrittenSheet:
    """One sheet to write."""

    name: str
    titles: tuple[str, str]
    headers: Sequence[str]
    rows: Sequence[Sequence[Value]]
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Header -> the values that Excel offers there."""


def write_workbook(sheets: Sequence[WrittenSheet]) -> bytes:
    """An .xlsx file of these sheets; the same sheets give the same cells."""
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(target, options)
    formats = {
        "bold": book.add_format({"bold": True}),
        "header": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "border": 1}),
        "text": book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"}),
        "risky": book.add_format(
            {"num_format": "@", "text_wrap": True, "valign": "top", "quote_prefix": True}
        ),
        "number": book.add_format({"num_format": "0", "valign": "top"}),
        "decimal": book.add_format({"num_format": "0.0", "valign": "top"}),
    }
    names: set[str] = set()
    for sheet in sheets:
        _write_sheet(book.add_worksheet(_sheet_name(sheet.name, names)), sheet, formats)
    book.close()
    return target.getvalue()


def _sheet_name(name: str, taken: set[str]) -> str:
    """A name that Excel takes: at most 31 characters, some signs forbidden, each once."""
    short = _NOT_IN_NAMES.sub(" ", name)[:31].strip() or "Trang"
    number = 2
    while short.casefold() in taken:
        ending = f" {number}"
        short, number = f"{short[: 31 - len(ending)]}{ending}", number + 1
    taken.add(short.casefold())
    return short


def _write_sheet(page: Any, sheet: WrittenSheet, formats: Mapping[str, Any]) -> None:
    for row, title in enumerate(sheet.titles):
        page.merge_range(row, 0, row, _TITLE_COLUMNS, "", formats["bold"])
        page.write_string(row, 0, title, formats["bold"])
    for column, header in enumerate(sheet.headers):
        page.set_column(column, column, _width(header))
        page.write_string(HEADER_ROW, column, header, formats["header"])
    for number, cells in enumerate(sheet.rows, start=HEADER_ROW + 1):
        for column, value in enumerate(cells):
            _write_cell(page, number, column, value, formats)
    last = HEADER_ROW + max(len(sheet.rows), 1)
    for header, values in sheet.choices.items():
        column = list(sheet.headers).index(header)
        page.data_validation(
            HEADER_ROW + 1, column, last, column, {"validate": "list", "source": list(values)}
        )
    page.freeze_panes(HEADER_ROW + 1, _frozen_columns(sheet.headers))


def _write_cell(page: Any, row: int, column: int, value: Value, formats: Mapping[str, Any]) -> None:
    if isinstance(value, Decimal):
        page.write_number(row, column, float(value), formats["decimal"])
    elif isinstance(value, int):
        page.write_number(row, column, value, formats["number"])
    elif value:
        kind = "risky" if value.startswith(_RISKY) else "text"
        page.write_string(row, column, value, formats[kind])


def _width(header: str) -> int:
    if header in _WIDTHS:
        return _WIDTHS[header]
    return _WIDE if header.startswith("Nhận xét") else _USUAL


def _frozen_columns(headers: Sequence[str]) -> int:
    """Columns up to the name stay in sight."""
    return next((at + 1 for at, header in enumerate(headers) if header.startswith("Họ")), 0)
