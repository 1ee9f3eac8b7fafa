"""Sample packages are answered as promised; the conformance check names every fault."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hocba_server.city.sandbox import samples
from hocba_server.city.sandbox.samples import SAMPLE_AT, SampleShelf, shelf
from hocba_server.city.sandbox.services import answer_request

EXPECTED = {
    "dung-2025.json": "0",
    "dung-2024.json": "0",
    "dung-khong-escape.json": "0",
    "mot-phan.json": "22",
    "thieu-truong.json": "2001",
    "content-rong.json": "1102",
    "khong-phai-base64.json": "1201",
    "sai-do-dai.json": "1202",
    "co-doctype.json": "1302",
    "thieu-chu-ky-giao-dich.json": "1401",
    "sua-sau-khi-ky-goi.json": "1402",
    "chung-thu-chua-duyet.json": "1403",
    "sua-hoc-ba.json": "22",
    "thieu-the.json": "2001",
    "sai-danh-muc.json": "2003",
    "sai-ngay.json": "2002",
    "thieu-chu-nhiem.json": "2202",
    "sai-xep-loai.json": "2101",
    "thieu-mon.json": "2102",
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sandbox")


@pytest.fixture(autouse=True)
def own_world(place: Path, settings: Any) -> None:
    settings.VAR_DIR = place


@pytest.fixture
def kept() -> SampleShelf:
    return shelf()


def test_each_sample_shows_what_its_name_says(kept: SampleShelf) -> None:
    found = {one.name: one.code for one in kept.samples}
    assert found.keys() == EXPECTED.keys()
    wrong = {name: code for name, code in found.items() if not code.startswith(EXPECTED[name])}
    assert wrong == {}


def test_a_sample_sent_to_the_sandbox_is_answered_as_promised(kept: SampleShelf) -> None:
    for one in kept.samples:
        answer = answer_request(json.loads(one.content), at=SAMPLE_AT)
        assert answer["Error"] == one.answer["Error"], one.name
    [half] = [one for one in kept.samples if one.name == "mot-phan.json"]
    query = {
        "messageid": half.answer["MessageId"],
        "ma_don_vi": "00000401",
        "type": "2",
        "function": "TRUY_VAN_NOP",
    }
    assert answer_request(query, at=SAMPLE_AT)["danh_sach"] == half.results


def test_samples_are_made_once(kept: SampleShelf) -> None:
    samples._read_shelf.cache_clear()
    assert shelf() == kept


def test_they_can_be_downloaded(kept: SampleShelf) -> None:
    browser = Client()
    page = browser.get("/thu-nghiem/").content.decode()
    for one in kept.samples:
        assert one.name in page
        assert browser.get(f"/thu-nghiem/goi-mau/{one.name}").content == one.content
    whole = browser.get("/thu-nghiem/goi-mau.zip")
    names = zipfile.ZipFile(io.BytesIO(whole.content)).namelist()
    assert set(names) == {*EXPECTED, "tra-loi.json"}
    assert browser.get("/thu-nghiem/goi-mau/khong-co.json").status_code == 404


def upload(content: bytes, **form: str) -> Any:
    file = SimpleUploadedFile("goi.json", content)
    return Client().post("/thu-nghiem/kiem-tra/", {"file": file, **form})


def test_the_page_shows_every_fault(kept: SampleShelf) -> None:
    by_name = {one.name: one.content for one in kept.samples}
    good = upload(by_name["dung-2025.json"]).content.decode()
    assert "Tệp phù hợp" in good
    bad = upload(by_name["thieu-the.json"]).content.decode()
    assert "DAN_TOC" in bad
    assert "verdict--invalid" in bad


def test_the_report_is_a_file_too(kept: SampleShelf) -> None:
    [bad] = [one.content for one in kept.samples if one.name == "sai-danh-muc.json"]
    report = json.loads(upload(bad, **{"as": "json"}).content)
    assert not report["conforms"]
    [check] = [one for one in report["checks"] if one["name"] == "catalogues"]
    assert check["findings"][0]["where"].endswith("GIOI_TINH")
    assert check["findings"][0]["line"]
    page = upload(bad, **{"as": "html"})
    assert page["Content-Disposition"].startswith("attachment")
    assert b"GIOI_TINH" in page.content


def test_no_file_and_too_many_records_are_said(kept: SampleShelf) -> None:
    assert "Chưa chọn tệp" in Client().post("/thu-nghiem/kiem-tra/").content.decode()
    many = b"<DANH_SACH_HOC_BA>" + b"<HOC_BA/>" * 51 + b"</DANH_SACH_HOC_BA>"
    assert "50 học bạ" in upload(many).content.decode()


def test_programs_ask_by_the_api(kept: SampleShelf) -> None:
    [bad] = [one.content for one in kept.samples if one.name == "sai-ngay.json"]
    answer = Client().post("/api/v2/conformance", bad, content_type="application/json")
    report = answer.json()
    assert answer.status_code == 200, report
    failed = {one["name"] for one in report["checks"] if one["outcome"] == "failed"}
    assert "types" in failed
