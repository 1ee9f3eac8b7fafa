"""The assignments of a year are carried into the next."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hocba_server.school.registry.models import StaffAssignment
from hocba_server.school.registry.services import open_classroom
from hocba_server.school.staffing.assignment_services import (
    assign_class,
    assign_role,
    copy_year,
)
from hocba_server.school.staffing.tests.refusals import refusal_of
from hocba_server.school.tests.cast import AT, HEAD_ID, HOMEROOM_ID, MUSIC_ID, YEAR, Cast
from hocba_server.web.accounts.models import Membership, User
from hocba_server.web.audit.models import AuditEntry


def _roles(user: User) -> list[str]:
    return list(Membership.objects.get(user=user).roles)


def test_last_year_is_copied_to_classes_of_the_same_name(
    cast: Cast, staff: dict[str, int], accounts: dict[str, User]
) -> None:
    room = open_classroom(
        by=cast.principal,
        at=AT,
        school_id=cast.school_id,
        school_year="2026-2027",
        name="1A1",
        grade=1,
    )
    named: dict[str, Any] = {
        "by": cast.principal,
        "at": AT,
        "school_id": cast.school_id,
        "from_year": YEAR,
        "to_year": "2026-2027",
    }
    before = StaffAssignment.objects.filter(school_year=YEAR).count()
    assert copy_year(**named) == before
    assert copy_year(**named) == 0
    entries = AuditEntry.objects.using("school").filter(action="copy_assignments").order_by("pk")
    assert {(entry.user_id, entry.at) for entry in entries} == {(cast.principal.user_id, AT)}
    assert [entry.detail for entry in entries] == [
        {"from": YEAR, "to": "2026-2027", "copied": copied} for copied in (before, 0)
    ]
    assert (
        StaffAssignment.objects.get(classroom_id=room, role="GVCN").staff_id == (staff[HOMEROOM_ID])
    )
    assert _roles(accounts[HEAD_ID]) == ["HIEU_TRUONG"]
    assert refusal_of(copy_year, **{**named, "by": cast.administrator}) == "role"
    assert refusal_of(copy_year, **{**named, "by": cast.stranger}) == "not_found"


def test_the_head_stays_head_when_only_teachers_are_assigned_for_the_next_year(
    cast: Cast, staff: dict[str, int], accounts: dict[str, User]
) -> None:
    room = open_classroom(
        by=cast.principal,
        at=AT,
        school_id=cast.school_id,
        school_year="2026-2027",
        name="1A1",
        grade=1,
    )
    autumn = dt.datetime(2026, 9, 2, 1, 0, tzinfo=dt.UTC)
    chosen = {"": staff[MUSIC_ID]}
    assign_class(by=cast.principal, at=autumn, classroom_id=room, chosen=chosen)
    assert _roles(accounts[MUSIC_ID]) == ["GVCN"]
    assign_role(
        by=cast.principal,
        at=autumn,
        staff_id=staff[HEAD_ID],
        role="HIEU_TRUONG",
        school_year="2026-2027",
    )
    assert _roles(accounts[HEAD_ID]) == ["HIEU_TRUONG"]
