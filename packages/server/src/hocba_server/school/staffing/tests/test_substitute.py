"""Somebody teaches in place of another for some days (QĐ 1789 Đ32.6)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hocba_server.school.assessments.entries import SubjectEntry
from hocba_server.school.assessments.services import set_subject_results
from hocba_server.school.registry.models import Classroom, StaffAssignment
from hocba_server.school.registry.permissions import deny_subject_teacher
from hocba_server.school.staffing.assignment_services import (
    add_substitute,
    assign_role,
    end_substitute,
)
from hocba_server.school.staffing.tests.conftest import ADMINISTRATOR_ID, NEW_ID
from hocba_server.school.staffing.tests.refusals import entries, refusal_of
from hocba_server.school.tests.cast import AT, HEAD_ID, HOMEROOM_ID, MUSIC_ID, YEAR, Cast
from hocba_server.web.accounts.models import Membership, User

DAY = AT.date()


def _roles(user: User) -> list[str]:
    return list(Membership.objects.get(user=user).roles)


def _row(code: str) -> StaffAssignment:
    return StaffAssignment.objects.get(subject_code=code, school_year=YEAR)


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
