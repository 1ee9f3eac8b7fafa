"""The boards: right numbers, for whom they are, narrowed, sorted, and never a pupil."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connections
from django.test import Client

from hocba.errors import Refused
from hocba.packet.situation import OnPaper
from hocba.record.sample import SCHOOL_CODE
from hocba_server.city.conftest import Submit
from hocba_server.city.oversight.boards import Choice, read_board
from hocba_server.city.oversight.dates import due_dates
from hocba_server.city.oversight.models import Step
from hocba_server.city.oversight.progress import (
    classes_table,
    schools_table,
    step_lines,
    wards_table,
)
from hocba_server.city.oversight.sides import paper_table, refusals_table, staff_table
from hocba_server.city.oversight.situations import save_situation
from hocba_server.city.oversight.stuck import Cause, find_stuck
from hocba_server.city.oversight.tallying import count_everything
from hocba_server.city.oversight.tests.words import (
    OTHER_CODE,
    UPPER_CODE,
    YEAR,
    more_units,
    said,
    said_by_class,
)
from hocba_server.city.repository.models import StoredRecord
from hocba_server.city.scopes import scope_of
from hocba_server.city.tests.cast import (
    ADMINISTRATOR,
    INSPECTOR,
    OFFICER,
    OTHER_WARD,
    SENT,
    STRANGER,
    WARD_OFFICER,
    sign_in,
)
from hocba_server.config.acting import acting
from hocba_server.web.accounts.actor import Actor

AT = SENT + dt.timedelta(hours=1)
PAGES = (
    "",
    "truong/",
    f"truong/{SCHOOL_CODE}/",
    "vuong/",
    "han/",
    *(f"bang/{name}/" for name in ("chung-thu", "tu-choi", "giay", "tap-huan", "ket-qua")),
)


@pytest.fixture
def city(submit: Submit, documents: list[bytes]) -> str:
    """Three records of five, a school on paper in another ward, and one of the department's."""
    submit(*documents)
    more_units()
    save_situation(by=OFFICER, at=SENT, unit_code=SCHOOL_CODE, situation=said())
    paper = OnPaper("chưa có thiết bị", "mua trong hè", dt.date(2027, 9, 5))
    save_situation(
        by=OFFICER, at=SENT, unit_code=OTHER_CODE, situation=said(pupils=40, paper=paper)
    )
    count_everything(at=AT, school_year=YEAR)
    return SCHOOL_CODE


def test_progress_is_counted_against_what_schools_say(city: str) -> None:
    del city
    board = read_board(by=OFFICER, at=AT, choice=Choice(YEAR))
    assert (board.total("in_force"), board.total("due_pupils")) == (3, 5)
    assert board.total("left") == 2
    table = wards_table(board)
    assert [row.cells[:4] for row in table.rows] == [
        ("Phường Sài Gòn", 2, 0, 5),
        ("Phường Tân Định", 1, 1, 0),
    ]
    assert table.total[:6] == ("Cộng", 3, 1, 5, 3, 0.6)


def test_steps_are_held_against_their_dates(city: str) -> None:
    del city
    board = read_board(by=OFFICER, at=AT, choice=Choice(YEAR))
    lines = {line.due.step: line for line in step_lines(board, due_dates(YEAR))}
    assert (lines[Step.RECEIVED].done, lines[Step.RECEIVED].whole) == (3, 5)
    assert (lines[Step.CERTIFICATE].done, lines[Step.CERTIFICATE].whole) == (1, 2)
    assert lines[Step.CERTIFICATE].mark == "danger", "30/04 is over"
    assert lines[Step.COMPLETE].mark == "good"
    assert lines[Step.CLOSED].mark == "waiting"


