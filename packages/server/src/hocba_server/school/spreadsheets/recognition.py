"""Which layout, class, subject and period a sheet holds, told by what is written in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from hocba.errors import Malformed, Sentence
from hocba_server.school.registry.models import Classroom
from hocba_server.school.registry.taught import taught_subjects
from hocba_server.school.spreadsheets.layouts import (
    KIND_NAMES,
    LAYOUTS,
    RESULT_CLASSROOM,
    Layout,
)
from hocba_server.school.spreadsheets.models import ImportKind
from hocba_server.school.spreadsheets.results import class_key
from hocba_server.school.spreadsheets.subject_words import subject_named
from hocba_server.web.spreadsheets.cells import cell_text
from hocba_server.web.spreadsheets.grids import SheetGrid, read_grids
from hocba_server.web.spreadsheets.legacy_text import is_legacy_text, legacy_file
from hocba_server.web.spreadsheets.workbook import (
    HEADER_SEARCH_ROWS,
    Table,
    find_table,
    find_tables,
    header_key,
)


class SeveralSheets(Malformed):
    """More than one sheet of the file fits; a person must say which."""

    def __init__(self, sheets: Sequence[str]) -> None:
        names = ", ".join(sheets)
        super().__init__(
            "several_sheets",
            f"Tệp có {len(sheets)} trang tính phù hợp ({names}). Chọn một trang rồi tải lại tệp.",
            f"{len(sheets)} sheets of the file fit ({names}). Choose one and upload again.",
        )
        self.sheets = tuple(sheets)


SECONDARY = Sentence(
    "Đây là bảng điểm cấp trung học (có cột ĐĐGtx, ĐTBmhk…). Chương trình nhận kết quả tiểu học "
    "theo Thông tư 27/2020: mức đạt được và điểm KTĐK. Hãy chọn tệp của lớp tiểu học.",
    "These are marks of a secondary school (columns ĐĐGtx, ĐTBmhk…). The program takes primary "
    "results: levels and test scores. Choose a file of a primary class.",
)
_SECONDARY_HEADER = re.compile(r"(đđg\s*(tx|gk|ck)|đtb\s*m(hk|cn))")
"""Marks of TT 22/2021; no header of a primary school begins so."""


def _is_secondary(grid: SheetGrid) -> bool:
    keys = (
        header_key(cell_text(cell)) for cells in grid.rows[:HEADER_SEARCH_ROWS] for cell in cells
    )
    return sum(1 for key in keys if _SECONDARY_HEADER.match(key)) >= 2


@dataclass(frozen=True, slots=True)
class KnownTable:
    """A table with the layout it has."""

    layout: Layout
    table: Table


def recognise(grid: SheetGrid) -> KnownTable | None:
    """The layout that fits a sheet best; None when it holds none that we know."""
    best: KnownTable | None = None
    if _is_secondary(grid):
        return None
    for layout in LAYOUTS.values():
        table = find_table(grid, layout.headings)
        if table is None or not table.columns & layout.marks:
            continue
        if best is None or len(table.columns) > len(best.table.columns):
            best = KnownTable(layout, table)
    return best


def tables_of_kind(content: bytes, kind: ImportKind) -> list[Table]:
    """The tables of a file that have this layout. Raises `Malformed` and says what the file is."""
    grids = read_grids(content)
    if any(_is_secondary(grid) for grid in grids):
        raise Malformed("secondary_marks", SECONDARY.vi, SECONDARY.en)
    known = [found for grid in grids if (found := recognise(grid)) is not None]
    fitting = [found.table for found in known if found.layout.kind == kind]
    if fitting:
        return fitting
    layout = LAYOUTS[kind]
    if known:
        other, wanted = KIND_NAMES[known[0].layout.kind], KIND_NAMES[kind]
        raise Malformed(
            "other_layout",
            f"Tệp này là “{other.vi}”, không phải “{wanted.vi}”. Hãy chọn đúng loại tệp.",
            f"The file holds “{other.en}”, not “{wanted.en}”. Choose the right file.",
        )
    return find_tables(grids, layout.headings)[:1]  # says what is missing, or refuses


def one_table(
    tables: Sequence[Table], room_name: str, subject: str = "", room: Classroom | None = None
) -> Table:
    """The table of this class (and subject). Raises `SeveralSheets` when several remain."""
    left = [table for table in tables if is_of_class(table, room_name)] or list(tables[:1])
    if subject and room is not None and len(left) > 1:
        named = [table for table in left if subject_of(table, "", room) in {subject, None}]
        left = named or left
    if len(left) > 1:
        raise SeveralSheets([table.sheet for table in left])
    return left[0]


def is_of_class(table: Table, room_name: str) -> bool:
    """Does any row name this class?"""
    wanted = class_key(room_name)
    return any(class_key(row.text(RESULT_CLASSROOM)) == wanted for row in table.rows)


def classes_of(table: Table) -> list[str]:
    """The classes that the rows name, each once."""
    return list(dict.fromkeys(text for row in table.rows if (text := row.text(RESULT_CLASSROOM))))


def subject_of(table: Table, filename: str, room: Classroom) -> str | None:
    """Code of the subject of a table of marks: by title, name of the sheet, name of the file."""
    texts = (*reversed(table.titles), table.sheet, filename.rsplit(".", 1)[0])
    return subject_named(texts, taught_subjects(room))


def unknown_sheet(grid: SheetGrid) -> Sentence | None:
    """Why a sheet is not taken; None for a sheet with nothing in it."""
    texts = [text for cells in grid.rows[:60] for cell in cells if (text := cell_text(cell))]
    if not texts:
        return None
    if sum(1 for text in texts if is_legacy_text(text)) >= 2:
        return legacy_file().sentence
    if _is_secondary(grid):
        return SECONDARY
    return Sentence(
        "Không nhận ra dòng tiêu đề của danh sách lớp hay bảng kết quả.",
        "No header of a class list or of results was recognised.",
    )
