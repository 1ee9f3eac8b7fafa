"""Where a pupil is: class, leaving, return, and the class of a year (QĐ 1789 Đ22, Đ31.1, Đ34.1).

Every change keeps its day and reason in `PupilMovement`; the results stay with the enrolment.
"""

from __future__ import annotations

import datetime as dt

from hocba.errors import Refused
from hocba_server.school.database import school_transaction
from hocba_server.school.registry.models import (
    ON_CLASS_LIST,
    Classroom,
    Enrolment,
    PupilMovement,
    PupilStatus,
    SchoolRole,
)
from hocba_server.school.registry.permissions import deny_locked_results, deny_role, require
from hocba_server.school.registry.pupil_rights import deny_pending_record
from hocba_server.school.registry.pupil_selectors import locked_enrolment, pupil_by_id
from hocba_server.school.registry.pupil_services import (
    audit,
    enrol,
    reopen_review,
    required_origin,
    required_reason,
)
from hocba_server.school.registry.pupil_values import clean
from hocba_server.school.registry.selectors import classroom_by_id
from hocba_server.web.accounts.actor import Actor

LEAVINGS = (
    PupilStatus.TRANSFERRED_OUT,
    PupilStatus.WITHDRAWN,
    PupilStatus.ON_LEAVE,
    PupilStatus.DECEASED,
)
"""Statuses with which a pupil is no longer on the class list."""


def change_class(
    *,
    by: Actor,
    at: dt.datetime,
    enrolment_id: int,
    classroom_id: int,
    day: dt.date,
    reason: str,
) -> bool:
    """Put the pupil into another class of the same year and grade; answers whether it changed.

    What was entered so far goes along. Refused while a record of this year exists.
    """
    require(deny_role(by, SchoolRole.REGISTRAR))
    with school_transaction():
        row = locked_enrolment(by, enrolment_id)
        room = classroom_by_id(by, classroom_id, lock=True)
        if room.pk == row.classroom_id:
            return False
        why = required_reason(reason)
        require(deny_locked_results(row))
        _refuse_absent(row)
        if (room.school_year, room.grade) != (row.school_year, row.classroom.grade):
            raise Refused(
                "other_grade",
                f"Lớp {room.name} không cùng khối, cùng năm học với lớp {row.classroom.name}.",
                f"Class {room.name} is not of the same grade and year.",
                where="classroom",
            )
        _check_day(day, row)
        before = row.classroom
        row.classroom = room
        row.position = Enrolment.objects.filter(classroom=room).count() + 1
        _write(row, PupilStatus.MOVED_CLASS, day, why, before=before, by=by, at=at)
        reopen_review(row.pupil, ["classroom"], by=by, at=at)
    return True


def leave(
    *,
    by: Actor,
    at: dt.datetime,
    enrolment_id: int,
    status: str,
    day: dt.date,
    reason: str,
    other_school: str = "",
) -> bool:
    """The pupil leaves: another school, withdrawal, leave of absence, or death.

    Answers whether anything changed. A death needs no reason. Refused while a record is on its
    way to issue; one that is issued stays as it is.
    """
    require(deny_role(by, SchoolRole.REGISTRAR))
    if status not in LEAVINGS:
        raise Refused("status", "Chọn hình thức rời lớp.", "Choose how the pupil leaves.")
    with school_transaction():
        row = locked_enrolment(by, enrolment_id)
        if row.status == status:
            return False
        why = clean(reason)[:500] if status == PupilStatus.DECEASED else required_reason(reason)
        to = clean(other_school)[:250]
        if status == PupilStatus.TRANSFERRED_OUT and not to:
            raise Refused(
                "other_school",
                "Ghi tên trường mà em chuyển đến.",
                "Give the name of the school that the pupil goes to.",
                where="other_school",
            )
        require(deny_pending_record(row))
        if status != PupilStatus.DECEASED:
            _refuse_absent(row)
        _check_day(day, row)
        row.left_on = day
        _write(row, status, day, why, other_school=to, by=by, at=at)
    return True


