"""Invariant: closings, their records, reopenings and dates never change; the database refuses."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, connections, transaction

from hocba_server.city.closing.reopenings import reopen_class, set_dates
from hocba_server.city.closing.services import close_class
from hocba_server.city.closing.tests.year_end import BETWEEN, CLASS, MAIN, YEAR, decision
from hocba_server.city.conftest import Submit
from hocba_server.city.tests.cast import OFFICER

TABLES = ("closingcalendar", "classclosing", "closedrecord", "reopening")
TRICKS = {
    "change": "UPDATE {table} SET id = id + 100",
    "delete": "DELETE FROM {table}",
    "empty": "TRUNCATE {table} CASCADE",
}


@pytest.fixture
def closed(submit: Submit, documents: list[bytes]) -> None:
    """One row in every table."""
    submit(*documents)
    set_dates(
        by=OFFICER,
        at=MAIN,
        school_year=YEAR,
        main_on=dt.date(2026, 6, 30),
        reassessed_on=dt.date(2026, 8, 15),
        automatic=False,
        late_first=True,
    )
    close_class(by=OFFICER, at=MAIN, key=CLASS)
    reopen_class(by=OFFICER, at=BETWEEN, key=CLASS, decision=decision())


@pytest.mark.usefixtures("closed")
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("trick", TRICKS)
def test_nobody_changes_what_was_closed(table: str, trick: str) -> None:
    with connections["city"].cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM city_closing_{table}")
        [count] = cursor.fetchone()
        assert count > 0
        with pytest.raises(IntegrityError), transaction.atomic(using="city"):
            cursor.execute("SET LOCAL ROLE NONE")  # the owner; the roles have no right to it
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(TRICKS[trick].format(table=f"city_closing_{table}"))
