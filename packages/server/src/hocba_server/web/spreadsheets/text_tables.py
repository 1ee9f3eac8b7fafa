"""Tables in text files: CSV and TSV, and what old programs save as .xls: HTML and XML of 2003."""

from __future__ import annotations

import csv
import io
from html.parser import HTMLParser
from typing import Final

from lxml import etree

from hocba_server.web.spreadsheets.archives import MAX_AREA, unreadable
from hocba_server.web.spreadsheets.cells import Cell
from hocba_server.web.spreadsheets.legacy_text import legacy_file

_DELIMITERS: Final = (";", "\t", ",", "|")
_UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_MAX_SPAN: Final = 200
_SS: Final = "{urn:schemas-microsoft-com:office:spreadsheet}"
Named = tuple[str, list[list[Cell]]]


def read_text_tables(content: bytes) -> list[Named]:
    """Every table of a text file with its name. Raises `Malformed`: no text, or old font coding."""
    if content.startswith(_UTF16_MARKS):
        text = _decode(content, "utf-16")
    elif b"\x00" in content:
        raise unreadable()
    else:
        text = _decode(content, "utf-8-sig")
    start = text.lstrip()[:2000].casefold()
    if "urn:schemas-microsoft-com:office:spreadsheet" in start and start.startswith("<?xml"):
        return _xml_tables(content)
    if start.startswith("<") or "<table" in start:
        return _html_tables(text)
    return [("", _delimited(text))]


def _decode(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        readable = sum(1 for byte in content[:4000] if byte >= 32 or byte in b"\r\n\t")
        if readable < min(len(content), 4000) * 0.98:
            raise unreadable() from error
        raise legacy_file() from error


def _delimited(text: str) -> list[list[Cell]]:
    """Rows of a CSV or TSV file; the separator is the one that makes the most columns."""
    sample = [line for line in text.splitlines()[:40] if line.strip()]
    delimiter = max(
        _DELIMITERS, key=lambda sign: max((row.count(sign) for row in sample), default=0)
    )
    if not any(delimiter in row for row in sample):
        raise unreadable()
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        return [list(row) for row in rows]
    except csv.Error as error:
        raise unreadable() from error


class _TableReader(HTMLParser):
    """Collects the rows of every table, spans filled with the cell that spans them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[Cell]]] = []
        self._open: list[list[list[Cell]]] = []
        self._below: dict[tuple[int, int], str] = {}
        self._cell: list[str] | None = None
        self._span = (1, 1)
        self._cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._end_cell()
            self._open.append([])
            self.tables.append(self._open[-1])
            self._below = {}
        elif tag == "tr" and self._open:
            self._end_cell()
            self._open[-1].append([])
        elif tag in {"td", "th"} and self._open and self._open[-1]:
            self._end_cell()
            given = dict(attrs)
            self._span = (_span(given.get("rowspan")), _span(given.get("colspan")))
            self._cell = []
        elif tag == "br" and self._cell is not None:
            self._cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th", "tr", "table"}:
            self._end_cell()
        if tag == "table" and self._open:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def _end_cell(self) -> None:
        if self._cell is None or not self._open or not self._open[-1]:
            self._cell = None
            return
        table = self._open[-1]
        row, at = table[-1], len(table) - 1
        text = "".join(self._cell)
        self._cell = None
        while (at, len(row)) in self._below:
            row.append(self._below.pop((at, len(row))))
        first = len(row)
        rows, columns = self._span
        self._cells += rows * columns
        if self._cells > MAX_AREA // 3:
            raise unreadable()
        for column in range(first, first + columns):
            row.append(text)
            for below in range(at + 1, at + rows):
                self._below[below, column] = text


def _span(text: str | None) -> int:
    if text and text.isascii() and text.isdigit() and len(text) < 6:
        return min(max(int(text), 1), _MAX_SPAN)
    return 1


def _html_tables(text: str) -> list[Named]:
    reader = _TableReader()
    reader.feed(text)
    reader.close()
    filled = [table for table in reader.tables if table]
    # Tables of a page have no names; a person who must choose one needs something to call it.
    return [(f"Bảng {number}", table) for number, table in enumerate(filled, start=1)]


def _xml_tables(content: bytes) -> list[Named]:
    """The sheets of an “XML Spreadsheet 2003” file."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise unreadable() from error
    return [
        (sheet.get(f"{_SS}Name", ""), _xml_rows(sheet)) for sheet in root.iter(f"{_SS}Worksheet")
    ]


def _xml_rows(sheet: etree._Element) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    for row in sheet.iter(f"{_SS}Row"):
        at = _index(row, len(rows))
        rows.extend([] for _ in range(at - len(rows)))
        cells: list[Cell] = []
        for cell in row.iter(f"{_SS}Cell"):
            column = _index(cell, len(cells))
            cells.extend("" for _ in range(column - len(cells)))
            across = (
                _span(cell.get(f"{_SS}MergeAcross", "0")) if cell.get(f"{_SS}MergeAcross") else 0
            )
            data = cell.find(f"{_SS}Data")
            text = "".join(map(str, data.itertext())) if data is not None else ""
            if data is not None and data.get(f"{_SS}Type") == "DateTime":
                text = text[:10]
            cells.extend([text] * (1 + across))
        rows.append(cells)
    return rows


def _index(element: etree._Element, following: int) -> int:
    """Where a row or cell stands: by its own number (from 1), else next to the one before."""
    text = element.get(f"{_SS}Index", "")
    if text.isascii() and text.isdigit() and len(text) < 8:
        at = int(text) - 1
        if at > 20_000:
            raise unreadable()
        return max(at, following)
    return following
