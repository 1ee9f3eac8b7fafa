"""Who may do what at a school. One function per question; it answers a `Denial` or None.

The same value is raised by the service, fills the tooltip of the disabled button and the 403 page.
Source: QĐ 1789/QĐ-SGDĐT Đ5.3c, Đ13, Đ14, Đ20, Đ30-34.
"""

from __future__ import annotations

from hocba.errors import Refused, Sentence
from hocba.workflow.transitions import Denial
from hocba_server.school.registry.models import Classroom, SchoolRole, StaffAssignment
from hocba_server.web.accounts.actor import Actor

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
    """Objects of another school do not exist for this person."""
    if by.house == "school" and by.unit_code == school_code:
        return None
    return Denial(
        "not_found",
        Sentence("Không tìm thấy mục này ở trường của Thầy/Cô.", "Not found at your school."),
    )


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


def deny_subject_teacher(by: Actor, classroom: Classroom, subject_code: str) -> Denial | None:
    """Only the teacher assigned to this subject in this class (QĐ 1789 Đ32)."""
    denial = deny_role(by, SchoolRole.SUBJECT_TEACHER)
    if denial is not None:
        return denial
    if _holds(by, classroom, SchoolRole.SUBJECT_TEACHER, subject_code):
        return None
    return Denial(
        "role",
        Sentence(
            f"Thầy/Cô không được phân công dạy môn này ở lớp {classroom.name}.",
            f"You are not assigned to this subject in class {classroom.name}.",
        ),
    )


def deny_homeroom_teacher(by: Actor, classroom: Classroom) -> Denial | None:
    """Only the homeroom teacher of this class (QĐ 1789 Đ31)."""
    denial = deny_role(by, SchoolRole.HOMEROOM_TEACHER)
    if denial is not None:
        return denial
    if _holds(by, classroom, SchoolRole.HOMEROOM_TEACHER, ""):
        return None
    return Denial(
        "role",
        Sentence(
            f"Thầy/Cô không phải giáo viên chủ nhiệm lớp {classroom.name}.",
            f"You are not the homeroom teacher of class {classroom.name}.",
        ),
    )


def deny_locked_results(classroom: Classroom) -> Denial | None:
    """After the records of a class are created its results stand still (QĐ 1789 Đ21.3)."""
    if classroom.results_locked_at is None:
        return None
    return Denial(
        "locked",
        Sentence(
            f"Học bạ lớp {classroom.name} đã khởi tạo nên kết quả không sửa được nữa.",
            f"The records of class {classroom.name} exist already; results are locked.",
        ),
    )


def _holds(by: Actor, classroom: Classroom, role: SchoolRole, subject_code: str) -> bool:
    return (
        by.personal_id is not None
        and StaffAssignment.objects.filter(
            classroom=classroom,
            role=role,
            subject_code=subject_code,
            staff__personal_id=by.personal_id,
        ).exists()
    )
