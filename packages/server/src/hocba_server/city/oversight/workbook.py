"""Boards as Excel: typed cells, and above them what is shown, of when, for whom, of what part."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import xlsxwriter
from django.utils.translation import gettext as _

from hocba.record.values import VIETNAM
from hocba_server.city.oversight.tables import Kind, Table, Value, shown

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMATS: Final = {
    Kind.TEXT: "@",
    Kind.NUMBER: "#,##0",
    Kind.SHARE: "0.0%",
    Kind.DAY: "dd/mm/yyyy",
    Kind.MOMENT: "hh:mm dd/mm/yyyy",
}
_SHEET_NAME: Final = 31
_FORBIDDEN: Final = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
_WIDEST, _NARROWEST = 60, 9


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above every table of a file."""

    office: str
    title: str
    school_year: str
    at: dt.datetime
    made_by: str
    filters: Sequence[tuple[str, str]] = field(default=())


def write_workbook(heading: Heading, tables: Sequence[Table]) -> bytes:
    """One sheet for each table."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "remove_timezone": True}) as book:
        book.set_properties({"title": heading.title, "author": heading.made_by})
        formats = {kind: book.add_format({"num_format": text}) for kind, text in _FORMATS.items()}
        strong = {
            kind: book.add_format({"num_format": text, "bold": True, "top": 1})
            for kind, text in _FORMATS.items()
        }
        head = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "border": 1, "bg_color": "#E9F0FB"}
        )
        bold = book.add_format({"bold": True})
        names: set[str] = set()
        for table in tables:
            sheet = book.add_worksheet(_name(table.title, names))
            top = _above(sheet, bold, heading, table)
            _write(sheet, table, top, head, formats, strong)
    return buffer.getvalue()


def _name(title: str, taken: set[str]) -> str:
    name = title.translate(_FORBIDDEN)[:_SHEET_NAME].strip() or "Bảng"
    number = 2
    wished = name
    while name.casefold() in taken:
        name = f"{wished[: _SHEET_NAME - 3]} {number}"
        number += 1
    taken.add(name.casefold())
    return name


def _above(sheet: Any, bold: Any, heading: Heading, table: Table) -> int:
    """Write what the table is; answers the row of its head."""
    moment = f"{heading.at.astimezone(VIETNAM):%H:%M %d/%m/%Y}"
    chosen = "; ".join(f"{name}: {value}" for name, value in (*heading.filters, *table.filters))
    lines = [
        heading.office.upper(),
        f"{heading.title}: {table.title}" if heading.title != table.title else table.title,
        _("Năm học %(year)s. Số liệu lúc %(moment)s. Người lập: %(name)s.")
        % {"year": heading.school_year, "moment": moment, "name": heading.made_by},
        _("Chọn theo: %(chosen)s.") % {"chosen": chosen or _("tất cả")},
    ]
    if table.note:
        lines.append(table.note)
    for number, line in enumerate(lines):
        sheet.write_string(number, 0, line, bold if number < 2 else None)
    return len(lines) + 1


def _write(
    sheet: Any,
    table: Table,
    top: int,
    head: Any,
    formats: dict[Kind, Any],
    strong: dict[Kind, Any],
) -> None:
    for at, column in enumerate(table.columns):
        sheet.write_string(top, at, column.title, head)
        longest = max((len(shown(row.cells[at], column.kind)) for row in table.rows), default=0)
        sheet.set_column(at, at, min(max(longest + 2, _NARROWEST, len(column.title) // 2), _WIDEST))
    for number, row in enumerate(table.rows, start=top + 1):
        for at, column in enumerate(table.columns):
            _cell(sheet, number, at, row.cells[at], formats[column.kind])
    if table.total:
        number = top + 1 + len(table.rows)
        for at, column in enumerate(table.columns):
            _cell(sheet, number, at, table.total[at], strong[column.kind])
    if table.rows:
        sheet.autofilter(top, 0, top + len(table.rows), len(table.columns) - 1)
    else:
        sheet.write_string(top + 1, 0, table.empty)
    sheet.freeze_panes(top + 1, 1)


def _cell(sheet: Any, row: int, column: int, value: Value, form: Any) -> None:
    """Text is written as text, whatever it begins with: a formula never comes from data."""
    if value is None:
        sheet.write_blank(row, column, None, form)
    elif isinstance(value, str):
        sheet.write_string(row, column, value, form)
    elif isinstance(value, dt.datetime):
        sheet.write_datetime(row, column, value.astimezone(VIETNAM).replace(tzinfo=None), form)
    elif isinstance(value, dt.date):
        sheet.write_datetime(row, column, dt.datetime.combine(value, dt.time()), form)
    else:
        sheet.write_number(row, column, value, form)
