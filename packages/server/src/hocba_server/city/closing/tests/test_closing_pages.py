"""The pages of the closing, as an officer, an inspector and the administrator meet them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from hocba_certworld.cast import Cast
from hocba_server.city.closing.models import ClassClosing, ClosingCalendar
from hocba_server.city.closing.tests.year_end import CLASS, YEAR, replacing, scan
from hocba_server.city.conftest import Submit
from hocba_server.city.recalls.tests.asking import ask, item_of
from hocba_server.city.tests.cast import OFFICER
from hocba_server.web.accounts.models import User

BASE = f"/so/chot/{YEAR}/"
SCHOOL = f"{BASE}{CLASS[0]}/"
ROOM = f"{SCHOOL}{CLASS[2]}/"


def sign_in(client: Client, role: str) -> Client:
    user = User.objects.create(
        username=role,
        full_name=OFFICER.name,
        personal_id=OFFICER.personal_id,
        unit_code="79",
        roles=[role],
        house="city",
    )
    client.force_login(user)
    return client


@pytest.fixture
def officer(client: Client) -> Client:
    return sign_in(client, "SO_DUYET")


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_from_the_first_page_to_the_signed_list(
    submit: Submit, documents: list[bytes], officer: Client
) -> None:
    submit(*documents)
    assert "/so/chot/" in text(officer, "/so/")
    assert officer.get("/so/chot/")["Location"] == BASE
    page = text(officer, BASE)
    assert "0/1" in page
    assert "Nguyễn Thị Mẫu" not in page, "no pupil's name at this level"
    assert "Nguyễn Thị Mẫu" not in text(officer, SCHOOL)
    assert "Nguyễn Thị Mẫu" not in text(officer, ROOM)
    sent = {"class": "4A1", "one": "1"}
    page = officer.post(f"{SCHOOL}chot/", sent, follow=True).content.decode()
    assert "Đã chốt lớp" in page
    assert "Kho khớp với bản kê đã ký: 3 học bạ" in page
    row = ClassClosing.objects.get()
    answer = officer.get(f"/so/chot/ban-ke/{row.pk}/")
    assert answer.content == bytes(row.signed_list)
    assert officer.get("/so/chot/ban-ke/987654/").status_code == 404
    page = officer.post(f"{SCHOOL}chot/", sent, follow=True).content.decode()
    assert "Lớp này đã chốt" in page


def test_several_classes_and_what_is_due(
    submit: Submit, documents: list[bytes], officer: Client
) -> None:
    submit(*documents)
    ClosingCalendar.objects.create(
        school_year=YEAR,
        main_on=dt.date(2026, 1, 1),
        reassessed_on=timezone.now().date() + dt.timedelta(days=30),
        automatic=False,
        late_first=True,
        set_by=1,
        set_by_name="x",
        set_at=timezone.now(),
    )
    assert "1 lớp đến hạn chốt" in text(officer, BASE)
    page = officer.post(f"{SCHOOL}chot/", {}, follow=True).content.decode()
    assert "Chưa chọn lớp nào" in page
    page = officer.post(f"{BASE}den-han/", follow=True).content.decode()
    assert "Đang chốt 1 lớp đến hạn" in page
    page = officer.post(f"{SCHOOL}chot/", {"class": ["4A1"]}, follow=True).content.decode()
    assert "Đã chốt 1 lớp" in page
    page = officer.post(f"{BASE}den-han/", follow=True).content.decode()
    assert "Không có lớp nào đến hạn chốt" in page
    page = officer.post(f"{SCHOOL}chot/", {"class": ["4A1"]}, follow=True).content.decode()
    assert "Lớp này đã chốt" in page


def test_why_a_class_waits_stands_beside_it(
    submit: Submit, documents: list[bytes], officer: Client, cast: Cast
) -> None:
    submit(*documents)
    ask([item_of(documents[0])], cast.seal)
    submit(cast.sign(replacing(5, personal_id="1")))
    page = text(officer, ROOM)
    assert "1 yêu cầu thu hồi, chỉnh lý chờ quyết định" in page
    assert "Quyết định trước" in page


def test_reopening_by_the_form(submit: Submit, documents: list[bytes], officer: Client) -> None:
    submit(*documents)
    officer.post(f"{SCHOOL}chot/", {"class": "4A1", "one": "1"})
    today = timezone.localdate()
    fields = {
        "number": "12/QĐ",
        "date": f"{today:%d/%m/%Y}",
        "until": "tháng sau",
        "reason": "Nộp sót",
    }
    answer = officer.post(f"{ROOM}mo-lai/", {**fields, "file": SimpleUploadedFile("a.pdf", scan())})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "“tháng sau” không phải ngày" in page
    assert 'value="Nộp sót"' in page, "what was typed stays"
    fields["until"] = f"{today + dt.timedelta(days=10):%d/%m/%Y}"
    file = SimpleUploadedFile("a.pdf", scan())
    answer = officer.post(f"{ROOM}mo-lai/", {**fields, "file": file}, follow=True)
    page = answer.content.decode()
    assert "Đã mở lại lớp theo quyết định" in page
    assert "Mở lại đến" in page
    row = ClassClosing.objects.get()
    answer = officer.get(f"/so/chot/quyet-dinh/{row.pk}/")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment")


def test_the_page_of_the_dates(officer: Client) -> None:
    assert "30/06/2026" in text(officer, f"{BASE}ngay/")
    fields = {"main_on": "05/07/2026", "reassessed_on": "01/07/2026", "late_first": "on"}
    answer = officer.post(f"{BASE}ngay/", fields)
    assert answer.status_code == 200
    assert "phải sau ngày chốt lần một" in answer.content.decode()
    fields["reassessed_on"] = "20/08/2026"
    page = officer.post(f"{BASE}ngay/", fields, follow=True).content.decode()
    assert "Đã lưu ngày chốt" in page
    assert ClosingCalendar.objects.get().main_on == dt.date(2026, 7, 5)
    assert officer.get("/so/chot/khong-phai-nam/").status_code == 404


def test_who_reads_and_who_does_not(submit: Submit, documents: list[bytes], client: Client) -> None:
    submit(*documents)
    inspector = sign_in(client, "KIEM_TRA")
    for address in (BASE, SCHOOL, ROOM, f"{BASE}ngay/"):
        assert 'class="button button--primary"' not in text(inspector, address)
    for address in (f"{SCHOOL}chot/", f"{BASE}den-han/", f"{ROOM}mo-lai/", f"{BASE}ngay/"):
        fields = {"class": "4A1", "one": "1", "main_on": "05/07/2026", "date": "01/01/2026"}
        fields |= {"reassessed_on": "20/08/2026", "until": "01/01/2026"}
        assert inspector.post(address, fields).status_code == 403
    assert not ClassClosing.objects.exists()
    User.objects.all().delete()
    administrator = sign_in(client, "SO_QT")
    for address in (BASE, SCHOOL, ROOM, f"{BASE}ngay/"):
        assert administrator.get(address).status_code == 403
