"""Roles of accounts follow from the assignments of the current year; nobody types them.

One function computes them, one brings the accounts in line and writes an audit row for each
change. Safe to run again: what is right already stays untouched.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.utils.timezone import localdate

from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.registry.models import (
    School,
    SchoolRole,
    StaffAssignment,
    StaffMember,
    Substitution,
)
from hocba_server.school.staffing.models import StaffDeparture
from hocba_server.school.staffing.years import working_years
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.accounts.memberships import (
    Unit,
    accounts_transaction,
    places_of,
    set_member_roles,
)
from hocba_server.web.audit.services import record_event

_ORDER = [role.value for role in SchoolRole]


@dataclass(frozen=True, slots=True)
class RoleChange:
    """What a synchronisation changed for one person."""

    staff_id: int
    before: tuple[str, ...]
    after: tuple[str, ...]


def unit_of(school: School) -> Unit:
    """The school as accounts know it."""
    return Unit("school", school.code, school.name)


def due_roles(school: School, staff: Iterable[StaffMember], day: dt.date) -> dict[int, list[str]]:
    """Staff number -> roles by the assignments and substitutions that count on this day.

    A substitution counts until its last day; the place and the days are checked where the person
    acts. Who has left has no role. The administrator has that role alone (Đ33).
    """
    people = list(staff)
    numbers = [person.pk for person in people]
    years = working_years(school, day)
    found: dict[int, set[str]] = {number: set() for number in numbers}
    rows = StaffAssignment.objects.filter(staff_id__in=numbers, school_year__in=years)
    for number, role in rows.values_list("staff_id", "role"):
        found[number].add(role)
    for number in _heads(school, numbers):
        found[number].add(SchoolRole.PRINCIPAL.value)
    stands = Substitution.objects.filter(
        Q(last_day__isnull=True) | Q(last_day__gte=day),
        staff_id__in=numbers,
        assignment__school_year__in=years,
    )
    for number, role in stands.values_list("staff_id", "assignment__role"):
        found[number].add(role)
    gone = StaffDeparture.objects.filter(staff_id__in=numbers, returned_on=None, left_on__lte=day)
    for number in gone.values_list("staff_id", flat=True):
        found[number] = set()
    administrator = SchoolRole.ADMINISTRATOR.value
    for number, roles in found.items():
        if administrator in roles:
            found[number] = {administrator}
    return {number: in_order(roles) for number, roles in found.items()}


def in_order(roles: Iterable[str]) -> list[str]:
    """Roles of a school in one order everywhere, so that the same roles look the same."""
    return sorted((role for role in roles if role in _ORDER), key=_ORDER.index)


def _heads(school: School, numbers: list[int]) -> list[int]:
    """Who is head by the newest year that names one: no school is without a head in between."""
    rows = StaffAssignment.objects.filter(staff__school=school, role=SchoolRole.PRINCIPAL)
    newest = rows.order_by("-school_year").values_list("school_year", flat=True).first()
    found = rows.filter(school_year=newest, staff_id__in=numbers)
    return list(found.values_list("staff_id", flat=True))


def synchronise(
    *, by: Actor, at: dt.datetime, school: School, staff: Iterable[StaffMember] | None = None
) -> list[RoleChange]:
    """Bring the roles of these people's accounts in line (of everybody when none are named).

    Audit rows are committed before the accounts: a crash between leaves an entry too many, never a
    right that nobody recorded, and the next run puts it right.
    """
    people = list(StaffMember.objects.filter(school=school) if staff is None else staff)
    due = due_roles(school, people, localdate(at))
    unit = unit_of(school)
    changes: list[RoleChange] = []
    with accounts_transaction():
        for person in people:
            changed = set_member_roles(
                unit=unit, personal_id=person.personal_id, roles=due[person.pk]
            )
            if changed is not None:
                changes.append(RoleChange(person.pk, *changed))
        with school_transaction():
            for change in changes:
                record_event(
                    using=SCHOOL_DATABASE,
                    by=by,
                    at=at,
                    action="sync_roles",
                    subject=f"staff:{change.staff_id}",
                    detail={"before": list(change.before), "after": list(change.after)},
                )
    return changes


def has_account(school: School, staff: StaffMember) -> bool:
    """Does this person have an account at this school, locked or not?"""
    return bool(places_of(unit_of(school), staff.personal_id))
