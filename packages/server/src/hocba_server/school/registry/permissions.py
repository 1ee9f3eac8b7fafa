"""Who may do what at a school. One function per question; it answers a `Denial` or None.

The same value is raised by the service, fills the tooltip of the disabled button and the 403 page.
Source: QĐ 1789/QĐ-SGDĐT Đ5.3c, Đ13, Đ14, Đ20, Đ30-34.
"""

from __future__ import annotations

import datetime as dt

from django.db.models import Q

from hocba.errors import Refused, Sentence
from hocba.workflow.transitions import Denial
from hocba_server.school.registry.models import (
    Classroom,
    Enrolment,
    SchoolRole,
    StaffAssignment,
    Substitution,
)
from hocba_server.web.accounts.actor import Actor

NOT_FOUND = Sentence("Không tìm thấy mục này.", "Not found.")

OFFICE = (
    SchoolRole.REGISTRAR,
    SchoolRole.SCHOOL_CLERK,
    SchoolRole.SCHOOL_LEADER,
    SchoolRole.PRINCIPAL,
)
"""Who works with every class of the school (QĐ 1789/QĐ-SGDĐT Đ30, Đ32)."""

ROLE_NAMES_EN = {
    SchoolRole.SUBJECT_TEACHER: "the subject teacher",
    SchoolRole.HOMEROOM_TEACHER: "the homeroom teacher",
    SchoolRole.REGISTRAR: "the registrar",
    SchoolRole.SCHOOL_CLERK: "the school clerk",
    SchoolRole.SCHOOL_LEADER: "a school leader",
    SchoolRole.PRINCIPAL: "the principal",
    SchoolRole.ADMINISTRATOR: "the administrator",
}


def require(denial: Denial | None) -> None:
    """Raise `Refused` with the code and sentence of the denial, if there is one."""
    if denial is not None:
        raise Refused(denial.code, denial.sentence.vi, denial.sentence.en)


def deny_other_school(by: Actor, school_code: str) -> Denial | None:
    """Objects of another school do not exist for this person.

    The very sentence of `selectors.not_found`: a different one would tell that the object exists.
    """
    if by.house == "school" and by.unit_code == school_code:
        return None
    return Denial("not_found", NOT_FOUND)


def deny_role(by: Actor, *roles: SchoolRole) -> Denial | None:
    """One of the roles is needed."""
    if any(role.value in by.roles for role in roles):
        return None
    vi = ", ".join(role.label for role in roles)
    en = " or ".join(ROLE_NAMES_EN[role] for role in roles)
    return Denial(
        "role",
        Sentence(
            f"Việc này dành cho: {vi}. Thầy/Cô không có vai trò đó nên chưa làm được.",
            f"This is for {en}; you do not hold that role.",
        ),
    )


def deny_subject_teacher(
    by: Actor, classroom: Classroom, subject_code: str, on: dt.date | None = None
) -> Denial | None:
    """Only the teacher assigned to this subject in this class (QĐ 1789 Đ32), or the substitute.

    `on` is the day; without it only the assignment itself counts.
    """
    denial = deny_role(by, SchoolRole.SUBJECT_TEACHER)
    if denial is not None:
        return denial
    if _holds(by, classroom, SchoolRole.SUBJECT_TEACHER, subject_code, on):
        return None
    return Denial(
        "role",
        Sentence(
            f"Thầy/Cô không được phân công dạy môn này ở lớp {classroom.name}.",
            f"You are not assigned to this subject in class {classroom.name}.",
        ),
    )


def deny_homeroom_teacher(
    by: Actor, classroom: Classroom, on: dt.date | None = None
) -> Denial | None:
    """Only the homeroom teacher of this class (QĐ 1789 Đ31), or the substitute on that day."""
    denial = deny_role(by, SchoolRole.HOMEROOM_TEACHER)
    if denial is not None:
        return denial
    if _holds(by, classroom, SchoolRole.HOMEROOM_TEACHER, "", on):
        return None
    return Denial(
        "role",
        Sentence(
            f"Thầy/Cô không phải giáo viên chủ nhiệm lớp {classroom.name}.",
            f"You are not the homeroom teacher of class {classroom.name}.",
        ),
    )


