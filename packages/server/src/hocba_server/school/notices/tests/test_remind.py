from __future__ import annotations

import datetime as dt

import pytest

from hocba.errors import Refused
from hocba_server.school.notices.models import Notice, Reminder, RemindStep
from hocba_server.school.notices.reminding import remind
from hocba_server.school.registry.models import StaffMember
from hocba_server.school.tests.browsing import Browse
from hocba_server.school.tests.cast import AT, HOMEROOM_ID, MUSIC_ID, Cast, actor
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.models import AuditEntry


def _staff(personal_id: str) -> int:
    return StaffMember.objects.get(personal_id=personal_id).pk


def _remind(cast: Cast, by: Actor, at: dt.datetime = AT, **changes: object) -> list[int]:
    values: dict[str, object] = {
        "classroom_id": cast.classroom_id,
        "staff_id": _staff(MUSIC_ID),
        "step": "results",
    }
    return remind(by=by, at=at, **{**values, **changes})  # type: ignore[arg-type]


def test_the_homeroom_teacher_and_leaders_remind(cast: Cast) -> None:
    _remind(cast, cast.homeroom)
    notice = Notice.objects.get()
    assert (notice.recipient, notice.kind, notice.class_name) == (MUSIC_ID, "reminder", "1A1")
    assert notice.title_vi == "Lớp 1A1: nhờ Thầy/Cô nhập kết quả và nhận xét"
    assert notice.url == f"/truong/lop/{cast.classroom_id}/kiem-tra/"
    _remind(cast, cast.principal, staff_id=_staff(HOMEROOM_ID), step="sign_homeroom")
    assert Notice.objects.order_by("-pk")[0].url == f"/truong/lop/{cast.classroom_id}/phat-hanh/"
    rows = AuditEntry.objects.using("school").filter(action="remind")
    assert [row.detail["step"] for row in rows.order_by("pk")] == ["results", "sign_homeroom"]


@pytest.mark.parametrize("step", RemindStep.values)
def test_every_step_has_its_words_and_page(cast: Cast, step: str) -> None:
    _remind(cast, cast.principal, step=step)
    notice = Notice.objects.get()
    assert notice.title_en.startswith("Class 1A1: please ")
    assert notice.url.startswith("/truong/lop/")


def test_once_per_person_class_step_and_day(cast: Cast) -> None:
    _remind(cast, cast.homeroom)
    for by in (cast.homeroom, cast.principal):
        with pytest.raises(Refused) as refusal:
            _remind(cast, by)
        assert refusal.value.code == "reminded_already"
        assert "Võ Văn Nhạc" in refusal.value.sentence.vi
    _remind(cast, cast.homeroom, step="sign_subjects")
    _remind(cast, cast.homeroom, at=AT + dt.timedelta(days=1))
    assert (Notice.objects.count(), Reminder.objects.count()) == (3, 3)


def test_a_day_is_a_day_in_viet_nam(cast: Cast) -> None:
    evening = dt.datetime(2026, 5, 20, 16, 30, tzinfo=dt.UTC)  # 23:30
    _remind(cast, cast.homeroom, at=evening)
    _remind(cast, cast.homeroom, at=evening + dt.timedelta(hours=1))
    days = Reminder.objects.order_by("day").values_list("day", flat=True)
    assert list(days) == [dt.date(2026, 5, 20), dt.date(2026, 5, 21)]


def test_others_may_not_remind(cast: Cast) -> None:
    other_class = actor("GVCN", personal_id=MUSIC_ID)
    for by in (cast.music, cast.clerk, cast.administrator, other_class):
        with pytest.raises(Refused) as refusal:
            _remind(cast, by, staff_id=_staff(HOMEROOM_ID))
        assert refusal.value.code == "role"
    with pytest.raises(Refused) as refusal:
        _remind(cast, cast.stranger)
    assert refusal.value.code == "not_found"
    with pytest.raises(Refused) as refusal:
        _remind(cast, cast.homeroom, staff_id=_staff(HOMEROOM_ID))
    assert refusal.value.code == "remind_self"
    for changes in ({"staff_id": 0}, {"step": "khác"}, {"classroom_id": 0}):
        with pytest.raises(Refused) as refusal:
            _remind(cast, cast.principal, **changes)
        assert refusal.value.code == "not_found"
    assert not Notice.objects.exists()


def test_the_form_of_another_page_comes_back_to_it(cast: Cast, browse: Browse) -> None:
    client = browse(cast.homeroom)
    address = f"/truong/lop/{cast.classroom_id}/nhac-viec/"
    typed = {"staff": _staff(MUSIC_ID), "step": "results", "next": "/truong/thong-bao/"}
    sent = client.post(address, typed, follow=True)
    assert "Đã gửi lời nhắc." in sent.content.decode()
    assert sent.redirect_chain == [("/truong/thong-bao/", 302)]
    again = client.post(address, typed, follow=True)
    assert "đã được nhắc việc này" in again.content.decode()
    away = client.post(address, {**typed, "staff": "x", "next": "https://example.org/"})
    assert away.status_code == 404
    home = client.post(address, {**typed, "step": "submit", "next": "//example.org"})
    assert home.headers["Location"] == f"/truong/lop/{cast.classroom_id}/"
