"""Writing staff and assignments: change a person, take an assignment away, hand over, stand in.

Who teaches what is the head's decision (QĐ 1789/QĐ-SGDĐT Đ20.2, Đ23, Đ32.6). The administrator
carries out account work and writes no assignment here, least of all an own one (Đ33).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from hocba.errors import Refused
from hocba.ids import SchoolYear, parse_personal_id
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.registry.models import (
    Classroom,
    SchoolRole,
    StaffAssignment,
    StaffMember,
    Substitution,
)
from hocba_server.school.registry.permissions import deny_other_school, deny_role, require
from hocba_server.school.registry.selectors import not_found, school_by_id
from hocba_server.school.registry.services import assign
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event

TEACHING = (SchoolRole.HOMEROOM_TEACHER.value, SchoolRole.SUBJECT_TEACHER.value)


def staff_by_id(by: Actor, staff_id: int, *, lock: bool = False) -> StaffMember:
    """A person of this school; `lock` keeps others from changing the row until commit."""
    rows = StaffMember.objects.select_related("school")
    if lock:
        rows = rows.select_for_update(of=("self",))
    found = rows.filter(pk=staff_id).first()
    if found is None:
        raise not_found()
    require(deny_other_school(by, found.school.code))
    return found


def assignment_by_id(by: Actor, assignment_id: int, *, lock: bool = False) -> StaffAssignment:
    """An assignment of this school."""
    rows = StaffAssignment.objects.select_related("staff", "staff__school", "classroom")
    if lock:
        rows = rows.select_for_update(of=("self",))
    found = rows.filter(pk=assignment_id).first()
    if found is None:
        raise not_found()
    require(deny_other_school(by, found.staff.school.code))
    return found


def change_staff(
    *,
    by: Actor,
    at: dt.datetime,
    staff_id: int,
    full_name: str,
    personal_id: str,
    title: str,
) -> None:
    """Correct name, personal number or position of a person.

    Raises `Refused` with code `personal_id_taken` when another person of the school has it.
    """
    require(deny_role(by, SchoolRole.PRINCIPAL, SchoolRole.ADMINISTRATOR))
    parse_personal_id(personal_id)
    with school_transaction():
        staff = staff_by_id(by, staff_id, lock=True)
        others = StaffMember.objects.filter(school_id=staff.school_id, personal_id=personal_id)
        if others.exclude(pk=staff.pk).exists():
            raise Refused(
                "personal_id_taken",
                "Số định danh này đã ghi cho một người khác của trường. Xem lại số.",
                "Another person of the school has this personal number.",
            )
        wanted = {"full_name": full_name, "personal_id": personal_id, "title": title}
        changed = [name for name, value in wanted.items() if getattr(staff, name) != value]
        if not changed:
            return
        for name in changed:
            setattr(staff, name, wanted[name])
        staff.save(update_fields=changed)
        _audit(by, at, "change_staff", f"staff:{staff.pk}", {"fields": changed})


def unassign(*, by: Actor, at: dt.datetime, assignment_id: int) -> StaffMember:
    """Take an assignment away; nobody holds it until the head names somebody."""
    require(deny_role(by, SchoolRole.PRINCIPAL))
    with school_transaction():
        row = assignment_by_id(by, assignment_id, lock=True)
        _audit(by, at, "unassign", f"staff:{row.staff_id}", _place(row))
        staff = row.staff
        row.delete()
    return staff


def hand_over(
    *,
    by: Actor,
    at: dt.datetime,
    from_staff_id: int,
    to_staff_id: int | None,
    school_years: list[str],
) -> list[dict[str, object]]:
    """Give what a leaver was assigned to the successor, or leave it open (QĐ 1789 Đ23.2).

    Answers what was handed over. Raises `Refused` with code `separation` when the successor is the
    administrator.
    """
    require(deny_role(by, SchoolRole.PRINCIPAL))
    with school_transaction():
        leaver = staff_by_id(by, from_staff_id, lock=True)
        successor = staff_by_id(by, to_staff_id) if to_staff_id is not None else None
        rows = StaffAssignment.objects.select_for_update(of=("self",)).filter(
            staff=leaver, school_year__in=school_years
        )
        handed = []
        for row in rows.select_related("classroom"):
            handed.append(_place(row))
            place = (row.role, row.school_year, row.classroom_id, row.subject_code)
            if successor is None or row.classroom_id is None:
                row.delete()
            if successor is not None:
                assign(
                    by=by,
                    at=at,
                    staff_id=successor.pk,
                    role=place[0],
                    school_year=place[1],
                    classroom_id=place[2],
                    subject_code=place[3],
                )
        Substitution.objects.filter(staff=leaver, last_day__isnull=True).update(last_day=at.date())
        detail = {"to": successor.pk if successor else None, "assignments": handed}
        _audit(by, at, "hand_over", f"staff:{leaver.pk}", detail)
    return handed


def copy_assignments(
    *, by: Actor, at: dt.datetime, school_id: int, from_year: str, to_year: str, gone: set[int]
) -> int:
    """Copy last year's assignments to classes of the same name; what is filled stays as it is.

    `gone` are staff numbers of people who have left. Answers how many were copied.
    """
    require(deny_role(by, SchoolRole.PRINCIPAL))
    SchoolYear.parse(to_year)
    copied = 0
    with school_transaction():
        school = school_by_id(by, school_id)
        rooms = {
            (room.name, room.grade): room
            for room in Classroom.objects.filter(school=school, school_year=to_year)
        }
        rows = StaffAssignment.objects.filter(staff__school=school, school_year=from_year)
        for row in rows.select_related("classroom").exclude(staff_id__in=gone):
            room = rooms.get((row.classroom.name, row.classroom.grade)) if row.classroom else None
            if row.classroom is not None and room is None:
                continue
            taken = StaffAssignment.objects.filter(
                role=row.role, school_year=to_year, subject_code=row.subject_code
            )
            taken = (
                taken.filter(classroom=room)
                if room
                else taken.filter(staff__school=school, staff_id=row.staff_id)
            )
            if taken.exists():
                continue
            assign(
                by=by,
                at=at,
                staff_id=row.staff_id,
                role=row.role,
                school_year=to_year,
                classroom_id=room.pk if room else None,
                subject_code=row.subject_code,
            )
            copied += 1
        detail = {"from": from_year, "to": to_year, "copied": copied}
        _audit(by, at, "copy_assignments", f"school:{school.code}", detail)
    return copied


def substitute(
    *,
    by: Actor,
    at: dt.datetime,
    assignment_id: int,
    staff_id: int,
    first_day: dt.date,
    last_day: dt.date | None,
    reason: str,
) -> int:
    """Let another person enter and sign for an assignment in these days (QĐ 1789 Đ32.6).

    Raises `Refused`: `substitution` for wrong days, no reason or the same person, `separation`
    for the administrator, `substitution_overlap` when somebody stands in already.
    """
    require(deny_role(by, SchoolRole.PRINCIPAL))
    with school_transaction():
        row = assignment_by_id(by, assignment_id, lock=True)
        staff = staff_by_id(by, staff_id)
        _check_substitution(row, staff, first_day, last_day, reason)
        stands = Substitution.objects.create(
            assignment=row,
            staff=staff,
            first_day=first_day,
            last_day=last_day,
            reason=reason.strip(),
            assigned_by=by.user_id,
            assigned_at=at,
        )
        detail = {**_place(row), "first_day": str(first_day), "last_day": str(last_day or "")}
        detail["reason"] = reason.strip()
        _audit(by, at, "substitute", f"staff:{staff.pk}", detail)
    return stands.pk


def end_substitution(
    *, by: Actor, at: dt.datetime, substitution_id: int, last_day: dt.date
) -> StaffMember:
    """The teacher is back: the substitute's last day. Days that are over stay as they were."""
    require(deny_role(by, SchoolRole.PRINCIPAL))
    with school_transaction():
        row = (
            Substitution.objects.select_for_update(of=("self",))
            .select_related("staff__school")
            .filter(pk=substitution_id)
            .first()
        )
        if row is None:
            raise not_found()
        require(deny_other_school(by, row.staff.school.code))
        if last_day < row.first_day or (row.last_day is not None and row.last_day <= last_day):
            raise _wrong_substitution(
                "Ngày kết thúc phải nằm trong những ngày dạy thay đang ghi.",
                "The last day must lie within the days of the substitution.",
            )
        row.last_day = last_day
        row.save(update_fields=["last_day"])
        detail = {"last_day": str(last_day)}
        _audit(by, at, "end_substitution", f"staff:{row.staff_id}", detail)
    return row.staff


