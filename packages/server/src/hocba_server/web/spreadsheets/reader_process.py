"""A process of its own that opens one workbook: bytes in, sheets as JSON out.

The reader is native code that may ask for hundreds of gigabytes on one damaged byte, and dies of
it. Here that costs a file a sentence and nobody else anything. Runs as a script, isolated (-I):
imports the standard library and the reader only.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import json
import sys
from typing import Any

from python_calamine import (
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

MEMORY_BYTES = 1_500_000_000
SECONDS = 20
PASSWORD, TOO_BIG = 3, 4
"""Exit codes that mean something; any other but 0 is an unreadable file."""


def main() -> int:
    """Read standard input, write standard output; answers the exit code."""
    max_area, max_sheets, max_columns = map(int, sys.argv[1:4])
    _limit()
    content = sys.stdin.buffer.read()
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    except PasswordError:
        return PASSWORD
    visible = [
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.visible is SheetVisibleEnum.Visible and sheet.typ is SheetTypeEnum.WorkSheet
    ]
    found = []
    for name in visible[:max_sheets]:
        sheet = workbook.get_sheet_by_name(name)
        end = sheet.end
        if end is not None and (end[0] + 1) * (end[1] + 1) > max_area:
            return TOO_BIG
        found.append(_plain_sheet(sheet, max_columns))
    sys.stdout.buffer.write(json.dumps(found).encode())
    return 0


def _limit() -> None:
    with contextlib.suppress(ImportError):  # no such limits on Windows
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _plain_sheet(sheet: CalamineSheet, max_columns: int) -> dict[str, Any]:
    return {
        "name": sheet.name,
        "rows": [
            [_plain(cell) for cell in row[:max_columns]]
            for row in sheet.to_python(skip_empty_area=False)
        ],
        "merged": sheet.merged_cell_ranges or [],
    }


def _plain(cell: object) -> object:
    """Strings, numbers and booleans as they are; days and times as a pair of kind and text."""
    if isinstance(cell, dt.datetime):
        return ["datetime", cell.isoformat()]
    if isinstance(cell, dt.date):
        return ["date", cell.isoformat()]
    if isinstance(cell, str | float | int):
        return cell
    return str(cell)


if __name__ == "__main__":
    sys.exit(main())
