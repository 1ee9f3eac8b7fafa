from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from python_calamine import CalamineWorkbook

from hocba_certworld.local import LocalTimestamp
from hocba_server.school.papers.class_prints import run_class_print
from hocba_server.school.papers.models import IssuedPaper, PrintJob
from hocba_server.school.papers.tests.conftest import AddYear
from hocba_server.school.tests.browsing import Browse
from hocba_server.school.tests.cast import YEAR, Cast, FixedClock, TestKeys, WorldTrust
from hocba_server.school.training.sources import InstalledSources


@pytest.fixture
def sources(
    keys: TestKeys,
    timestamps: LocalTimestamp,
    trust: WorldTrust,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What the page asks for a school's key and clock, answered by those of the tests."""
    monkeypatch.setattr(InstalledSources, "keys", lambda _: keys)
    monkeypatch.setattr(InstalledSources, "timestamps", lambda _: timestamps)
    monkeypatch.setattr(InstalledSources, "trust", lambda _: trust)


def test_a_pupil_is_printed_from_the_page(issued: int, results: Cast, browse: Browse) -> None:
    client = browse(results.homeroom)
    address = f"/truong/hoc-sinh/{results.enrolments[0]}/in/"
    page = client.get(address).content.decode()
    assert "In học bạ của Trần Văn Tí" in page
    assert "Việc này dành cho: Nhân viên văn thư" in page
    answer = client.post(f"{address}tep/", {"year": [YEAR], "form": "A", "sides": "2"})
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert "01/BI-THT" in client.get(address).content.decode()


def test_a_draft_is_announced_on_the_page(add_year: AddYear, results: Cast, browse: Browse) -> None:
    place = add_year("checked")
    page = browse(results.registrar).get(f"/truong/hoc-sinh/{place.pk}/in/").content.decode()
    assert "in kèm dấu BẢN NHÁP" in page


def test_without_records_the_page_says_what_will_come(results: Cast, browse: Browse) -> None:
    page = browse(results.registrar).get(f"/truong/hoc-sinh/{results.enrolments[0]}/in/")
    assert "Em chưa có học bạ nào." in page.content.decode()


def test_the_clerk_issues_a_copy_and_finds_it_again(
    issued: int,
    results: Cast,
    browse: Browse,
    sources: None,
) -> None:
    client = browse(results.clerk)
    answer = client.post(
        reverse("school_paperwork:sign", args=["sao-y"]),
        {
            "enrolment": str(results.enrolments[0]),
            "year": [YEAR],
            "form": "B",
            "leader": str(results.head_staff_id),
            "recipient": "Bà Trần Thị Mẫu",
            "purpose": "=HYPERLINK(1)",
            "copies": "1",
        },
        follow=True,
    )
    page = answer.content.decode()
    paper = IssuedPaper.objects.get()
    assert "01/SY-THT" in page
    assert paper.sha256 in page
    file = client.get(f"/truong/so-ban-sao/{paper.pk}/tep/").content
    assert file == bytes(paper.content or b"")

    register = "/truong/so-ban-sao/"
    for asked in ({"text": "01/sy"}, {"text": "Văn Tí"}, {"text": paper.record_uuids[0]}, {}):
        assert "01/SY-THT" in client.post(register, asked).content.decode(), asked
    for asked in ({"text": "99/SY"}, {"kind": "class"}, {"year": "2020"}):
        assert "Không có dòng nào khớp" in client.post(register, asked).content.decode(), asked
    same = client.post(register, {"file": SimpleUploadedFile("a.pdf", file)})
    assert "đúng là bản đã phát hành" in same.content.decode()
    other = client.post(register, {"file": SimpleUploadedFile("a.pdf", file + b" ")})
    assert "Không có bản nào trong sổ giống hệt" in other.content.decode()

    sheet = client.post(f"{register}excel/", {}).content
    rows = CalamineWorkbook.from_filelike(io.BytesIO(sheet)).get_sheet_by_index(0).to_python()
    assert rows[2][0] == "Số và ký hiệu"
    assert rows[3][:2] == ["01/SY-THT", "Bản sao y"]
    assert "=HYPERLINK(1)" in rows[3]


def test_a_missing_recipient_comes_back_as_a_sentence(
    issued: int,
    results: Cast,
    browse: Browse,
    sources: None,
) -> None:
    answer = browse(results.clerk).post(
        reverse("school_paperwork:sign", args=["sao-y"]),
        {
            "enrolment": str(results.enrolments[0]),
            "year": [YEAR],
            "leader": str(results.head_staff_id),
            "copies": "1",
        },
        headers={"referer": "http://testserver/truong/so-ban-sao/"},
        follow=True,
    )
    assert "Bản sao y còn thiếu: người nhận" in answer.content.decode()


def test_a_class_is_printed_left_and_come_back_to(
    issued: int, results: Cast, browse: Browse
) -> None:
    client = browse(results.homeroom)
    address = f"/truong/lop/{results.classroom_id}/in/"
    assert "Chưa dựng tệp nào" in client.get(address).content.decode()
    started = client.post(address, {"form": "B", "sides": "2", "years": "this"})
    job = PrintJob.objects.get()
    assert started["Location"] == f"/truong/in-ca-lop/{job.pk}/"
    waiting = client.get(started["Location"]).content.decode()
    assert "hx-get" in waiting
    assert "Huỷ" in waiting
    run_class_print(job.pk, FixedClock())
    PrintJob.objects.filter(pk=job.pk).update(expires_at="2099-01-01T00:00:00Z")
    done = client.get(f"/truong/in-ca-lop/{job.pk}/tien-do/").content.decode()
    assert "hx-get" not in done
    assert "01/BI-L-THT" in done
    assert client.get(f"/truong/in-ca-lop/{job.pk}/tep/").content.startswith(b"%PDF-")
    assert "3/3" in client.get(address).content.decode()


def test_a_job_is_cancelled_from_its_page(issued: int, results: Cast, browse: Browse) -> None:
    client = browse(results.homeroom)
    client.post(f"/truong/lop/{results.classroom_id}/in/", {"form": "B"})
    job = PrintJob.objects.get()
    answer = client.post(f"/truong/in-ca-lop/{job.pk}/huy/", follow=True)
    assert "Đã huỷ việc in." in answer.content.decode()


def test_pages_are_closed_to_others(issued: int, results: Cast, browse: Browse) -> None:
    addresses = (
        f"/truong/hoc-sinh/{results.enrolments[0]}/in/",
        f"/truong/lop/{results.classroom_id}/in/",
    )
    administrator, stranger = browse(results.administrator), browse(results.stranger)
    for address in addresses:
        assert administrator.get(address).status_code == 403
        assert stranger.get(address).status_code == 404
    assert administrator.get("/truong/so-ban-sao/").status_code == 403
    assert browse(results.homeroom).get("/truong/so-ban-sao/").status_code == 403
    assert "Sổ chưa có dòng nào" in stranger.get("/truong/so-ban-sao/").content.decode()