def test_what_is_stuck_says_why(city: str) -> None:
    del city
    late = dt.datetime(2026, 6, 25, 3, tzinfo=dt.UTC)
    board = read_board(by=OFFICER, at=late, choice=Choice(YEAR))
    found = {(one.cause, one.line.unit.code) for one in find_stuck(board, due_dates(YEAR))}
    assert found == {
        (Cause.NO_CERTIFICATE, UPPER_CODE),
        (Cause.NO_PACKAGE, UPPER_CODE),
        (Cause.NO_WORD, UPPER_CODE),
        (Cause.INCOMPLETE, SCHOOL_CODE),
    }, "nothing is asked of a school on paper"


def test_a_package_that_waits_is_stuck_after_its_time(city: str) -> None:
    from hocba_server.city.gateway.models import IncomingPackage

    IncomingPackage.objects.update(state="received", processed_at=None)
    for minutes, expected in ((20, 0), (40, 1)):
        at = SENT + dt.timedelta(minutes=minutes)
        board = read_board(by=OFFICER, at=at, choice=Choice(YEAR, words=city))
        stuck = find_stuck(board, due_dates(YEAR))
        assert sum(one.cause is Cause.PACKAGE_WAITS for one in stuck) == expected


def test_a_board_is_narrowed_and_sorted(city: str) -> None:
    del city
    for choice, codes in (
        (Choice(YEAR, ward="26737"), {OTHER_CODE}),
        (Choice(YEAR, level="upper_secondary"), {UPPER_CODE}),
        (Choice(YEAR, words="mẫu"), {SCHOOL_CODE, UPPER_CODE}),
        (Choice(YEAR, grade=5), {SCHOOL_CODE, OTHER_CODE, UPPER_CODE}),
    ):
        board = read_board(by=OFFICER, at=AT, choice=choice)
        assert {line.unit.code for line in board.lines} == codes
    assert board.total("in_force") == 0, "the records are of grade 4"
    table = schools_table(read_board(by=OFFICER, at=AT, choice=Choice(YEAR)))
    numbers = [int(str(row.cells[4])) for row in table.sorted_by("-luu-hanh").rows]
    assert numbers == sorted(numbers, reverse=True)
    assert table.sorted_by("khong-co") == table


def test_classes_show_what_was_received_and_what_is_said(city: str) -> None:
    save_situation(by=OFFICER, at=AT, unit_code=city, situation=said_by_class(at=AT))
    board = read_board(by=OFFICER, at=AT, choice=Choice(YEAR, words=city))
    rows = {row.cells[0]: row for row in classes_table(board).rows}
    name = StoredRecord.objects.first().classroom_name  # type: ignore[union-attr] # there are three
    assert rows[name].cells[4] == 3
    assert rows[name].link.startswith("/so/")
    assert rows["4B"].cells[2:5] == ("đang ký", 31, 0)


def test_paper_schools_and_staff(city: str) -> None:
    del city
    board = read_board(by=OFFICER, at=AT, choice=Choice(YEAR))
    [row] = paper_table(board).rows
    assert row.cells[3:6] == ("chưa có thiết bị", "mua trong hè", dt.date(2027, 9, 5))
    assert staff_table(board).total[2:5] == (20, 16, 0.8)
    assert not refusals_table(board).rows


def test_refusals_are_told_by_vendor(city: str, submit: Submit, documents: list[bytes]) -> None:
    from hocba_server.city.vendors.services import give_account, register_vendor

    code = register_vendor(
        by=ADMINISTRATOR,
        at=SENT,
        name="Công ty Mẫu",
        software="Mẫu 1",
        contact_name="Nguyễn Văn Mẫu",
        contact_email="mau@example.vn",
    )
    give_account(by=ADMINISTRATOR, at=SENT, code=code, user_name=city)
    submit(*documents, at=AT)
    count_everything(at=AT, school_year=YEAR)
    board = read_board(by=OFFICER, at=AT, choice=Choice(YEAR))
    [row] = refusals_table(board).rows
    assert row.cells[0] == "Công ty Mẫu"
    assert row.cells[3:6] == (3, 0, 1)


