"""Fixtures of the school tests; the people and rows stand in `tests/cast.py`."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError
from django.test import Client

from hocba.assessment.catalogue import subjects_of_grade, traits_of_grade
from hocba_certworld.local import LocalTimestamp
from hocba_certworld.world import CertWorld
from hocba_server.school.assessments.entries import HomeroomEntry, SubjectEntry, TraitEntry
from hocba_server.school.assessments.services import (
    set_homeroom_data,
    set_subject_results,
    set_trait_results,
)
from hocba_server.school.issuing.services import create_records, open_batch
from hocba_server.school.registry.models import Enrolment, School
from hocba_server.school.registry.services import (
    add_staff,
    assign,
    create_school,
    import_class_list,
)
from hocba_server.school.signing.approval import note_certificate
from hocba_server.school.signing.models import SeenCertificate
from hocba_server.school.signing.running import run_session
from hocba_server.school.signing.services import start_session
from hocba_server.school.tests.browsing import Browse
from hocba_server.school.tests.cast import (
    AT,
    CODE,
    HEAD_ID,
    HOMEROOM_ID,
    MUSIC_ID,
    OTHER_CODE,
    YEAR,
    Cast,
    FixedClock,
    TestKeys,
    WorldTrust,
    actor,
    class_list_row,
)
from hocba_server.school.tests.shelf import Shelf
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.accounts.models import User

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of the school house may use the school's database."""
    for item in items:
        if HERE in item.path.parents and item.get_closest_marker("django_db") is None:
            item.add_marker(pytest.mark.django_db(databases=["default", "school"]))


def _depth(connection: BaseDatabaseWrapper) -> int:
    """How many transactions lie around what is done now."""
    return 1 + len(connection.savepoint_ids) if connection.in_atomic_block else 0


