"""Action: a certificate is renewed before it expires, after reminders."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from hocba.ids import MessageId
from hocba.packet.transactions import CertificateQuery
from hocba.record.sample import SCHOOL_CODE
from hocba_certworld.cast import Cast
from hocba_server.city.certificates.expiry import expiring
from hocba_server.city.certificates.models import CertificateRegistration, Unit
from hocba_server.city.certificates.reminders import send_reminders
from hocba_server.city.certificates.selectors import approved_seals
from hocba_server.city.certificates.services import approve
from hocba_server.city.gateway.services import answer_request
from hocba_server.city.tests.cast import MADE, SENT, WARD_OFFICER, registration, sign_in
from hocba_server.config.offices import read_days

DAY = dt.timedelta(days=1)


@pytest.fixture
def ending(school: str, cast: Cast) -> CertificateRegistration:
    """An approved certificate that ends forty days after `SENT`."""
    key = cast.world.issue_organisation(
        "Trường Tiểu học Mẫu", SCHOOL_CODE, validity=(MADE, SENT + 40 * DAY)
    )
    answer_request(registration(key), at=SENT)
    row = CertificateRegistration.objects.get()
    approve(by=WARD_OFFICER, at=SENT, registration_id=row.pk)
    Unit.objects.update(email="truong@example.edu.vn")
    return row


def reminder(at: dt.datetime) -> str:
    told = answer_request(CertificateQuery(MessageId("m"), SCHOOL_CODE, 2026).to_json(), at=at)
    return str(told.get("nhac_gia_han", ""))


def everything(at: dt.datetime) -> list[int]:
    return [one.days for one in expiring(CertificateRegistration.objects.all(), at=at)]


def test_each_step_is_reminded_of_once(ending: CertificateRegistration, settings: Any) -> None:
    settings.MAIL_ENABLED = True
    assert everything(SENT - 30 * DAY) == []
    assert send_reminders(at=SENT) == 1
    assert send_reminders(at=SENT + DAY) == 0
    assert send_reminders(at=SENT + 10 * DAY) == 1
    assert send_reminders(at=SENT + 33 * DAY) == 1
    assert send_reminders(at=SENT + 39 * DAY) == 0
    assert send_reminders(at=SENT + 41 * DAY) == 0
    assert [letter.to for letter in mail.outbox] == [["truong@example.edu.vn"]] * 3
    assert "còn 40 ngày" in mail.outbox[0].body
    assert "còn 40 ngày" in reminder(SENT)


def test_the_new_one_is_declared_while_the_old_one_holds(
    ending: CertificateRegistration, cast: Cast
) -> None:
    new = cast.world.issue_organisation("Trường Tiểu học Mẫu", SCHOOL_CODE)
    answer_request(registration(new), at=SENT + DAY)
    [one] = expiring(CertificateRegistration.objects.filter(pk=ending.pk), at=SENT + DAY)
    assert one.successor is not None
    assert reminder(SENT + DAY) == ""
    assert send_reminders(at=SENT + DAY) == 0
    approve(by=WARD_OFFICER, at=SENT + DAY, registration_id=one.successor.pk)
    assert [seal.holds(SENT + 2 * DAY) for seal in approved_seals(SCHOOL_CODE)] == [True, True]
    assert [seal.holds(SENT + 50 * DAY) for seal in approved_seals(SCHOOL_CODE)] == [True, False]


@pytest.mark.usefixtures("ending")
def test_the_officer_sees_what_ends_soon(client: Client) -> None:
    CertificateRegistration.objects.update(
        valid_until=dt.datetime.now(dt.UTC) + dt.timedelta(days=20, hours=1)
    )
    pages = sign_in(client, WARD_OFFICER)
    assert "1 chứng thư số sắp hết hạn" in pages.get("/so/").content.decode()
    assert "còn 20 ngày" in pages.get("/so/chung-thu-so/?phan=sap-het-han").content.decode()


def test_days_of_the_setting() -> None:
    assert read_days("7,60,30") == (60, 30, 7)
    with pytest.raises(ValueError, match="HOCBA_CERTIFICATE_REMINDER_DAYS"):
        read_days("0")
