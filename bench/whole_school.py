"""From complete results to sealed: one class, then schools of 5, 15 and 45 classes of 40 pupils.

What is timed is what people wait for: creating the records, then the sessions of the subject
teachers one after another, of the homeroom teachers at once, of the head and of the clerk, each
over all that waits for that person.
Results are entered before, through the same services. It runs on the embedded PostgreSQL with two
job workers, software keys and a time-stamp service over HTTP, all on this machine; the peak
memory is the greater of the two workers'.
"""

from __future__ import annotations

import dataclasses
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from hocba_server.demo.processes import Supervisor, free_port, own_environment, wait_for_port

if TYPE_CHECKING:
    from hocba.ports import Clock
    from hocba_server.demo.cast import DepartmentCast, Member
    from hocba_server.demo.city import DemoSchool
    from hocba_server.demo.keys import KeyFolder
    from hocba_server.demo.line import OpenSchool
    from hocba_server.school.registry.class_list import ClassListRow
    from hocba_server.school.registry.models import Classroom

CLASSES = (1, 5, 15, 45)
PUPILS = 40
WORKERS = 2
PATIENCE_SECONDS = 3600
LEVELS = ("T", "H", "T", "T")
STEPS = ("created", "subject teachers", "homeroom teachers", "head", "sealed")


@dataclasses.dataclass(frozen=True)
class SchoolMeasurement:
    """One school, from complete results to sealed."""

    classes: int
    records: int
    seconds: float
    per_second: float
    ratio_to_one_class: float
    """Records per second beside those of the single class of the same run."""
    steps: dict[str, float]
    """Seconds of each step."""
    peak_megabytes: float
    """Greatest resident memory of a job worker until then."""


