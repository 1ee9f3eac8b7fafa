"""What a training school consists of: its people, its classes and how far each class has come.

Pure. Every role of the school finds something to do from the first minute.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from hocba.assessment.catalogue import subjects_of_grade
from hocba_server.school.training.invented import invent_staff

SUBJECT, HOMEROOM = "GVBM", "GVCN"
PRINCIPAL, ADMINISTRATOR = "HIEU_TRUONG", "QTV"
NEEDED: Final = (
    (PRINCIPAL, "Hiệu trưởng"),
    ("HOC_VU", "Nhân viên học vụ"),
    ("VAN_THU", "Nhân viên văn thư"),
    (ADMINISTRATOR, "Quản trị viên"),
)
"""Without one of these the line stands still; nobody there: an invented person holds it."""
MOST_CLASSES: Final = 40
PUPILS: Final = 12


class Stage(IntEnum):
    """How far a class is when the training school opens."""

    ROLL = 0
    """Pupils only: teachers enter."""
    GAPS = 1
    """Results with gaps, and one pupil whose promotion the head decides."""
    COMPLETE = 2
    """Complete, issue opened: the registrar creates the records."""
    CREATED = 3
    """Records exist: subject teachers sign."""
    SUBJECTS_SIGNED = 4
    """The homeroom teacher signs."""
    HOMEROOM_SIGNED = 5
    """The leader signs or returns."""
    LEADER_SIGNED = 6
    """The clerk seals and sends."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the real school, or an invented stand-in; roles as in the real school."""

    full_name: str
    personal_id: str
    title: str
    roles: tuple[str, ...]
    invented: bool = False


@dataclass(frozen=True, slots=True)
class Taught:
    """What the real school says about one teacher: homeroom of a grade, or a subject in it."""

    personal_id: str
    grade: int
    subject_code: str = ""


@dataclass(frozen=True, slots=True)
class PlannedClass:
    """One class: its teachers by personal number."""

    number: int
    name: str
    grade: int
    stage: Stage
    homeroom: str
    subjects: Mapping[str, str]
    """Subject code -> personal number of its teacher."""


FIRST_CLASSES: Final = (
    ("1A", 1, Stage.ROLL),
    ("2A", 2, Stage.GAPS),
    ("3A", 3, Stage.COMPLETE),
    ("4A", 4, Stage.CREATED),
    ("5A", 5, Stage.HOMEROOM_SIGNED),
    ("4B", 4, Stage.SUBJECTS_SIGNED),
    ("5B", 5, Stage.LEADER_SIGNED),
)
"""One class a grade, and two more so that nobody waits for another role."""


def plan_people(people: Iterable[Person]) -> list[Person]:
    """The people, each once with all roles, and stand-ins for roles that nobody holds."""
    known: dict[str, Person] = {}
    for each in people:
        before = known.get(each.personal_id)
        roles = tuple(dict.fromkeys((*(before.roles if before else ()), *each.roles)))
        first = before or each
        known[each.personal_id] = Person(
            first.full_name, first.personal_id, first.title, _separate(roles)
        )
    found = list(known.values())
    held = {role for person in found for role in person.roles}
    for order, (role, title) in enumerate((*NEEDED, (HOMEROOM, "Giáo viên")), start=1):
        if role not in held:
            roles = (HOMEROOM, SUBJECT) if role == HOMEROOM else (role,)
            name, number = invent_staff(order)
            found.append(Person(name, number, title, roles, invented=True))
    return found


def _separate(roles: tuple[str, ...]) -> tuple[str, ...]:
    """The administrator holds no other role (QĐ 1789 Đ33)."""
    others = tuple(role for role in roles if role != ADMINISTRATOR)
    return others or roles


def plan_classes(people: Sequence[Person], taught: Iterable[Taught]) -> list[PlannedClass]:
    """The classes: every homeroom teacher leads one, every subject teacher teaches in some.

    Teachers stay with the grade and the subjects that they have in the real school.
    """
    lines = list(taught)
    leaders = _leaders(people, lines)
    specialists = _specialists(people, lines)
    specs = list(FIRST_CLASSES)
    homerooms = _share(specs, leaders)
    letters = {grade: iter("CDEGHIKLMNOPQ") for grade in range(1, 6)}
    for number, grade in leaders:
        if number not in homerooms and len(specs) < MOST_CLASSES:
            specs.append((f"{grade}{next(letters[grade], 'X')}", grade, Stage.GAPS))
            homerooms.append(number)
    turns: dict[str, int] = {}
    return [
        PlannedClass(
            place,
            name if len(name) > 1 else f"{grade}{place}",
            grade,
            stage,
            homeroom,
            _subject_teachers(grade, homeroom, specialists, turns),
        )
        for place, ((name, grade, stage), homeroom) in enumerate(
            zip(specs, homerooms, strict=True), start=1
        )
    ]


def _leaders(people: Sequence[Person], lines: Sequence[Taught]) -> list[tuple[str, int]]:
    """Homeroom teachers with the grade they have; grade 1 when the school does not say."""
    grades = {line.personal_id: line.grade for line in lines if not line.subject_code}
    return [
        (person.personal_id, grades.get(person.personal_id, 1))
        for person in people
        if HOMEROOM in person.roles
    ]


def _specialists(people: Sequence[Person], lines: Sequence[Taught]) -> dict[str, list[str]]:
    """Subject -> those who teach it without leading a class."""
    only_subjects = {
        person.personal_id
        for person in people
        if SUBJECT in person.roles and HOMEROOM not in person.roles
    }
    found: dict[str, list[str]] = {}
    for line in lines:
        teachers = found.setdefault(line.subject_code, [])
        known = line.personal_id in teachers
        if line.subject_code and line.personal_id in only_subjects and not known:
            teachers.append(line.personal_id)
    return found


def _share(
    specs: Sequence[tuple[str, int, Stage]], leaders: Sequence[tuple[str, int]]
) -> list[str]:
    """A homeroom teacher for each class: of that grade if possible, and nobody twice too soon."""
    used: dict[str, int] = dict.fromkeys((number for number, _ in leaders), 0)
    order = {number: place for place, (number, _) in enumerate(leaders)}
    grades = dict(leaders)
    chosen = []
    for _, grade, _ in specs:
        best = min(used, key=lambda each: (used[each], grades[each] != grade, order[each]))
        used[best] += 1
        chosen.append(best)
    return chosen


def _subject_teachers(
    grade: int, homeroom: str, specialists: Mapping[str, Sequence[str]], turns: dict[str, int]
) -> dict[str, str]:
    teachers = {}
    for subject in subjects_of_grade(grade):
        if grade not in subject.compulsory_grades:
            continue
        code = str(subject.code)
        found = specialists.get(code) or (homeroom,)
        turn = turns.get(code, 0)
        turns[code] = turn + 1
        teachers[code] = found[turn % len(found)]
    return teachers
