"""Accounts of a school beside its staff: who has one, with which roles, and what waits."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from hocba_server.school.registry.models import School, SchoolRole, StaffMember
from hocba_server.school.registry.names import name_key
from hocba_server.school.staffing.account_services import proposed_username
from hocba_server.school.staffing.models import AccountOrder, OrderState, StaffDeparture
from hocba_server.school.staffing.rights import deny_carrying_out
from hocba_server.school.staffing.role_sync import due_roles, in_order, unit_of
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.accounts.memberships import members_of
from hocba_server.web.accounts.models import Membership
from hocba_server.web.accounts.roles import role_names

CLOSED_SHOWN = 50


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One person: the account, the roles it has and the roles it should have."""

    staff: StaffMember | None
    """None for an account that nobody of the staff list stands behind."""
    name: str
    username: str
    state: str
    """`active`, `locked` or `none`."""
    roles: tuple[str, ...]
    due: tuple[str, ...]
    left: bool
    waits: bool
    """An order for this person waits."""

    @property
    def role_names(self) -> str:
        """The roles of the account in words, in the order of those by the assignments."""
        return role_names(in_order(self.roles))

    @property
    def due_names(self) -> str:
        """The roles by the assignments, in words."""
        return role_names(self.due)

    @property
    def out_of_line(self) -> bool:
        """The account's roles are not those of the assignments."""
        return (
            self.staff is not None
            and self.state != "none"
            and sorted(self.roles) != sorted(self.due)
        )


@dataclass(frozen=True, slots=True)
class WaitingOrder:
    """An order that waits, and why this person cannot carry it out, if so."""

    order: AccountOrder
    username: str
    denial: object | None


def account_lines(school: School, day: dt.date) -> list[AccountLine]:
    """Everybody of the staff list and every account of the school, by name."""
    staff = list(StaffMember.objects.filter(school=school))
    due = due_roles(school, staff, day)
    places: dict[str, Membership] = {}
    for place in members_of(unit_of(school)):
        places.setdefault(place.user.personal_id, place)
    gone = set(
        StaffDeparture.objects.filter(staff__school=school, returned_on=None).values_list(
            "staff_id", flat=True
        )
    )
    waiting = set(
        AccountOrder.objects.filter(school=school, state=OrderState.ORDERED).values_list(
            "staff_id", flat=True
        )
    )
    lines = [
        _line(person, places.pop(person.personal_id, None), due[person.pk], gone, waiting)
        for person in staff
    ]
    lines += [_line(None, place, list(place.roles), gone, waiting) for place in places.values()]
    return sorted(lines, key=lambda line: (line.left, name_key(line.name)))


def _line(
    person: StaffMember | None,
    place: Membership | None,
    due: list[str],
    gone: set[int],
    waiting: set[int],
) -> AccountLine:
    state = "none" if place is None else "active" if place.is_active else "locked"
    return AccountLine(
        staff=person,
        name=person.full_name if person else place.user.full_name if place else "",
        username=place.user.username if place else "",
        state=state,
        roles=tuple(place.roles) if place else (),
        due=tuple(due),
        left=person is not None and person.pk in gone,
        waits=person is not None and person.pk in waiting,
    )


def orders_of(
    by: Actor, school: School, lines: list[AccountLine]
) -> tuple[list[WaitingOrder], list[AccountOrder]]:
    """Orders that wait, and the newest of those that are done or withdrawn."""
    rows = AccountOrder.objects.filter(school=school).select_related("staff", "staff__school")
    open_rows = list(rows.filter(state=OrderState.ORDERED).order_by("ordered_at"))
    known = {line.staff.pk: line for line in lines if line.staff}
    administrator = SchoolRole.ADMINISTRATOR.value
    waiting = []
    for row in open_rows:
        line = known[row.staff_id]
        denial = deny_carrying_out(
            by,
            row.staff.personal_id,
            administrator=administrator in line.roles or administrator in line.due,
        )
        waiting.append(WaitingOrder(row, proposed_username(row.staff), denial))
    closed = rows.exclude(state=OrderState.ORDERED).order_by("-done_at")
    return waiting, list(closed[:CLOSED_SHOWN])