@pytest.fixture(autouse=True)
def row_locks_in_transactions_of_the_program(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The transaction around a test would hide a row lock that no transaction of ours holds; in
    the running program such a page fails."""
    around = {each.alias: _depth(each) for each in connections.all()}
    compile_plainly = SQLCompiler.as_sql

    def as_sql(self: SQLCompiler, *args: Any, **options: Any) -> Any:
        inside = _depth(self.connection) > around[self.connection.alias]
        if self.query.select_for_update and not inside:
            raise TransactionManagementError("a row lock outside of a transaction of the program")
        return compile_plainly(self, *args, **options)

    monkeypatch.setattr(SQLCompiler, "as_sql", as_sql)


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> CertWorld:
    directory: Path = tmp_path_factory.mktemp("certworld")
    return CertWorld.create(directory, dt.datetime(2026, 1, 2, tzinfo=dt.UTC))


@pytest.fixture(scope="session")
def keys(world: CertWorld) -> TestKeys:
    return TestKeys(world)


@pytest.fixture
def timestamps(world: CertWorld) -> LocalTimestamp:
    return LocalTimestamp(world)


@pytest.fixture(scope="session")
def shelf() -> Shelf:
    """What `cast`, `results`, `created` and `issued` made for the first test that asked."""
    return Shelf()


@pytest.fixture
def cast(shelf: Shelf) -> Cast:
    """Two schools, and in one of them a class of three pupils with its teachers."""
    return shelf.take("cast", _cast)


def _cast() -> Cast:
    administrator = actor("QTV", personal_id="000090000009")
    principal = actor("HIEU_TRUONG", personal_id=HEAD_ID)
    registrar = actor("HOC_VU", personal_id="000090000004")
    school_id = _school(administrator, CODE)
    _school(administrator, OTHER_CODE)

    def staff(full_name: str, personal_id: str, title: str) -> int:
        return add_staff(
            by=principal,
            at=AT,
            school_id=school_id,
            full_name=full_name,
            personal_id=personal_id,
            title=title,
        )

    saved = import_class_list(
        by=registrar,
        at=AT,
        school_id=school_id,
        school_year=YEAR,
        rows=[class_list_row(order) for order in range(3)],
    )
    room = saved.classroom_ids[0]
    homeroom = staff("Phạm Thị Chủ Nhiệm", HOMEROOM_ID, "Giáo viên")
    music = staff("Võ Văn Nhạc", MUSIC_ID, "Giáo viên")
    head = staff("Lê Văn Hiệu Trưởng", HEAD_ID, "Hiệu trưởng")
    _assign(principal, head, "HIEU_TRUONG")
    _assign(principal, homeroom, "GVCN", room)
    for subject in subjects_of_grade(1):
        if 1 in subject.compulsory_grades:
            teacher = music if subject.code == "89" else homeroom
            _assign(principal, teacher, "GVBM", room, str(subject.code))
    rows = Enrolment.objects.filter(classroom_id=room).order_by("position")
    return Cast(
        school_id=school_id,
        classroom_id=room,
        enrolments=tuple(rows.values_list("pk", flat=True)),
        head_staff_id=head,
        principal=principal,
        registrar=registrar,
        clerk=actor("VAN_THU", personal_id="000090000005"),
        homeroom=actor("GVCN", "GVBM", personal_id=HOMEROOM_ID),
        music=actor("GVBM", personal_id=MUSIC_ID),
        administrator=administrator,
        stranger=actor("HOC_VU", "GVBM", "GVCN", "VAN_THU", "HIEU_TRUONG", "CBQL", unit=OTHER_CODE),
    )


def _school(by: Actor, code: str) -> int:
    return create_school(
        by=by,
        at=AT,
        code=code,
        name="Trường Tiểu học Thử",
        ward_code="26740",
        ward_name="Phường Sài Gòn",
        ownership="public",
    )


def _assign(by: Actor, staff_id: int, role: str, room: int | None = None, code: str = "") -> None:
    assign(
        by=by,
        at=AT,
        staff_id=staff_id,
        role=role,
        school_year=YEAR,
        classroom_id=room,
        subject_code=code,
    )


@pytest.fixture
def results(shelf: Shelf, cast: Cast) -> Cast:
    """The cast with complete results of the year."""
    return shelf.take("results", lambda: _results(cast))


def _results(cast: Cast) -> Cast:
    for subject in subjects_of_grade(1):
        if 1 in subject.compulsory_grades:
            score = 9 if 1 in subject.test_grades else None
            set_subject_results(
                by=cast.music if subject.code == "89" else cast.homeroom,
                at=AT,
                classroom_id=cast.classroom_id,
                subject_code=str(subject.code),
                entries=[SubjectEntry(row, "T", score, "Tốt lắm.") for row in cast.enrolments],
            )
    levels = {str(trait.code): "T" for trait in traits_of_grade(1)}
    set_trait_results(
        by=cast.homeroom,
        at=AT,
        classroom_id=cast.classroom_id,
        entries=[
            TraitEntry(row, levels, "Tự giác.", "Tính nhanh.", "Chăm ngoan.")
            for row in cast.enrolments
        ],
    )
    set_homeroom_data(
        by=cast.homeroom,
        at=AT,
        classroom_id=cast.classroom_id,
        entries=[
            HomeroomEntry(row, Decimal("20.5"), Decimal(118), 2, 0, "Em học tốt.")
            for row in cast.enrolments
        ],
    )
    return cast


@pytest.fixture
def batch_id(shelf: Shelf, results: Cast) -> int:
    """The head has opened the issue of the class."""
    return shelf.take("batch_id", lambda: _batch_id(results))


def _batch_id(results: Cast) -> int:
    return open_batch(
        by=results.principal,
        at=AT,
        classroom_id=results.classroom_id,
        signing_leader_id=results.head_staff_id,
        issued_on=dt.date(2026, 5, 29),
        issue_place="Thành phố Hồ Chí Minh",
    )


@pytest.fixture
def created(shelf: Shelf, results: Cast, batch_id: int) -> int:
    """The batch with its records created."""

    def make() -> int:
        create_records(by=results.registrar, at=AT, batch_id=batch_id)
        return batch_id

    return shelf.take("created", make)


Sign = Callable[[Actor, str], int]


@pytest.fixture
def trust(world: CertWorld) -> WorldTrust:
    return WorldTrust(world)


@pytest.fixture
def approved_seal(cast: Cast, keys: TestKeys) -> None:
    """The department has approved the school's certificate."""
    school = School.objects.get(pk=cast.school_id)
    certificate = keys.organisation_key(CODE).certificate
    note_certificate(school=school, certificate=certificate, owner=CODE, at=AT)
    SeenCertificate.objects.update(approved=True)


@pytest.fixture
def sign(
    created: int,
    keys: TestKeys,
    timestamps: LocalTimestamp,
    trust: WorldTrust,
    approved_seal: None,
) -> Sign:
    """Start a session and run it as the job would."""

    def run(by: Actor, role: str) -> int:
        session_id = start_session(by=by, at=AT, batch_id=created, role=role)
        run_session(session_id, keys, timestamps, FixedClock(), trust)
        return session_id

    return run


@pytest.fixture
def issued(shelf: Shelf, results: Cast, created: int, sign: Sign) -> int:
    """The batch, signed by everybody and sealed."""

    def make() -> int:
        sign(results.music, "GVBM")
        sign(results.homeroom, "GVCN")
        sign(results.principal, "CBQL")
        sign(results.clerk, "KY_PHAT_HANH")
        return created

    return shelf.take("issued", make)


Sheet = Callable[[Sequence[str], Sequence[Sequence[object]]], bytes]


@pytest.fixture
def sheet() -> Sheet:
    """Write a spreadsheet as schools have them: two title rows, a blank row, the header, rows."""

    def write(headers: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
        target = io.BytesIO()
        book = xlsxwriter.Workbook(target, {"in_memory": True})
        page = book.add_worksheet()
        page.merge_range(0, 0, 0, 7, "SỞ GIÁO DỤC VÀ ĐÀO TẠO")
        page.write(1, 0, "DANH SÁCH")
        for number, cells in enumerate([headers, *rows], start=3):
            page.write_row(number, 0, cells)
        book.close()
        return target.getvalue()

    return write


@pytest.fixture
def browse() -> Browse:
    """A browser in which this person of the cast is signed in, once for each person."""

    def enter(by: Actor) -> Client:
        user, _ = User.objects.get_or_create(
            username=f"{by.personal_id}-{'-'.join(by.roles)}-{by.unit_code}"[:150],
            defaults={
                "full_name": by.name,
                "personal_id": by.personal_id,
                "house": by.house,
                "unit_code": by.unit_code,
                "unit_name": "Trường Tiểu học Thử" if by.unit_code == CODE else "Trường khác",
                "roles": list(by.roles),
            },
        )
        client = Client()
        client.force_login(user)
        return client

    return enter