def deny_locked_results(enrolment: Enrolment) -> Denial | None:
    """Once a pupil's record is created the results stand still (QĐ 1789 Đ21.3)."""
    if enrolment.results_locked_at is None:
        return None
    name = enrolment.pupil.full_name
    return Denial(
        "locked",
        Sentence(
            f"Học bạ của {name} đã khởi tạo nên kết quả không sửa được nữa. "
            "Cần sửa thì xin trả lại học bạ.",
            f"The record of {name} exists already; the results are locked until it is returned.",
        ),
    )


def deny_locked_class(classroom: Classroom) -> Denial | None:
    """The class list stands still while any record of the class exists."""
    if not Enrolment.objects.filter(classroom=classroom, results_locked_at__isnull=False).exists():
        return None
    return Denial(
        "locked",
        Sentence(
            f"Học bạ lớp {classroom.name} đã khởi tạo nên danh sách lớp không sửa được nữa.",
            f"The records of class {classroom.name} exist already; the class list is locked.",
        ),
    )


def deny_results_reader(
    by: Actor, classroom: Classroom, on: dt.date | None = None
) -> Denial | None:
    """Who may look at results of a class: its teachers and the school's office, never the
    administrator (QĐ 1789 Đ33)."""
    if SchoolRole.ADMINISTRATOR.value in by.roles:
        return deny_role(by, *OFFICE) or _administrator()
    if deny_role(by, *OFFICE) is None or _teaches_here(by, classroom, on):
        return None
    return Denial(
        "role",
        Sentence(
            f"Thầy/Cô không dạy lớp {classroom.name} nên không xem được kết quả của lớp.",
            f"You do not teach class {classroom.name}, so its results are not shown to you.",
        ),
    )


def deny_subject_reader(
    by: Actor, classroom: Classroom, subject_code: str, on: dt.date | None = None
) -> Denial | None:
    """Who may look at the results of one subject: who enters them, the homeroom teacher, the
    office."""
    denial = deny_results_reader(by, classroom, on)
    if denial is not None:
        return denial
    if deny_role(by, *OFFICE) is None or deny_homeroom_teacher(by, classroom, on) is None:
        return None
    return deny_subject_teacher(by, classroom, subject_code, on)


def _administrator() -> Denial:
    return Denial(
        "role",
        Sentence(
            "Tài khoản quản trị không xem kết quả học tập.",
            "An administrator's account sees no results.",
        ),
    )


def _teaches_here(by: Actor, classroom: Classroom, on: dt.date | None) -> bool:
    if not by.personal_id:
        return False
    rows = StaffAssignment.objects.filter(classroom=classroom, staff__personal_id=by.personal_id)
    if rows.exists():
        return True
    stand_ins = Substitution.objects.filter(
        assignment__classroom=classroom, staff__personal_id=by.personal_id
    )
    return on is not None and stand_ins.filter(_covering(on)).exists()


def _holds(
    by: Actor,
    classroom: Classroom,
    role: SchoolRole,
    subject_code: str,
    on: dt.date | None,
) -> bool:
    if not by.personal_id:
        return False
    rows = StaffAssignment.objects.filter(classroom=classroom, role=role, subject_code=subject_code)
    if rows.filter(staff__personal_id=by.personal_id).exists():
        return True
    stand_ins = Substitution.objects.filter(assignment__in=rows, staff__personal_id=by.personal_id)
    return on is not None and stand_ins.filter(_covering(on)).exists()


def _covering(day: dt.date) -> Q:
    return Q(first_day__lte=day) & (Q(last_day__isnull=True) | Q(last_day__gte=day))
