"""The dates of a school year: what the department set, else the defaults of the deployment."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings

from hocba.ids import SchoolYear
from hocba.record.values import VIETNAM
from hocba_server.city.closing.models import ClosingCalendar, Round


@dataclass(frozen=True, slots=True)
class Dates:
    """When a school year is closed (QĐ 1789/QĐ-SGDĐT Đ21.1-2), from the start of each day."""

    school_year: str
    main_on: dt.date
    reassessed_on: dt.date
    automatic: bool
    late_first: bool
    set_by_name: str = ""
    """Empty while nobody set them."""
    set_at: dt.datetime | None = None

    def round_on(self, day: dt.date) -> Round:
        """Which closing a class gets on this day."""
        return Round.REASSESSED if day >= self.reassessed_on else Round.MAIN

    def due_on(self, day: dt.date) -> bool:
        """Is the first closing due?"""
        return day >= self.main_on


def vietnam_day(at: dt.datetime) -> dt.date:
    """The day in Viet Nam."""
    return at.astimezone(VIETNAM).date()


def dates_of(school_year: str) -> Dates:
    """The dates of a year, e.g. "2025-2026". Raises `Malformed` for no school year."""
    row = ClosingCalendar.objects.filter(school_year=school_year).first()
    if row is None:
        following = SchoolYear.parse(school_year).first + 1
        return Dates(
            school_year,
            _in_year(settings.CLOSING_MAIN, following),
            _in_year(settings.CLOSING_REASSESSED, following),
            automatic=settings.CLOSING_AUTOMATIC,
            late_first=True,
        )
    return Dates(
        row.school_year,
        row.main_on,
        row.reassessed_on,
        row.automatic,
        row.late_first,
        row.set_by_name,
        row.set_at,
    )


def _in_year(day_and_month: str, year: int) -> dt.date:
    day, month = map(int, day_and_month.split("/"))
    return dt.date(year, month, day)
