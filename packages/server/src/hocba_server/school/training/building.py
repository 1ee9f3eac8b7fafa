"""Making a training school: staff, mock keys, classes with pupils, results and signatures.

Each class is one commit, so that a job which was cut off goes on with the next class. Everything
goes through the services of the rooms, as if the people had done it; the trail names no account.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from hocba.assessment.catalogue import subjects_of_grade
from hocba.errors import HocBaError, Sentence
from hocba.ids import SchoolYear
from hocba.ports import Clock
from hocba.record.model import SignerRole
from hocba_server.school.assessments.services import (
    set_homeroom_data,
    set_subject_results,
    set_trait_results,
)
from hocba_server.school.database import school_transaction
from hocba_server.school.issuing.models import AnnualRecordDraft
from hocba_server.school.issuing.services import create_records, open_batch
from hocba_server.school.problem import problem_columns
from hocba_server.school.registry.class_list import ClassListRow
from hocba_server.school.registry.models import Classroom, PupilStatus, School
from hocba_server.school.registry.selectors import class_roll
from hocba_server.school.registry.services import add_staff, assign, import_class_list
from hocba_server.school.signing.running import run_session
from hocba_server.school.signing.services import start_session
from hocba_server.school.training.invented import CITY, invent_pupil
from hocba_server.school.training.keystore import TrainingWorld, forget_older_keys
from hocba_server.school.training.models import TrainingSchool, TrainingState
from hocba_server.school.training.plan import (
    HOMEROOM,
    PRINCIPAL,
    PUPILS,
    SUBJECT,
    Person,
    PlannedClass,
    Stage,
    plan_classes,
    plan_people,
)
from hocba_server.school.training.real_school import (
    admit_people,
    people_of,
    taught_in,
    year_of_school,
)
from hocba_server.school.training.results import homeroom_entry, subject_entry, trait_entry
from hocba_server.web.accounts.actor import NO_ACCOUNT, Actor

OUR_FAULT = Sentence(
    "Hệ thống gặp lỗi khi chuẩn bị trường tập huấn. Bấm “Làm lại từ đầu” để thử lại.",
    "The system has a fault, so the training school is not ready. Press “Start over” to try again.",
)


@dataclass(frozen=True, slots=True)
class _Site:
    """A training school while it is made."""

    school: School
    year: str
    at: dt.datetime
    people: dict[str, Person]
    staff: dict[str, int]
    world: TrainingWorld

    def acting(self, personal_id: str, *roles: str) -> Actor:
        """The person at the training school; no account, so that no task counts as done."""
        person = self.people[personal_id]
        return Actor(NO_ACCOUNT, person.full_name, personal_id, self.school.code, roles, "school")

    def holder(self, role: str) -> str:
        """Somebody who holds a role."""
        return next(each.personal_id for each in self.people.values() if role in each.roles)


def build(training_id: int, clock: Clock) -> None:
    """Make what is still missing of a training school. Done, failed or closed: nothing."""
    row = TrainingSchool.objects.select_related("of", "school").get(pk=training_id)
    if row.state != TrainingState.BUILDING:
        return
    try:
        _build(row, clock)
    except HocBaError as fault:
        _finish(row, TrainingState.FAILED, fault.sentence)
    except Exception:
        _finish(row, TrainingState.FAILED, OUR_FAULT)
        raise
    else:
        _finish(row, TrainingState.READY, None)


def _build(row: TrainingSchool, clock: Clock) -> None:
    people = plan_people(people_of(row.of))
    year = year_of_school(row.of, clock.now().date())
    rooms = plan_classes(people, taught_in(row.of, year))
    _progress(row, total=len(rooms), done=0)
    site = _hire(row, people, year, clock)
    for done, room in enumerate(rooms, start=1):
        if not Classroom.objects.filter(school=row.school, school_year=year, name=room.name):
            with school_transaction():
                _make_class(site, room, clock)
        _progress(row, total=len(rooms), done=done)
    admit_people(row)


def _hire(row: TrainingSchool, people: list[Person], year: str, clock: Clock) -> _Site:
    """Copy staff and the roles of the whole school, and make everybody's mock key."""
    at = clock.now()
    world = TrainingWorld.make(row.keys_folder, at)
    world.organisation(row.school.name, row.school.code)
    site = _Site(row.school, year, at, {each.personal_id: each for each in people}, {}, world)
    head = site.acting(site.holder(PRINCIPAL), PRINCIPAL)
    with school_transaction():
        for person in people:
            staff_id = add_staff(
                by=head,
                at=at,
                school_id=row.school_id,
                full_name=person.full_name,
                personal_id=person.personal_id,
                title=person.title,
            )
            site.staff[person.personal_id] = staff_id
            for role in person.roles:
                if role not in {HOMEROOM, SUBJECT}:
                    assign(by=head, at=at, staff_id=staff_id, role=role, school_year=year)
    for person in people:
        world.person(person.full_name, person.personal_id)
    forget_older_keys(row.keys_folder)
    return site


def _make_class(site: _Site, room: PlannedClass, clock: Clock) -> None:
    registrar = site.acting(site.holder("HOC_VU"), "HOC_VU")
    saved = import_class_list(
        by=registrar,
        at=site.at,
        school_id=site.school.pk,
        school_year=site.year,
        rows=_roll(site, room),
    )
    classroom_id = saved.classroom_ids[0]
    _assign_teachers(site, room, classroom_id)
    if room.stage >= Stage.GAPS:
        _enter(site, room, classroom_id)
    if room.stage >= Stage.COMPLETE:
        _issue(site, room, classroom_id, clock)