def _check_substitution(
    row: StaffAssignment,
    staff: StaffMember,
    first_day: dt.date,
    last_day: dt.date | None,
    reason: str,
) -> None:
    if row.role not in TEACHING:
        raise _wrong_substitution(
            "Chỉ dạy thay cho giáo viên chủ nhiệm và giáo viên bộ môn; việc khác thì phân công "
            "lại.",
            "Only homeroom and subject teachers have substitutes; assign other work anew.",
        )
    if staff.pk == row.staff_id:
        raise _wrong_substitution(
            "Người dạy thay phải là người khác.", "The substitute must be somebody else."
        )
    if not reason.strip():
        raise _wrong_substitution(
            "Ghi lý do dạy thay, ví dụ: nghỉ thai sản.", "Give the reason of the substitution."
        )
    if last_day is not None and last_day < first_day:
        raise _wrong_substitution(
            "Ngày cuối phải sau hoặc trùng ngày đầu.", "The last day comes after the first one."
        )
    administrator = StaffAssignment.objects.filter(
        staff=staff, school_year=row.school_year, role=SchoolRole.ADMINISTRATOR
    )
    if administrator.exists():
        raise Refused(
            "separation",
            "Quản trị viên không dạy thay được: tài khoản đó không chạm đến kết quả học tập.",
            "The administrator may not stand in: that account touches no results.",
        )
    others = Substitution.objects.filter(assignment=row)
    others = others.exclude(last_day__lt=first_day)
    if last_day is not None:
        others = others.exclude(first_day__gt=last_day)
    if others.exists():
        raise Refused(
            "substitution_overlap",
            "Những ngày này đã có người dạy thay. Kết thúc lần dạy thay đó trước.",
            "Somebody stands in on these days already. End that substitution first.",
        )


def _wrong_substitution(vi: str, en: str) -> Refused:
    return Refused("substitution", vi, en)


def _place(row: StaffAssignment) -> dict[str, object]:
    return {
        "role": row.role,
        "school_year": row.school_year,
        "classroom": row.classroom_id,
        "subject": row.subject_code,
    }


def _audit(
    by: Actor, at: dt.datetime, action: str, subject: str, detail: Mapping[str, object]
) -> None:
    record_event(
        using=SCHOOL_DATABASE, by=by, at=at, action=action, subject=subject, detail=dict(detail)
    )
