from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import Q

from hocba.errors import Refused
from hocba_server.school.registry.models import (
    ON_CLASS_LIST,
    Classroom,
    Enrolment,
    Pupil,
    School,
    SchoolRole,
    StaffAssignment,
    StaffMember,
)
from hocba_server.school.registry.names import name_key
from hocba_server.school.registry.permissions import NOT_FOUND, deny_other_school, require
from hocba_server.web.accounts.actor import Actor

# `..._approved`: must a certificate be approved before it signs (by the department, by the head)?
DEFAULT_SETTINGS: Mapping[str, object] = {
    "homeroom_covers_own_subjects": True,
    "format_profile": "v2_2025",
    "organisation_certificate_approved": True,
    "personal_certificates_approved": False,
}


def not_found() -> Refused:
    """The refusal that views show as 404."""
    return Refused("not_found", NOT_FOUND.vi, NOT_FOUND.en)


def own_school(by: Actor) -> School:
    """The school of this person."""
    found = School.objects.filter(code=by.unit_code).first() if by.house == "school" else None
    if found is None:
        raise not_found()
    return found


def school_by_id(by: Actor, school_id: int) -> School:
    """A school, if it is the school of this person."""
    school = School.objects.filter(pk=school_id).first()
    if school is None:
        raise not_found()
    require(deny_other_school(by, school.code))
    return school


def setting(school: School, name: str) -> object:
    """A setting of the school, or what holds when the school has chosen nothing."""
    return school.settings.get(name, DEFAULT_SETTINGS[name])


def classroom_by_id(by: Actor, classroom_id: int, *, lock: bool = False) -> Classroom:
    """A class of this person's school; `lock` keeps others from changing it until commit."""
    rows = Classroom.objects.select_related("school")
    if lock:
        rows = rows.select_for_update(of=("self",))
    classroom = rows.filter(pk=classroom_id).first()
    if classroom is None:
        raise not_found()
    require(deny_other_school(by, classroom.school.code))
    return classroom


def classrooms_of_school(school: School, school_year: str | None = None) -> list[Classroom]:
    """The classes of a school, newest year first."""
    rows = Classroom.objects.filter(school=school).select_related("school")
    if school_year is not None:
        rows = rows.filter(school_year=school_year)
    return list(rows.order_by("-school_year", "grade", "name"))


def school_years(school: School) -> list[str]:
    """The years that have classes, newest first."""
    rows = Classroom.objects.filter(school=school).order_by("-school_year")
    return list(rows.values_list("school_year", flat=True).distinct())


def class_roll(classroom: Classroom) -> list[Enrolment]:
    """The pupils who are in the class, in Vietnamese name order.

    Whoever has a record of this class belongs to it, also when the pupil left afterwards.
    """
    return class_rolls([classroom])[classroom.pk]


def class_rolls(rooms: Sequence[Classroom]) -> dict[int, list[Enrolment]]:
    """Class id -> its roll as `class_roll` gives it, in one query."""
    found: dict[int, list[Enrolment]] = {room.pk: [] for room in rooms}
    rows = Enrolment.objects.filter(classroom__in=rooms).filter(
        Q(status__in=ON_CLASS_LIST) | Q(results_locked_at__isnull=False)
    )
    for row in sorted(
        rows.select_related("pupil"),
        key=lambda row: (name_key(row.pupil.full_name), row.pupil.pupil_code),
    ):
        found[row.classroom_id].append(row)
    return found


def homeroom_teacher(classroom: Classroom) -> StaffMember | None:
    """The homeroom teacher of the class, if one is assigned."""
    row = (
        StaffAssignment.objects.filter(classroom=classroom, role=SchoolRole.HOMEROOM_TEACHER)
        .select_related("staff")
        .first()
    )
    return row.staff if row else None


def subject_teachers(classroom: Classroom) -> dict[str, StaffMember]:
    """Subject code -> the teacher assigned to it in this class."""
    rows = StaffAssignment.objects.filter(classroom=classroom, role=SchoolRole.SUBJECT_TEACHER)
    return {row.subject_code: row.staff for row in rows.select_related("staff")}


