"""Actions: the head opens and closes entry; a teacher asks to change results afterwards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from hocba.assessment.periods import Period
from hocba.errors import Refused
from hocba_server.school.assessments.entering import CellChange, save_cells
from hocba_server.school.assessments.grid import current_period
from hocba_server.school.assessments.models import ChangePermission, EntryWindow, ValueChange
from hocba_server.school.assessments.sheets import Sheet
from hocba_server.school.assessments.window_services import (
    ask_permission,
    decide_permission,
    end_permission,
    set_window,
)
from hocba_server.school.assessments.windows import is_open, windows_of
from hocba_server.school.registry.models import Classroom, School
from hocba_server.school.tests.cast import AT, YEAR, Cast
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.models import AuditEntry

MATHS = Sheet.of_subject("01")
TODAY = dt.date(2026, 5, 20)


def window(
    by: Actor, opens: int, closes: int, period: Period = Period.YEAR_END, *, early: bool = False
) -> None:
    set_window(
        by=by,
        at=AT,
        school_year=YEAR,
        period=period,
        opens_on=TODAY + dt.timedelta(days=opens),
        closes_on=TODAY + dt.timedelta(days=closes),
        closed_early=early,
    )


def type_level(cast: Cast, level: str = "T", at: dt.datetime = AT) -> None:
    save_cells(
        by=cast.homeroom,
        at=at,
        classroom_id=cast.classroom_id,
        sheet=MATHS,
        period=Period.YEAR_END,
        changes=[CellChange(cast.enrolments[0], "level", level)],
    )


def ask(cast: Cast, by: Actor | None = None, reason: str = "chấm nhầm bài") -> int:
    return ask_permission(
        by=by or cast.homeroom,
        at=AT,
        classroom_id=cast.classroom_id,
        sheet=MATHS,
        period=Period.YEAR_END,
        reason=reason,
    )


def test_only_the_principal_sets_a_window(cast: Cast) -> None:
    for by in (cast.homeroom, cast.registrar, cast.clerk, cast.administrator):
        with pytest.raises(Refused) as refusal:
            window(by, -5, 5)
        assert refusal.value.code == "role"
    window(cast.principal, -5, 5)
    window(cast.principal, -5, 7)
    assert EntryWindow.objects.get().closes_on == TODAY + dt.timedelta(days=7)
    assert AuditEntry.objects.using("school").filter(action="set_window").count() == 2
    with pytest.raises(Refused) as refusal:
        window(cast.principal, 5, 1)
    assert refusal.value.code == "window_days"


def test_a_wrong_day_is_named_and_stays_to_be_corrected(
    cast: Cast, sign_in: Callable[[Actor], Client]
) -> None:
    client = sign_in(cast.principal)
    sent = {"opens_on": "31/02/2026", "closes_on": "30/04/2026", "do": "save"}
    page = client.post(f"/truong/thoi-han-nhap/{YEAR}/CN/", sent, follow=True).content.decode()
    assert "“31/02/2026” không phải ngày" in page
    assert page.count('value="31/02/2026"') == page.count('value="30/04/2026"') == 1
    assert not EntryWindow.objects.exists()
    sent["opens_on"] = "01/04/2026"
    client.post(f"/truong/thoi-han-nhap/{YEAR}/CN/", sent)
    assert EntryWindow.objects.get().opens_on == dt.date(2026, 4, 1)


@pytest.mark.parametrize(
    ("opens", "closes", "early", "expected"),
    [(0, 0, False, True), (1, 2, False, False), (-2, -1, False, False), (-1, 1, True, False)],
)
def test_a_window_is_open_from_its_first_to_its_last_day(
    cast: Cast, opens: int, closes: int, early: bool, expected: bool
) -> None:
    window(cast.principal, opens, closes, early=early)
    assert is_open(EntryWindow.objects.get(), TODAY) is expected
    lines = windows_of(School.objects.get(pk=cast.school_id), YEAR, AT)
    assert {line.period: line.open for line in lines}[Period.YEAR_END] is expected
    assert {line.period: line.open for line in lines}[Period.MID_TERM_1] is True


@pytest.mark.parametrize(
    ("day", "period"),
    [
        (dt.date(2025, 9, 5), Period.MID_TERM_1),
        (dt.date(2025, 11, 30), Period.MID_TERM_1),
        (dt.date(2025, 12, 1), Period.END_TERM_1),
        (dt.date(2026, 1, 31), Period.END_TERM_1),
        (dt.date(2026, 3, 31), Period.MID_TERM_2),
        (dt.date(2026, 4, 1), Period.YEAR_END),
        (dt.date(2026, 11, 1), Period.YEAR_END),
    ],
)
def test_without_windows_the_season_tells_the_period(
    cast: Cast, day: dt.date, period: Period
) -> None:
    at = dt.datetime.combine(day, dt.time(5), dt.UTC)
    room = Classroom.objects.get(pk=cast.classroom_id)
    assert current_period(room, at) is period


def test_an_open_window_goes_before_the_season(cast: Cast) -> None:
    room = Classroom.objects.get(pk=cast.classroom_id)
    window(cast.principal, -9, 9, Period.MID_TERM_2)
    assert current_period(room, AT) is Period.MID_TERM_2
    window(cast.principal, -1, 20)
    assert current_period(room, AT) is Period.YEAR_END


def test_outside_the_window_nothing_is_taken(cast: Cast) -> None:
    window(cast.principal, -9, -1)
    with pytest.raises(Refused) as refusal:
        type_level(cast)
    assert refusal.value.code == "window_closed"
    window(cast.principal, 3, 9)
    with pytest.raises(Refused) as refusal:
        type_level(cast)
    assert refusal.value.code == "window_not_open"
    assert not ValueChange.objects.exists()


def test_with_permission_the_change_carries_its_reason_until_it_ends(cast: Cast) -> None:
    window(cast.principal, -9, -1)
    permission = ask(cast)
    with pytest.raises(Refused) as refusal:
        type_level(cast)
    assert refusal.value.code == "window_closed"
    decide_permission(by=cast.principal, at=AT, permission_id=permission, granted=True, days=2)
    type_level(cast)
    change = ValueChange.objects.get()
    assert (change.reason, change.permission_id) == ("chấm nhầm bài", permission)
    with pytest.raises(Refused):
        type_level(cast, "H", AT + dt.timedelta(days=2, seconds=1))
    end_permission(by=cast.principal, at=AT, permission_id=permission)
    with pytest.raises(Refused):
        type_level(cast, "H")


def test_asking_needs_the_own_sheet_a_reason_and_a_closed_window(cast: Cast) -> None:
    with pytest.raises(Refused) as refusal:
        ask(cast)
    assert refusal.value.code == "window_open"
    window(cast.principal, -9, -1)
    for by, reason, code in (
        (cast.homeroom, "  ", "reason_missing"),
        (cast.music, "sai", "role"),
        (cast.administrator, "sai", "role"),
        (cast.stranger, "sai", "not_found"),
    ):
        with pytest.raises(Refused) as refusal:
            ask(cast, by, reason)
        assert refusal.value.code == code
    ask(cast)
    with pytest.raises(Refused) as refusal:
        ask(cast)
    assert refusal.value.code == "asked_already"


def test_only_the_head_answers_and_only_once(cast: Cast) -> None:
    window(cast.principal, -9, -1)
    permission = ask(cast)

    def answer(by: Actor, granted: bool = True, text: str = "", days: int = 3) -> None:
        decide_permission(
            by=by, at=AT, permission_id=permission, granted=granted, answer=text, days=days
        )

    for by, code in (
        (cast.homeroom, "role"),
        (cast.administrator, "role"),
        (cast.stranger, "not_found"),
    ):
        with pytest.raises(Refused) as refusal:
            answer(by)
        assert refusal.value.code == code
    for granted, days, code in ((True, 0, "permission_days"), (False, 3, "reason_missing")):
        with pytest.raises(Refused) as refusal:
            answer(cast.principal, granted, days=days)
        assert refusal.value.code == code
    answer(cast.principal, False, "đã chốt sổ")
    with pytest.raises(Refused) as refusal:
        answer(cast.principal)
    assert refusal.value.code == "decided_already"
    assert ChangePermission.objects.get().answer == "đã chốt sổ"
    assert AuditEntry.objects.using("school").filter(action="decide_permission").count() == 1
