"""Any spreadsheet file as grids of cells: .xlsx, .xls, .ods, CSV, TSV and what old programs call
.xls. The kind is told by the bytes, never by the name of the file.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from hocba.errors import Malformed
from hocba_server.web.spreadsheets.archives import MAX_AREA, check_archive, unreadable
from hocba_server.web.spreadsheets.cells import Cell
from hocba_server.web.spreadsheets.reader_process import PASSWORD
from hocba_server.web.spreadsheets.text_tables import read_text_tables

MAX_FILE_BYTES: Final = 10_000_000
MAX_ROWS: Final = 5_000
MAX_SHEETS: Final = 100
MAX_COLUMNS: Final = 1_000
READING_SECONDS: Final = 30
_ENVIRONMENT: Final = ("PATH", "SYSTEMROOT")
_READER: Final = str(Path(__file__).with_name("reader_process.py"))
_ZIP, _COMPOUND = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True)
class SheetGrid:
    """One sheet: its name, its cells from cell A1 on, merged cells filled."""

    name: str
    rows: list[list[Cell]]
    hidden_rows: frozenset[int] = field(default_factory=frozenset)
    """Excel numbers of hidden rows, where the format tells; they are read like the others."""


def read_grids(content: bytes) -> list[SheetGrid]:
    """Read the visible sheets of a file. Raises `Malformed`: no spreadsheet, or too big."""
    if len(content) > MAX_FILE_BYTES:
        raise Malformed(
            "too_large",
            "Tệp lớn hơn 10 MB. Tách mỗi lớp thành một tệp.",
            "The file is larger than 10 MB. Use one file per class.",
        )
    if content.startswith(_ZIP):
        checked = check_archive(content)
        grids = [
            SheetGrid(grid.name, grid.rows, checked.hidden_rows.get(grid.name, frozenset()))
            for grid in _read_workbook(checked.content)
        ]
    elif content.startswith(_COMPOUND):
        grids = _read_workbook(content)
    else:
        grids = [SheetGrid(name, rows) for name, rows in read_text_tables(content)]
    for grid in grids:
        if len(grid.rows) > MAX_ROWS:
            raise Malformed(
                "too_many_rows",
                f"Tệp có hơn {MAX_ROWS} dòng. Tách mỗi lớp thành một tệp.",
                f"The file has more than {MAX_ROWS} rows. Use one file per class.",
            )
    return grids


def _read_workbook(content: bytes) -> list[SheetGrid]:
    """Open a workbook in a process of its own: the native reader may die of a damaged file."""
    limits = (str(MAX_AREA), str(MAX_SHEETS), str(MAX_COLUMNS))
    try:
        done = subprocess.run(  # noqa: S603 - our own script, the file comes on standard input
            [sys.executable, "-I", _READER, *limits],
            input=content,
            capture_output=True,
            timeout=READING_SECONDS,
            check=False,
            # Nothing of the server's own surroundings, where its secrets may stand.
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
        )
    except subprocess.TimeoutExpired as error:
        raise unreadable() from error
    if done.returncode == PASSWORD:
        raise Malformed(
            "password",
            "Tệp có mật khẩu nên không đọc được. Bỏ mật khẩu rồi lưu lại.",
            "The file is locked with a password. Remove the password and save it again.",
        )
    if done.returncode != 0:
        raise unreadable()
    return [_grid(sheet) for sheet in json.loads(done.stdout)]


def _grid(sheet: Mapping[str, Any]) -> SheetGrid:
    rows = [[_cell(cell) for cell in row] for row in sheet["rows"]]
    while rows and not any(cell != "" for cell in rows[-1]):
        rows.pop()
    _fill_merged(rows, sheet["merged"])
    return SheetGrid(sheet["name"], rows)


def _cell(value: Any) -> Cell:
    if not isinstance(value, list):
        plain: Cell = value
        return plain
    kind, text = value
    return dt.datetime.fromisoformat(text) if kind == "datetime" else dt.date.fromisoformat(text)


def _fill_merged(
    rows: list[list[Cell]], ranges: Iterable[tuple[tuple[int, int], tuple[int, int]]]
) -> None:
    """Give every cell of a merged area the value that is shown in it."""
    budget = MAX_AREA // 10
    for (top, left), (bottom, right) in ranges:
        if top >= len(rows) or left >= len(rows[top]):
            continue
        value = rows[top][left]
        if value == "":
            continue
        for row in rows[top : bottom + 1]:
            last = min(right + 1, len(row))
            budget -= max(last - left, 0)
            if budget < 0:
                return
            for column in range(left, last):
                if row[column] == "":
                    row[column] = value