def come_back(*, by: Actor, at: dt.datetime, enrolment_id: int, day: dt.date, reason: str) -> bool:
    """A pupil who had left is in the class again in the same year (Nghỉ học xin học lại)."""
    require(deny_role(by, SchoolRole.REGISTRAR))
    with school_transaction():
        row = locked_enrolment(by, enrolment_id)
        if row.status in ON_CLASS_LIST:
            return False
        if row.status == PupilStatus.DECEASED:
            return _undo_death(row, day, reason, by=by, at=at)
        why = required_reason(reason)
        _check_day(day, row)
        row.left_on = None
        _write(row, PupilStatus.RETURNED, day, why, by=by, at=at)
    return True


def _undo_death(row: Enrolment, day: dt.date, reason: str, *, by: Actor, at: dt.datetime) -> bool:
    """Only a slip of the hand is taken back, and it says so."""
    why = required_reason(reason)
    row.left_on = None
    _write(row, PupilStatus.STUDYING, day, why, by=by, at=at)
    return True


def place_in_class(
    *,
    by: Actor,
    at: dt.datetime,
    pupil_id: int,
    classroom_id: int,
    status: str,
    day: dt.date,
    reason: str = "",
    other_school: str = "",
) -> int:
    """Put a pupil whom the school knows into a class of a year in which there is none yet.

    For pupils left out when the year was opened, who come back after a year, or who repeat.
    Answers the new enrolment's id; the same class again answers the one that exists.
    """
    require(deny_role(by, SchoolRole.REGISTRAR))
    origin = _origin_of_placing(status, other_school)
    with school_transaction():
        pupil = pupil_by_id(by, pupil_id, lock=True)
        room = classroom_by_id(by, classroom_id, lock=True)
        known = Enrolment.objects.filter(pupil=pupil, school_year=room.school_year).first()
        if known is not None and known.classroom_id == room.pk:
            return known.pk
        if known is not None:
            raise Refused(
                "enrolled_already",
                f"{pupil.full_name} đã có lớp trong năm học {room.school_year}. Dùng Chuyển lớp.",
                f"{pupil.full_name} has a class in {room.school_year}; use change of class.",
            )
        row = enrol(pupil, room, status, day, origin, by=by, at=at, reason=clean(reason)[:500])
        detail = {"classroom": room.name, "year": room.school_year, "status": status}
        audit(by, at, "place_in_class", pupil, detail)
    return row.pk


def _origin_of_placing(status: str, other_school: str) -> str:
    if status == PupilStatus.RETURNED:
        return clean(other_school)[:250]
    return required_origin(status, other_school)


def _write(
    row: Enrolment,
    status: str,
    day: dt.date,
    reason: str,
    *,
    by: Actor,
    at: dt.datetime,
    before: Classroom | None = None,
    other_school: str = "",
) -> None:
    old = row.status
    row.status = PupilStatus(status)
    row.entered_by, row.entered_at = by.user_id, at
    row.save(
        update_fields=["classroom", "position", "status", "left_on", "entered_by", "entered_at"]
    )
    PupilMovement.objects.create(
        enrolment=row,
        status=row.status,
        from_classroom=before,
        to_classroom=row.classroom if before is not None else None,
        day=day,
        reason=reason,
        other_school=other_school,
        entered_by=by.user_id,
        entered_at=at,
    )
    detail: dict[str, object] = {
        "old": {"status": old},
        "new": {"status": str(row.status)},
        "day": day.isoformat(),
        "reason": reason,
    }
    if before is not None:
        detail["old"] = {"status": old, "classroom": before.name}
        detail["new"] = {"status": str(row.status), "classroom": row.classroom.name}
    audit(by, at, "change_class" if before is not None else "change_status", row.pupil, detail)


def _refuse_absent(row: Enrolment) -> None:
    if row.status not in ON_CLASS_LIST:
        raise Refused(
            "not_in_class",
            f"{row.pupil.full_name} không còn trong danh sách lớp. Ghi Đi học lại trước.",
            f"{row.pupil.full_name} is not on the class list; record the return first.",
        )


def _check_day(day: dt.date, row: Enrolment) -> None:
    first = dt.date(int(row.school_year[:4]), 6, 1)
    last = dt.date(int(row.school_year[5:]), 12, 31)
    if not first <= day <= last:
        raise Refused(
            "day",
            f"Ngày {day:%d/%m/%Y} không thuộc năm học {row.school_year}. Sửa lại ngày.",
            f"{day:%d/%m/%Y} is not in the school year {row.school_year}.",
            where="day",
        )
