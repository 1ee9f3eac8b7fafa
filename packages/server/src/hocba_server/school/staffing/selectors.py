from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from hocba_server.school.registry.models import (
    Classroom,
    School,
    SchoolRole,
    StaffAssignment,
    StaffMember,
    Substitution,
)
from hocba_server.school.registry.names import name_key
from hocba_server.school.registry.selectors import classrooms_of_school
from hocba_server.school.registry.taught import subject_title, taught_subjects
from hocba_server.school.staffing.models import (
    Campus,
    CampusClass,
    StaffDeparture,
    StaffProfile,
)
from hocba_server.school.staffing.rights import WHOLE_SCHOOL
from hocba_server.school.staffing.workload import NORM, weekly_periods


@dataclass(frozen=True, slots=True)
class Person:
    """One line of the staff list."""

    staff: StaffMember
    profile: StaffProfile
    duties: tuple[str, ...]
    """What the person does in this year, in words."""
    departure: StaffDeparture | None


@dataclass(frozen=True, slots=True)
class Place:
    """One cell of the assignment grid: a subject of a class, or the homeroom teacher (code "")."""

    code: str
    title: str
    assignment: StaffAssignment | None
    substitution: Substitution | None
    signed: bool | None
    """Does a signed decision cover it? None when nobody is assigned."""


@dataclass(frozen=True, slots=True)
class GridRow:
    """One class of the grid."""

    room: Classroom
    places: tuple[Place, ...]

    @property
    def missing(self) -> int:
        """How many places nobody holds."""
        return sum(1 for place in self.places if place.assignment is None)

    @property
    def homeroom(self) -> Place:
        """The homeroom teacher's place."""
        return self.places[0]


@dataclass(frozen=True, slots=True)
class Load:
    """What one person teaches."""

    staff: StaffMember
    homeroom: tuple[str, ...]
    classes: int
    subjects: int
    periods: float

    @property
    def too_much(self) -> bool:
        """More periods than the norm of a week."""
        return self.periods > NORM


def people_of(
    school: School, school_year: str, *, campus_id: int | None = None, with_left: bool = False
) -> list[Person]:
    """The staff list in name order, with what each person does in a year."""
    staff = StaffMember.objects.filter(school=school)
    if campus_id is not None:
        staff = staff.filter(profile__campus_id=campus_id)
    gone = {
        row.staff_id: row
        for row in StaffDeparture.objects.filter(staff__school=school, returned_on=None)
    }
    profiles = {
        row.staff_id: row
        for row in StaffProfile.objects.filter(staff__school=school).select_related("campus")
    }
    duties = duties_of(school, school_year)
    people = [
        Person(
            member,
            profiles.get(member.pk) or StaffProfile(staff=member),
            tuple(duties.get(member.pk, ())),
            gone.get(member.pk),
        )
        for member in staff
        if with_left or member.pk not in gone
    ]
    return sorted(people, key=lambda person: name_key(person.staff.full_name))


def working_staff(school: School) -> list[StaffMember]:
    """Who can be assigned: everybody who has not left, in name order."""
    gone = StaffDeparture.objects.filter(staff__school=school, returned_on=None)
    rows = StaffMember.objects.filter(school=school).exclude(pk__in=gone.values("staff_id"))
    return sorted(rows, key=lambda member: name_key(member.full_name))


def assignments_of(school: School, school_year: str) -> list[StaffAssignment]:
    """Every assignment of a year: roles for the school first, then class by class."""
    rows = StaffAssignment.objects.filter(staff__school=school, school_year=school_year)
    return sorted(
        rows.select_related("staff", "staff__school", "classroom", "classroom__school"),
        key=lambda row: (
            row.classroom is not None,
            row.classroom.grade if row.classroom else 0,
            row.classroom.name if row.classroom else "",
            [role.value for role in reversed(SchoolRole)].index(row.role),
            row.subject_code,
        ),
    )


def duties_of(school: School, school_year: str) -> dict[int, list[str]]:
    """Staff number -> the duties of a year in words of the page, subjects gathered over classes."""
    found: dict[int, list[str]] = defaultdict(list)
    taught: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in assignments_of(school, school_year):
        if row.classroom is None:
            found[row.staff_id].append(_(row.get_role_display()))
        elif row.role == SchoolRole.HOMEROOM_TEACHER:
            found[row.staff_id].append(_("Chủ nhiệm lớp %(room)s") % {"room": row.classroom.name})
        else:
            taught[row.staff_id][row.classroom.name].append(place_title(row))
    for number, by_class in taught.items():
        for subjects, rooms in _same_subjects(by_class).items():
            taught_here = {"subjects": ", ".join(subjects), "rooms": ", ".join(rooms)}
            found[number].append(_("Dạy %(subjects)s lớp %(rooms)s") % taught_here)
    return dict(found)


