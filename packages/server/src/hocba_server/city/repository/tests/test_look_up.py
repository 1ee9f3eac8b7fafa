"""Action: look records up by the pupil's or the record's number; finding counts as reading."""

from __future__ import annotations

import dataclasses
from urllib.parse import unquote

import pytest
from django.test import Client

from hocba.errors import Refused
from hocba.ids import RecordUuid, SchoolYear
from hocba.record.model import AnnualRecord, StudyYear
from hocba.record.sample import sample_record
from hocba_certworld.cast import Cast
from hocba_server.city.access.readings import readings_of_pupil
from hocba_server.city.conftest import Submit
from hocba_server.city.repository.looking_up import look_up
from hocba_server.city.repository.models import StoredRecord
from hocba_server.city.tests.cast import (
    ADMINISTRATOR,
    INSPECTOR,
    OFFICER,
    OTHER_WARD,
    SENT,
    STRANGER,
    WARD_OFFICER,
    say_purpose,
    sign_in,
)
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.models import AuditEntry

NUMBER = str(sample_record(4).pupil.personal_id)
PURPOSE = "Giải quyết đơn, kiến nghị: đơn số 45"


def earlier(record: AnnualRecord) -> AnnualRecord:
    """The same pupil one year before, as it stands in the study history."""
    grade_3 = sample_record(3)
    return dataclasses.replace(
        grade_3,
        record_uuid=RecordUuid("00000000-0000-4000-8000-0000000000e3"),
        school_year=SchoolYear("2024-2025"),
        history=tuple(
            StudyYear(
                SchoolYear(str(year.school_year)),
                year.classroom_name,
                year.school_name,
                year.arrived_on,
            )
            for year in record.history[:-1]
        ),
        pupil=record.pupil,
    )


@pytest.fixture
def two_years(submit: Submit, cast: Cast) -> list[str]:
    """Numbers of a pupil's records of two years, and another pupil's record beside them."""
    now = sample_record(4)
    before = earlier(now)
    submit(cast.sign(now), cast.sign(before), cast.sign(sample_record(4, seed=1)))
    return [str(before.record_uuid), str(now.record_uuid)]


def find(by: Actor, number: str, purpose: str = PURPOSE) -> list[str]:
    return [row.record_uuid for row in look_up(by=by, at=SENT, number=number, purpose=purpose)]


@pytest.mark.parametrize("by", [OFFICER, INSPECTOR, WARD_OFFICER])
def test_a_pupils_years_are_found_in_their_order(two_years: list[str], by: Actor) -> None:
    assert find(by, NUMBER) == two_years
    assert find(by, f" {NUMBER[:3]} {NUMBER[3:]} ") == two_years


def test_one_record_is_found_by_its_number(two_years: list[str]) -> None:
    assert find(OFFICER, two_years[1].upper()) == [two_years[1]]


def test_each_finding_is_a_reading(two_years: list[str]) -> None:
    find(OFFICER, NUMBER)
    entries = AuditEntry.objects.using("city").filter(kind="read").order_by("pk")
    assert [entry.subject for entry in entries] == [f"record:{uuid}" for uuid in two_years]
    assert {entry.detail["purpose"] for entry in entries} == {f"{PURPOSE} (tra cứu)"}
    assert NUMBER not in str([(entry.subject, entry.detail) for entry in entries])
    assert len(list(readings_of_pupil(NUMBER))) == len(two_years)


@pytest.mark.parametrize(
    ("by", "number", "purpose", "code"),
    [
        (ADMINISTRATOR, NUMBER, PURPOSE, "role"),
        (STRANGER, NUMBER, PURPOSE, "role"),
        (OFFICER, NUMBER, " ", "purpose"),
        (OFFICER, "12345", PURPOSE, "number"),
        (OFFICER, "", PURPOSE, "number"),
        (OFFICER, "000399999999", PURPOSE, "not_found"),
        (OFFICER, "00000000-0000-4000-8000-00000000ffff", PURPOSE, "not_found"),
        (OTHER_WARD, NUMBER, PURPOSE, "not_found"),
    ],
)
def test_it_is_refused_with_a_reason(
    two_years: list[str], by: Actor, number: str, purpose: str, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        find(by, number, purpose)
    assert refused.value.code == code
    assert not AuditEntry.objects.using("city").filter(kind="read").exists()


def test_the_page(two_years: list[str], client: Client) -> None:
    pages = sign_in(client, OFFICER)
    assert unquote(pages.get("/so/tra-cuu/")["Location"]) == "/so/muc-dich/?den=/so/tra-cuu/"
    say_purpose(pages)
    assert "Số định danh cá nhân hoặc mã tra cứu" in pages.get("/so/tra-cuu/").content.decode()
    page = pages.post("/so/tra-cuu/", {"number": NUMBER}).content.decode()
    name = StoredRecord.objects.get(record_uuid=two_years[0]).pupil_name
    assert name in page
    assert page.index("2024-2025") < page.index("2025-2026")
    wrong = pages.post("/so/tra-cuu/", {"number": "12"})
    assert (wrong.status_code, "12 chữ số" in wrong.content.decode()) == (422, True)


def test_the_administrator_gets_no_page(two_years: list[str], client: Client) -> None:
    answer = sign_in(client, ADMINISTRATOR).get("/so/tra-cuu/")
    assert answer.status_code == 403
