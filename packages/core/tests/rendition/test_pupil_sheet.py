"""The data sheet as PDF: one page with every value, the XML inside, always the same bytes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from io import BytesIO

import pikepdf
import pytest

from hocba.errors import Refused
from hocba.ids import PersonalId, RecordUuid, SchoolYear, UnitCode
from hocba.record.model import IssuingSchool, Person
from hocba.record.pupil_sheet import PupilSheet, pupil_data, write_sheet
from hocba.rendition.pupil_sheet import SHEET_NAME, render_pupil_sheet
from hocba.rendition.text import face_text

NOON = datetime(2026, 9, 1, 12, 0, tzinfo=timezone(timedelta(hours=7)))


@pytest.fixture(scope="module")
def sheet() -> PupilSheet:
    return PupilSheet(
        sheet_id=RecordUuid("00000000-0000-4000-8000-000000000001"),
        school=IssuingSchool(
            department_code="79",
            department_name="Sở Giáo dục và Đào tạo Thành phố Hồ Chí Minh",
            school_code=UnitCode("79267400099"),
            school_name="Trường Tiểu học Mẫu",
            ward_name="Phường Sài Gòn",
            province_name="Thành phố Hồ Chí Minh",
        ),
        school_year=SchoolYear("2026-2027"),
        grade=1,
        classroom_name="1A1",
        pupil=pupil_data(
            {
                "full_name": "Nguyễn Thị Ngọc Mẫu",
                "personal_id": "000320000001",
                "pupil_code": "7900000001",
                "register_number": "00001/2026",
                "gender": "Nữ",
                "birth_date": "05/09/2020",
                "birth_place": "Bệnh viện Mẫu",
                "home_town": "#set text(red)",
                "current_address": "1 đường Mẫu",
                "ethnic_group": "Kinh",
                "nationality": "Việt Nam",
                "father_name": "",
                "mother_name": "Trần Thị Mẫu",
                "guardian_name": "",
            }
        ),
        confirmed_by=Person("Phạm Thị Mẫu", PersonalId("000190000001")),
        confirmed_on=NOON,
        initialised_by=Person("Lê Văn Mẫu", PersonalId("000090000004")),
        initialised_on=NOON,
    )


@pytest.fixture(scope="module")
def rendered(sheet: PupilSheet) -> bytes:
    return render_pupil_sheet(sheet, write_sheet(sheet), fonts=None, timestamp=NOON)


def test_one_page_with_every_value(sheet: PupilSheet, rendered: bytes) -> None:
    [page] = face_text(rendered)
    text = "".join(page)
    for shown in (
        "PHIẾU THÔNG TIN HỌC SINH",
        sheet.pupil.full_name,
        sheet.pupil.personal_id,
        sheet.pupil.home_town,
        "Phạm Thị Mẫu",
        "ngày 01 tháng 9 năm 2026",
    ):
        assert shown in text


def test_the_xml_is_inside_unchanged(sheet: PupilSheet, rendered: bytes) -> None:
    with pikepdf.open(BytesIO(rendered)) as pdf:
        assert pdf.attachments[SHEET_NAME].get_file().read_bytes() == write_sheet(sheet)


def test_the_same_sheet_gives_the_same_bytes(sheet: PupilSheet, rendered: bytes) -> None:
    again = render_pupil_sheet(sheet, write_sheet(sheet), fonts=None, timestamp=NOON)
    assert again == rendered


def test_the_xml_of_another_sheet_is_refused(sheet: PupilSheet) -> None:
    other = write_sheet(replace(sheet, classroom_name="1A2"))
    with pytest.raises(Refused) as refusal:
        render_pupil_sheet(sheet, other, fonts=None, timestamp=NOON)
    assert refusal.value.code == "sheet_document"
