"""Anybody verifies the codes of a print, here or at home with the signed list of keys."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client

from hocba.record.codec import read_record
from hocba.record.sample import SCHOOL_CODE, sample_record
from hocba.rendition.attachments import extract_attachments
from hocba.rendition.print_code import sign_codes
from hocba.rendition.print_codes_on_page import CODES_NAME
from hocba.verify.print_keys import read_print_keys
from hocba.verify.print_verdict import verify_print
from hocba.verify.verdict import Verdict
from hocba_certworld.cast import Cast
from hocba_server.city.conftest import Submit
from hocba_server.city.log_key import log_key
from hocba_server.city.portal import print_codes
from hocba_server.city.tests.cast import SENT

RECORD = sample_record(4)


@pytest.fixture
def kept(submit: Submit, documents: list[bytes]) -> bytes:
    """A record in force."""
    submit(documents[0])
    return documents[0]


def ask(client: Client, *codes: str) -> str:
    answer = client.post("/xac-thuc/ban-in/", {"codes": "\n".join(codes)})
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_genuine_print_gives_its_results_back(client: Client, kept: bytes, cast: Cast) -> None:
    [codes] = sign_codes([(read_record(kept).record, kept)], cast.seal, SENT)
    page = ask(client, *codes)
    assert "Bản in đúng với học bạ" in page
    assert page.count("check--passed") == 5
    assert RECORD.pupil.full_name in page
    assert "Hoàn thành tốt · 10" in page


def test_what_differs_from_the_original_has_no_value(
    client: Client, kept: bytes, cast: Cast
) -> None:
    record = read_record(kept).record
    better = replace(record.summary, homeroom_comment="Giỏi nhất lớp.")
    [codes] = sign_codes([(replace(record, summary=better), kept)], cast.seal, SENT)
    page = ask(client, *codes)
    assert "Bản in không có giá trị" in page
    assert "Mã ghi khác với bản gốc" in page


def test_a_stranger_who_invents_a_code_learns_nothing(
    client: Client, kept: bytes, cast: Cast
) -> None:
    stranger = cast.world.issue_organisation("Trường Tiểu học Mẫu", SCHOOL_CODE)
    [codes] = sign_codes([(read_record(kept).record, kept)], stranger, SENT)
    page = ask(client, *codes)
    assert "Bản in không có giá trị" in page
    assert "không có trong danh sách của Sở" in page
    assert RECORD.pupil.full_name not in page
    assert "Đang lưu hành" not in page


def test_garbage_gets_a_sentence(client: Client, kept: bytes) -> None:
    assert "Chưa có mã nào" in ask(client, "")
    assert "Bản in không có giá trị" in ask(client, "HB1:ABC")


def test_the_signed_list_is_enough_at_home(client: Client, kept: bytes, cast: Cast) -> None:
    [codes] = sign_codes([(read_record(kept).record, kept)], cast.seal, SENT)
    answer = client.get("/xac-thuc/khoa-ban-in")
    assert answer.status_code == 200
    keys = read_print_keys(answer.content, [log_key().public_key()])
    report = verify_print(codes, name="giấy", keys=keys, at=SENT)
    assert report.verdict is Verdict.UNDETERMINED
    assert [each.reason for each in report.checks if each.reason] == ["no_status", "no_original"]


def test_the_print_of_the_portal_verifies_too(
    client: Client, kept: bytes, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The department signs it with a key of its own."""
    key = cast.world.issue_organisation("Sở Giáo dục và Đào tạo", "79")
    monkeypatch.setattr(print_codes, "own_key", lambda: key)
    monkeypatch.setattr(print_codes, "own_code", lambda: "79")
    number, born = RECORD.record_uuid, RECORD.pupil.birth_date
    client.post("/xac-thuc/tra-cuu/", {"ma": number, "ngay_sinh": born})
    pdf = client.get(f"/xac-thuc/hoc-ba/{number}/pdf/").content
    page = ask(client, *extract_attachments(pdf)[CODES_NAME].decode().split("\n"))
    assert "Bản in đúng với học bạ" in page
    assert "Sở Giáo dục và Đào tạo" in page
