"""Invariant: a missing, changed or extra record of a closed class shows."""

from __future__ import annotations

import pytest
from django.db import connections, transaction

from hocba_server.city.closing.comparison import Comparison, compare
from hocba_server.city.closing.models import ClassClosing
from hocba_server.city.closing.services import close_class
from hocba_server.city.closing.tests.year_end import CLASS, MAIN, SECOND
from hocba_server.city.conftest import Submit
from hocba_server.city.tests.cast import OFFICER
from hocba_server.config.guarded.base import WORKER_ROLE


@pytest.fixture
def closed(submit: Submit, documents: list[bytes]) -> list[bytes]:
    """Two records in a class that is closed for good; the third never came."""
    submit(*documents[:2])
    close_class(by=OFFICER, at=SECOND, key=CLASS)
    return documents


def found() -> Comparison:
    return compare(by=OFFICER, closing=ClassClosing.objects.latest("number"), at=SECOND)


def with_all_rights(*statements: str) -> None:
    """What somebody could do who is master of the database and switches the guards off."""
    with transaction.atomic(using="city"), connections["city"].cursor() as cursor:
        cursor.execute("SET LOCAL ROLE NONE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute(f"SET LOCAL ROLE {WORKER_ROLE}")


@pytest.mark.usefixtures("closed")
def test_what_was_closed_agrees() -> None:
    assert found() == Comparison(2, 0, ())


@pytest.mark.usefixtures("closed")
def test_a_record_that_is_gone_shows() -> None:
    with_all_rights(
        "DELETE FROM city_closing_closedrecord WHERE id = "
        "(SELECT min(id) FROM city_closing_closedrecord)"
    )
    assert "Thiếu 1 học bạ" in found().faults[0].vi


@pytest.mark.usefixtures("closed")
def test_a_record_that_was_exchanged_shows() -> None:
    with_all_rights(
        "UPDATE city_repository_original SET document = (SELECT document FROM "
        "city_repository_original ORDER BY record_id DESC LIMIT 1) "
        "WHERE record_id = (SELECT min(record_id) FROM city_repository_original)",
        "UPDATE city_repository_storedrecord SET size = 900000 "
        "WHERE id = (SELECT min(id) FROM city_repository_storedrecord)",
    )
    assert not found().whole


def test_a_record_that_slipped_in_shows(closed: list[bytes], submit: Submit) -> None:
    with_all_rights("UPDATE city_closing_classclosing SET classroom_name = 'x'")
    submit(closed[2], at=SECOND)
    with_all_rights("UPDATE city_closing_classclosing SET classroom_name = '4A1'")
    assert "nằm ngoài bản kê" in found().faults[0].vi


@pytest.mark.usefixtures("closed")
def test_another_list_and_another_log_show() -> None:
    with_all_rights("UPDATE city_closing_classclosing SET log_index = 0")
    assert "Sổ công khai" in found().faults[0].vi
    with_all_rights(
        "UPDATE city_closing_classclosing SET signed_list = "
        "set_byte(signed_list, 30, get_byte(signed_list, 30) # 1)"
    )
    assert not found().whole


def test_what_waits_for_the_second_closing_is_no_fault(
    submit: Submit, documents: list[bytes]
) -> None:
    submit(*documents[:2])
    close_class(by=OFFICER, at=MAIN, key=CLASS)
    submit(documents[2], at=MAIN)
    assert found().whole
