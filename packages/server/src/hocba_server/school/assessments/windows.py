"""Entry windows: is a sheet open for this person now, and if not, what to do (QĐ 1789 Đ13, Đ30)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from hocba.assessment.periods import REGULAR_PERIODS, Period
from hocba.errors import Sentence
from hocba.workflow.transitions import Denial
from hocba_server.school.assessments.models import (
    ChangePermission,
    EntryWindow,
    PermissionState,
)
from hocba_server.school.assessments.sheets import Sheet, columns_of
from hocba_server.school.registry.models import Classroom, School
from hocba_server.school.registry.permissions import deny_other_school, require
from hocba_server.school.registry.selectors import not_found
from hocba_server.web.accounts.actor import Actor

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def vietnam_day(at: dt.datetime) -> dt.date:
    """The calendar day in Vietnam."""
    return at.astimezone(VIETNAM).date()


@dataclass(frozen=True, slots=True)
class WindowLine:
    """One period of a year with its window and how it stands today."""

    period: Period
    window: EntryWindow | None
    open: bool

    @property
    def state(self) -> Sentence:
        """How the window stands, for a person."""
        if self.window is None:
            return Sentence("Chưa đặt thời hạn: đang mở", "No window set: open")
        if self.open:
            return Sentence("Đang mở", "Open")
        return Sentence("Đang đóng", "Closed")


def windows_of(school: School, school_year: str, at: dt.datetime) -> list[WindowLine]:
    """The windows of a year in the order of the periods, re-assessment last."""
    known = {
        row.period: row
        for row in EntryWindow.objects.filter(school=school, school_year=school_year)
    }
    day = vietnam_day(at)
    return [
        WindowLine(period, known.get(period.value), is_open(known.get(period.value), day))
        for period in (*REGULAR_PERIODS, Period.REASSESSMENT)
    ]


def is_open(window: EntryWindow | None, day: dt.date) -> bool:
    """A period without a window is open: a school may work without windows."""
    if window is None:
        return True
    return not window.closed_early and window.opens_on <= day <= window.closes_on


def window_of(room: Classroom, period: Period) -> EntryWindow | None:
    """The window of a period for a class."""
    return EntryWindow.objects.filter(
        school_id=room.school_id, school_year=room.school_year, period=period
    ).first()


def permission_in_force(
    by: Actor, room: Classroom, sheet: Sheet, period: Period, at: dt.datetime
) -> ChangePermission | None:
    """The head's permission that this person may use now."""
    return ChangePermission.objects.filter(
        classroom=room,
        sheet=sheet.slug,
        period=period,
        asked_by_personal_id=by.personal_id,
        state=PermissionState.GRANTED,
        valid_until__gt=at,
    ).first()


def open_question(
    by: Actor, room: Classroom, sheet: Sheet, period: Period
) -> ChangePermission | None:
    """The request of this person that waits for the head."""
    return ChangePermission.objects.filter(
        classroom=room,
        sheet=sheet.slug,
        period=period,
        asked_by_personal_id=by.personal_id,
        state=PermissionState.ASKED,
    ).first()


def deny_closed_window(room: Classroom, period: Period, at: dt.datetime) -> Denial | None:
    """Outside its window a period takes no values without the head's permission."""
    window = window_of(room, period)
    day = vietnam_day(at)
    if is_open(window, day) or window is None:
        return None
    if day < window.opens_on:
        return Denial(
            "window_not_open",
            Sentence(
                f"{period.label.vi}: bắt đầu nhập từ {window.opens_on:%d/%m/%Y}.",
                f"{period.label.en}: entry starts on {window.opens_on:%d/%m/%Y}.",
            ),
        )
    return Denial(
        "window_closed",
        Sentence(
            f"{period.label.vi} đã hết hạn nhập ({window.closes_on:%d/%m/%Y}). "
            "Gửi lý do xin hiệu trưởng cho phép sửa.",
            f"Entry for {period.label.en} closed on {window.closes_on:%d/%m/%Y}. "
            "Ask the principal for permission, with a reason.",
        ),
    )


@dataclass(frozen=True, slots=True)
class SheetWindows:
    """How the windows of one sheet stand for a person: per column, closed or under permission."""

    closed: Mapping[str, Denial]
    """Field -> why it takes no value now."""
    permissions: Mapping[str, ChangePermission]
    """Field -> the head's permission under which it is open."""


def sheet_windows(
    by: Actor, room: Classroom, sheet: Sheet, period: Period, at: dt.datetime
) -> SheetWindows:
    """Which columns of a sheet are closed now, the head's permissions taken into account.

    A running total (`Column.all_year`) does not wait for the window of the year's end to open; it
    closes with it.
    """
    closed: dict[str, Denial] = {}
    permissions: dict[str, ChangePermission] = {}
    columns = columns_of(sheet, room.grade, period)
    for kept, all_year in {(column.kept_in(period), column.all_year) for column in columns}:
        denial = deny_closed_window(room, kept, at)
        if denial is None or (all_year and denial.code == "window_not_open"):
            continue
        granted = permission_in_force(by, room, sheet, kept, at)
        for column in columns:
            if (column.kept_in(period), column.all_year) != (kept, all_year):
                continue
            if granted is None:
                closed[column.field] = denial
            else:
                permissions[column.field] = granted
    return SheetWindows(closed, permissions)


def permissions_of(school: School, school_year: str) -> list[ChangePermission]:
    """Requests of a year, those that wait for the head first."""
    rows = ChangePermission.objects.filter(
        classroom__school=school, classroom__school_year=school_year
    ).select_related("classroom")
    return sorted(rows, key=lambda row: (row.state != PermissionState.ASKED, -row.pk))


def permission_by_id(by: Actor, permission_id: int, *, lock: bool = False) -> ChangePermission:
    """A request of this person's school."""
    rows = ChangePermission.objects.select_related("classroom__school")
    if lock:
        rows = rows.select_for_update(of=("self",))
    found = rows.filter(pk=permission_id).first()
    if found is None:
        raise not_found()
    require(deny_other_school(by, found.classroom.school.code))
    return found
