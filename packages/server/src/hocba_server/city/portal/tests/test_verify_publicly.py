"""Anybody verifies a file or, knowing number and birth date, a record in the repository."""

from __future__ import annotations

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hocba.cli.online import read_answer
from hocba.record.sample import sample_record
from hocba.verify.document import Circumstances, verify_document
from hocba.verify.verdict import Verdict
from hocba_server.city.conftest import Submit
from hocba_server.city.tests.cast import SENT
from hocba_server.city.trust import trust_store
from hocba_server.web.audit.models import AuditEntry

RECORD = sample_record(4)
NUMBER, BORN = RECORD.record_uuid, RECORD.pupil.birth_date


def drop(client: Client, content: bytes, name: str = "hoc-ba.xml") -> str:
    """Drop a file on the page and return what it says."""
    answer = client.post("/xac-thuc", {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def kept(submit: Submit, documents: list[bytes]) -> bytes:
    """A record in force."""
    submit(documents[0])
    return documents[0]


def test_a_genuine_file_is_valid_with_every_check(client: Client, kept: bytes) -> None:
    page = drop(client, kept)
    assert "Học bạ có giá trị" in page
    assert page.count("check--passed") == 11
    assert "check--failed" not in page


def test_a_changed_file_has_no_value(client: Client, kept: bytes) -> None:
    page = drop(client, kept.replace(b"<CAN_NANG>28.5<", b"<CAN_NANG>29.5<"))
    assert "Học bạ không có giá trị" in page
    assert "Dữ liệu đã bị thay đổi sau khi ký" in page


def test_a_record_that_nobody_accepted_has_no_value(
    client: Client, kept: bytes, documents: list[bytes]
) -> None:
    assert "Kho học bạ số của Sở không có học bạ này" in drop(client, documents[1])


@pytest.mark.parametrize("content", [b"", b"\x00\xff", b"%PDF-1.7", b"<a/>"])
def test_garbage_gets_a_sentence(client: Client, kept: bytes, content: bytes) -> None:
    page = drop(client, content or b" ")
    assert "Học bạ không có giá trị" in page


def test_number_and_birth_date_open_the_record(client: Client, kept: bytes) -> None:
    answer = client.post("/xac-thuc/tra-cuu/", {"ma": NUMBER, "ngay_sinh": BORN}, follow=True)
    page = answer.content.decode()
    assert "Học bạ có giá trị" in page
    assert RECORD.pupil.full_name in page
    xml = client.get(f"/xac-thuc/hoc-ba/{NUMBER}/xml/")
    assert xml.content == kept
    assert client.get(f"/xac-thuc/hoc-ba/{NUMBER}/pdf/").content.startswith(b"%PDF-")
    assert client.get(f"/xac-thuc/hoc-ba/{NUMBER}/bang-chung/").content.startswith(b"PK")
    reads = AuditEntry.objects.using("city").filter(kind="read", subject=f"record:{NUMBER}")
    assert reads.count() >= 4, "every reading is recorded"


def test_without_the_birth_date_nothing_is_told(client: Client, kept: bytes) -> None:
    wrong = client.post("/xac-thuc/tra-cuu/", {"ma": NUMBER, "ngay_sinh": "02/02/2012"})
    unknown = client.post(
        "/xac-thuc/tra-cuu/",
        {"ma": "33333333-3333-4333-8333-333333333333", "ngay_sinh": BORN},
    )
    for answer in (wrong, unknown):
        assert "Không tìm thấy học bạ nào khớp" in answer.content.decode()
        assert RECORD.pupil.full_name not in answer.content.decode()
    assert client.get(f"/xac-thuc/hoc-ba/{NUMBER}/xml/").status_code == 302


def test_guessing_has_to_wait(client: Client, kept: bytes) -> None:
    for day in range(1, 11):
        client.post("/xac-thuc/tra-cuu/", {"ma": NUMBER, "ngay_sinh": f"{day:02d}/03/2012"})
    answer = client.post("/xac-thuc/tra-cuu/", {"ma": NUMBER, "ngay_sinh": BORN})
    assert "Chờ 10 phút" in answer.content.decode()


def test_the_status_is_told_to_who_has_the_file(client: Client, kept: bytes) -> None:
    digest = hashlib.sha256(kept).hexdigest()
    address = f"/api/v1/hoc-ba/{NUMBER}/trang-thai"
    known = client.get(address, {"sha256": digest}).json()
    assert known["status"] == "in_force"
    assert known["evidence"]
    guess = client.get(address, {"sha256": "0" * 64}).json()
    assert (guess["status"], guess["evidence"]) == ("unknown", None)


def test_the_command_line_understands_the_portal(client: Client, kept: bytes) -> None:
    digest = hashlib.sha256(kept).hexdigest()
    answer = client.get(f"/api/v1/hoc-ba/{NUMBER}/trang-thai", {"sha256": digest})
    told = read_answer(answer.content)
    assert told.evidence is not None
    circumstances = Circumstances(
        store=trust_store(), at=SENT, evidence=told.evidence, status=told.status
    )
    report = verify_document(kept, name="hoc-ba.xml", circumstances=circumstances)
    assert report.verdict is Verdict.VALID, report.to_text()


def test_the_qr_address_fills_in_the_number(client: Client) -> None:
    page = client.get("/xac-thuc", {"ma": NUMBER}).content.decode()
    assert f'value="{NUMBER}"' in page
