"""Codes, dates and numbers: what is refused, with its code and place, and what is read."""

from __future__ import annotations

import unicodedata

import pytest
from documents import DATA, PROFILES, V2, changed, read_lenient, refusal, with_text
from wrong_values import GENERAL, MARK, WRONG

from hocba.record.codec import read_record
from hocba.record.model import FormatProfile


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize(
    ("parent", "tag", "text", "code"),
    [(parent, tag, text, code) for parent, tag, texts, code in WRONG for text in texts],
)
def test_wrong_values(profile: FormatProfile, parent: str, tag: str, text: str, code: str) -> None:
    where = f"{DATA[profile]}/{parent}/{tag}"
    assert refusal(changed(with_text(where, text), profile)) == (code, where)


def test_the_subject_teacher_has_a_personal_number() -> None:
    where = f"{DATA[V2]}/{MARK}/GVBM/SO_CCCD"
    assert refusal(changed(with_text(where, "0001900000"))) == ("personal_id", where)


@pytest.mark.parametrize(
    ("parent", "tag", "texts"),
    [
        (GENERAL, "NGAY_SINH", ["29/02/2016", "12/2016", "2016"]),
        (GENERAL, "NGAY_TAO_HOC_BA", ["2026-05-29T10:00:00Z", "2026-05-29T23:59:59-12:00"]),
        (GENERAL, "CAN_NANG", ["0", "0.0", "28.1234", "9999"]),
        (GENERAL, "TONG_SO_BUOI_NGHI_CO_PHEP", ["0", "9999"]),
        (MARK, "DIEM_KIEM_TRA_DINH_KY", ["0", "10", "M"]),
    ],
)
def test_right_values(parent: str, tag: str, texts: list[str]) -> None:
    for text in texts:
        assert read_record(changed(with_text(f"{DATA[V2]}/{parent}/{tag}", text))).warnings == ()


@pytest.mark.parametrize("text", ["2026-05-26", "26/05/2026"])
def test_a_day_without_time_is_read_only_when_asked(text: str) -> None:
    where = f"{DATA[V2]}/{GENERAL}/NGAY_TAO_HOC_BA"
    data = changed(with_text(where, text))
    assert refusal(data) == ("date", where)
    read = read_lenient(data)
    assert read.record.terms.created_on.isoformat() == "2026-05-26T00:00:00+07:00"
    assert [warning.en for warning in read.warnings] == [f"{where}: a day without a time."]


@pytest.mark.parametrize(
    "text", ["2026-02-30", "31/02/2026", "0001-01-01", "01/01/1899", "2026-5-1"]
)
def test_a_wrong_day_is_refused_even_when_days_are_read(text: str) -> None:
    where = f"{DATA[V2]}/{GENERAL}/NGAY_TAO_HOC_BA"
    assert refusal(changed(with_text(where, text)), strict=False) == ("date", where)


def test_an_iso_birth_date_is_read_only_when_asked() -> None:
    where = f"{DATA[V2]}/{GENERAL}/NGAY_SINH"
    read = read_lenient(changed(with_text(where, "2016-02-01")))
    assert read.record.pupil.birth_date == "01/02/2016"
    assert [warning.en for warning in read.warnings] == [f"{where}: not in the form dd/MM/yyyy."]
    assert read_lenient(changed(with_text(where, "01/02/2016"))).warnings == ()
    assert read_lenient(changed(with_text(where, "02/2016"))).warnings == ()
    assert refusal(changed(with_text(where, "2016-02-30")), strict=False) == ("date", where)


def test_decomposed_text_is_read_with_a_warning() -> None:
    where = f"{DATA[V2]}/{GENERAL}/HO_VA_TEN"
    name = unicodedata.normalize("NFD", "Nguyễn Thị Mẫu")
    read = read_record(changed(with_text(where, name)))
    assert read.record.pupil.full_name == name
    assert [warning.en for warning in read.warnings] == [f"{where}: not in Unicode NFC."]


@pytest.mark.parametrize("profile", PROFILES)
def test_another_format_version_is_read_with_a_warning(profile: FormatProfile) -> None:
    read = read_record(changed(with_text(f"{DATA[profile]}/{GENERAL}/PHIEN_BAN", "9"), profile))
    assert read.profile is profile
    assert [warning.en for warning in read.warnings] == ["PHIEN_BAN is “9”."]
