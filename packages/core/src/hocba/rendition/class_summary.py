"""The class summary as PDF/A (TT 27/2020/TT-BGDĐT annex 2): landscape, heading on every page."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from hocba.assessment.class_summary import ClassSummary, body_row, head_cells
from hocba.rendition.compiler import compile_pdf

WIDE_FROM = 32
"""Columns from which the table needs A3."""


def render_class_summary(
    summary: ClassSummary, *, fonts: Path | None, timestamp: datetime
) -> bytes:
    """Render the summary of a class. Same arguments, same bytes. Raises `Refused` (`rendition`)."""
    form = summary.form
    face = {
        "form": form.number,
        "paper": "a3" if len(form.columns) >= WIDE_FROM else "a4",
        "school": summary.school_name,
        "classroom": summary.classroom_name,
        "year": summary.school_year,
        "period": form.period.label.vi,
        "place": summary.place,
        "homeroom": summary.homeroom_teacher,
        "head": summary.head,
        "narrow": [column.narrow for column in form.columns],
        "heading": [
            {
                "text": cell.text,
                "y": cell.row,
                "x": cell.column,
                "rows": cell.rows,
                "columns": cell.columns,
                "turned": cell.columns == 1 and form.columns[cell.column].narrow,
            }
            for cell in head_cells(form)
        ],
        "rows": [
            body_row(form, number, pupil) for number, pupil in enumerate(summary.pupils, start=1)
        ],
    }
    return compile_pdf(
        {"face": json.dumps(face, ensure_ascii=False, separators=(",", ":"))},
        fonts=fonts,
        timestamp=timestamp.replace(microsecond=0),
        template="class_summary.typ",
    )
