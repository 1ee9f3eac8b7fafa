"""The pages of reporting, as an officer, an inspector and the administrator meet them."""

from __future__ import annotations

import pytest
from django.test import Client

from hocba.packet.codes import ResponseCode
from hocba.record.sample import SCHOOL_CODE, sample_record
from hocba_server.city.closing.tests.test_closing_pages import sign_in, text
from hocba_server.city.conftest import Submit
from hocba_server.city.tests.cast import SENT, FixedClock
from hocba_server.city.upstream.advice import advice_of
from hocba_server.city.upstream.models import Handover, Message, Reconciliation, State
from hocba_server.city.upstream.reconciliation import reconcile
from hocba_server.city.upstream.tests.fake_store import FakeStore
from hocba_server.city.upstream.tests.reporting import run

OLD = str(sample_record(4).record_uuid)
PAGES = ("/so/bo/", "/so/bo/muc/", "/so/bo/bang/", "/so/bo/doi-chieu/")
ACTIONS = (
    "/so/bo/dang-ky/",
    "/so/bo/gui-ngay/",
    "/so/bo/gui-lai/",
    "/so/bo/bang/tep/",
    "/so/bo/doi-chieu/moi/",
    "/so/bo/doi-chieu/1/gui/",
)


@pytest.fixture
def refused(connected: FakeStore, submit: Submit, documents: list[bytes]) -> FakeStore:
    """Of three records the store refused one."""
    connected.refused[OLD] = ResponseCode.LEADER_SIGNATURE
    submit(*documents)
    run(connected)
    return connected


def test_before_anything_is_connected(client: Client) -> None:
    officer = sign_in(client, "SO_DUYET")
    assert "/so/bo/" in text(officer, "/so/")
    assert "chưa được nối" in text(officer, "/so/bo/")
    for page in PAGES:
        text(officer, page)


def test_from_the_refusal_to_the_resend(refused: FakeStore, client: Client) -> None:
    officer = sign_in(client, "SO_DUYET")
    assert "2 mục cần xử lý" in text(officer, "/so/") or "1 mục cần xử lý" in text(officer, "/so/")
    page = text(officer, "/so/bo/")
    assert "2/3" in page
    page = text(officer, "/so/bo/muc/?trang_thai=refused")
    assert ResponseCode.LEADER_SIGNATURE.sentence.vi.replace("'", "&#x27;") in page
    assert "Nguyễn Thị Mẫu" in page
    assert "Kiểm tra lại học bạ này" in page, "what to do"
    row = Handover.objects.get(state=State.REFUSED)
    assert "2203" in text(officer, f"/so/bo/goi/{row.message_id}/")
    answer = officer.post("/so/bo/gui-lai/", {"muc": [row.pk], "query": "nam_hoc=2025-2026"})
    assert answer["Location"] == "/so/bo/muc/?nam_hoc=2025-2026"
    row.refresh_from_db()
    assert row.state == State.WAITING
    assert officer.get("/so/bo/muc/?nam_hoc=x&loai=y&trang_thai=z&trang=9").status_code == 200


def test_send_now_compare_and_export(refused: FakeStore, client: Client) -> None:
    officer = sign_in(client, "SO_DUYET")
    assert officer.post("/so/bo/gui-ngay/")["Location"] == "/so/bo/"
    answer = officer.post("/so/bo/doi-chieu/moi/", {"nam_hoc": "2025-2026"})
    row = Reconciliation.objects.get()
    assert answer["Location"] == f"/so/bo/doi-chieu/{row.pk}/"
    assert "Đang đối chiếu" in text(officer, answer["Location"])
    reconcile(row.pk, clock=FixedClock(SENT), client=refused)
    page = text(officer, answer["Location"])
    assert OLD in page
    assert "Gửi học bạ" in page
    made = officer.get(f"/so/bo/doi-chieu/{row.pk}/tep/")
    assert made["Content-Disposition"].startswith("attachment")
    one = row.differences.get()
    officer.post(f"/so/bo/doi-chieu/{row.pk}/gui/", {"muc": [one.pk]})
    page = text(officer, answer["Location"])
    assert "đã gửi" in page
    assert "Gửi học bạ</button>" not in page, "nothing is left to choose"
    data = {"nam_hoc": "2025-2026", "truong": SCHOOL_CODE, "dang": "xlsx", "ly_do": "Nộp Bộ"}
    assert officer.post("/so/bo/bang/tep/", data).status_code == 200
    answer = officer.post("/so/bo/bang/tep/", {**data, "ly_do": ""}, follow=True)
    assert "Cần ghi lý do" in answer.content.decode()


def test_an_inspector_looks_and_changes_nothing(refused: FakeStore, client: Client) -> None:
    inspector = sign_in(client, "KIEM_TRA")
    for page in PAGES:
        assert (
            '<form method="post"' not in text(inspector, page).split("<main")[1].split("</main>")[0]
        )
    before = list(Message.objects.values_list("pk", flat=True))
    for action in ACTIONS:
        assert inspector.post(action, {"nam_hoc": "2025-2026"}).status_code == 403, action
    assert list(Message.objects.values_list("pk", flat=True)) == before


def test_the_administrator_sees_no_record(refused: FakeStore, client: Client) -> None:
    administrator = sign_in(client, "SO_QT")
    for page in PAGES:
        assert administrator.get(page).status_code == 403, page
    for action in ACTIONS:
        assert administrator.post(action).status_code == 403, action
    assert "Nguyễn Thị Mẫu" not in administrator.get("/so/").content.decode()


def test_what_is_not_there(connected: FakeStore, client: Client) -> None:
    officer = sign_in(client, "SO_DUYET")
    for page in ("/so/bo/goi/9/", "/so/bo/doi-chieu/9/", "/so/bo/doi-chieu/9/tep/", "/so/kho/"):
        assert officer.get(page).status_code == 404, page
    for action in ACTIONS:
        assert officer.get(action).status_code == 405, action


@pytest.mark.parametrize("code", [code for code in ResponseCode if code != "0"])
def test_every_code_of_ours_has_its_advice(code: ResponseCode) -> None:
    advice = advice_of(code.value)
    assert (advice is None) == (code == ResponseCode.YEAR_CLOSED)
