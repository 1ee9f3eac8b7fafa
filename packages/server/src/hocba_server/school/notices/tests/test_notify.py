from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hocba.errors import Sentence
from hocba_server.school.database import school_transaction
from hocba_server.school.notices.models import Notice, NoticeKind
from hocba_server.school.notices.selectors import notices_of, unread_count
from hocba_server.school.notices.services import notify, set_preference
from hocba_server.school.registry.models import School
from hocba_server.school.tests.cast import AT, HEAD_ID, HOMEROOM_ID, MUSIC_ID, Cast, actor
from hocba_server.web.audit.models import AuditEntry

Defer = Callable[[], list[dict[str, Any]]]


def tell(cast: Cast, *recipients: str, **changes: Any) -> list[int]:
    values: dict[str, Any] = {
        "by": cast.principal,
        "at": AT,
        "school": School.objects.get(pk=cast.school_id),
        "recipients": recipients,
        "kind": NoticeKind.RETURNED,
        "title": Sentence("Học bạ lớp 1A1 bị trả lại", "Records of class 1A1 were returned"),
        "text": Sentence("Sửa nhận xét môn Toán.", "Correct the comment in mathematics."),
        "url": f"/truong/lop/{cast.classroom_id}/kiem-tra/",
        "class_name": "1A1",
    }
    with school_transaction():
        return notify(**{**values, **changes})


def test_each_person_gets_one_notice_and_it_is_audited(cast: Cast, jobs: Defer) -> None:
    ids = tell(cast, HOMEROOM_ID, MUSIC_ID, HOMEROOM_ID, HEAD_ID)
    rows = Notice.objects.order_by("pk")
    assert [row.recipient for row in rows] == [HOMEROOM_ID, MUSIC_ID]
    assert (unread_count(cast.homeroom), unread_count(cast.music)) == (1, 1)
    assert unread_count(cast.principal) == 0
    assert {row.by_mail for row in rows} == {"no"}
    assert jobs() == []
    entry = AuditEntry.objects.using("school").get(action="notify")
    assert entry.detail == {"kind": "returned", "notices": ids}


def test_nobody_to_tell_is_no_event(cast: Cast) -> None:
    assert tell(cast) == tell(cast, HEAD_ID) == []
    assert not AuditEntry.objects.using("school").filter(action="notify").exists()


def test_the_same_number_at_another_school_sees_nothing(cast: Cast) -> None:
    tell(cast, HOMEROOM_ID)
    elsewhere = actor("GVCN", personal_id=HOMEROOM_ID, unit=str(cast.stranger.unit_code))
    assert notices_of(elsewhere).count() == 0


def test_mail_jobs_go_with_the_transaction(cast: Cast, jobs: Defer) -> None:
    for by, rhythm in ((cast.homeroom, "at_once"), (cast.music, "daily")):
        set_preference(by=by, at=AT, email="mau@truong.test", kinds=["returned"], rhythm=rhythm)
    with pytest.raises(ZeroDivisionError), school_transaction():
        tell(cast, HOMEROOM_ID)
        assert len(jobs()) == 1
        _ = 1 / 0
    assert jobs() == []
    ids = tell(cast, HOMEROOM_ID, MUSIC_ID)
    assert jobs() == [{"notice_id": ids[0]}]
    assert [row.by_mail for row in Notice.objects.order_by("pk")] == ["at_once", "daily"]
    tell(cast, HOMEROOM_ID, kind=NoticeKind.TURN)
    assert len(jobs()) == 1


def test_without_mail_everything_stays_on_the_page(cast: Cast, jobs: Defer, settings: Any) -> None:
    set_preference(by=cast.homeroom, at=AT, email="a@b.test", kinds=["returned"], rhythm="at_once")
    settings.MAIL_ENABLED = False
    tell(cast, HOMEROOM_ID)
    assert jobs() == []
    assert Notice.objects.get().by_mail == "no"


@pytest.mark.parametrize("url", ["https://example.org/", "//example.org", "/so/", "truong/"])
def test_a_notice_leads_to_our_own_pages(cast: Cast, url: str) -> None:
    with pytest.raises(ValueError, match="not a page of the school"):
        tell(cast, HOMEROOM_ID, url=url)


@pytest.mark.django_db(databases=["default", "school"], transaction=True)
def test_outside_a_transaction_it_is_a_programmers_mistake(cast: Cast) -> None:
    with pytest.raises(RuntimeError, match="inside the transaction"):
        notify(
            by=cast.principal,
            at=AT,
            school=School.objects.get(pk=cast.school_id),
            recipients=[HOMEROOM_ID],
            kind=NoticeKind.TURN,
            title=Sentence("Đến lượt", "Your turn"),
            url="/truong/",
        )