def own_assignments(by: Actor, school_year: str | None = None) -> list[StaffAssignment]:
    """What this person is assigned to at the own school."""
    rows = StaffAssignment.objects.filter(
        staff__personal_id=by.personal_id, staff__school__code=by.unit_code
    ).select_related("staff", "classroom", "classroom__school")
    if school_year is not None:
        rows = rows.filter(school_year=school_year)
    return list(rows)


def own_classrooms(by: Actor) -> list[Classroom]:
    """Classes this person teaches or leads; every class of the school for the other roles."""
    school = own_school(by)
    teaching = {SchoolRole.SUBJECT_TEACHER.value, SchoolRole.HOMEROOM_TEACHER.value}
    rooms = classrooms_of_school(school)
    if set(by.roles) - teaching:
        return rooms
    own = {row.classroom_id for row in own_assignments(by)}
    return [room for room in rooms if room.pk in own]


def leaders(school: School, school_year: str) -> list[StaffMember]:
    """Who may sign as leader in this year: the principal and assigned leaders."""
    rows = StaffMember.objects.filter(
        school=school,
        assignments__school_year=school_year,
        assignments__role__in=[SchoolRole.SCHOOL_LEADER, SchoolRole.PRINCIPAL],
    )
    return list(rows.distinct())


def people_in_role(school: School, school_year: str, *roles: SchoolRole) -> list[str]:
    """Personal numbers of those who hold one of these roles in a year."""
    rows = StaffAssignment.objects.filter(
        staff__school=school, school_year=school_year, role__in=roles
    )
    return list(rows.values_list("staff__personal_id", flat=True).distinct())


def people_holding(school: School, role: SchoolRole) -> list[str]:
    """Personal numbers of those who hold a role in the newest year that names anybody for it."""
    rows = StaffAssignment.objects.filter(staff__school=school, role=role)
    newest = rows.order_by("-school_year").values_list("school_year", flat=True).first()
    return people_in_role(school, newest, role) if newest is not None else []


def people_of_sheet(classroom: Classroom, subject_code: str) -> list[str]:
    """Personal numbers of who fills one sheet of a class: the subject's or the homeroom teacher."""
    role = SchoolRole.SUBJECT_TEACHER if subject_code else SchoolRole.HOMEROOM_TEACHER
    rows = StaffAssignment.objects.filter(classroom=classroom, role=role, subject_code=subject_code)
    return list(rows.values_list("staff__personal_id", flat=True))


def people_of_class(classroom: Classroom) -> list[str]:
    """Personal numbers of all who teach a class."""
    rows = StaffAssignment.objects.filter(classroom=classroom)
    return list(rows.values_list("staff__personal_id", flat=True).distinct())


def pupils_by_code(school: School) -> dict[str, Pupil]:
    """Every pupil of the school by the Ministry's pupil code."""
    return {pupil.pupil_code: pupil for pupil in Pupil.objects.filter(school=school)}


def enrolment_by_id(by: Actor, enrolment_id: int) -> Enrolment:
    """One pupil in one class of this person's school."""
    row = (
        Enrolment.objects.filter(pk=enrolment_id)
        .select_related("pupil", "classroom", "classroom__school")
        .first()
    )
    if row is None:
        raise not_found()
    require(deny_other_school(by, row.classroom.school.code))
    return row


def own_staff(by: Actor) -> StaffMember:
    """This person as a member of staff of the own school."""
    found = StaffMember.objects.filter(
        school__code=by.unit_code, personal_id=by.personal_id
    ).first()
    if found is None:
        raise not_found()
    return found


def study_history(pupil: Pupil) -> list[Enrolment]:
    """The pupil's years at this school, oldest first."""
    rows = Enrolment.objects.filter(pupil=pupil).select_related("classroom", "classroom__school")
    return list(rows.order_by("school_year"))
