"""All years of one pupil as one PDF/A-3a and PDF/UA-1: the booklet that the paper record was.

CV 2088/BGDĐT-GDTH II.1.5: the cover of several years is that of the newest year. Each year keeps
its own signers and its own code to check it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from hocba.assessment.school_levels import level_of_grade
from hocba.errors import Refused
from hocba.record.secondary.model import AnyRecord
from hocba.rendition.attachments import add_evidence
from hocba.rendition.certified_copy import CertifiedCopy, copy_face
from hocba.rendition.compiler import compile_pdf
from hocba.rendition.face import Form, SignatureLine, history_rows, year_text
from hocba.rendition.form import face_of, record_templates, require_verify_url
from hocba.rendition.print_codes_on_page import codes_of_page

_TEMPLATE: Final = ("copy_page.typ", "booklet.typ")
"""Behind the parts of the level."""
_YEAR_ATTACHMENT: Final = re.compile(r"hoc-ba-\d{4}-\d{4}\.xml")
_REGISTER_NUMBER: Final = 3
"""Column of the table QUÁ TRÌNH HỌC TẬP."""


@dataclass(frozen=True, slots=True)
class BookletYear:
    """One year of the pupil: what the record says, its signed bytes, and who signed."""

    record: AnyRecord
    document: bytes
    signatures: Sequence[SignatureLine]
    verify_url: str
    issued: bool = True
    """A record that is not issued gets a mark across its pages, no code, and is not attached."""
    codes: Sequence[str] = ()
    """The signed codes of this very file (`print_code.sign_codes`), if there are any."""


def year_attachment(school_year: str) -> str:
    """Name of the attached XML of one year."""
    return f"hoc-ba-{school_year}.xml"


def is_year_attachment(name: str) -> bool:
    """Is this the name of an attached XML of one year?"""
    return _YEAR_ATTACHMENT.fullmatch(name) is not None


def render_booklet(
    years: Sequence[BookletYear],
    *,
    fonts: Path | None,
    timestamp: datetime,
    form: Form = "B",
    copy: CertifiedCopy | None = None,
    attach: bool = True,
    first_page: int | None = None,
    double_sided: bool | None = None,
) -> bytes:
    """Render the years of one pupil, oldest first, unsealed. Same arguments, same bytes.

    With `attach` every signed XML is inside unchanged as `hoc-ba-<school year>.xml`. `copy` makes
    it a certified copy. `first_page` is the page of a larger file on which this one starts; it is
    then printed beside the page number. `double_sided` is what the print dialog offers first.
    `timestamp` is written as the creation date.

    Raises `Refused`: `booklet_empty`, `booklet_years` (one year twice), `booklet_pupils` (records
    of different pupils), `booklet_levels` (each level has its own), `copy_of_draft`, `copy_terms`,
    `verify_url`, `print_code`, `rendition`.
    """
    ordered = sorted(years, key=lambda each: each.record.school_year)
    _refuse_wrong_years(ordered)
    if copy is not None and not all(each.issued for each in ordered):
        raise Refused(
            "copy_of_draft",
            "Có năm học chưa phát hành học bạ nên chưa làm bản sao y được.",
            "A year is not issued yet, so there is nothing to certify.",
        )
    face = _booklet_face(ordered, form, copy, attach=attach, first_page=first_page)
    inputs = {"booklet": json.dumps(face, ensure_ascii=False, separators=(",", ":"))}
    template = (*record_templates(ordered[-1].record), *_TEMPLATE)
    pdf = compile_pdf(inputs, fonts=fonts, timestamp=timestamp, template=template)
    return add_evidence(pdf, None, timestamp, double_sided=double_sided)


def _refuse_wrong_years(years: Sequence[BookletYear]) -> None:
    if not years:
        raise Refused("booklet_empty", "Chưa có học bạ nào để in.", "There is no record to print.")
    for each in years:
        require_verify_url(each.record, each.verify_url)
    names = [each.record.school_year for each in years]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise Refused(
            "booklet_years",
            f"Năm học {twice[0]} có hai học bạ. Chọn một bản còn hiệu lực.",
            f"There are two records of the year {twice[0]}.",
        )
    if len({level_of_grade(each.record.grade) for each in years}) > 1:
        raise Refused(
            "booklet_levels",
            "Mỗi cấp học có một quyển học bạ riêng. Chọn các năm của một cấp rồi in.",
            "Each school level has a booklet of its own.",
        )
    newest = years[-1].record.pupil
    for each in years:
        pupil = each.record.pupil
        if pupil.personal_id != newest.personal_id and pupil.pupil_code != newest.pupil_code:
            raise Refused(
                "booklet_pupils",
                "Các học bạ này không phải của cùng một học sinh.",
                "These records are not of one pupil.",
            )


def _booklet_face(
    years: Sequence[BookletYear],
    form: Form,
    copy: CertifiedCopy | None,
    *,
    attach: bool,
    first_page: int | None,
) -> dict[str, Any]:
    faces = [_year_face(each, form, attach=attach) for each in years]
    newest = years[-1].record
    names = [each.record.school_year for each in years]
    span = year_text(names[0])
    if len(names) > 1:
        span = f"{span} đến {year_text(names[-1])}"
    return {
        "title": f"Học bạ {level_of_grade(newest.grade).word} của {newest.pupil.full_name}, "
        f"năm học {span}",
        "author": newest.school.school_name,
        "keywords": ["Học bạ số", *(each.record.record_uuid for each in years)],
        "newest": {**faces[-1], "history": _history([each.record for each in years])},
        "years": faces,
        "documents": [
            {
                "name": year_attachment(each.record.school_year),
                "text": each.document.decode("utf-8"),
                "description": f"Học bạ số bản gốc năm học {each.record.school_year}: XML đã ký số",
            }
            for each in years
            if attach and each.issued
        ],
        "copy": None
        if copy is None
        else copy_face(copy, newest.pupil.full_name, names, years[-1].verify_url),
        "first_page": first_page,
    }


def _year_face(each: BookletYear, form: Form, *, attach: bool) -> dict[str, Any]:
    face = face_of(each.record, each.signatures, each.verify_url, form=form, draft=not each.issued)
    where = "do trường phát hành lưu giữ"
    if attach:
        where = f"đính kèm trong tệp này ({year_attachment(each.record.school_year)})"
    codes = codes_of_page(each.record, each.document, each.codes) if each.issued else None
    return {**face, "where_signed": where, "codes": codes}


def _history(records: Sequence[AnyRecord]) -> list[list[str]]:
    """Rows over all years, oldest first: the newest record tells them, older ones fill the gaps.

    A year with a record has a row even when no history names it. Only the record of a year itself
    knows the register number of that year.
    """
    rows = history_rows(records[-1])
    for record in reversed(records[:-1]):
        known = {row[0] for row in rows}
        rows += [row for row in history_rows(record) if row[0] not in known]
    known = {row[0] for row in rows}
    rows += [
        [year_text(each.school_year), each.classroom_name, each.school.school_name, "", ""]
        for each in records
        if year_text(each.school_year) not in known
    ]
    numbers = {year_text(each.school_year): each.pupil.register_number for each in records}
    for row in rows:
        row[_REGISTER_NUMBER] = row[_REGISTER_NUMBER] or numbers.get(row[0], "")
    return sorted(rows, key=lambda row: row[0])
