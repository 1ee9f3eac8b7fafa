"""The paper form for writing by hand: personal data are there, nothing is assessed or stamped."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from io import BytesIO

import pikepdf
import pytest

from hocba.ids import SchoolYear, UnitCode
from hocba.record.model import IssuingSchool, StudyYear
from hocba.record.pupil_sheet import pupil_data
from hocba.rendition.face import TRAINING_MARK
from hocba.rendition.paper_record import PaperRecord, render_paper_record
from hocba.rendition.text import face_text

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=timezone(timedelta(hours=7)))


@pytest.fixture(scope="module")
def record() -> PaperRecord:
    return PaperRecord(
        school=IssuingSchool(
            department_code="79",
            department_name="Sở Giáo dục và Đào tạo Thành phố Hồ Chí Minh",
            school_code=UnitCode("79267400099"),
            school_name="Trường Tiểu học Mẫu",
            ward_name="Phường Sài Gòn",
            province_name="Thành phố Hồ Chí Minh",
        ),
        school_year=SchoolYear("2025-2026"),
        classroom_name="4A1",
        pupil=pupil_data(
            {
                "full_name": "Nguyễn Thị Ngọc Mẫu",
                "personal_id": "",
                "pupil_code": "7900000001",
                "register_number": "00001/2022",
                "gender": "Nữ",
                "birth_date": "05/09/2016",
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
        history=[StudyYear(SchoolYear("2025-2026"), "4A1", "Trường Tiểu học Mẫu", NOON)],
        register_numbers={"2025-2026": "00001/2022"},
        subject_names={"11": "Ngoại ngữ 1 (Tiếng Pháp)"},
    )


def _words(pdf: bytes) -> list[str]:
    return ["".join(page) for page in face_text(pdf)]


def test_personal_data_stand_there_and_nothing_else_is_filled(record: PaperRecord) -> None:
    pages = _words(render_paper_record(record, fonts=None, timestamp=NOON))
    text = "".join(pages)
    assert "HƯỚNG DẪN GHI HỌC BẠ" in pages[1]
    for shown in (
        "Nguyễn Thị Ngọc Mẫu",
        "Trường Tiểu học Mẫu",
        "#set text(red)",
        "00001/2022",
        "Ngoại ngữ 1 (Tiếng" + "Pháp)",  # over two lines
        "Năng lực",
        "Giáo viên chủ nhiệm",
        "không phải học bạ số",
        "01/06/2026",
    ):
        assert shown in text
    for digital in ("UUID", "ký số", "khuyết tật", "BẢN NHÁP"):
        assert digital not in "".join(pages[2:])


def test_a_training_school_says_so(record: PaperRecord) -> None:
    school = replace(record.school, school_name="Trường Tiểu học Mẫu (TẬP HUẤN)")
    pdf = render_paper_record(replace(record, school=school), fonts=None, timestamp=NOON)
    assert all(TRAINING_MARK in page for page in _words(pdf))


def test_the_same_arguments_give_the_same_bytes(record: PaperRecord) -> None:
    first = render_paper_record(record, fonts=None, timestamp=NOON)
    assert first == render_paper_record(record, fonts=None, timestamp=NOON)
    with pikepdf.open(BytesIO(first)) as file:
        assert not file.attachments  # no XML: it is no digital record
