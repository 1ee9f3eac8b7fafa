from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from hocba.errors import Refused
from hocba_server.school.notices.models import Notice, NoticePreference
from hocba_server.school.notices.selectors import notices_of, unread_count
from hocba_server.school.notices.services import mark_all_read, mark_read, set_preference
from hocba_server.school.notices.tests.conftest import SignIn
from hocba_server.school.notices.tests.test_notify import tell
from hocba_server.school.tests.cast import AT, HOMEROOM_ID, MUSIC_ID, Cast
from hocba_server.web.audit.models import AuditEntry

PAGE = "/truong/thong-bao/"
LATER = AT + dt.timedelta(hours=1)


def test_reading_once_and_twice(cast: Cast) -> None:
    (pk,) = tell(cast, HOMEROOM_ID)
    mark_read(by=cast.homeroom, at=AT, notice_id=pk)
    mark_read(by=cast.homeroom, at=LATER, notice_id=pk)
    assert Notice.objects.get().read_at == AT
    assert AuditEntry.objects.using("school").filter(action="read_notices").count() == 1


def test_notices_of_others_do_not_exist(cast: Cast) -> None:
    (pk,) = tell(cast, HOMEROOM_ID)
    for by in (cast.music, cast.principal, cast.stranger):
        with pytest.raises(Refused) as refusal:
            mark_read(by=by, at=AT, notice_id=pk)
        assert refusal.value.code == "not_found"


def test_all_read_means_what_was_there(cast: Cast) -> None:
    tell(cast, HOMEROOM_ID, MUSIC_ID)
    tell(cast, HOMEROOM_ID)
    tell(cast, HOMEROOM_ID, at=LATER)
    assert mark_all_read(by=cast.homeroom, at=AT) == 2
    assert (unread_count(cast.homeroom), unread_count(cast.music)) == (1, 1)
    assert mark_all_read(by=cast.homeroom, at=AT) == 0
    [entry] = AuditEntry.objects.using("school").filter(action="read_notices")
    assert len(entry.detail["notices"]) == 2


def test_unread_come_first_then_the_newest(cast: Cast) -> None:
    old, read = tell(cast, HOMEROOM_ID) + tell(cast, HOMEROOM_ID, at=LATER)
    (new,) = tell(cast, HOMEROOM_ID, at=LATER)
    mark_read(by=cast.homeroom, at=LATER, notice_id=read)
    assert [row.pk for row in notices_of(cast.homeroom)] == [new, old, read]


def test_a_choice_is_kept_and_can_change(cast: Cast) -> None:
    kinds = ["returned", "reminder"]
    set_preference(by=cast.homeroom, at=AT, email=" a@b.test ", kinds=kinds, rhythm="daily")
    kept = NoticePreference.objects.get()
    assert (kept.email, kept.kinds) == ("a@b.test", ["reminder", "returned"])
    set_preference(by=cast.homeroom, at=LATER, email="", kinds=[], rhythm="at_once")
    kept = NoticePreference.objects.get()
    assert (kept.email, kept.kinds, kept.rhythm, kept.changed_at) == ("", [], "at_once", LATER)
    rows = AuditEntry.objects.using("school").filter(action="set_notice_preference")
    assert rows.count() == 2
    assert not any("a@b.test" in str(row.detail) for row in rows)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"email": "khong-phai"}, "email"),
        ({"email": "a@b.test\r\nBcc: c@d.test"}, "email"),
        ({"email": ""}, "email_missing"),
        ({"kinds": ["khác"]}, "choice"),
        ({"rhythm": "no"}, "choice"),
        ({"rhythm": ""}, "choice"),
    ],
)
def test_a_wrong_choice_is_refused(cast: Cast, changes: dict[str, Any], code: str) -> None:
    good: dict[str, Any] = {"email": "a@b.test", "kinds": ["turn"], "rhythm": "daily"}
    with pytest.raises(Refused) as refusal:
        set_preference(by=cast.homeroom, at=AT, **{**good, **changes})
    assert refusal.value.code == code
    assert not NoticePreference.objects.exists()


def test_the_bell_counts_with_one_query(
    cast: Cast, sign_in: SignIn, django_assert_num_queries: Callable[..., Any]
) -> None:
    client = sign_in(cast.homeroom)
    assert "chưa đọc</span>" not in client.get(PAGE).content.decode()
    tell(cast, HOMEROOM_ID)
    tell(cast, HOMEROOM_ID)
    with django_assert_num_queries(1, using="school"):
        page = client.get("/xac-thuc").content.decode()
    assert 'href="/truong/thong-bao/"' in page
    assert "2<span" in page


def test_nobody_else_has_a_bell(client: Any) -> None:
    assert "/truong/thong-bao/" not in client.get("/xac-thuc").content.decode()


def test_the_list_leads_to_the_page_and_marks_read(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.homeroom)
    assert "Chưa có thông báo nào" in client.get(PAGE).content.decode()
    first, second = tell(cast, HOMEROOM_ID) + tell(cast, HOMEROOM_ID, url="/truong/")
    page = client.get(PAGE).content.decode()
    assert "2 thông báo chưa đọc" in page
    assert "Học bạ lớp 1A1 bị trả lại" in page
    assert client.get(f"{PAGE}{second}/").headers["Location"] == "/truong/"
    assert unread_count(cast.homeroom) == 1
    assert client.get(f"{PAGE}{first}/da-doc/").status_code == 405
    assert client.post(f"{PAGE}{first}/da-doc/").status_code == 302
    assert unread_count(cast.homeroom) == 0
    tell(cast, HOMEROOM_ID)
    done = client.post(f"{PAGE}da-doc-het/", follow=True).content.decode()
    assert "Đã đánh dấu đọc 1 thông báo." in done
    assert sign_in(cast.music).get(f"{PAGE}{first}/").status_code == 404


def test_many_notices_come_in_pages(cast: Cast, sign_in: SignIn) -> None:
    for _ in range(31):
        tell(cast, HOMEROOM_ID)
    client = sign_in(cast.homeroom)
    assert "Trang 1/2" in client.get(PAGE).content.decode()
    assert "Trang 2/2" in client.get(f"{PAGE}?trang=2").content.decode()


def test_the_choice_on_its_page(cast: Cast, sign_in: SignIn, settings: Any) -> None:
    client = sign_in(cast.homeroom)
    address = f"{PAGE}cai-dat/"
    assert "chưa bật gửi thư" not in client.get(address).content.decode()
    typed = {"email": "sai", "kinds": ["turn"], "rhythm": "daily"}
    wrong = client.post(address, typed).content.decode()
    assert "không phải địa chỉ thư" in wrong
    assert 'value="sai"' in wrong
    assert 'value="turn" checked' in wrong
    right = client.post(address, {**typed, "email": "a@b.test"}, follow=True).content.decode()
    assert "Đã lưu cách nhận thông báo." in right
    assert 'value="daily" checked' in right
    NoticePreference.objects.update(refused_at=AT)
    settings.MAIL_ENABLED = False
    page = client.get(address).content.decode()
    assert "bị từ chối lúc 08:00 20/05/2026" in page
    assert "chưa bật gửi thư" in page
