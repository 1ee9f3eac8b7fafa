"""Action: an officer sets the dates of a year; the job closes what is due of automatic years."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from hocba.errors import Malformed, Refused
from hocba_server.city.closing.calendar import dates_of
from hocba_server.city.closing.models import ClassClosing, ClosingCalendar
from hocba_server.city.closing.reopenings import set_dates
from hocba_server.city.closing.services import CLOSE_JOB, order_by_calendar
from hocba_server.city.closing.tasks import close_school
from hocba_server.city.closing.tests.year_end import MAIN, YEAR
from hocba_server.city.conftest import Submit
from hocba_server.city.gateway.models import RecordOutcome
from hocba_server.city.tests.cast import ADMINISTRATOR, OFFICER, SENT
from hocba_server.config.days import is_day_and_month
from hocba_server.web.audit.models import AuditEntry


def close_by_calendar(at: dt.datetime, monkeypatch: pytest.MonkeyPatch) -> int:
    """The night's work at that moment, and that of the workers; answers how many were ordered."""
    before = ProcrastinateJob.objects.using("city").order_by("-pk").first()
    count = order_by_calendar(at=at)
    monkeypatch.setattr("hocba_server.adapters.clock.SystemClock.now", lambda _: at)
    jobs = ProcrastinateJob.objects.using("city").filter(pk__gt=before.pk if before else 0)
    for job in jobs:
        assert job.task_name == CLOSE_JOB
        for _ in range(2):  # a worker that was killed at the end does it again
            close_school(**job.args)
    return count


def put(**changes: Any) -> None:
    values = {
        "by": OFFICER,
        "at": SENT,
        "school_year": YEAR,
        "main_on": dt.date(2026, 7, 5),
        "reassessed_on": dt.date(2026, 8, 20),
        "automatic": True,
        "late_first": True,
    }
    set_dates(**{**values, **changes})


def test_defaults_hold_until_somebody_sets_others(settings: Any) -> None:
    dates = dates_of(YEAR)
    assert (dates.main_on, dates.reassessed_on) == (dt.date(2026, 6, 30), dt.date(2026, 8, 15))
    settings.CLOSING_MAIN = "10/07"
    assert dates_of("2030-2031").main_on == dt.date(2031, 7, 10)
    put()
    assert dates_of(YEAR).main_on == dt.date(2026, 7, 5)
    put(main_on=dt.date(2026, 7, 6))
    assert dates_of(YEAR).main_on == dt.date(2026, 7, 6)
    assert ClosingCalendar.objects.count() == 2, "the earlier dates stay on record"
    entry = AuditEntry.objects.using("city").filter(action="set_closing_dates").latest("pk")
    assert (entry.name, entry.detail["main_on"]) == (OFFICER.name, "2026-07-06")


@pytest.mark.parametrize(
    ("changes", "error", "code"),
    [
        ({"by": ADMINISTRATOR}, Refused, "role"),
        ({"reassessed_on": dt.date(2026, 7, 5)}, Refused, "dates"),
        ({"main_on": dt.date(2025, 8, 31)}, Refused, "dates"),
        ({"reassessed_on": dt.date(2027, 1, 1)}, Refused, "dates"),
        ({"school_year": "2025-2027"}, Malformed, "school_year"),
    ],
)
def test_what_is_no_calendar_is_refused(
    changes: dict[str, Any], error: type[Refused], code: str
) -> None:
    with pytest.raises(error) as refusal:
        put(**changes)
    assert refusal.value.code == code
    assert not ClosingCalendar.objects.exists()


def test_the_job_closes_what_is_due_of_automatic_years_only(
    submit: Submit, documents: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    submit(*documents)
    assert close_by_calendar(MAIN, monkeypatch) == 0, "an officer closes"
    put()
    assert close_by_calendar(MAIN, monkeypatch) == 0, "not yet due"
    due = dt.datetime(2026, 7, 4, 17, 0, tzinfo=dt.UTC)
    assert close_by_calendar(due - dt.timedelta(seconds=1), monkeypatch) == 0
    assert close_by_calendar(due, monkeypatch) == 1
    assert close_by_calendar(due, monkeypatch) == 0, "again does nothing"
    assert ClassClosing.objects.get().closed_by_name == "Hệ thống"


def test_a_department_can_refuse_late_first_records(
    submit: Submit, documents: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    submit(*documents[:2])
    put(late_first=False)
    at = dt.datetime(2026, 7, 10, tzinfo=dt.UTC)
    assert close_by_calendar(at, monkeypatch) == 1
    submit(documents[2], at=at)
    assert RecordOutcome.objects.latest("pk").code == "2401"


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("30/06", True), ("1/7", True), ("29/02", False), ("31/04", False), ("6-30", False)],
)
def test_days_of_the_year_as_operators_write_them(text: str, is_one: bool) -> None:
    assert is_day_and_month(text) is is_one
