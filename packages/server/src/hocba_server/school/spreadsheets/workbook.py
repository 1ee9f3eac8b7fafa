"""Read one sheet of an .xlsx file into rows by header text, wherever the header stands.

Schools' files carry title rows, merged cells and repeated headers; columns are found by their
header text, never by position (domain: HCMC exports).
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from python_calamine import CalamineError, CalamineWorkbook

from hocba.errors import Malformed
from hocba_server.school.spreadsheets.cells import Cell, FaultList, cell_text

MAX_FILE_BYTES: Final = 10_000_000
MAX_UNPACKED_BYTES: Final = 100_000_000
MAX_ROWS: Final = 5_000
HEADER_SEARCH_ROWS: Final = 30
_BRACKETS: Final = re.compile(r"\([^)]*\)\s*$")


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


def header_key(header: str) -> str:
    """What makes two headers equal: letters only, without `*`, case, spaces and (format) notes."""
    text = unicodedata.normalize("NFC", header).replace("*", " ")
    return " ".join(_BRACKETS.sub("", text.strip()).split()).casefold()


def read_rows(content: bytes, headers: Collection[str], faults: FaultList) -> list[TableRow]:
    """Read the rows under the header row. Missing columns are faults; no rows then.

    Raises `Malformed` when the file is no spreadsheet, too large or has no such header at all.
    """
    grid = _read_grid(content)
    wanted = {header_key(header): header for header in headers}
    at = _find_header(grid, set(wanted))
    if at is None:
        names = ", ".join(list(headers)[:4])
        raise Malformed(
            "no_header",
            f"Không tìm thấy dòng tiêu đề ({names}…). Hãy chọn đúng loại tệp.",
            f"No header row ({names}…) was found. Choose the right kind of file.",
        )
    keys = [header_key(cell_text(cell)) for cell in grid[at]]
    missing = [header for key, header in wanted.items() if key not in keys]
    for header in missing:
        faults.add(
            at + 1,
            header,
            "",
            "không có trong tệp. Thêm cột này rồi tải lại tệp.",
            "is missing from the file. Add this column and upload again.",
        )
    if missing:
        return []
    header_row = [cell_text(cell) for cell in grid[at]]
    rows: list[TableRow] = []
    for number, cells in enumerate(grid[at + 1 :], start=at + 2):
        texts = [cell_text(cell) for cell in cells]
        if not any(texts) or texts == header_row:
            continue
        named = {key: cell for key, cell in zip(keys, cells, strict=False) if key}
        rows.append(TableRow(number, named))
    return rows


def _find_header(grid: list[list[Cell]], wanted: set[str]) -> int | None:
    best, best_at = 0, None
    for at, cells in enumerate(grid[:HEADER_SEARCH_ROWS]):
        found = len(wanted & {header_key(cell_text(cell)) for cell in cells})
        if found > best:
            best, best_at = found, at
    return best_at if best >= max(2, len(wanted) // 2) else None


def _read_grid(content: bytes) -> list[list[Cell]]:
    _refuse_bombs(content)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = workbook.get_sheet_by_index(0)
        grid: list[list[Cell]] = sheet.to_python(skip_empty_area=False)
    except (CalamineError, ValueError, OSError, IndexError) as error:
        raise _not_a_spreadsheet() from error
    if len(grid) > MAX_ROWS:
        raise Malformed(
            "too_many_rows",
            f"Tệp có hơn {MAX_ROWS} dòng. Tách mỗi lớp thành một tệp.",
            f"The file has more than {MAX_ROWS} rows. Use one file per class.",
        )
    return grid


def _refuse_bombs(content: bytes) -> None:
    if len(content) > MAX_FILE_BYTES:
        raise Malformed(
            "too_large",
            "Tệp lớn hơn 10 MB. Tách mỗi lớp thành một tệp.",
            "The file is larger than 10 MB. Use one file per class.",
        )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise _not_a_spreadsheet() from error
    if unpacked > MAX_UNPACKED_BYTES:
        raise _not_a_spreadsheet()


def _not_a_spreadsheet() -> Malformed:
    return Malformed(
        "not_xlsx",
        "Tệp này không đọc được như một bảng tính .xlsx. Mở bằng Excel và lưu lại dạng .xlsx.",
        "The file cannot be read as an .xlsx spreadsheet. Save it again as .xlsx.",
    )
