"""Furnish the invented city at first start: classes whose year stands in different states."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hocba.ports import Clock
from hocba_server.demo import line
from hocba_server.demo.cast import SchoolCast, hire_department, hire_school
from hocba_server.demo.city import (
    DEPARTMENT_CODE,
    DEPARTMENT_ON_CERTIFICATE,
    SCHOOL_YEAR,
    SCHOOLS,
    DemoClass,
    DemoSchool,
    Stage,
)
from hocba_server.demo.department import (
    appoint_department,
    approve_waiting,
    close_room,
    enter_school,
    found_department,
    register_at_store,
    welcome_vendor,
)
from hocba_server.demo.keys import KeyFolder
from hocba_server.demo.line import OpenSchool, Progress
from hocba_server.demo.overseeing import furnish_oversight, say_word
from hocba_server.demo.people import invent_pupil
from hocba_server.demo.spreadsheets import write_class
from hocba_server.school.recalls.closings import learn_closings
from hocba_server.school.registry.services import open_classroom

_ORDER = tuple(Stage)
SAMPLES = "bang-tinh"
"""Folder with the spreadsheets of classes that wait for a visitor to import them."""


def furnish(keys: KeyFolder, clock: Clock, show: Progress) -> None:
    """Make every school and take every class to its stage. The job workers must be running."""
    found_department(clock.now())
    department = hire_department()
    keys.organisation(DEPARTMENT_ON_CERTIFICATE, DEPARTMENT_CODE, public=True)
    register_at_store(department, clock.now())

    def approve() -> None:
        approve_waiting(department, clock.now())

    rooms = sum(len(school.classes) for school in SCHOOLS)
    done = 0
    for school in SCHOOLS:
        cast: SchoolCast = hire_school(school, keys)
        enter_school(school, department, clock.now())
        if not school.public:
            welcome_vendor(school.code, department, clock.now())
        opened = line.found_school(school, cast, clock)
        if school.digital:
            line.declare_certificate(opened, approve, clock)
            line.stock_comment_bank(opened, clock)
        for room in school.classes:
            batch_id = _take_to_stage(opened, room, keys.folder / SAMPLES, clock)
            if room.stage is Stage.CLOSED and batch_id is not None:
                close_room(school, SCHOOL_YEAR, room.name, department, clock.now())
                learn_closings(by=cast.clerk.actor, at=clock.now(), batch_id=batch_id)
            done += 1
            show(done, rooms)
        if school.digital:
            say_word(cast, clock.now())
    appoint_department(department, clock.now())
    furnish_oversight(department, clock.now())


def _take_to_stage(opened: OpenSchool, room: DemoClass, samples: Path, clock: Clock) -> int | None:
    """Answers the batch of a class that has records."""
    reached = _ORDER.index(room.stage)
    classroom_id = open_classroom(
        by=opened.cast.registrar.actor,
        at=clock.now(),
        school_id=opened.school_id,
        school_year=SCHOOL_YEAR,
        name=room.name,
        grade=room.grade,
    )
    if not opened.school.digital:
        return None
    line.assign_teachers(opened, classroom_id, clock)
    if room.stage is Stage.EMPTY:
        write_samples(opened.school, room, samples / room.name)
    if reached < _ORDER.index(Stage.RESULTS):
        return None
    with tempfile.TemporaryDirectory() as folder:
        _import(opened, room, Path(folder), clock)
    line.type_homeroom_data(opened, classroom_id, clock)
    line.decide_promotions(opened, classroom_id, clock)
    if reached < _ORDER.index(Stage.SIGNED):
        return None
    batch_id = line.open_issue(opened, classroom_id, clock, line.today(clock))
    signers = line.signers_of(opened, classroom_id)
    last = len(signers) if reached >= _ORDER.index(Stage.SEALED) else len(signers) - 2
    for member, role in signers[:last]:
        line.sign(member, role, batch_id, clock, _quiet)
    if reached >= _ORDER.index(Stage.IN_FORCE):
        line.submit(opened, batch_id, clock, _quiet)
    return batch_id


def _import(opened: OpenSchool, room: DemoClass, folder: Path, clock: Clock) -> None:
    pupils = [
        invent_pupil(
            school=opened.school.order,
            grade=room.grade,
            order=order,
            ward=opened.school.ward_name,
        )
        for order in range(1, room.size + 1)
    ]
    write_class(folder, classroom=room.name, grade=room.grade, pupils=pupils)
    roster = line.read_class_list(opened, folder, clock)
    classroom_id = line.save_roster(opened, roster, clock)
    line.enter_results(opened, classroom_id, folder, clock, _quiet)


def write_samples(school: DemoSchool, room: DemoClass, folder: Path) -> None:
    """Write the spreadsheets of one class, for a visitor who wants to import them by hand."""
    pupils = [
        invent_pupil(school=school.order, grade=room.grade, order=order, ward=school.ward_name)
        for order in range(1, room.size + 1)
    ]
    write_class(folder, classroom=room.name, grade=room.grade, pupils=pupils)


def _quiet(_done: int, _total: int) -> None:
    """Progress that nobody watches."""
