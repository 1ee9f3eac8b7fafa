"""Notices of work that is done are cleared away by themselves; nobody is told twice of the same."""

from __future__ import annotations

import datetime as dt

import pytest

from hocba.assessment.periods import Period
from hocba.errors import Sentence
from hocba_server.school.assessments.sheets import Sheet
from hocba_server.school.assessments.window_services import (
    ask_permission,
    decide_permission,
    set_window,
)
from hocba_server.school.conftest import Sign
from hocba_server.school.database import school_transaction
from hocba_server.school.issuing.happenings import records_moved
from hocba_server.school.issuing.models import IssueBatch
from hocba_server.school.issuing.returning import return_records
from hocba_server.school.issuing.services import create_records
from hocba_server.school.notices.models import Notice, NoticeKind
from hocba_server.school.notices.reminding import remind
from hocba_server.school.notices.selectors import notices_of, unread_count
from hocba_server.school.notices.services import mark_read, notify, settle
from hocba_server.school.registry.models import School, StaffMember
from hocba_server.school.tests.browsing import Browse
from hocba_server.school.tests.cast import AT, HEAD_ID, HOMEROOM_ID, MUSIC_ID, YEAR, Cast
from hocba_server.web.accounts.actor import Actor

LATER = AT + dt.timedelta(hours=1)


def _titles(by: Actor, *, settled: bool = False) -> list[str]:
    rows = notices_of(by).filter(settled_at__isnull=not settled).order_by("pk")
    return list(rows.values_list("title_vi", flat=True))


def test_who_has_signed_needs_no_notice_any_more(results: Cast, created: int, sign: Sign) -> None:
    waiting = "Lớp 1A1: 3 học bạ chờ Thầy/Cô ký"
    assert (_titles(results.music), _titles(results.homeroom)) == ([waiting], [])
    sign(results.music, "GVBM")
    assert (_titles(results.music), unread_count(results.music)) == ([], 0)
    assert _titles(results.music, settled=True) == [waiting]
    assert _titles(results.homeroom) == [waiting]
    sign(results.homeroom, "GVCN")
    assert _titles(results.homeroom) == []
    assert _titles(results.principal) == [waiting]


def test_nobody_is_told_twice_of_the_same_records(results: Cast, created: int) -> None:
    batch = IssueBatch.objects.get(pk=created)
    with school_transaction():
        records_moved.send(IssueBatch, by=results.registrar, at=LATER, batch=batch)
    assert len(_titles(results.music)) == 1


def test_a_read_notice_keeps_its_time_when_the_work_is_done(
    results: Cast, created: int, sign: Sign
) -> None:
    [notice] = notices_of(results.music)
    mark_read(by=results.music, at=AT - dt.timedelta(hours=2), notice_id=notice.pk)
    sign(results.music, "GVBM")
    notice.refresh_from_db()
    assert (notice.read_at, notice.settled_at) == (AT - dt.timedelta(hours=2), AT)


def test_a_reminder_stays_until_the_reminded_step_is_done(
    results: Cast, created: int, sign: Sign
) -> None:
    music = StaffMember.objects.get(personal_id=MUSIC_ID)
    room = results.classroom_id
    remind(by=results.principal, at=AT, classroom_id=room, staff_id=music.pk, step="sign_subjects")
    assert unread_count(results.music) == 2
    sign(results.music, "GVBM")
    assert unread_count(results.music) == 0


def test_a_returned_class_tells_its_teachers_why_until_it_is_created_again(
    results: Cast, created: int
) -> None:
    return_records(by=results.registrar, at=LATER, batch_id=created, reason="Sai ngày sinh.")
    told = Notice.objects.filter(kind=NoticeKind.RETURNED, settled_at__isnull=True)
    assert {HOMEROOM_ID, MUSIC_ID} == set(told.values_list("recipient", flat=True))
    assert set(told.values_list("text_vi", flat=True)) == {"Sai ngày sinh."}
    # Nothing waits for a signature while there are no records.
    assert not Notice.objects.filter(kind=NoticeKind.TURN, settled_at__isnull=True).exists()
    create_records(by=results.registrar, at=LATER, batch_id=created)
    assert not told.exists()
    assert _titles(results.music) == ["Lớp 1A1: 3 học bạ chờ Thầy/Cô ký"]


def test_an_answered_request_waits_for_no_leader_any_more(cast: Cast) -> None:
    day = AT.date()
    set_window(
        by=cast.principal,
        at=AT,
        school_year=YEAR,
        period=Period.YEAR_END,
        opens_on=day - dt.timedelta(days=9),
        closes_on=day - dt.timedelta(days=2),
    )
    asked = ask_permission(
        by=cast.music,
        at=AT,
        classroom_id=cast.classroom_id,
        sheet=Sheet.of_subject("89"),
        period=Period.YEAR_END,
        reason="Nhập nhầm.",
    )
    assert unread_count(cast.principal) == 1
    decide_permission(by=cast.principal, at=LATER, permission_id=asked, granted=True)
    assert (unread_count(cast.principal), unread_count(cast.music)) == (0, 1)


def test_only_this_matter_of_this_school_is_settled(cast: Cast) -> None:
    school = School.objects.get(pk=cast.school_id)
    with school_transaction():
        for matter in ("sign:1", "sign:10", ""):
            notify(
                by=cast.registrar,
                at=AT,
                school=school,
                recipients=[HEAD_ID],
                kind=NoticeKind.TURN,
                title=Sentence(f"Việc {matter}", f"Work {matter}"),
                url="/truong/",
                matter=matter,
            )
        other = School.objects.exclude(pk=school.pk).get()
        settle(at=AT, school=other, matter="sign:1")
        assert unread_count(cast.principal) == 3
        settle(at=AT, school=school, matter="sign:1")
    assert _titles(cast.principal) == ["Việc sign:10", "Việc "]


def test_the_page_says_that_the_work_is_done(
    results: Cast, created: int, sign: Sign, browse: Browse
) -> None:
    sign(results.music, "GVBM")
    page = browse(results.music).get("/truong/thong-bao/").content.decode()
    assert "✓ Việc đã xong" in page
    assert "Chưa đọc" not in page


@pytest.mark.django_db(databases=["default", "school"], transaction=True)
def test_settling_outside_of_the_transaction_is_a_programmers_mistake(cast: Cast) -> None:
    with pytest.raises(RuntimeError, match="inside the transaction"):
        settle(at=AT, school=School.objects.get(pk=cast.school_id), matter="sign:1")