def measure_schools(
    sizes: Sequence[int] = CLASSES, show: Callable[[str], None] = lambda _: None
) -> list[SchoolMeasurement]:
    """Measure each size in a platform of its own, which is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="hocba-bench-school-"))
    folder.chmod(0o755)  # PostgreSQL runs as a user of its own and has to pass
    port = free_port()
    _prepare_django(folder, port)
    from hocba_server.config.database import stop_server
    from hocba_server.demo import databases

    supervisor = Supervisor(own_environment(), folder / "log")
    try:
        databases.ready()
        return _measure_all(sizes, folder, port, supervisor, show)
    finally:
        supervisor.stop()
        from django.db import connections

        connections.close_all()
        stop_server(folder / "pg")
        shutil.rmtree(folder, ignore_errors=True)


def _prepare_django(folder: Path, port: int) -> None:
    os.environ.update(
        HOCBA_MODE="demo",
        HOCBA_VAR=str(folder),
        HOCBA_PUBLIC_URL="http://127.0.0.1:8000",
        HOCBA_TSA_URL=f"http://127.0.0.1:{port}/tsa",
        HOCBA_GATEWAY_CLIENT="hocba_server.adapters.gateway.loopback_gateway",
        DJANGO_SETTINGS_MODULE="hocba_server.config.settings",
    )
    import django

    django.setup()


def _measure_all(
    sizes: Sequence[int],
    folder: Path,
    port: int,
    supervisor: Supervisor,
    show: Callable[[str], None],
) -> list[SchoolMeasurement]:
    from hocba_server.adapters.clock import SystemClock
    from hocba_server.demo.cast import hire_department
    from hocba_server.demo.department import found_department
    from hocba_server.demo.keys import KeyFolder

    clock = SystemClock()
    keys = KeyFolder.open(folder / "demo", datetime.now(UTC), base_url=f"http://127.0.0.1:{port}")
    world = str(folder / "demo" / "world")
    supervisor.start("certificates", "-m", "hocba_certworld.service", world, "--port", str(port))
    for number in range(WORKERS):
        supervisor.start(f"worker-school-{number}", "-m", "hocba_server.demo.worker", "school")
    supervisor.start("worker-city", "-m", "hocba_server.demo.worker", "city")
    wait_for_port(port)
    workers = [
        each.process.pid
        for each in supervisor.programs
        if each.process is not None and each.name.startswith("worker-school")
    ]
    found_department(clock.now())
    department = hire_department()
    found: list[SchoolMeasurement] = []
    for order, classes in enumerate(sizes, start=1):
        show(f"{classes} × {PUPILS}: entering results")
        opened = _complete_school(_school(order, classes), department, keys, clock)
        show(f"{classes} × {PUPILS}: from results to sealed")
        steps = _seal_everything(opened, clock)
        seconds, records = sum(steps.values()), classes * PUPILS
        first = found[0].per_second if found else records / seconds
        found.append(
            SchoolMeasurement(
                classes=classes,
                records=records,
                seconds=seconds,
                per_second=records / seconds,
                ratio_to_one_class=records / seconds / first,
                steps=steps,
                peak_megabytes=max(map(peak_megabytes, workers)),
            )
        )
    return found


def _school(order: int, classes: int) -> DemoSchool:
    from hocba_server.demo.city import DemoClass, DemoSchool, Stage

    rooms = tuple(
        DemoClass(f"{place % 5 + 1}A{place // 5 + 1}", place % 5 + 1, PUPILS, Stage.SEALED)
        for place in range(classes)
    )
    return DemoSchool(
        order=order,
        code=f"7926740{order:04d}",
        name=f"Trường Tiểu học Đo Tốc Độ {order} (DEMO)",
        ward_code="26740",
        ward_name="Phường Sài Gòn",
        public=True,
        digital=True,
        classes=rooms,
    )


def _complete_school(
    school: DemoSchool, department: DepartmentCast, keys: KeyFolder, clock: Clock
) -> OpenSchool:
    """A school with an approved certificate, its pupils and all results of the year."""
    from hocba_server.demo import line
    from hocba_server.demo.cast import hire_school
    from hocba_server.demo.city import SCHOOL_YEAR
    from hocba_server.demo.department import approve_waiting, enter_school
    from hocba_server.school.registry.models import Classroom
    from hocba_server.school.registry.services import import_class_list

    enter_school(school, department, clock.now())
    opened = line.found_school(school, hire_school(school, keys), clock)

    def approve() -> None:
        approve_waiting(department, clock.now())

    line.declare_certificate(opened, approve, clock)
    for room in school.classes:
        saved = import_class_list(
            by=opened.cast.registrar.actor,
            at=clock.now(),
            school_id=opened.school_id,
            school_year=SCHOOL_YEAR,
            rows=list(_class_list(school, room.name, room.grade)),
        )
        line.assign_teachers(opened, saved.classroom_ids[0], clock)
        _enter_results(opened, Classroom.objects.get(pk=saved.classroom_ids[0]), clock)
        line.type_homeroom_data(opened, saved.classroom_ids[0], clock)
    return opened


def _class_list(school: DemoSchool, name: str, grade: int) -> Iterable[ClassListRow]:
    from hocba_server.demo.people import invent_pupil
    from hocba_server.school.registry.class_list import ClassListRow

    first = int(name.partition("A")[2]) * PUPILS
    for position in range(1, PUPILS + 1):
        pupil = invent_pupil(
            school=school.order, grade=grade, order=first + position, ward=school.ward_name
        )
        yield ClassListRow(
            pupil_code=pupil.pupil_code,
            personal_id=pupil.personal_id,
            full_name=pupil.full_name,
            gender=pupil.gender,
            birth_date=f"{pupil.birth_date:%d/%m/%Y}",
            birth_place=pupil.birth_place,
            home_town=pupil.home_ward,
            current_address=pupil.address,
            ethnic_group=pupil.ethnic_group,
            father_name=pupil.father,
            mother_name=pupil.mother,
            classroom_name=name,
            grade=grade,
            status="studying",
            position=position,
        )


def _enter_results(opened: OpenSchool, room: Classroom, clock: Clock) -> None:
    from hocba.assessment.catalogue import subjects_of_grade, traits_of_grade
    from hocba_server.demo.line import homeroom_teacher
    from hocba_server.school.assessments.entries import SubjectEntry, TraitEntry
    from hocba_server.school.assessments.services import set_subject_results, set_trait_results
    from hocba_server.school.registry.models import Enrolment

    rows = list(Enrolment.objects.filter(classroom=room).values_list("pk", flat=True))
    homeroom = homeroom_teacher(opened, room)
    for subject in subjects_of_grade(room.grade):
        if room.grade not in subject.compulsory_grades:
            continue
        tested = room.grade in subject.test_grades
        set_subject_results(
            by=opened.cast.specialists.get(str(subject.code), homeroom).actor,
            at=clock.now(),
            classroom_id=room.pk,
            subject_code=str(subject.code),
            entries=[
                SubjectEntry(
                    row,
                    level := LEVELS[row % len(LEVELS)],
                    (9 if level == "T" else 7) if tested else None,
                    "Nắm chắc kiến thức, vận dụng tốt.",
                )
                for row in rows
            ],
        )
    levels = {str(trait.code): "T" for trait in traits_of_grade(room.grade)}
    set_trait_results(
        by=homeroom.actor,
        at=clock.now(),
        classroom_id=room.pk,
        entries=[TraitEntry(row, levels, "Tự giác.", "Tính nhanh.", "Chăm.") for row in rows],
    )


def _seal_everything(opened: OpenSchool, clock: Clock) -> dict[str, float]:
    """Take every class of the school from results to sealed; seconds of each step."""
    from hocba_server.demo import line
    from hocba_server.school.registry.models import Classroom

    cast, rooms = opened.cast, Classroom.objects.filter(school_id=opened.school_id)

    def create() -> None:
        for room in rooms:
            line.open_issue(opened, room.pk, clock, line.today(clock))

    def subject_teachers() -> None:
        # Their records are the same: one session holds them at a time.
        for member in cast.specialists.values():
            _sign_all([member], "GVBM", clock)

    works: tuple[Callable[[], None], ...] = (
        create,
        subject_teachers,
        lambda: _sign_all(cast.homeroom.values(), "GVCN", clock),
        lambda: _sign_all([cast.head], "CBQL", clock),
        lambda: _sign_all([cast.clerk], "KY_PHAT_HANH", clock),
    )
    return {name: _timed(work) for name, work in zip(STEPS, works, strict=True)}


def _sign_all(members: Iterable[Member], role: str, clock: Clock) -> None:
    """Each of them signs all that waits, with one activation; the workers do it."""
    from hocba_server.demo.city import SCHOOL_YEAR
    from hocba_server.school.signing.scopes import SigningScope
    from hocba_server.school.signing.selectors import session_progress
    from hocba_server.school.signing.services import start_session

    scope = SigningScope(school_year=SCHOOL_YEAR)
    running = {
        start_session(by=each.actor, at=clock.now(), role=role, scope=scope) for each in members
    }
    end = time.monotonic() + PATIENCE_SECONDS
    while running:
        time.sleep(0.05)
        for session_id in tuple(running):
            progress = session_progress(session_id)
            if not progress.finished:
                continue
            running.remove(session_id)
            if progress.failed or progress.done != progress.total:
                raise RuntimeError(f"{role}: {progress}")
        if time.monotonic() > end:
            raise TimeoutError(role)


def _timed(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def peak_megabytes(pid: int) -> float:
    """VmHWM of a process: the most memory that it ever had resident."""
    for line in Path(f"/proc/{pid}/status").read_text("ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"no such process: {pid}")
