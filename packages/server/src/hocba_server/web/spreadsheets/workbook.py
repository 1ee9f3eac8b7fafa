"""Find tables in a spreadsheet by the text of their headers, wherever they stand.

Schools' files carry title rows, merged cells, headers over two rows and headers repeated on every
page; columns are found by their header text, never by position (domain: HCMC exports).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from hocba.errors import Malformed
from hocba_server.web.spreadsheets.cells import (
    Cell,
    FaultList,
    birth_date_value,
    cell_text,
)
from hocba_server.web.spreadsheets.grids import SheetGrid, read_grids
from hocba_server.web.spreadsheets.legacy_text import SENTENCE, is_legacy_text, legacy_file

HEADER_SEARCH_ROWS: Final = 60
NUMBER: Final = "STT"
_SIGNATURES: Final = 4
"""More different texts than people who sign below a table."""
_BRACKETS: Final = re.compile(r"\([^)]*\)\s*$")
_SAME_LETTERS: Final = str.maketrans("ỳýỷỹỵ", "ìíỉĩị")
"""Schools write “kì” and “kỳ”, “lí” and “lý” for the same word."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A column by its official header, and other headers that files use for it."""

    name: str
    others: tuple[str, ...] = ()
    required: bool = True


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of data: its Excel row number and its cells by normalised header."""

    number: int
    cells: Mapping[str, Cell]

    def text(self, header: str) -> str:
        """The cell under a header as text; empty when there is no such column."""
        return cell_text(self.raw(header))

    def raw(self, header: str) -> Cell:
        """The cell as it is in the file."""
        return self.cells.get(header_key(header), "")


@dataclass(frozen=True, slots=True)
class Table:
    """One table that was found: where it stands, what is written above it, its rows."""

    sheet: str
    header_number: int
    """Excel number of the (lower) header row."""
    titles: tuple[str, ...]
    """Texts above the header: department, title with class and subject."""
    columns: frozenset[str]
    """Official names of the columns that are there."""
    missing: tuple[str, ...]
    """Official names of required columns that are not."""
    rows: tuple[TableRow, ...]
    hidden: frozenset[int] = field(default_factory=frozenset)
    """Excel numbers of rows that are hidden in the file."""


def header_key(header: str) -> str:
    """What makes two headers equal: letters only, without `*`, case, spaces and (format) notes."""
    text = unicodedata.normalize("NFC", header).replace("*", " ")
    text = " ".join(_BRACKETS.sub("", text.strip()).split()).casefold()
    return text.translate(_SAME_LETTERS).strip(" .:")


def read_rows(content: bytes, headers: Collection[str], faults: FaultList) -> list[TableRow]:
    """Read the rows under the header row. Missing columns are faults; no rows then.

    Raises `Malformed` when the file is no spreadsheet, too large or has no such header at all.
    """
    tables = find_tables(read_grids(content), [Heading(header) for header in headers])
    rows = sound_rows(tables[0], faults)
    for row in rows:
        check_letters(tables[0], row, faults)
    return rows


def sound_rows(table: Table, faults: FaultList) -> list[TableRow]:
    """The rows of a table; none when a required column is missing, which is a fault."""
    for header in table.missing:
        faults.add(
            table.header_number,
            header,
            "",
            "không có trong tệp. Thêm cột này rồi tải lại tệp.",
            "is missing from the file. Add this column and upload again.",
        )
    return [] if table.missing else list(table.rows)


def check_letters(table: Table, row: TableRow, faults: FaultList) -> None:
    """Texts that no record may hold are faults: old fonts, hidden signs, broken letters."""
    for name in table.columns:
        text = row.text(name)
        if is_legacy_text(text):
            faults.add(row.number, name, text, SENTENCE.vi, SENTENCE.en)
        elif "\ufffd" in text or not text.isprintable():
            vi = "có ký tự ẩn hoặc ký tự hỏng. Gõ lại ô này trên một dòng."
            faults.add(row.number, name, text, vi, "holds hidden or broken characters. Type again.")


def find_tables(grids: Sequence[SheetGrid], headings: Sequence[Heading]) -> list[Table]:
    """Every sheet that holds the header, the best first. Raises `Malformed` when none does."""
    found = [table for grid in grids if (table := find_table(grid, headings)) is not None]
    if not found:
        if any(_is_legacy(grid) for grid in grids):
            raise legacy_file()
        names = ", ".join(heading.name for heading in headings[:4])
        raise Malformed(
            "no_header",
            f"Không tìm thấy dòng tiêu đề ({names}…). Hãy chọn đúng loại tệp.",
            f"No header row ({names}…) was found. Choose the right kind of file.",
        )
    return sorted(found, key=lambda table: len(table.missing))


def find_table(grid: SheetGrid, headings: Sequence[Heading]) -> Table | None:
    """The table of one sheet, or None when its header is not there."""
    header = _find_header(grid.rows, headings)
    if header is None:
        return None
    above = {
        cell_text(cell): None for cells in grid.rows[: header.first] for cell in cells if cell != ""
    }
    return Table(
        sheet=grid.name,
        header_number=header.last + 1,
        titles=tuple(text for text in above if text),
        columns=frozenset(header.columns.values()),
        missing=tuple(
            heading.name
            for heading in headings
            if heading.required and heading.name not in header.columns.values()
        ),
        rows=tuple(_data_rows(grid.rows, header)),
        hidden=grid.hidden_rows,
    )


def _is_legacy(grid: SheetGrid) -> bool:
    texts = [
        cell for cells in grid.rows[:HEADER_SEARCH_ROWS] for cell in cells if isinstance(cell, str)
    ]
    return sum(1 for text in texts if is_legacy_text(text)) >= 2


@dataclass(frozen=True, slots=True)
class _Header:
    first: int
    last: int
    columns: Mapping[int, str]
    """Column position -> official name."""
    texts: frozenset[str]
    """Every text of the header rows, to know them again further down."""


def _find_header(rows: Sequence[Sequence[Cell]], headings: Sequence[Heading]) -> _Header | None:
    texts = [[cell_text(cell) for cell in cells] for cells in rows[: HEADER_SEARCH_ROWS + 1]]
    keys = [[header_key(text) for text in line] for line in texts]
    best: _Header | None = None
    for at in range(len(keys)):
        found = _Header(at, at, _match([keys[at]], headings), frozenset(texts[at]))
        if best is None or len(found.columns) > len(best.columns):
            best = found
    for at in range(len(keys) - 1):
        columns = _match([keys[at], keys[at + 1]], headings)
        if best is not None and len(columns) > len(best.columns):
            best = _Header(at, at + 1, columns, frozenset({*texts[at], *texts[at + 1]}))
    required = sum(1 for heading in headings if heading.required)
    return best if best is not None and len(best.columns) >= max(2, required // 2) else None


def _match(lines: Sequence[Sequence[str]], headings: Sequence[Heading]) -> dict[int, str]:
    """Which column is which: by the official header first, then by the other ones."""
    width = max(map(len, lines))
    options = [
        _options([line[at] if at < len(line) else "" for line in lines]) for at in range(width)
    ]
    columns: dict[int, str] = {}
    for names in (lambda heading: (heading.name,), lambda heading: heading.others):
        for heading in headings:
            if heading.name in columns.values():
                continue
            wanted = [header_key(name) for name in names(heading)]
            place = next(
                (
                    at
                    for want in wanted
                    for at in range(width)
                    if at not in columns and want in options[at]
                ),
                None,
            )
            if place is not None:
                columns[place] = heading.name
    return columns


def _options(parts: Sequence[str]) -> tuple[str, ...]:
    """What a header cell over one or two rows may be called."""
    named = [part for part in parts if part]
    return (*reversed(named), " ".join(named)) if len(named) > 1 else tuple(named)


def _data_rows(rows: Sequence[Sequence[Cell]], header: _Header) -> Iterable[TableRow]:
    known = header.texts - {""}
    for number, cells in enumerate(rows[header.last + 1 :], start=header.last + 2):
        texts = {cell_text(cell) for cell in cells} - {""}
        if not texts or (len(texts) > 1 and texts <= known):
            continue
        named = {
            header_key(name): cells[at] for at, name in header.columns.items() if at < len(cells)
        }
        repeated = sum(1 for key, cell in named.items() if header_key(cell_text(cell)) == key)
        if repeated >= max(2, len(named) // 2):
            continue
        if any(cell_text(cell) for cell in named.values()):
            yield TableRow(number, named)


def pupil_rows(
    rows: Iterable[TableRow], code: str, name: str, birth: str
) -> tuple[list[TableRow], list[TableRow]]:
    """Tell rows of pupils from the lines around them: sums, places for signatures, page titles.

    A row without a code is a pupil's only when enough else of a pupil stands in it.
    """
    pupils: list[TableRow] = []
    others: list[TableRow] = []
    for row in rows:
        texts = {text for cell in row.cells.values() if (text := cell_text(cell))}
        coded = any(sign.isdigit() for sign in row.text(code)) and len(texts) > 1
        counted = row.text(NUMBER).isdigit() and bool(row.text(name))
        born = birth_date_value(row.raw(birth)) is not None and len(texts) > 1
        is_pupil = coded or counted or born or len(texts) > _SIGNATURES
        (pupils if is_pupil else others).append(row)
    return pupils, others
