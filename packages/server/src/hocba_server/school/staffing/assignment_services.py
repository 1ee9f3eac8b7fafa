"""Phân công of a school year: places in classes, roles for the whole school, substitutes.

Every change is the head's, is audited by the registry, and the accounts follow at once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.utils.timezone import localdate

from hocba.errors import Refused
from hocba_server.school.database import school_transaction
from hocba_server.school.registry import staff_services
from hocba_server.school.registry.models import (
    Classroom,
    School,
    SchoolRole,
    StaffAssignment,
    StaffMember,
)
from hocba_server.school.registry.permissions import require
from hocba_server.school.registry.selectors import classroom_by_id, own_school, school_by_id
from hocba_server.school.registry.services import assign
from hocba_server.school.registry.taught import taught_subjects
from hocba_server.school.staffing.models import StaffDeparture
from hocba_server.school.staffing.rights import WHOLE_SCHOOL, deny_assigner
from hocba_server.school.staffing.role_sync import synchronise
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.accounts.memberships import accounts_transaction

HOMEROOM = ""
"""The place of the homeroom teacher beside the subject codes of a class."""


def assign_class(
    *, by: Actor, at: dt.datetime, classroom_id: int, chosen: Mapping[str, int | None]
) -> int:
    """Say who is homeroom teacher (place "") and who teaches each subject of a class.

    `chosen` maps a place to a staff number, None takes the assignment away; places that are not
    named stay as they are. Answers how many places changed. Raises `Refused`: `no_such_subject`,
    `staff_left`, `separation`.
    """
    require(deny_assigner(by))
    touched: dict[int, StaffMember] = {}
    changes = 0
    with accounts_transaction(), school_transaction():
        room = classroom_by_id(by, classroom_id, lock=True)
        _refuse_unknown_subjects(room, chosen)
        now = _holders(room)
        for place, staff_id in chosen.items():
            holder = now.get(place)
            if staff_id == (holder.staff_id if holder else None):
                continue
            changes += 1
            if holder is not None:
                touched[holder.staff_id] = holder.staff
            if staff_id is None and holder is not None:
                staff_services.unassign(by=by, at=at, assignment_id=holder.pk)
            if staff_id is not None:
                touched[staff_id] = _working(by, staff_id)
                assign(
                    by=by,
                    at=at,
                    staff_id=staff_id,
                    role=_role(place),
                    school_year=room.school_year,
                    classroom_id=room.pk,
                    subject_code=place,
                )
        synchronise(by=by, at=at, school=room.school, staff=touched.values())
    return changes


def assign_role(*, by: Actor, at: dt.datetime, staff_id: int, role: str, school_year: str) -> int:
    """Give a role for the whole school, e.g. a deputy head (Đ20.2).

    The head's own role comes from above: here it is only carried into the next year, by the head.
    Raises `Refused`: `role_from_above`, `staff_left`, `separation`.
    """
    require(deny_assigner(by))
    with accounts_transaction(), school_transaction():
        staff = _working(by, staff_id)
        own = role == SchoolRole.PRINCIPAL and staff.personal_id == by.personal_id
        if role not in WHOLE_SCHOOL and not own:
            raise Refused(
                "role_from_above",
                "Vai trò này không phân công ở đây: hiệu trưởng do cấp trên bổ nhiệm, giáo viên "
                "thì chọn trong từng lớp.",
                "This role is not given here: the head is appointed from above, teachers are "
                "chosen class by class.",
            )
        row = assign(by=by, at=at, staff_id=staff_id, role=role, school_year=school_year)
        synchronise(by=by, at=at, school=staff.school, staff=[staff])
    return row


def take_role(*, by: Actor, at: dt.datetime, assignment_id: int) -> None:
    """Take a role for the whole school away. The head's own role stays."""
    require(deny_assigner(by))
    with accounts_transaction(), school_transaction():
        row = staff_services.assignment_by_id(by, assignment_id)
        if row.role not in WHOLE_SCHOOL:
            raise Refused(
                "role_from_above",
                "Vai trò hiệu trưởng không bỏ ở đây.",
                "The head's role is not taken away here.",
            )
        staff = staff_services.unassign(by=by, at=at, assignment_id=row.pk)
        synchronise(by=by, at=at, school=staff.school, staff=[staff])


def copy_year(*, by: Actor, at: dt.datetime, school_id: int, from_year: str, to_year: str) -> int:
    """Copy the assignments of a year to another; people who left are left out."""
    require(deny_assigner(by))
    with accounts_transaction(), school_transaction():
        school = school_by_id(by, school_id)
        gone = StaffDeparture.objects.filter(staff__school=school, returned_on=None)
        copied = staff_services.copy_assignments(
            by=by,
            at=at,
            school_id=school_id,
            from_year=from_year,
            to_year=to_year,
            gone=set(gone.values_list("staff_id", flat=True)),
        )
        synchronise(by=by, at=at, school=school)
    return copied


def add_substitute(
    *,
    by: Actor,
    at: dt.datetime,
    assignment_id: int,
    staff_id: int,
    first_day: dt.date,
    last_day: dt.date | None,
    reason: str,
) -> int:
    """Name a substitute for some days; see `registry.staff_services.substitute` for refusals."""
    require(deny_assigner(by))
    with accounts_transaction(), school_transaction():
        staff = _working(by, staff_id)
        row = staff_services.substitute(
            by=by,
            at=at,
            assignment_id=assignment_id,
            staff_id=staff_id,
            first_day=first_day,
            last_day=last_day,
            reason=reason,
        )
        synchronise(by=by, at=at, school=staff.school, staff=[staff])
    return row


def end_substitute(*, by: Actor, at: dt.datetime, substitution_id: int) -> None:
    """The teacher is back: today is the substitute's last day."""
    require(deny_assigner(by))
    with accounts_transaction(), school_transaction():
        staff = staff_services.end_substitution(
            by=by, at=at, substitution_id=substitution_id, last_day=localdate(at)
        )
        synchronise(by=by, at=at, school=staff.school, staff=[staff])


def synchronise_school(*, by: Actor, at: dt.datetime) -> int:
    """Bring every account of the school in line with the assignments. Answers how many changed."""
    require(deny_assigner(by))
    school: School = own_school(by)
    return len(synchronise(by=by, at=at, school=school))


def _role(place: str) -> SchoolRole:
    return SchoolRole.HOMEROOM_TEACHER if place == HOMEROOM else SchoolRole.SUBJECT_TEACHER


def _holders(room: Classroom) -> dict[str, StaffAssignment]:
    rows = StaffAssignment.objects.select_for_update(of=("self",)).filter(classroom=room)
    return {row.subject_code: row for row in rows.select_related("staff", "staff__school")}


def _working(by: Actor, staff_id: int) -> StaffMember:
    staff = staff_services.staff_by_id(by, staff_id)
    if StaffDeparture.objects.filter(staff=staff, returned_on=None).exists():
        raise Refused(
            "staff_left",
            f"{staff.full_name} đã rời trường nên không phân công được.",
            "This person has left the school.",
        )
    return staff


def _refuse_unknown_subjects(room: Classroom, chosen: Mapping[str, int | None]) -> None:
    taught = {HOMEROOM, *(str(subject.code) for subject in taught_subjects(room))}
    for place, staff_id in chosen.items():
        # What is no longer taught may still be taken away, never given.
        if staff_id is not None and place not in taught:
            raise Refused(
                "no_such_subject",
                f"Lớp {room.name} không học môn này.",
                f"Class {room.name} does not learn this subject.",
            )
