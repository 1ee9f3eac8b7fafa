from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from hocba.errors import Refused
from hocba.ids import SchoolYear, parse_personal_id
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.registry.class_list import ClassListRow, ClassListSaved
from hocba_server.school.registry.models import (
    ON_CLASS_LIST,
    Classroom,
    Enrolment,
    Ownership,
    Pupil,
    PupilMovement,
    PupilStatus,
    School,
    SchoolRole,
    StaffAssignment,
    StaffMember,
    WorkingMode,
)
from hocba_server.school.registry.permissions import (
    deny_locked_class,
    deny_locked_results,
    deny_role,
    require,
)
from hocba_server.school.registry.pupil_services import (
    reopen_review,
    require_unlocked,
    write_values,
)
from hocba_server.school.registry.selectors import (
    classroom_by_id,
    pupils_by_code,
    school_by_id,
)
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event

BY_IMPORT = "Nhập danh sách lớp"
"""The reason that stands beside changes made by a class list."""
FIRST_SCHOOL_DAY = (9, 5)
"""Ngày khai giảng, 5 September: the day of arrival when the class list names no other."""


def create_school(
    *,
    by: Actor,
    at: dt.datetime,
    code: str,
    name: str,
    ward_code: str,
    ward_name: str,
    ownership: str,
    mode: str = WorkingMode.DIGITAL,
    settings: Mapping[str, object] | None = None,
) -> int:
    """Register a school; only an administrator sets up initial data (QĐ 1789 Đ33)."""
    require(deny_role(by, SchoolRole.ADMINISTRATOR))
    if School.objects.filter(code=code).exists():
        raise Refused("school_exists", f"Trường có mã {code} đã tồn tại.", "The school exists.")
    with school_transaction():
        school = School.objects.create(
            code=code,
            name=name,
            ward_code=ward_code,
            ward_name=ward_name,
            ownership=Ownership(ownership),
            mode=WorkingMode(mode),
            settings=dict(settings or {}),
            created_by=by.user_id,
            created_at=at,
        )
        _audit(by, at, "create_school", f"school:{code}", {"name": name})
    return school.pk


def add_staff(
    *,
    by: Actor,
    at: dt.datetime,
    school_id: int,
    full_name: str,
    personal_id: str,
    title: str = "Giáo viên",
) -> int:
    """Add a person of the school; the same personal number again updates name and title."""
    require(deny_role(by, SchoolRole.PRINCIPAL, SchoolRole.ADMINISTRATOR))
    parse_personal_id(personal_id)
    school = school_by_id(by, school_id)
    with school_transaction():
        staff, _ = StaffMember.objects.update_or_create(
            school=school,
            personal_id=personal_id,
            defaults={"full_name": full_name, "title": title},
        )
        _audit(by, at, "add_staff", f"staff:{staff.pk}", {"title": title})
    return staff.pk


def open_classroom(
    *, by: Actor, at: dt.datetime, school_id: int, school_year: str, name: str, grade: int
) -> int:
    """Open a class for a year; an existing class of the same name and grade is returned.

    The same name in another grade is a combined class (lớp ghép).
    """
    require(deny_role(by, SchoolRole.REGISTRAR, SchoolRole.PRINCIPAL))
    SchoolYear.parse(school_year)
    school = school_by_id(by, school_id)
    with school_transaction():
        room, created = Classroom.objects.get_or_create(
            school=school, school_year=school_year, name=name, grade=grade
        )
        if created:
            _audit(by, at, "open_classroom", f"classroom:{room.pk}", {"name": name})
    return room.pk


def assign(
    *,
    by: Actor,
    at: dt.datetime,
    staff_id: int,
    role: str,
    school_year: str,
    classroom_id: int | None = None,
    subject_code: str = "",
) -> int:
    """Assign a role for a year (QĐ 1789 Đ20.2). A new teacher replaces the one before.

    The head alone assigns; the administrator carries out accounts and can give himself nothing.
    """
    require(deny_role(by, SchoolRole.PRINCIPAL))
    SchoolYear.parse(school_year)
    with school_transaction():
        staff = StaffMember.objects.select_for_update().get(pk=staff_id)
        school_by_id(by, staff.school_id)
        _refuse_mixed_administrator(staff, role, school_year)
        room = classroom_by_id(by, classroom_id) if classroom_id is not None else None
        place = {
            "role": SchoolRole(role),
            "school_year": school_year,
            "classroom": room,
            "subject_code": subject_code,
        }
        key = place if room is not None else {**place, "staff": staff}
        row, _ = StaffAssignment.objects.update_or_create(
            **key, defaults={"staff": staff, "assigned_by": by.user_id, "assigned_at": at}
        )
        detail = {"role": role, "classroom": classroom_id, "subject": subject_code}
        _audit(by, at, "assign", f"staff:{staff.pk}", detail)
    return row.pk