def _same_subjects(by_class: dict[str, list[str]]) -> dict[tuple[str, ...], list[str]]:
    """Classes that somebody teaches the same subjects, together."""
    found: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for room, subjects in by_class.items():
        found[tuple(subjects)].append(room)
    return found


def place_title(row: StaffAssignment) -> str:
    """The subject of an assignment, or the role."""
    if row.classroom is None or not row.subject_code:
        return str(row.get_role_display())
    for subject in taught_subjects(row.classroom):
        if str(subject.code) == row.subject_code:
            return subject_title(row.classroom, subject)
    return row.subject_code


def grid_of(
    school: School,
    school_year: str,
    *,
    day: dt.date,
    signed: set[tuple[int, str, int | None, str]],
    campus_id: int | None = None,
) -> list[GridRow]:
    """Class by class, who holds which place. `signed` are keys that decisions cover."""
    rooms = rooms_at(school, school_year, campus_id)
    held: dict[tuple[int, str], StaffAssignment] = {}
    for row in assignments_of(school, school_year):
        if row.classroom_id is not None:
            held[row.classroom_id, row.subject_code] = row
    stands = {row.assignment_id: row for row in substitutions_of(school, school_year, day=day)}
    return [
        GridRow(
            room,
            tuple(
                _place(code, title, held.get((room.pk, code)), stands, signed)
                for code, title in places_of_class(room)
            ),
        )
        for room in rooms
    ]


def places_of_class(room: Classroom) -> list[tuple[str, str]]:
    """Code and title of every place of a class: homeroom first, then each subject."""
    subjects = taught_subjects(room)
    return [
        ("", _("Chủ nhiệm")),
        *((str(subject.code), subject_title(room, subject)) for subject in subjects),
    ]


def _place(
    code: str,
    title: str,
    row: StaffAssignment | None,
    stands: dict[int, Substitution],
    signed: set[tuple[int, str, int | None, str]],
) -> Place:
    covered = None if row is None else line_key(row) in signed
    return Place(code, title, row, stands.get(row.pk) if row else None, covered)


def line_key(row: StaffAssignment) -> tuple[int, str, int | None, str]:
    """What makes an assignment the same in a decision: person, role, class and subject."""
    return row.staff_id, row.role, row.classroom_id, row.subject_code


def loads_of(school: School, school_year: str) -> list[Load]:
    """What everybody teaches; who teaches nothing comes with zeros."""
    rows: dict[int, list[StaffAssignment]] = defaultdict(list)
    for row in assignments_of(school, school_year):
        rows[row.staff_id].append(row)
    loads = []
    for member in working_staff(school):
        taught = [
            (row.classroom, row.subject_code)
            for row in rows[member.pk]
            if row.classroom is not None and row.subject_code
        ]
        homeroom = [
            row.classroom.name
            for row in rows[member.pk]
            if row.classroom is not None and not row.subject_code
        ]
        loads.append(
            Load(
                member,
                tuple(homeroom),
                len({room.pk for room, _ in taught}),
                len({code for _, code in taught}),
                sum(weekly_periods(code, room.grade) for room, code in taught),
            )
        )
    return loads


def school_roles(school: School, school_year: str) -> list[StaffAssignment]:
    """Who holds the roles for the whole school in a year."""
    roles = [SchoolRole.PRINCIPAL, *WHOLE_SCHOOL]
    rows = [row for row in assignments_of(school, school_year) if row.role in roles]
    return sorted(rows, key=lambda row: [role.value for role in roles].index(row.role))


def substitutions_of(
    school: School, school_year: str, *, day: dt.date | None = None
) -> list[Substitution]:
    """Substitutions of a year, newest first; with `day` only those of that day."""
    rows = Substitution.objects.filter(
        assignment__staff__school=school, assignment__school_year=school_year
    )
    if day is not None:
        rows = rows.filter(Q(last_day__isnull=True) | Q(last_day__gte=day), first_day__lte=day)
    rows = rows.select_related("staff", "assignment__staff", "assignment__classroom__school")
    return list(rows.order_by("-first_day", "-pk"))


def campuses_of(school: School) -> list[Campus]:
    """The campuses of a school by name; none means one place."""
    return list(Campus.objects.filter(school=school))


def rooms_at(school: School, school_year: str, campus_id: int | None) -> list[Classroom]:
    """Classes of a year, of one campus when asked."""
    rooms = classrooms_of_school(school, school_year)
    if campus_id is None:
        return rooms
    here = set(
        CampusClass.objects.filter(campus_id=campus_id).values_list("classroom_id", flat=True)
    )
    return [room for room in rooms if room.pk in here]


def campus_of_class(school: School) -> dict[int, Campus]:
    """Class number -> campus."""
    rows = CampusClass.objects.filter(campus__school=school).select_related("campus")
    return {row.classroom_id: row.campus for row in rows}
