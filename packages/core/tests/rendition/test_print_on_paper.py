"""The print verifies: drawn, photocopied, photographed, and read by readers not written here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from paper import photocopied, photographed, sheets
from PIL import Image

from hocba.record.sample import sample_record
from hocba.rendition.attachments import extract_attachments
from hocba.rendition.booklet import BookletYear, render_booklet
from hocba.rendition.form import render_pdf
from hocba.rendition.print_code import PREFIX, peek, read_code, sign_codes
from hocba.rendition.print_codes_on_page import CODES_NAME

AT = datetime(2026, 6, 1, 15, 0, tzinfo=timezone(timedelta(hours=7)))
DOCUMENT = b"<HOC_BA/>"
LONG = (
    "Đọc lưu loát, rõ ràng, viết chữ đẹp; tính toán nhanh và biết vận dụng thực hành tính toán vào "
    "một số vấn đề trong cuộc sống. Vẫn cần sự giúp đỡ khi thiết lập và tạo chương trình đơn giản."
)
Reader = Callable[[Image.Image], set[str]]


def by_zxing(picture: Image.Image) -> set[str]:
    found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
    return {each.text for each in found}


def by_zbar(picture: Image.Image) -> set[str]:
    """From three distances: whoever holds a phone moves it until the code is read."""
    pyzbar = pytest.importorskip("pyzbar.pyzbar", exc_type=ImportError)
    found: set[str] = set()
    for zoom in (1, 0.8, 1.3):
        seen = picture.resize((round(picture.width * zoom), round(picture.height * zoom)))
        found |= {each.data.decode() for each in pyzbar.decode(seen)}
    return found


def as_printed(picture: Image.Image) -> Image.Image:
    return picture


@pytest.fixture(scope="module", params=["RSA_PKCS1_SHA256", "ECDSA_P256_SHA256"])
def printed(
    request: pytest.FixtureRequest,
    keys: Mapping[str, Any],
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[tuple[str, ...], list[Image.Image]]:
    record = sample_record(4)
    record = replace(
        record,
        summary=replace(record.summary, homeroom_comment=LONG),
        traits=replace(record.traits, quality_comment=LONG[:120]),
    )
    [codes] = sign_codes([(record, DOCUMENT)], keys[request.param], AT)
    pdf = render_pdf(
        record,
        DOCUMENT,
        fonts=None,
        signatures=[],
        verify_url=f"https://hocba.example.vn/xac-thuc?ma={record.record_uuid}",
        timestamp=AT,
        codes=codes,
    )
    assert extract_attachments(pdf)[CODES_NAME].decode().split("\n") == list(codes)
    return codes, sheets(pdf, tmp_path_factory.mktemp("paper"))


@pytest.mark.parametrize("reader", [by_zxing, by_zbar])
@pytest.mark.parametrize("way", [as_printed, photocopied, photographed])
def test_every_code_is_read(
    printed: tuple[tuple[str, ...], list[Image.Image]],
    way: Callable[[Image.Image], Image.Image],
    reader: Reader,
) -> None:
    codes, pages = printed
    found: set[str] = set()
    for page in pages:
        found |= reader(way(page))
    assert found >= set(codes)


def test_each_page_after_the_cover_carries_its_own_data(
    printed: tuple[tuple[str, ...], list[Image.Image]],
) -> None:
    codes, pages = printed
    by_page = [
        {peek(read_code(text)).page for text in by_zxing(page) if text.startswith(PREFIX)}
        for page in pages
    ]
    assert by_page[0] == set()
    assert all(by_page[1:])
    assert set().union(*by_page) == {peek(read_code(text)).page for text in codes}


def test_a_booklet_carries_the_codes_of_every_year(keys: Mapping[str, Any], tmp_path: Path) -> None:
    years = []
    for grade in (4, 5):
        record = sample_record(grade)
        if grade == 4:
            record = replace(record, school_year=type(record.school_year)("2024-2025"))
        [codes] = sign_codes([(record, DOCUMENT)], keys["RSA_PKCS1_SHA256"], AT)
        address = f"https://hocba.example.vn/xac-thuc?ma={record.record_uuid}"
        years.append(BookletYear(record, DOCUMENT, [], address, codes=codes))
    pupil = replace(years[0].record.pupil, personal_id=years[1].record.pupil.personal_id)
    record = replace(years[0].record, pupil=pupil)
    [codes] = sign_codes([(record, DOCUMENT)], keys["RSA_PKCS1_SHA256"], AT)
    years[0] = replace(years[0], record=record, codes=codes)
    for form in ("A", "B"):
        pdf = render_booklet(years, fonts=None, timestamp=AT, form=form)  # type: ignore[arg-type]
        found: set[str] = set()
        for page in sheets(pdf, tmp_path):
            found |= by_zxing(page)
        wanted = {text for each in years for text in each.codes}
        personal = {
            text for text in years[0].codes if peek(read_code(text)).page.name == "PERSONAL"
        }
        assert found >= wanted - personal, "the personal page is that of the newest year"
