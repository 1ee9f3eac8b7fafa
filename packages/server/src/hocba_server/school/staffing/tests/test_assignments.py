from __future__ import annotations

import datetime as dt
from typing import Any

from hocba_server.school.assessments.entries import SubjectEntry
from hocba_server.school.assessments.services import set_subject_results
from hocba_server.school.registry.models import Classroom, StaffAssignment
from hocba_server.school.registry.permissions import deny_subject_teacher
from hocba_server.school.registry.services import open_classroom
from hocba_server.school.staffing.assignment_services import (
    add_substitute,
    assign_class,
    assign_role,
    copy_year,
    end_substitute,
    take_role,
)
from hocba_server.school.staffing.selectors import grid_of, loads_of
from hocba_server.school.staffing.tests.conftest import ADMINISTRATOR_ID, CLERK_ID, NEW_ID
from hocba_server.school.staffing.tests.refusals import entries, refusal_of
from hocba_server.school.tests.cast import AT, HEAD_ID, HOMEROOM_ID, MUSIC_ID, YEAR, Cast, actor
from hocba_server.web.accounts.models import Membership, User

DAY = AT.date()


def _roles(user: User) -> list[str]:
    return list(Membership.objects.get(user=user).roles)


def _row(code: str) -> StaffAssignment:
    return StaffAssignment.objects.get(subject_code=code, school_year=YEAR)


def test_the_account_follows_the_assignment(
    cast: Cast, staff: dict[str, int], accounts: dict[str, User]
) -> None:
    changed = assign_class(
        by=cast.principal,
        at=AT,
        classroom_id=cast.classroom_id,
        chosen={"": staff[MUSIC_ID], "89": staff[NEW_ID], "01": staff[HOMEROOM_ID]},
    )
    assert changed == 2
    assert _roles(accounts[MUSIC_ID]) == ["GVCN"]
    assert _roles(accounts[HOMEROOM_ID]) == ["GVBM"]
    assert User.objects.get(pk=accounts[MUSIC_ID].pk).roles == ["GVCN"]
    assert {entry.name for entry in entries("sync_roles")} == {"Người Thử"}
    assert len(entries("sync_roles")) == 2


def test_taking_a_place_away_and_saving_twice(cast: Cast, staff: dict[str, int]) -> None:
    named: dict[str, Any] = {"by": cast.principal, "at": AT, "classroom_id": cast.classroom_id}
    assert assign_class(**named, chosen={"89": None}) == 1
    assert assign_class(**named, chosen={"89": None}) == 0
    grid = grid_of(Classroom.objects.get().school, YEAR, day=DAY, signed=set())
    assert grid[0].missing == 1


def test_only_the_head_assigns(cast: Cast, staff: dict[str, int]) -> None:
    def assign(by: object, **chosen: int) -> str:
        return refusal_of(assign_class, by=by, at=AT, classroom_id=cast.classroom_id, chosen=chosen)

    for other in (cast.administrator, cast.homeroom, cast.registrar, actor("CBQL")):
        assert assign(other, **{"89": staff[NEW_ID]}) == "role"
    assert assign(cast.stranger, **{"89": staff[NEW_ID]}) == "not_found"
    assert assign(cast.principal, **{"05": staff[NEW_ID]}) == "no_such_subject"
    assert assign(cast.principal, **{"89": 999999}) == "not_found"


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


def test_a_substitute_enters_in_these_days_only(
    cast: Cast, staff: dict[str, int], accounts: dict[str, User]
) -> None:
    named: dict[str, Any] = {"by": cast.principal, "at": AT, "assignment_id": _row("01").pk}
    days: dict[str, Any] = {"first_day": DAY, "last_day": dt.date(2026, 5, 30), "reason": "Nghỉ ốm"}
    row = add_substitute(**named, staff_id=staff[MUSIC_ID], **days)
    room = Classroom.objects.get(pk=cast.classroom_id)
    assert deny_subject_teacher(cast.music, room, "01", DAY) is None
    assert deny_subject_teacher(cast.music, room, "01", dt.date(2026, 6, 1)) is not None
    saved = set_subject_results(
        by=cast.music,
        at=AT,
        classroom_id=cast.classroom_id,
        subject_code="01",
        entries=[SubjectEntry(cast.enrolments[0], "T", 9, "Tốt.")],
    )
    assert saved == 1
    again = refusal_of(add_substitute, **named, staff_id=staff[NEW_ID], **days)
    assert again == "substitution_overlap"
    assert entries("substitute")[0].detail["reason"] == "Nghỉ ốm"
    for by, code in ((cast.administrator, "role"), (cast.stranger, "not_found")):
        assert refusal_of(end_substitute, by=by, at=AT, substitution_id=row) == code
    end_substitute(by=cast.principal, at=AT, substitution_id=row)
    assert len(entries("end_substitution")) == 1
    wrong = refusal_of(end_substitute, by=cast.principal, at=AT, substitution_id=row)
    assert wrong == "substitution"


def test_a_newcomer_who_stands_in_gets_the_role(
    cast: Cast, staff: dict[str, int], accounts: dict[str, User]
) -> None:
    Membership.objects.filter(user=accounts[HEAD_ID]).exists()
    add_substitute(
        by=cast.principal,
        at=AT,
        assignment_id=StaffAssignment.objects.get(role="GVCN").pk,
        staff_id=staff[MUSIC_ID],
        first_day=DAY,
        last_day=None,
        reason="Nghỉ thai sản",
    )
    assert _roles(accounts[MUSIC_ID]) == ["GVBM", "GVCN"]


def test_substitutions_that_make_no_sense(cast: Cast, staff: dict[str, int]) -> None:
    assign_role(
        by=cast.principal, at=AT, staff_id=staff[ADMINISTRATOR_ID], role="QTV", school_year=YEAR
    )
    base: dict[str, Any] = {
        "by": cast.principal,
        "at": AT,
        "assignment_id": _row("01").pk,
        "staff_id": staff[NEW_ID],
        "first_day": DAY,
        "last_day": None,
        "reason": "Nghỉ ốm",
    }

    def refused(**change: Any) -> str:
        return refusal_of(add_substitute, **{**base, **change})

    assert refused(by=cast.administrator) == "role"
    assert refused(by=cast.stranger) == "not_found"
    assert refused(reason=" ") == "substitution"
    assert refused(last_day=dt.date(2026, 5, 1)) == "substitution"
    assert refused(staff_id=staff[HOMEROOM_ID]) == "substitution"
    assert refused(staff_id=staff[ADMINISTRATOR_ID]) == "separation"
    head = StaffAssignment.objects.get(role="HIEU_TRUONG")
    assert refused(assignment_id=head.pk) == "substitution"


def test_loads_tell_who_teaches_nothing(cast: Cast, staff: dict[str, int]) -> None:
    loads = {
        load.staff.personal_id: load for load in loads_of(Classroom.objects.get().school, YEAR)
    }
    assert loads[NEW_ID].periods == 0
    assert loads[MUSIC_ID].periods == 1
    assert loads[HOMEROOM_ID].homeroom == ("1A1",)
    assert loads[HOMEROOM_ID].periods == 24
    assert loads[HOMEROOM_ID].too_much
