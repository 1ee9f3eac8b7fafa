"""Phiếu thông tin học sinh as PDF/A-3a and PDF/UA-1, one A4 page, with its XML inside.

QĐ 1789/QĐ-SGDĐT Đ20.4 (who checks, initialises and signs); layout of an official paper by
NĐ 30/2020/NĐ-CP; no circular gives the sheet a form of its own.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from hocba.errors import Refused
from hocba.record.pupil_sheet import SHEET_FIELDS, PupilSheet, write_sheet
from hocba.rendition.compiler import compile_pdf
from hocba.rendition.face import VIETNAM, time_text

SHEET_NAME: Final = "phieu-thong-tin.xml"
"""Name of the attached XML; the template writes the same."""
_LABELS: Final = {
    "full_name": "Họ và tên học sinh",
    "personal_id": "Số định danh cá nhân",
    "pupil_code": "Mã định danh Bộ GD&ĐT",
    "register_number": "Số sổ đăng bộ",
    "gender": "Giới tính",
    "birth_date": "Ngày, tháng, năm sinh",
    "birth_place": "Nơi sinh",
    "home_town": "Quê quán",
    "current_address": "Nơi ở hiện nay",
    "ethnic_group": "Dân tộc",
    "nationality": "Quốc tịch",
    "father_name": "Họ và tên cha",
    "mother_name": "Họ và tên mẹ",
    "guardian_name": "Người giám hộ (nếu có)",
}


def render_pupil_sheet(
    sheet: PupilSheet, document: bytes, *, fonts: Path | None, timestamp: datetime
) -> bytes:
    """Render the sheet for the signatures of head and organisation. Same arguments, same bytes.

    `document` is the sheet's XML, which may carry signatures; it is attached unchanged as
    `phieu-thong-tin.xml` (relationship Source). Raises `Refused` with code `sheet_document` when
    it does not hold the data of `sheet`, and `rendition` when a text cannot be set.
    """
    data = write_sheet(sheet).removeprefix(b"<PHIEU_THONG_TIN_HOC_SINH>")
    if data.removesuffix(b"</PHIEU_THONG_TIN_HOC_SINH>") not in document:
        raise Refused(
            "sheet_document",
            "Tệp XML kèm theo không phải của phiếu này.",
            "The XML given is not that of this sheet.",
        )
    inputs = {
        "face": json.dumps(_face(sheet), ensure_ascii=False, separators=(",", ":")),
        "xml": document.decode("utf-8"),
    }
    return compile_pdf(inputs, fonts=fonts, timestamp=timestamp, template="pupil_sheet.typ")


def _face(sheet: PupilSheet) -> dict[str, Any]:
    """The labelled lines of the page."""
    year = sheet.school_year.replace("-", " – ")
    day = sheet.initialised_on.astimezone(VIETNAM)
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)  # as NĐ 30/2020 writes it
    return {
        "title": f"Phiếu thông tin học sinh {sheet.pupil.full_name}, năm học {year}",
        "author": sheet.school.school_name,
        "department": sheet.school.department_name,
        "school": sheet.school.school_name,
        "sheet_id": sheet.sheet_id,
        "heading": [
            ("Năm học", year),
            ("Khối", str(sheet.grade)),
            ("Lớp", sheet.classroom_name),
        ],
        "personal": [(_LABELS[name], getattr(sheet.pupil, name) or None) for name in SHEET_FIELDS],
        "steps": [
            (
                "Giáo viên chủ nhiệm đã đối chiếu giấy khai sinh",
                sheet.confirmed_by.full_name,
                time_text(sheet.confirmed_on),
            ),
            (
                "Nhân viên học vụ khởi tạo",
                sheet.initialised_by.full_name,
                time_text(sheet.initialised_on),
            ),
        ],
        "place_and_date": (
            f"{sheet.school.ward_name}, ngày {day.day:02d} tháng {month} năm {day.year}"
        ),
    }
