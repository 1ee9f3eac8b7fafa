"""The class summary as an Excel workbook with the heading of the official form."""

from __future__ import annotations

import io
from typing import Any, Final

import xlsxwriter

from hocba.assessment.class_summary import HEAD_ROWS, ClassSummary, body_row, head_cells

HEAD_AT: Final = 4
"""Row of the first line of the heading, counted from 0; the title stands above."""
_NAME_WIDTH, _NOTE_WIDTH, _NARROW_WIDTH = 28, 18, 4.6
_A3, _A4 = 8, 9
_WIDE_FROM = 32


def write_summary(summary: ClassSummary) -> bytes:
    """Write the workbook. Texts that look like formulas stay texts."""
    target = io.BytesIO()
    # Constant memory would forbid merged heads; a class is small.
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet(f"Mẫu {summary.form.number}")
    last = len(summary.form.columns) - 1
    _write_title(book, sheet, summary, last)
    _write_heading(book, sheet, summary)
    _write_rows(book, sheet, summary)
    _set_page(sheet, summary, last)
    book.close()
    return target.getvalue()


def _write_title(book: Any, sheet: Any, summary: ClassSummary, last: int) -> None:
    title = book.add_format({"bold": True, "font_size": 14, "align": "center"})
    centre = book.add_format({"align": "center"})
    sheet.merge_range(0, 0, 0, last, "BẢNG TỔNG HỢP KẾT QUẢ ĐÁNH GIÁ GIÁO DỤC", title)
    sheet.merge_range(1, 0, 1, last, summary.form.period.label.vi, centre)
    line = (
        f"Trường: {summary.school_name}    Lớp: {summary.classroom_name}    "
        f"Năm học: {summary.school_year}"
    )
    sheet.merge_range(2, 0, 2, last, line, centre)


def _write_heading(book: Any, sheet: Any, summary: ClassSummary) -> None:
    common = {"bold": True, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True}
    flat, turned = book.add_format(common), book.add_format({**common, "rotation": 90})
    for cell in head_cells(summary.form):
        column = summary.form.columns[cell.column]
        look = turned if cell.columns == 1 and column.narrow and cell.text != "STT" else flat
        top, left = HEAD_AT + cell.row, cell.column
        bottom, right = top + cell.rows - 1, left + cell.columns - 1
        if (top, left) == (bottom, right):
            sheet.write_string(top, left, cell.text, look)
        else:
            sheet.merge_range(top, left, bottom, right, cell.text, look)
    for row, height in enumerate((20, 70, 110)):
        sheet.set_row(HEAD_AT + row, height)


def _write_rows(book: Any, sheet: Any, summary: ClassSummary) -> None:
    middle = book.add_format({"border": 1, "align": "center"})
    left = book.add_format({"border": 1})
    first = HEAD_AT + HEAD_ROWS
    for number, pupil in enumerate(summary.pupils):
        cells = body_row(summary.form, number + 1, pupil)
        for at, (column, text) in enumerate(zip(summary.form.columns, cells, strict=True)):
            look = middle if column.narrow else left
            if column.key == "number" or (column.key.startswith("score-") and text):
                sheet.write_number(first + number, at, int(text), look)
            else:
                sheet.write_string(first + number, at, text, look)
    foot = first + len(summary.pupils) + 1
    bold = book.add_format({"bold": True, "align": "center"})
    half = max(2, len(summary.form.columns) // 2)
    sheet.merge_range(foot, 0, foot, half - 1, "Giáo viên chủ nhiệm", bold)
    sheet.merge_range(foot, half, foot, len(summary.form.columns) - 1, "Hiệu trưởng", bold)


def _set_page(sheet: Any, summary: ClassSummary, last: int) -> None:
    for at, column in enumerate(summary.form.columns):
        width = _NARROW_WIDTH
        if not column.narrow:
            width = _NAME_WIDTH if column.key == "name" else _NOTE_WIDTH
        sheet.set_column(at, at, width)
    sheet.freeze_panes(HEAD_AT + HEAD_ROWS, 2)
    sheet.set_landscape()
    sheet.set_paper(_A3 if len(summary.form.columns) >= _WIDE_FROM else _A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEAD_AT, HEAD_AT + HEAD_ROWS - 1)
    sheet.print_area(0, 0, HEAD_AT + HEAD_ROWS + len(summary.pupils) + 2, last)