def _refuse_mixed_administrator(staff: StaffMember, role: str, school_year: str) -> None:
    """The administrator manages rights and cannot touch results (QĐ 1789 Đ33)."""
    rows = StaffAssignment.objects.filter(staff=staff, school_year=school_year)
    administrator = SchoolRole.ADMINISTRATOR.value
    mixed = (
        rows.exclude(role=administrator).exists()
        if role == administrator
        else rows.filter(role=administrator).exists()
    )
    if mixed:
        raise Refused(
            "separation",
            "Quản trị viên không được giữ thêm vai trò nào chạm đến kết quả học tập.",
            "The administrator may hold no role that touches results.",
        )


def import_class_list(
    *,
    by: Actor,
    at: dt.datetime,
    school_id: int,
    school_year: str,
    rows: Sequence[ClassListRow],
) -> ClassListSaved:
    """Write checked rows of a class list: new pupils, changed data, and who is in which class."""
    require(deny_role(by, SchoolRole.REGISTRAR))
    year = SchoolYear.parse(school_year)
    with school_transaction():
        # The school row is the lock: two imports at once would hand out a register number twice.
        school_by_id(by, school_id)
        school = School.objects.select_for_update().get(pk=school_id)
        rooms = _rooms_of(school, year, rows)
        known = pupils_by_code(school)
        counts = {"created": 0, "changed": 0, "same": 0}
        for row in rows:
            outcome, pupil = _write_pupil(school, known.get(row.pupil_code), row, by, at)
            counts[outcome] += 1
            _write_enrolment(pupil, rooms[row.classroom_name, row.grade], year, row, by, at)
        school.save(update_fields=["last_register_number"])
        saved = ClassListSaved(**counts, classroom_ids=tuple(room.pk for room in rooms.values()))
        detail = {**counts, "classrooms": [room.name for room in rooms.values()]}
        _audit(by, at, "import_class_list", f"school:{school.code}", detail)
    return saved


def _rooms_of(
    school: School, year: SchoolYear, rows: Sequence[ClassListRow]
) -> dict[tuple[str, int], Classroom]:
    rooms: dict[tuple[str, int], Classroom] = {}
    for row in rows:
        if (row.classroom_name, row.grade) in rooms:
            continue
        room, _ = Classroom.objects.select_for_update().get_or_create(
            school=school,
            school_year=str(year),
            name=row.classroom_name,
            grade=row.grade,
        )
        require(deny_locked_class(room))
        rooms[row.classroom_name, row.grade] = room
    return rooms


def _write_pupil(
    school: School, pupil: Pupil | None, row: ClassListRow, by: Actor, at: dt.datetime
) -> tuple[str, Pupil]:
    fields = row.pupil_fields()
    if pupil is None:
        school.last_register_number += 1
        number = f"{school.last_register_number:05d}/{at.year}"
        created = Pupil.objects.create(
            school=school,
            pupil_code=row.pupil_code,
            register_number=number,
            entered_by=by.user_id,
            entered_at=at,
            **fields,
        )
        return "created", created
    changed = {name: text for name, text in fields.items() if getattr(pupil, name) != text}
    if pupil.personal_id and not fields["personal_id"]:
        changed.pop("personal_id", None)  # a file without the column takes no number away
    if not changed:
        return "same", pupil
    require_unlocked(pupil)
    write_values(pupil, changed, "change_pupil", {"reason": BY_IMPORT}, by=by, at=at)
    return "changed", pupil


def _write_enrolment(
    pupil: Pupil,
    room: Classroom,
    year: SchoolYear,
    row: ClassListRow,
    by: Actor,
    at: dt.datetime,
) -> None:
    known = (
        Enrolment.objects.filter(pupil=pupil, school_year=str(year))
        .select_related("classroom", "pupil")
        .first()
    )
    if known is None:
        Enrolment.objects.create(
            pupil=pupil,
            classroom=room,
            school_year=str(year),
            position=row.position,
            status=row.status,
            arrived_on=dt.date(year.first, *FIRST_SCHOOL_DAY),
            entered_by=by.user_id,
            entered_at=at,
        )
        return
    moved = known.classroom_id != room.pk
    if moved or known.status != row.status:
        require(deny_locked_results(known))
        PupilMovement.objects.create(
            enrolment=known,
            status=row.status,
            from_classroom=known.classroom if moved else None,
            to_classroom=room if moved else None,
            day=at.date(),
            reason=BY_IMPORT,
            entered_by=by.user_id,
            entered_at=at,
        )
        known.left_on = None if row.status in ON_CLASS_LIST else known.left_on or at.date()
    known.classroom, known.position, known.status = room, row.position, PupilStatus(row.status)
    known.entered_by, known.entered_at = by.user_id, at
    known.save()
    if moved:
        reopen_review(pupil, ["classroom"], by=by, at=at)


def _audit(
    by: Actor, at: dt.datetime, action: str, subject: str, detail: Mapping[str, object]
) -> None:
    record_event(
        using=SCHOOL_DATABASE, by=by, at=at, action=action, subject=subject, detail=dict(detail)
    )
