"""Roles for the whole school: given and taken by the head alone (QĐ 1789 Đ20.2)."""

from __future__ import annotations

from typing import Any

from hocba_server.school.registry.models import StaffAssignment
from hocba_server.school.staffing.assignment_services import (
    assign_class,
    assign_role,
    take_role,
)
from hocba_server.school.staffing.tests.conftest import ADMINISTRATOR_ID, CLERK_ID
from hocba_server.school.staffing.tests.refusals import entries, refusal_of
from hocba_server.school.tests.cast import AT, MUSIC_ID, YEAR, Cast, actor
from hocba_server.web.accounts.models import Membership, User


def _roles(user: User) -> list[str]:
    return list(Membership.objects.get(user=user).roles)


def test_the_administrator_gets_no_role_beside(cast: Cast, staff: dict[str, int]) -> None:
    named: dict[str, Any] = {"by": cast.principal, "at": AT, "school_year": YEAR}
    assign_role(**named, staff_id=staff[ADMINISTRATOR_ID], role="QTV")
    for role in ("VAN_THU", "CBQL", "HOC_VU"):
        found = refusal_of(assign_role, **named, staff_id=staff[ADMINISTRATOR_ID], role=role)
        assert found == "separation"
    chosen = {"89": staff[ADMINISTRATOR_ID]}
    found = refusal_of(
        assign_class, by=cast.principal, at=AT, classroom_id=cast.classroom_id, chosen=chosen
    )
    assert found == "separation"
    assert refusal_of(assign_role, **named, staff_id=staff[MUSIC_ID], role="QTV") == "separation"


def test_nobody_gives_himself_a_role(cast: Cast, staff: dict[str, int]) -> None:
    administrator = actor("QTV", personal_id=ADMINISTRATOR_ID)
    named: dict[str, Any] = {"at": AT, "school_year": YEAR, "staff_id": staff[ADMINISTRATOR_ID]}
    for role in ("QTV", "CBQL", "HIEU_TRUONG"):
        assert refusal_of(assign_role, by=administrator, **named, role=role) == "role"
    named["staff_id"] = staff[CLERK_ID]
    assert refusal_of(assign_role, by=cast.principal, **named, role="HIEU_TRUONG") == (
        "role_from_above"
    )
    assert refusal_of(assign_role, by=cast.principal, **named, role="GVCN") == "role_from_above"


def test_a_deputy_head_by_assignment(
    cast: Cast, staff: dict[str, int], accounts: dict[str, User]
) -> None:
    row = assign_role(
        by=cast.principal, at=AT, staff_id=staff[MUSIC_ID], role="CBQL", school_year=YEAR
    )
    assert _roles(accounts[MUSIC_ID]) == ["GVBM", "CBQL"]
    assert refusal_of(take_role, by=cast.stranger, at=AT, assignment_id=row) == "not_found"
    assert refusal_of(take_role, by=cast.administrator, at=AT, assignment_id=row) == "role"
    take_role(by=cast.principal, at=AT, assignment_id=row)
    assert _roles(accounts[MUSIC_ID]) == ["GVBM"]
    assert refusal_of(take_role, by=cast.principal, at=AT, assignment_id=row) == "not_found"
    assert len(entries("unassign")) == 1
    head = StaffAssignment.objects.get(role="HIEU_TRUONG")
    found = refusal_of(take_role, by=cast.principal, at=AT, assignment_id=head.pk)
    assert found == "role_from_above"