@pytest.mark.parametrize(
    ("by", "schools"),
    [(OFFICER, 3), (INSPECTOR, 3), (WARD_OFFICER, 1), (OTHER_WARD, 1)],
    ids=lambda value: value.name if isinstance(value, Actor) else str(value),
)
def test_everybody_sees_the_own_schools(city: str, by: Actor, schools: int) -> None:
    del city
    with acting(scope_of(by)):
        board = read_board(by=by, at=AT, choice=Choice(YEAR))
    assert len(board.lines) == schools
    assert board.total("in_force") == (0 if by is OTHER_WARD else 3)


def test_a_ward_gets_no_number_of_another_ward(city: str) -> None:
    """Whatever a page would ask: the database itself answers with the ward's own rows."""
    del city
    tables = ("classtally", "resulttally", "daysnapshot", "schoolsituation", "gradesituation")
    for by, own in ((WARD_OFFICER, True), (OTHER_WARD, False)):
        with acting(scope_of(by)), connections["city"].cursor() as cursor:
            for table in tables:
                cursor.execute(f"SELECT count(*) FROM city_oversight_{table}")
                seen = cursor.fetchone()[0]
                other = table in {"daysnapshot", "schoolsituation", "gradesituation"}
                assert bool(seen) == (own or other), table


@pytest.mark.django_db(databases=["default", "city", "school"])  # a school's bell on its 403
@pytest.mark.parametrize("by", [ADMINISTRATOR, STRANGER], ids=["administrator", "school"])
def test_others_see_nothing(city: str, client: Client, by: Actor) -> None:
    del city
    if by is ADMINISTRATOR:
        with pytest.raises(Refused):
            read_board(by=by, at=AT, choice=Choice(YEAR))
    sign_in(client, by)
    for page in PAGES:
        assert client.get(f"/so/toan-canh/{YEAR}/{page}").status_code in {403, 404}, page
    assert client.get("/so/bao-cao/").status_code == 403


@pytest.mark.parametrize("by", [OFFICER, WARD_OFFICER, INSPECTOR], ids=["officer", "ward", "check"])
def test_every_page_opens_and_names_no_pupil(city: str, client: Client, by: Actor) -> None:
    del city
    sign_in(client, by)
    record = StoredRecord.objects.first()
    assert record is not None
    for page in PAGES:
        answer = client.get(f"/so/toan-canh/{YEAR}/{page}")
        assert answer.status_code == 200, page
        text = answer.content.decode()
        assert record.pupil_name not in text
        assert record.personal_id not in text
        assert "style=" not in text, "the content policy lets no inline style through"
    assert client.get("/so/toan-canh/").status_code == 302


def test_pages_take_any_query(city: str, client: Client) -> None:
    del city
    sign_in(client, OFFICER)
    for query in ("?xa=x'&cap=y&khoi=99&tim=%00&xep=-ty-le&trang=9", "?khoi=²&xep=truong"):
        for page in ("", "truong/", "vuong/"):
            assert client.get(f"/so/toan-canh/{YEAR}/{page}{query}").status_code == 200
    for wrong in (
        "2025-2027/",
        f"{YEAR}/truong/khong-co/",
        f"{YEAR}/truong/%00/",
        f"{YEAR}/bang/khong-co/",
    ):
        assert client.get(f"/so/toan-canh/{wrong}").status_code == 404


def test_the_ward_cannot_open_a_school_of_another(city: str, client: Client) -> None:
    sign_in(client, OTHER_WARD)
    assert client.get(f"/so/toan-canh/{YEAR}/truong/{city}/").status_code == 404
    answer = client.get(f"/so/toan-canh/{YEAR}/truong/?xa=26740")
    assert "Tiểu học Mẫu" not in answer.content.decode()


def test_counting_by_button_is_a_job(city: str, client: Client) -> None:
    del city
    from hocba_server.web.audit.models import AuditEntry

    sign_in(client, OFFICER)
    assert client.post(f"/so/toan-canh/{YEAR}/dem/").status_code == 302
    assert AuditEntry.objects.using("city").filter(action="order_counting").exists()
