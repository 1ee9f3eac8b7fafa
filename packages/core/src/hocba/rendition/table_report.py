"""A report of an office as PDF/A: tables of numbers, who made it and when. Landscape, heads repeat.

The digest stands on every page: it is of the tables as they were fixed, so that a print can be held
against the archive.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from hocba.record.values import VIETNAM
from hocba.rendition.compiler import compile_pdf


@dataclass(frozen=True, slots=True)
class ReportTable:
    """One table, its cells as they are read; numeric columns are set to the right."""

    title: str
    columns: tuple[tuple[str, bool], ...]
    """Title, and is it numeric?"""
    rows: tuple[tuple[str, ...], ...]
    has_total: bool = False
    """The last row is the sum."""
    note: str = ""
    empty: str = ""


@dataclass(frozen=True, slots=True)
class TableReport:
    """Everything that stands on the paper."""

    office: str
    title: str
    school_year: str
    made_by: str
    made_at: datetime
    note: str
    digest: str
    tables: tuple[ReportTable, ...]


def render_table_report(report: TableReport, *, fonts: Path | None) -> bytes:
    """Render a report. Same arguments, same bytes. Raises `Refused` (`rendition`)."""
    face = {
        "office": report.office,
        "title": report.title,
        "year": report.school_year,
        "by": report.made_by,
        "at": f"{report.made_at.astimezone(VIETNAM):%H:%M ngày %d/%m/%Y}",
        "day": f"{report.made_at.astimezone(VIETNAM):Ngày %d tháng %m năm %Y}",
        "note": report.note,
        "digest": report.digest,
        "tables": [
            {
                "title": table.title,
                "columns": [title for title, _ in table.columns],
                "numeric": [numeric for _, numeric in table.columns],
                "rows": table.rows,
                "total": table.has_total,
                "note": table.note,
                "empty": table.empty,
            }
            for table in report.tables
        ],
    }
    return compile_pdf(
        {"face": json.dumps(face, ensure_ascii=False, separators=(",", ":"))},
        fonts=fonts,
        timestamp=report.made_at.replace(microsecond=0),
        template="table_report.typ",
    )
