"""The dates of steps: set by the officer, kept for ever, refused with the reason."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import Error, transaction
from django.test import Client

from hocba_server.city.oversight.dates import due_dates
from hocba_server.city.oversight.models import Step, StepDate
from hocba_server.city.oversight.tests.words import YEAR
from hocba_server.city.tests.cast import OFFICER, WARD_OFFICER, sign_in
from hocba_server.config.days import read_step_dates
from hocba_server.web.audit.models import AuditEntry

PAGE = f"/so/toan-canh/{YEAR}/han/"
DAYS = {
    "certificate": "01/05/2026",
    "complete": "25/05/2026",
    "issued": "30/05/2026",
    "issued-final": "20/05/2026",
    "received": "15/06/2026",
}


def test_the_officer_sets_them(client: Client) -> None:
    sign_in(client, OFFICER)
    assert client.post(PAGE, DAYS).status_code == 302
    dates = due_dates(YEAR)
    assert dates[Step.ISSUED].final_on == dt.date(2026, 5, 20)
    assert dates[Step.RECEIVED].on == dt.date(2026, 6, 15)
    assert StepDate.objects.count() == 3, "the date that stays is not written again"
    client.post(PAGE, DAYS)
    assert StepDate.objects.count() == 3
    assert AuditEntry.objects.using("city").filter(action="set_step_dates").count() == 1
    assert OFFICER.name in client.get(PAGE).content.decode()
    with pytest.raises(Error), transaction.atomic(using="city"):
        StepDate.objects.update(due_on=dt.date(2026, 1, 1))


@pytest.mark.parametrize(
    "changes", [{"received": "31/02/2026"}, {"received": ""}, {"issued-final": "31/05/2026"}]
)
def test_wrong_days_are_refused(client: Client, changes: dict[str, str]) -> None:
    sign_in(client, OFFICER)
    answer = client.post(PAGE, {**DAYS, **changes})
    assert answer.status_code == 200
    assert "✗" in answer.content.decode()
    assert not StepDate.objects.exists()


def test_only_the_department_sets_them(client: Client) -> None:
    sign_in(client, WARD_OFFICER)
    assert client.get(PAGE).status_code == 200
    assert client.post(PAGE, DAYS).status_code == 403


def test_defaults_of_the_deployment() -> None:
    assert read_step_dates("received=1/7, issued=02/06")["received"] == "1/7"
    assert due_dates(YEAR)[Step.RECEIVED].on == dt.date(2026, 6, 20)
    for wrong in ("closed=01/07", "received=30/02", "received"):
        with pytest.raises(ValueError, match="HOCBA_OVERSIGHT_DATES"):
            read_step_dates(wrong)
