"""Several files, a ZIP of a class, reports and receipts; and our fault is never the file's."""

from __future__ import annotations

import base64
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from lxml import etree

from hocba.errors import Refused, Unavailable
from hocba.verify.technical import NAMESPACE
from hocba.verify.verification_receipt import read_receipt
from hocba_server.city.conftest import Submit
from hocba_server.city.log_key import log_key
from hocba_server.city.portal.dropped import Dropped, unpack


def drop(client: Client, **files: bytes) -> Any:
    uploads = [
        SimpleUploadedFile(name.replace("_", "."), content) for name, content in files.items()
    ]
    return client.post("/xac-thuc", {"file": uploads})


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return out.getvalue()


def linked(page: str, name: str) -> bytes:
    found = re.search(rf'href="data:[a-z/]+;base64,([^"]+)" download="{name}"', page)
    assert found is not None
    return base64.b64decode(found[1])


@pytest.fixture
def kept(submit: Submit, documents: list[bytes]) -> list[bytes]:
    """Two records in force; the third was never sent."""
    submit(*documents[:2])
    return documents


def test_several_files_get_one_table_and_the_bad_one_first(
    client: Client, kept: list[bytes]
) -> None:
    page = drop(client, a_xml=kept[0], b_xml=kept[1], c_xml=kept[2], d_pdf=b"%PDF-1.7").content
    text = page.decode()
    assert "Đã kiểm tra 4 tệp: 2 có giá trị, 2 không có giá trị, 0 chưa xác định được." in text
    assert text.index("c.xml") < text.index("a.xml")
    told = json.loads(linked(text, "bao-cao-xac-thuc.json"))
    assert sorted(each["main_indication"] for each in told) == [
        "TOTAL-FAILED",
        "TOTAL-FAILED",
        "TOTAL-PASSED",
        "TOTAL-PASSED",
    ]


def test_a_zip_of_a_class_is_verified_file_by_file(client: Client, kept: list[bytes]) -> None:
    packed = zipped(
        {
            "lop 4A1/a.xml": kept[0],
            "lop 4A1/b.xml": kept[1],
            "lop 4A1/": b"",
            "__MACOSX/._a.xml": b"x",
            "ghi chu.txt": b"xin chao",
        }
    )
    text = drop(client, lop_zip=packed).content.decode()
    assert "Đã kiểm tra 2 tệp: 2 có giá trị" in text


def test_one_file_gives_report_and_receipt(client: Client, kept: list[bytes]) -> None:
    text = drop(client, a_xml=kept[0]).content.decode()
    report = etree.fromstring(linked(text, "bao-cao-xac-thuc.xml"))
    main = f"{{{NAMESPACE}}}SignatureValidationStatus/{{{NAMESPACE}}}MainIndication"
    assert report.findtext(main) == "TOTAL-PASSED"
    told = json.loads(linked(text, "bao-cao-xac-thuc.json"))
    assert told["verdict"] == "valid"
    receipt = read_receipt(linked(text, "bien-nhan-xac-thuc.txt"), [log_key().public_key()])
    assert receipt.verdict.value == "valid"
    assert receipt.sha256.hex() == told["signed_data_object"]["digest"]


def test_our_fault_is_not_the_files(client: Client, kept: list[bytes]) -> None:
    fault = Unavailable("trust", "Chưa cài chứng thư gốc.", "No roots are installed.")
    with patch("hocba_server.city.portal.services.unpack", side_effect=fault):
        answer = drop(client, a_xml=kept[0])
    text = answer.content.decode()
    assert answer.status_code == 503
    assert "Dịch vụ kiểm tra của Sở đang gián đoạn" in text
    assert "không có giá trị" not in text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04 hong", "Không mở được tệp ZIP"),
        (zipped({"a.txt": b"x"}), "không có tệp XML hay PDF nào"),
        (zipped({f"{n}.xml": b"<a/>" for n in range(121)}), "Mỗi lần kiểm tra nhiều nhất"),
    ],
)
def test_a_zip_that_is_none_gets_a_sentence(
    client: Client, kept: list[bytes], content: bytes, words: str
) -> None:
    assert words in drop(client, a_zip=content).content.decode()


def test_a_bomb_is_not_unpacked() -> None:
    bomb = zipped({f"{n}.xml": bytes(9_900_000) for n in range(7)})
    assert len(bomb) < 100_000
    with pytest.raises(Refused):
        unpack([Dropped("bom.zip", bomb)])
    with pytest.raises(Refused):
        unpack([Dropped("lon.zip", zipped({"a.xml": bytes(10_000_001)}))])


def test_a_zip_in_a_zip_stays_shut() -> None:
    inner = zipped({"a.xml": b"<a/>"})
    found = unpack([Dropped("ngoai.zip", zipped({"trong.zip": inner, "b.xml": b"<b/>"}))])
    assert [each.name for each in found] == ["b.xml"]


def test_a_face_that_differs_is_shown_side_by_side(client: Client, kept: list[bytes]) -> None:
    file = Path(__file__).resolve().parents[7] / "vectors" / "files" / "face-differs.pdf"
    text = client.post(
        "/xac-thuc", {"file": SimpleUploadedFile("khac.pdf", file.read_bytes())}
    ).content.decode()
    assert "Khác với dữ liệu đã ký" in text
    assert re.search(r"<td>[^<]*150 cm[^<]*</td><td>[^<]*134 cm", text)
