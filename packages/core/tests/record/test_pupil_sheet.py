"""The data sheet of a pupil: written once, read back whole, refused when it is not one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hocba.errors import HocBaError, Malformed
from hocba.ids import PersonalId, RecordUuid, SchoolYear, UnitCode
from hocba.record.model import IssuingSchool, Person
from hocba.record.pupil_sheet import (
    SHEET_FIELDS,
    PupilSheet,
    pupil_data,
    read_sheet,
    sheet_gaps,
    write_sheet,
)

NOON = datetime(2026, 9, 1, 12, 0, tzinfo=timezone(timedelta(hours=7)))
VALUES = {
    "full_name": "Nguyễn Thị Ngọc Mẫu",
    "personal_id": "000320000001",
    "pupil_code": "7900000001",
    "register_number": "00001/2026",
    "gender": "Nữ",
    "birth_date": "05/09/2020",
    "birth_place": "Bệnh viện Mẫu & Thử",
    "home_town": "Phường Mẫu",
    "current_address": "1 đường Mẫu <ngõ 2>",
    "ethnic_group": "Kinh",
    "nationality": "Việt Nam",
    "father_name": "",
    "mother_name": "Trần Thị Mẫu",
    "guardian_name": "",
}
SHEET = PupilSheet(
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
    pupil=pupil_data(VALUES),
    confirmed_by=Person("Phạm Thị Mẫu", PersonalId("000190000001")),
    confirmed_on=NOON,
    initialised_by=Person("Lê Văn Mẫu", PersonalId("000090000004")),
    initialised_on=NOON,
)


def test_what_is_written_is_read_back() -> None:
    document = write_sheet(SHEET)
    assert read_sheet(document) == SHEET
    assert write_sheet(read_sheet(document)) == document
    full = replace(SHEET, pupil=pupil_data({**VALUES, "father_name": "A", "guardian_name": "B"}))
    assert read_sheet(write_sheet(full)) == full


def test_complete_values_have_no_gap() -> None:
    assert sheet_gaps(VALUES) == ()


@pytest.mark.parametrize("field", sorted(SHEET_FIELDS))
def test_each_empty_field_that_a_record_needs_is_a_gap(field: str) -> None:
    gaps = [gap.field for gap in sheet_gaps({**VALUES, field: "  "})]
    assert gaps == ([] if field in {"father_name", "guardian_name"} else [field])


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("personal_id", "12345678901"),
        ("personal_id", "12345678901²"),
        ("gender", "nam"),
        ("birth_date", "31/02/2020"),
        ("full_name", "A" * 151),
        ("full_name", "a\x07"),
        ("full_name", "a\u0301"),
    ],
)
def test_what_cannot_stand_in_a_record_is_a_gap(field: str, text: str) -> None:
    assert [gap.field for gap in sheet_gaps({**VALUES, field: text})] == [field]


def test_a_sheet_without_a_needed_value_is_not_written() -> None:
    with pytest.raises(Malformed) as fault:
        write_sheet(replace(SHEET, pupil=pupil_data({**VALUES, "mother_name": ""})))
    assert (fault.value.code, fault.value.where) == ("field_missing", "HO_VA_TEN_ME")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("PHIEU_THONG_TIN_HOC_SINH", "HOC_BA"),
        ("<DAN_TOC>Kinh</DAN_TOC>", ""),
        ("<DAN_TOC>Kinh</DAN_TOC>", "<DAN_TOC>Kinh</DAN_TOC><DAN_TOC>Hoa</DAN_TOC>"),
        ("<DAN_TOC>Kinh</DAN_TOC>", "<DAN_TOC>Kinh</DAN_TOC><LA>1</LA>"),
        ("<DAN_TOC>Kinh</DAN_TOC>", "<DAN_TOC><B>Kinh</B></DAN_TOC>"),
        ("2026-2027", "2026-2028"),
        ("<MA_KHOI>01", "<MA_KHOI>một"),
        ("2026-09-01T12:00:00+07:00", "01/09/2026"),
    ],
)
def test_anything_else_is_refused(old: str, new: str) -> None:
    document = write_sheet(SHEET).decode().replace(old, new)
    with pytest.raises(Malformed):
        read_sheet(document.encode())


@given(st.binary(max_size=300))
def test_no_bytes_bring_anything_but_a_refusal(junk: bytes) -> None:
    with pytest.raises(HocBaError):
        read_sheet(junk)
