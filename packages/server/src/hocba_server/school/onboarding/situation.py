"""What the steps look at: the school as it is now, read once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from hocba_server.school.registry.models import (
    ON_CLASS_LIST,
    Classroom,
    Enrolment,
    School,
    StaffMember,
)
from hocba_server.school.staffing.selectors import working_staff
from hocba_server.school.staffing.years import years_known


@dataclass(frozen=True)
class Situation:
    """What every step looks at, read once."""

    school: School
    year: str
    at: dt.datetime
    staff: list[StaffMember] = field(default_factory=list)
    rooms: list[Classroom] = field(default_factory=list)
    roll: list[Enrolment] = field(default_factory=list)


def situation_of(school: School, at: dt.datetime) -> Situation:
    """Read the school as it is now."""
    year = years_known(school, at.date())[0]
    roll = Enrolment.objects.filter(
        classroom__school=school, school_year=year, status__in=ON_CLASS_LIST
    )
    return Situation(
        school,
        year,
        at,
        staff=working_staff(school),
        rooms=list(Classroom.objects.filter(school=school, school_year=year)),
        roll=list(roll.select_related("pupil", "classroom")),
    )
