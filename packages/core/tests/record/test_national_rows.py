"""A record as rows of the national dictionary: every column, and every reason not to send one."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import Any

import pytest

from hocba.record.model import AnnualRecord, FormatProfile
from hocba.record.national.codes import country_code, ethnic_code, locate, province_code
from hocba.record.national.columns import COLUMNS, Event, Table, check_row
from hocba.record.national.rows import Envelope, Known, NationalRows, national_rows
from hocba.record.sample import sample_record

ENVELOPE = Envelope(Event.NEW, 1, datetime(2026, 5, 30, 17, 30, tzinfo=UTC))
KNOWN = Known(in_force=True, ward_code="26740")


def rows_of(record: AnnualRecord, **changes: Any) -> NationalRows:
    return national_rows(record, ENVELOPE, dataclasses.replace(KNOWN, **changes))


def main_row(found: NationalRows) -> dict[str, Any]:
    return dict(next(row.values for row in found.rows if row.table is Table.RECORD))


def with_pupil(**changes: Any) -> AnnualRecord:
    record = sample_record(4)
    return dataclasses.replace(record, pupil=dataclasses.replace(record.pupil, **changes))


@pytest.mark.parametrize("grade", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("profile", list(FormatProfile))
def test_every_grade_and_profile_can_be_sent(grade: int, profile: FormatProfile) -> None:
    record = sample_record(grade, profile)
    found = rows_of(record)
    assert found.problems == ()
    tables = [row.table for row in found.rows]
    assert tables.count(Table.RECORD) == 1
    assert tables.count(Table.MARKS) == len(record.subjects)
    assert tables.count(Table.STUDY) == grade
    identifiers = [row.values["idbanghi"] for row in found.rows]
    assert len(set(identifiers)) == len(identifiers), "idbanghi is a unique key"


def test_the_envelope_is_local_time_without_a_zone() -> None:
    row = main_row(rows_of(sample_record(4)))
    assert row["idbanghi"] == row["madinhdanhhocba"]
    assert (row["sukien"], row["phienban"]) == ("NEW", 1)
    assert row["thoigiancapnhat"] == "2026-05-31T00:30:00", "half past midnight in Viet Nam"
    assert row["ngaycapnhat"] == "2026-05-31"


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("phienbanthongtinhocba", "2.0"),
        ("thongtu", "27/2020"),
        ("namhoc", "2025-2026"),
        ("masogd", "79"),
        ("matruong", "00000401"),
        ("thongtintruong_diachi_maxa", "26740"),
        ("thongtintruong_diachi_matinh", "79"),
        ("macaphoc", "02"),
        ("gioitinh", "2"),
        ("ngaythangnamsinh", "2016-02-01"),
        ("noisinh_matinh", "79"),
        ("noiohiennay_maxa", "26740"),
        ("dantoc", "01"),
        ("quoctich", "VN"),
        ("makhoi", "04"),
        ("ngaytao", "2026-05-26"),
        ("ngaykyphathanh", "2026-05-29"),
        ("trangthaithongtinhocba", "1"),
        ("trichluc", "0"),
        ("duoclenlop", True),
        ("nangluctinhoc", "T"),
    ],
)
def test_a_column_of_the_main_table(column: str, value: object) -> None:
    assert main_row(rows_of(sample_record(4)))[column] == value


def test_what_the_national_record_does_not_have_is_not_sent() -> None:
    text = str(main_row(rows_of(sample_record(4))))
    assert "28.5" not in text, "no weight"
    assert "134" not in text, "no height"


def test_a_recalled_record_says_so() -> None:
    row = main_row(rows_of(sample_record(4), in_force=False))
    assert row["trangthaithongtinhocba"] == "2"


def test_a_mother_who_is_not_known_is_left_out() -> None:
    row = main_row(rows_of(with_pupil(mother_name="Không có thông tin", father_name=None)))
    assert "hotenme" not in row
    assert "hotencha" not in row


@pytest.mark.parametrize(
    ("birth", "column", "value"),
    [
        ("01/02/2016", "ngaythangnamsinh", "2016-02-01"),
        ("02/2016", "thangnamsinh", "2016-02"),
        ("2016", "namsinh", "2016"),
    ],
)
def test_a_birth_date_has_three_forms(birth: str, column: str, value: str) -> None:
    row = main_row(rows_of(with_pupil(birth_date=birth)))
    assert row[column] == value
    names = {"ngaythangnamsinh", "thangnamsinh", "namsinh"}
    assert names & set(row) == {column}


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"ethnic_group": "Klingon"}, "dantoc"),
        ({"nationality": "Atlantis"}, "quoctich"),
        ({"birth_date": "31/02/2016"}, "ngaythangnamsinh"),
        ({"full_name": "A" * 151}, "hovaten"),
        ({"birth_place": "B" * 251}, "noisinh_diachichitiet"),
    ],
)
def test_a_record_that_cannot_be_sent_says_why(changes: dict[str, Any], column: str) -> None:
    found = rows_of(with_pupil(**changes))
    assert found.rows == ()
    assert [each.column for each in found.problems if each.blocks] == [column]
    assert found.problems[0].sentence.vi
    assert found.problems[0].sentence.en


def test_a_year_elsewhere_waits_alone_until_its_province_is_known() -> None:
    record = sample_record(4)
    moved = dataclasses.replace(record.history[0], school_name="Tiểu học Khác")
    record = dataclasses.replace(record, history=(moved, *record.history[1:]))
    found = rows_of(record)
    assert found.sendable
    assert [(each.column, each.blocks) for each in found.problems] == [("tentinh", False)]
    assert sum(row.table is Table.STUDY for row in found.rows) == 3
    found = rows_of(record, provinces={str(moved.school_year): "Tỉnh Đồng Nai"})
    assert found.problems == ()


@pytest.mark.parametrize(
    ("name", "code"),
    [("Kinh", "01"), ("Khmer", "05"), ("Khơ Me", "05"), ("H'Mông", "08"), ("Xơ Đăng", "14")],
)
def test_ethnic_groups_by_their_spellings(name: str, code: str) -> None:
    assert ethnic_code(name) == code


@pytest.mark.parametrize(("name", "code"), [("Việt Nam", "VN"), ("Hàn Quốc", "KR"), ("Mỹ", "US")])
def test_countries(name: str, code: str) -> None:
    assert country_code(name) == code


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Thành phố Hồ Chí Minh", "79"),
        ("TP. Hồ Chí Minh", "79"),
        ("Tỉnh Khánh Hoà", "56"),
        ("Tỉnh Bình Dương", None),
    ],
)
def test_provinces_of_2025(name: str, code: str | None) -> None:
    assert province_code(name) == code


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("1 Đường Mẫu, Phường Sài Gòn, Thành phố Hồ Chí Minh", ("26740", "79")),
        ("Xã Long Hòa, Thành phố Hồ Chí Minh", ("25792", "79")),
        ("Phường Mẫu, Thành phố Hồ Chí Minh", (None, "79")),
        ("Phường Sài Gòn", (None, None)),
        ("", (None, None)),
    ],
)
def test_places_at_the_end_of_an_address(address: str, found: tuple[str | None, ...]) -> None:
    assert locate(address) == found


@pytest.mark.parametrize("table", list(Table))
def test_every_required_column_is_missed(table: Table) -> None:
    rows = rows_of(sample_record(4)).rows
    values = next(row.values for row in rows if row.table is table)
    for column in COLUMNS[table]:
        short = {key: value for key, value in values.items() if key != column.name}
        named = {problem.column for problem in check_row(table, short)}
        assert (column.name in named) == (column.required or column.name == "ngaythangnamsinh")


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("sukien", "UPDATE", "catalogue"),
        ("phienban", 0, "form"),
        ("phienban", "1", "form"),
        ("gioitinh", "3", "catalogue"),
        ("trangthaithongtinhocba", "9", "catalogue"),
        ("duoclenlop", "1", "form"),
        ("sodinhdanh", "00031600000", "form"),
        ("tenlop", "12345678901", "length"),
        ("ngaytao", "26/05/2026", "form"),
        ("phamchatnhanai", "H", "catalogue"),
        ("canang", "28", "unknown_column"),
        ("hovaten", "A\0B", "form"),
        ("hovaten", "A\ud800", "form"),
        ("hovaten", ["A"], "form"),
    ],
)
def test_a_receiver_refuses(column: str, value: object, code: str) -> None:
    values = main_row(rows_of(sample_record(4))) | {column: value}
    assert [each.code for each in check_row(Table.RECORD, values)] == [code]


def test_a_pupil_who_is_not_assessed_may_miss_levels_nationally() -> None:
    values = main_row(rows_of(sample_record(4)))
    for name in ("xeploai", "phamchatnhanai"):
        del values[name]
    assert len(check_row(Table.RECORD, values)) == 2
    assert check_row(Table.RECORD, values | {"cokhuyettatkhongdanhgia": "1"}) == []
