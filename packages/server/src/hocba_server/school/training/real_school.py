"""What a training school copies of the real one: people, roles and who teaches what. No pupil."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from hocba.ids import SchoolYear
from hocba_server.school.registry.models import School, SchoolRole, StaffAssignment, StaffMember
from hocba_server.school.training.models import TrainingSchool
from hocba_server.school.training.plan import Person, Taught
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.accounts.memberships import Unit, join, lock_member, members_of
from hocba_server.web.accounts.models import Membership

NEW_YEAR_MONTH = 7
"""A school without any class works in the year that began last July."""


def unit_of(school: School) -> Unit:
    """The school as accounts know it."""
    return Unit("school", school.code, school.name)


def year_of_school(school: School, day: dt.date) -> str:
    """The newest year in which anybody is assigned; the present one when nobody is."""
    rows = StaffAssignment.objects.filter(staff__school=school).order_by("-school_year")
    newest = rows.values_list("school_year", flat=True).first()
    if newest is not None:
        return newest
    first = day.year if day.month >= NEW_YEAR_MONTH else day.year - 1
    return str(SchoolYear(f"{first}-{first + 1}"))


def people_of(school: School) -> Iterator[Person]:
    """Staff with the roles they are assigned to, and accounts with the roles they hold."""
    roles: dict[int, list[str]] = {}
    for staff_id, role in StaffAssignment.objects.filter(staff__school=school).values_list(
        "staff_id", "role"
    ):
        roles.setdefault(staff_id, []).append(role)
    for staff in StaffMember.objects.filter(school=school):
        held = tuple(dict.fromkeys(roles.get(staff.pk, [])))
        yield Person(staff.full_name, staff.personal_id, staff.title, held)
    known = set(SchoolRole.values)
    for row in active_members(school):
        held = tuple(role for role in row.roles if role in known)
        yield Person(row.user.full_name, row.user.personal_id, row.title or "Giáo viên", held)


def taught_in(school: School, year: str) -> list[Taught]:
    """Who leads or teaches which grade in this year."""
    rows = (
        StaffAssignment.objects.filter(
            staff__school=school, school_year=year, classroom__isnull=False
        )
        .select_related("staff", "classroom")
        .order_by("classroom__grade", "classroom__name", "pk")
    )
    return [
        Taught(row.staff.personal_id, row.classroom.grade, row.subject_code)
        for row in rows
        if row.classroom is not None
    ]


def active_members(school: School) -> list[Membership]:
    """Accounts that may work at this school now."""
    return [row for row in members_of(unit_of(school)) if row.is_active]


def admit_people(row: TrainingSchool) -> None:
    """Every account of the real school gets a place in the training school, with its roles.

    Who may no longer work at the real school loses the place here.
    """
    members = active_members(row.of)
    for member in members:
        admit(row, member)
    known = {member.user_id for member in members}
    for place in active_members(row.school):
        if place.user_id not in known:
            lock_member(unit=unit_of(row.school), personal_id=place.user.personal_id)


def admit(row: TrainingSchool, member: Membership) -> Membership:
    """Give one account its place in the training school."""
    known = set(SchoolRole.values)
    return join(
        unit=unit_of(row.school),
        username=member.user.username,
        full_name=member.user.full_name,
        personal_id=member.user.personal_id,
        title=member.title,
        roles=[role for role in member.roles if role in known],
    )


def member_of(school: School, by: Actor) -> Membership | None:
    """This person's active place at a school."""
    return next((row for row in active_members(school) if row.user_id == by.user_id), None)


def actor_of_member(member: Membership) -> Actor:
    """An account at its place, as services take it."""
    return Actor(
        member.user_id,
        member.user.full_name,
        member.user.personal_id,
        member.unit_code,
        tuple(member.roles),
        member.house,
    )
