"""Look into a zipped workbook (.xlsx, .ods) before the reader does: sizes, extent, hidden rows.

The reader lays a sheet out as a full rectangle, so two cells far apart would ask for gigabytes.
What is handed on is a fresh archive of the parts that were looked at, nothing else.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from hocba.errors import Malformed

MAX_UNPACKED_BYTES: Final = 100_000_000
MAX_PARTS: Final = 2_000
MAX_AREA: Final = 3_000_000
"""Cells of the rectangle that holds every filled cell of a sheet."""
_KEPT: Final = (".xml", ".rels", "mimetype")
_XLSX_CELL: Final = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(/?)>", re.DOTALL)
_XLSX_REFERENCE: Final = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3})([0-9]{1,7})["']""")
_XLSX_ROW: Final = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_ROW_NUMBER: Final = re.compile(rb"""\br\s*=\s*["']([0-9]{1,7})["']""")
_ROW_HIDDEN: Final = re.compile(rb"""\bhidden\s*=\s*["'](?:1|true)["']""")
_RELATION: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_ODS_TABLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"


@dataclass(frozen=True, slots=True)
class CheckedArchive:
    """A workbook that is safe to open."""

    content: bytes
    hidden_rows: dict[str, frozenset[int]] = field(default_factory=dict)
    """Name of a sheet -> Excel numbers of rows that are hidden there."""


def check_archive(content: bytes) -> CheckedArchive:
    """Check a zipped workbook. Raises `Malformed`: broken, too large, or too wide."""
    hidden: dict[str, frozenset[int]] = {}
    target = io.BytesIO()
    try:
        with (
            zipfile.ZipFile(io.BytesIO(content)) as archive,
            zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as kept,
        ):
            parts = dict(_parts(archive))
            for name, part in parts.items():
                _check_extent(name, part)
                kept.writestr(name, part)
            for sheet, name in _sheet_parts(parts):
                hidden[sheet] = _hidden_rows(parts.get(name, b""))
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError) as error:
        raise unreadable() from error
    except (NotImplementedError, RuntimeError, KeyError, etree.XMLSyntaxError) as error:
        raise unreadable() from error  # unknown packing, a password, or broken parts
    return CheckedArchive(target.getvalue(), hidden)


def _parts(archive: zipfile.ZipFile) -> list[tuple[str, bytes]]:
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED_BYTES or len(entries) > MAX_PARTS:
        raise unreadable()
    wanted = [entry for entry in entries if entry.filename.endswith(_KEPT)]
    names = [entry.filename for entry in wanted]
    if len(set(names)) != len(names):
        raise unreadable()
    return [(entry.filename, archive.read(entry)) for entry in wanted]


def _check_extent(name: str, part: bytes) -> None:
    if name.startswith("xl/worksheets/") and name.endswith(".xml"):
        rows, columns = _xlsx_extent(part)
    elif name == "content.xml":
        rows, columns = _ods_extent(part)
    else:
        return
    if rows * columns > MAX_AREA:
        raise Malformed(
            "too_wide",
            "Trang tính có ô nằm quá xa bảng dữ liệu. Xoá các ô thừa ở rất xa rồi lưu lại.",
            "The sheet has cells far away from its table. Delete them and save the file again.",
        )


def _xlsx_extent(part: bytes) -> tuple[int, int]:
    """Greatest row and column of any cell that is not merely formatted."""
    rows = columns = 0
    for found in _XLSX_CELL.finditer(part):
        place = _XLSX_REFERENCE.search(found[1])
        if found[2] or place is None:
            continue
        rows = max(rows, int(place[2]))
        columns = max(columns, _column_number(place[1]))
    return rows, columns


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _hidden_rows(part: bytes) -> frozenset[int]:
    hidden = set()
    for row in _XLSX_ROW.finditer(part):
        number = _ROW_NUMBER.search(row[1])
        if number is not None and _ROW_HIDDEN.search(row[1]):
            hidden.add(int(number[1]))
    return frozenset(hidden)


def _sheet_parts(parts: dict[str, bytes]) -> list[tuple[str, str]]:
    """Names of the sheets of an .xlsx file with the parts they stand in."""
    book, relations = parts.get("xl/workbook.xml"), parts.get("xl/_rels/workbook.xml.rels")
    if book is None or relations is None:
        return []
    targets = {
        element.get("Id"): element.get("Target", "")
        for element in _parse(relations).iter("{*}Relationship")
    }
    found = []
    for sheet in _parse(book).iter("{*}sheet"):
        target = targets.get(sheet.get(_RELATION), "")
        name = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        found.append((sheet.get("name", ""), name))
    return found


def _parse(part: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    return etree.fromstring(part, parser)


def _ods_extent(part: bytes) -> tuple[int, int]:
    """Rows and columns as they are when every repeated filled cell is laid out."""
    root = _parse(part)
    most_rows = most_columns = 0
    for table in root.iter(f"{_ODS_TABLE}table"):
        rows = 0
        for row in table.iter(f"{_ODS_TABLE}table-row"):
            repeated = _repeated(row, "rows")
            columns = _filled_columns(row)
            if columns:
                rows += repeated
                most_columns = max(most_columns, columns)
            elif repeated <= MAX_AREA // 100:
                rows += repeated
        most_rows = max(most_rows, rows)
    return most_rows, most_columns


def _filled_columns(row: etree._Element) -> int:
    filled = at = 0
    for cell in row:
        at += _repeated(cell, "columns")
        if len(cell):
            filled = at
    return filled


def _repeated(element: etree._Element, what: str) -> int:
    text = element.get(f"{_ODS_TABLE}number-{what}-repeated", "1")
    return int(text[:12]) if text.isdigit() else 1


def unreadable() -> Malformed:
    """The refusal of a file that is no spreadsheet."""
    return Malformed(
        "not_xlsx",
        "Tệp này không đọc được như một bảng tính. Mở bằng Excel hoặc LibreOffice và lưu lại "
        "dạng .xlsx.",
        "The file cannot be read as a spreadsheet. Save it again as .xlsx.",
    )
