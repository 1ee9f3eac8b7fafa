"""Spreadsheets of the tests, in the formats that schools bring."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from html import escape

import xlsxwriter

from hocba.assessment.catalogue import TRAITS
from hocba_server.school.tests.cast import NAMES

Rows = Sequence[Sequence[object]]
SUBJECT_HEADERS = (
    "STT", "Lớp", "Mã học sinh", "Họ và tên", "Ngày sinh", "Mức đạt được", "Điểm KTĐK",
    "Mã nhận xét", "Nội dung nhận xét", "Thời điểm đánh giá",
)  # fmt: skip
TRAIT_HEADERS = (
    "Lớp", "Mã định danh", "Họ và tên", "Ngày sinh", "Nhận xét NL Chung", "Nhận xét NL Đặc thù",
    "Nhận xét Phẩm chất", "Thời điểm đánh giá", *(trait.name for trait in TRAITS),
)  # fmt: skip
HOMEROOM_HEADERS = (
    "STT", "Lớp", "Mã học sinh", "Họ và tên", "Ngày sinh", "Cân nặng (kg)", "Chiều cao (cm)",
    "Số buổi nghỉ có phép", "Số buổi nghỉ không phép", "Nhận xét của giáo viên chủ nhiệm",
    "Khen thưởng", "Khen thưởng đột xuất", "Đề nghị về lên lớp", "Thời điểm đánh giá",
)  # fmt: skip


def subject_cells(order: int, **changes: object) -> list[object]:
    """One row of layout c; `changes` by header."""
    cells: dict[str, object] = {
        "STT": order + 1,
        "Lớp": "1A1",
        "Mã học sinh": f"790000000{order}",
        "Họ và tên": NAMES[order],
        "Ngày sinh": f"0{order + 1}/02/2019",
        "Mức đạt được": "T",
        "Điểm KTĐK": 9.0,
        "Mã nhận xét": "",
        "Nội dung nhận xét": "Tốt lắm.",
        "Thời điểm đánh giá": "Cuối năm học",
    }
    return list({**cells, **changes}.values())


def trait_cells(order: int, **changes: object) -> list[object]:
    """One row of layout d with a level of every trait of grade 1."""
    absent = {"Công nghệ", "Tin học"}
    cells: dict[str, object] = {
        "Lớp": "1A1",
        "Mã định danh": f"790000000{order}",
        "Họ và tên": NAMES[order],
        "Ngày sinh": f"0{order + 1}/02/2019",
        "Nhận xét NL Chung": "Tự giác.",
        "Nhận xét NL Đặc thù": "Tính nhanh.",
        "Nhận xét Phẩm chất": "Chăm ngoan.",
        "Thời điểm đánh giá": "Cuối năm học",
        **{trait.name: "" if trait.name in absent else "Đ" for trait in TRAITS},
    }
    return list({**cells, **changes}.values())


def homeroom_cells(order: int, **changes: object) -> list[object]:
    """One row of the homeroom layout."""
    cells: dict[str, object] = {
        **dict.fromkeys(HOMEROOM_HEADERS, ""),
        "STT": order + 1,
        "Lớp": "1A1",
        "Mã học sinh": f"790000000{order}",
        "Họ và tên": NAMES[order],
        "Ngày sinh": f"0{order + 1}/02/2019",
        "Cân nặng (kg)": 20.5,
        "Chiều cao (cm)": 118,
        "Số buổi nghỉ có phép": 2,
        "Số buổi nghỉ không phép": 0,
        "Nhận xét của giáo viên chủ nhiệm": "Em chăm ngoan.",
        "Thời điểm đánh giá": "Cuối năm học",
    }
    return list({**cells, **changes}.values())


def xlsx(sheets: Mapping[str, Rows]) -> bytes:
    """A workbook of these sheets, rows from the first one on."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    for name, rows in sheets.items():
        page = book.add_worksheet(name)
        for number, cells in enumerate(rows):
            page.write_row(number, 0, cells)
    book.close()
    return target.getvalue()


def delimited(rows: Rows, sign: str = ",", encoding: str = "utf-8") -> bytes:
    """A CSV or TSV file."""
    target = io.StringIO()
    csv.writer(target, delimiter=sign).writerows(rows)
    return target.getvalue().encode(encoding)


def html_xls(rows: Rows) -> bytes:
    """What web programs call .xls."""
    lines = "".join(
        "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in cells) + "</tr>"
        for cells in rows
    )
    return f"<html><meta charset='utf-8'><table>{lines}</table></html>".encode()


_ODS = (
    '<?xml version="1.0"?><office:document-content '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
    "<office:body><office:spreadsheet>{}</office:spreadsheet></office:body>"
    "</office:document-content>"
)
_MANIFEST = (
    '<?xml version="1.0"?><manifest:manifest '
    'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry '
    'manifest:full-path="/" '
    'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>'
)


def ods(rows: Rows, extra: str = "") -> bytes:
    """An OpenDocument spreadsheet with one sheet; `extra` rows as they are."""
    lines = "".join(
        "<table:table-row>" + "".join(map(_ods_cell, cells)) + "</table:table-row>"
        for cells in rows
    )
    table = f'<table:table table:name="Trang 1">{lines}{extra}</table:table>'
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", _MANIFEST)
        archive.writestr("content.xml", _ODS.format(table))
    return target.getvalue()


def _ods_cell(value: object) -> str:
    if value == "":
        return "<table:table-cell/>"
    kind = f'float" office:value="{value}' if isinstance(value, int | float) else "string"
    text = f"<text:p>{escape(str(value))}</text:p>"
    return f'<table:table-cell office:value-type="{kind}">{text}</table:table-cell>'
