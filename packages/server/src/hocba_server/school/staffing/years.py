"""Which school year is worked on, and which assignments count for rights on a day."""

from __future__ import annotations

import datetime as dt
from typing import Final

from hocba.ids import SchoolYear
from hocba_server.school.registry.models import Classroom, School, StaffAssignment

NEW_YEAR_MONTH: Final = 7
"""From July on a school without classes prepares the school year that begins in September."""
LAST_DAY: Final = (8, 31)
"""The year before is still worked on until 31 August: records of re-assessed pupils close on
15 August (QĐ 1789 Đ21.2), and somebody may have to put something right after that."""


def year_of(day: dt.date) -> SchoolYear:
    """The school year that a day belongs to."""
    first = day.year if day.month >= NEW_YEAR_MONTH else day.year - 1
    return SchoolYear(f"{first}-{first + 1}")


def years_known(school: School, day: dt.date) -> list[str]:
    """The years that have classes or assignments, newest first; never empty."""
    rooms = Classroom.objects.filter(school=school).values_list("school_year", flat=True)
    rows = StaffAssignment.objects.filter(staff__school=school)
    known = set(rooms.distinct()) | set(rows.values_list("school_year", flat=True).distinct())
    return sorted(known, reverse=True) or [str(year_of(day))]


def working_years(school: School, day: dt.date) -> list[str]:
    """The years whose assignments give rights on this day, newest first."""
    rows = StaffAssignment.objects.filter(staff__school=school)
    assigned = sorted(set(rows.values_list("school_year", flat=True).distinct()), reverse=True)
    newest = assigned[:1]
    before = [
        year for year in assigned[1:2] if day <= dt.date(SchoolYear(year).first + 1, *LAST_DAY)
    ]
    return newest + before
