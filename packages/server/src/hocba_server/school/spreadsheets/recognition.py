"""Which layout, class, subject and period a sheet holds, told by what is written in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hocba.errors import Malformed, Sentence
from hocba_server.school.registry.models import Classroom
from hocba_server.school.registry.taught import taught_subjects
from hocba_server.school.spreadsheets.cells import cell_text
from hocba_server.school.spreadsheets.grids import SheetGrid, read_grids
from hocba_server.school.spreadsheets.layouts import (
    LAYOUTS,
    RESULT_CLASSROOM,
    Layout,
)
from hocba_server.school.spreadsheets.legacy_text import is_legacy_text, legacy_file
from hocba_server.school.spreadsheets.models import ImportKind
from hocba_server.school.spreadsheets.results import class_key
from hocba_server.school.spreadsheets.subject_words import subject_named
from hocba_server.school.spreadsheets.workbook import Table, find_table, find_tables


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


@dataclass(frozen=True, slots=True)
class KnownTable:
    """A table with the layout it has."""

    layout: Layout
    table: Table


def recognise(grid: SheetGrid) -> KnownTable | None:
    """The layout that fits a sheet best; None when it holds none that we know."""
    best: KnownTable | None = None
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
    known = [found for grid in grids if (found := recognise(grid)) is not None]
    fitting = [found.table for found in known if found.layout.kind == kind]
    if fitting:
        return fitting
    layout = LAYOUTS[kind]
    if known:
        other = known[0].layout.kind.label
        raise Malformed(
            "other_layout",
            f"Tệp này là “{other}”, không phải “{kind.label}”. Hãy chọn đúng loại tệp.",
            f"The file holds “{other}”, not “{kind.label}”. Choose the right file.",
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
    return Sentence(
        "Không nhận ra dòng tiêu đề của danh sách lớp hay bảng kết quả.",
        "No header of a class list or of results was recognised.",
    )
