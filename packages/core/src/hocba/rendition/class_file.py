"""The records of a whole class as one file to print: a cover sheet, then pupil after pupil.

For paper only: the file carries no signed XML and makes no PDF/A claim, because merging drops the
tags. What has value by itself is the record or booklet of one pupil.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pikepdf

from hocba.errors import Refused
from hocba.rendition.attachments import pdf_date, prefer_sides
from hocba.rendition.booklet import BookletYear, render_booklet
from hocba.rendition.compiler import compile_pdf
from hocba.rendition.face import Form, date_text, year_text

A4_POINTS: Final = (595.276, 841.89)
_UNKNOWN_PAGE: Final = "000–000"
"""As wide as a real range, so that the cover sheet does not grow when the pages are known."""


@dataclass(frozen=True, slots=True)
class ClassHeading:
    """What the cover sheet says of the class."""

    department: str
    school: str
    classroom: str
    school_year: str
    homeroom: str | None


@dataclass(frozen=True, slots=True)
class ClassPupil:
    """One pupil of the file. The records are fetched when their turn comes, so that memory stays
    flat; a pupil without records stands on the cover sheet only."""

    full_name: str
    birth_date: str
    years: Callable[[], Sequence[BookletYear]]


@dataclass(slots=True)
class _Row:
    pupil: ClassPupil
    years: str = ""
    first: int = 0
    last: int = 0


def render_class(
    heading: ClassHeading,
    pupils: Sequence[ClassPupil],
    *,
    fonts: Path | None,
    timestamp: datetime,
    form: Form = "B",
    double_sided: bool = False,
    progress: Callable[[int], None] | None = None,
) -> bytes:
    """Render the pupils in the order given (the class list's), with an outline by pupil.

    With `double_sided` every pupil starts on an odd page, so that each can be taken out of the
    stack. `progress` is told how many pupils are done; what it raises stops the work.

    Raises `Refused`: `class_empty`, and what `render_booklet` raises, with the pupil's name before.
    """
    if not pupils:
        raise Refused("class_empty", "Lớp chưa có học sinh để in.", "The class has no pupils.")
    rows = [_Row(pupil) for pupil in pupils]
    with pikepdf.new() as file:
        sheets = _add(file, _cover(heading, rows, fonts, timestamp), double_sided)
        for done, row in enumerate(rows, start=1):
            _add_pupil(file, row, form, fonts, timestamp, double_sided=double_sided)
            if progress is not None:
                progress(done)
        _replace_cover(file, _cover(heading, rows, fonts, timestamp), sheets)
        prefer_sides(file, double_sided)
        return _save(file, heading, rows, timestamp)


def _add_pupil(
    file: pikepdf.Pdf,
    row: _Row,
    form: Form,
    fonts: Path | None,
    timestamp: datetime,
    *,
    double_sided: bool,
) -> None:
    years = row.pupil.years()
    if not years:
        row.years = "Chưa có học bạ"
        return
    row.first = len(file.pages) + 1
    try:
        pdf = render_booklet(
            years,
            fonts=fonts,
            timestamp=timestamp,
            form=form,
            attach=False,
            first_page=row.first,
        )
    except Refused as fault:
        name = row.pupil.full_name
        raise Refused(
            fault.code, f"{name}: {fault.sentence.vi}", f"{name}: {fault.sentence.en}"
        ) from fault
    row.last = row.first + _add(file, pdf, double_sided) - 1
    # One short line whatever it says, so that the cover sheet keeps its number of pages.
    drafts = sum(1 for each in years if not each.issued)
    row.years = f"{len(years)} năm" + (f", {drafts} bản nháp" if drafts else "")


def _add(file: pikepdf.Pdf, pdf: bytes, double_sided: bool) -> int:
    """Append a document and, for printing on both sides, a blank page; answers its own pages."""
    with pikepdf.open(BytesIO(pdf)) as part:
        count = len(part.pages)
        file.pages.extend(part.pages)
    if double_sided and count % 2:
        file.add_blank_page(page_size=A4_POINTS)
    return count


def _replace_cover(file: pikepdf.Pdf, pdf: bytes, sheets: int) -> None:
    with pikepdf.open(BytesIO(pdf)) as part:
        if len(part.pages) != sheets:
            message = "the cover sheet grew when its page numbers became known"
            raise RuntimeError(message)
        for at, page in enumerate(part.pages):
            file.pages[at] = page


def _cover(
    heading: ClassHeading, rows: Sequence[_Row], fonts: Path | None, timestamp: datetime
) -> bytes:
    face: dict[str, Any] = {
        "title": _title(heading),
        "department": heading.department,
        "school": heading.school,
        "classroom": heading.classroom,
        "school_year": year_text(heading.school_year),
        "homeroom": heading.homeroom,
        "printed": date_text(timestamp),
        "rows": [
            {
                "name": row.pupil.full_name,
                "birth_date": row.pupil.birth_date,
                "years": row.years,
                "pages": _pages(row),
            }
            for row in rows
        ],
        "note": "Trang tính theo thứ tự tờ trong tệp này. Tệp chỉ để in; bản có giá trị để nộp "
        "hoặc gửi đi là học bạ số của từng em.",
    }
    inputs = {"cover": json.dumps(face, ensure_ascii=False, separators=(",", ":"))}
    template = ("record_parts.typ", "class_cover.typ")
    return compile_pdf(inputs, fonts=fonts, timestamp=timestamp, template=template)


def _pages(row: _Row) -> str:
    if row.first:
        return f"{row.first}–{row.last}"
    return "–" if row.years else _UNKNOWN_PAGE


def _title(heading: ClassHeading) -> str:
    return f"Học bạ lớp {heading.classroom}, năm học {year_text(heading.school_year)}"


def _save(
    file: pikepdf.Pdf, heading: ClassHeading, rows: Sequence[_Row], timestamp: datetime
) -> bytes:
    with file.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem("Danh sách", 0))
        outline.root.extend(
            pikepdf.OutlineItem(row.pupil.full_name, row.first - 1) for row in rows if row.first
        )
    file.Root.Lang = pikepdf.String("vi-VN")
    file.Root.PageMode = pikepdf.Name.UseOutlines
    file.docinfo["/Title"] = _title(heading)
    file.docinfo["/Author"] = heading.school
    file.docinfo["/CreationDate"] = pdf_date(timestamp)
    file.remove_unreferenced_resources()
    out = BytesIO()
    file.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return out.getvalue()