def _roll(site: _Site, room: PlannedClass) -> list[ClassListRow]:
    first_year = SchoolYear.parse(site.year).first
    rows = []
    for order in range(1, PUPILS + 1):
        pupil = invent_pupil(
            room=room.number,
            grade=room.grade,
            order=order,
            first_year=first_year,
            ward=site.school.ward_name,
        )
        rows.append(
            ClassListRow(
                pupil_code=pupil.pupil_code,
                personal_id=pupil.personal_id,
                full_name=pupil.full_name,
                gender=pupil.gender,
                birth_date=pupil.birth_date.strftime("%d/%m/%Y"),
                birth_place=pupil.birth_place,
                home_town=pupil.home_town,
                current_address=pupil.address,
                ethnic_group=pupil.ethnic_group,
                father_name=pupil.father,
                mother_name=pupil.mother,
                classroom_name=room.name,
                grade=room.grade,
                status=PupilStatus.STUDYING,
                position=order,
            )
        )
    return rows


def _assign_teachers(site: _Site, room: PlannedClass, classroom_id: int) -> None:
    head = site.acting(site.holder(PRINCIPAL), PRINCIPAL)
    places = [(HOMEROOM, "", room.homeroom)]
    places += [(SUBJECT, code, number) for code, number in room.subjects.items()]
    for role, code, number in places:
        assign(
            by=head,
            at=site.at,
            staff_id=site.staff[number],
            role=role,
            school_year=site.year,
            classroom_id=classroom_id,
            subject_code=code,
        )


def _enter(site: _Site, room: PlannedClass, classroom_id: int) -> None:
    """Results of the year; a class with gaps lacks some, and one pupil has not completed."""
    roll = class_roll(Classroom.objects.get(pk=classroom_id))
    ids = [row.pk for row in roll]
    gaps = room.stage is Stage.GAPS
    for subject in subjects_of_grade(room.grade):
        number = room.subjects.get(str(subject.code))
        if number is None:
            continue
        maths = str(subject.code) == "01"
        present = ids[:-2] if gaps and maths else ids
        set_subject_results(
            by=site.acting(number, SUBJECT),
            at=site.at,
            classroom_id=classroom_id,
            subject_code=str(subject.code),
            entries=[
                subject_entry(each, subject, room.grade, weak=gaps and maths and each == ids[0])
                for each in present
            ],
        )
    homeroom = site.acting(room.homeroom, HOMEROOM)
    set_trait_results(
        by=homeroom,
        at=site.at,
        classroom_id=classroom_id,
        entries=[trait_entry(each, room.grade) for each in ids],
    )
    set_homeroom_data(
        by=homeroom,
        at=site.at,
        classroom_id=classroom_id,
        entries=[homeroom_entry(each, room.grade) for each in (ids[:-1] if gaps else ids)],
    )


def _issue(site: _Site, room: PlannedClass, classroom_id: int, clock: Clock) -> None:
    """Open the issue, create the records and sign as far as the class has come."""
    head = site.holder(PRINCIPAL)
    batch_id = open_batch(
        by=site.acting(head, PRINCIPAL),
        at=site.at,
        classroom_id=classroom_id,
        signing_leader_id=site.staff[head],
        issued_on=site.at.date(),
        issue_place=CITY,
    )
    if room.stage < Stage.CREATED:
        return
    create_records(by=site.acting(site.holder("HOC_VU"), "HOC_VU"), at=site.at, batch_id=batch_id)
    if room.stage >= Stage.SUBJECTS_SIGNED:
        for number in _subject_signers(batch_id):
            _sign(site, number, SUBJECT, SignerRole.SUBJECT_TEACHER, batch_id, clock)
    if room.stage >= Stage.HOMEROOM_SIGNED:
        _sign(site, room.homeroom, HOMEROOM, SignerRole.HOMEROOM_TEACHER, batch_id, clock)
    if room.stage >= Stage.LEADER_SIGNED:
        _sign(site, head, PRINCIPAL, SignerRole.SCHOOL_LEADER, batch_id, clock)


def _subject_signers(batch_id: int) -> list[str]:
    """Who still has to sign subjects of these records, in a steady order."""
    rows = AnnualRecordDraft.objects.filter(batch_id=batch_id)
    found = {
        row.subject_signers[code]: None
        for row in rows.only("pending_subjects", "subject_signers")
        for code in row.pending_subjects
    }
    return sorted(found)


def _sign(
    site: _Site, number: str, role: str, step: SignerRole, batch_id: int, clock: Clock
) -> None:
    session_id = start_session(
        by=site.acting(number, role), at=site.at, batch_id=batch_id, role=step.value
    )
    world = site.world
    run_session(session_id, world.keys(), world.timestamps(), clock, world.trust())


def _progress(row: TrainingSchool, *, total: int, done: int) -> None:
    row.total, row.done = total, done
    row.save(update_fields=["total", "done"])


def _finish(row: TrainingSchool, state: TrainingState, problem: Sentence | None) -> None:
    """Write the end, unless a reset has closed the row in the meantime."""
    TrainingSchool.objects.filter(pk=row.pk, state=TrainingState.BUILDING).update(
        state=state, **problem_columns(problem)
    )
