"""Action: an approved certificate is looked after: reminders, its end, and asking for the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from hocba.errors import Refused
from hocba.packet.answers import CertificateAnswer
from hocba.packet.package import pack_content
from hocba.packet.registration import read_registration
from hocba.packet.transactions import CertificateQuery, RegistrationRequest, read_request
from hocba_server.school.signing.models import SeenCertificate
from hocba_server.school.submission.endings import ask_for_end, send_end
from hocba_server.school.submission.models import CertificateRegistration
from hocba_server.school.submission.registrations import (
    look_after_approved,
    query_certificate,
    register_certificate,
    send_registration,
)
from hocba_server.school.submission.services import new_message_id
from hocba_server.school.submission.tests.fake_gateway import FakeGateway
from hocba_server.school.tests.cast import AT, CODE, HEAD_ID, Cast, FixedClock, TestKeys
from hocba_server.web.accounts.models import User
from hocba_server.web.audit.models import AuditEntry

UNTIL, ENDED = "2026-08-01T00:00:00+00:00", "2026-06-02T00:00:00+00:00"


class Telling(FakeGateway):
    """Answers about the certificate what the test says."""

    def __init__(self, **told: Any) -> None:
        super().__init__()
        self.told = told

    def send(self, request: Mapping[str, Any]) -> Any:
        match read_request(dict(request)):
            case CertificateQuery() as read:
                answer = CertificateAnswer(read.message_id, read.unit_code, "1", approved=True)
                return replace(answer, **self.told).to_json()
        return super().send(request)


@pytest.fixture
def approved(cast: Cast, keys: TestKeys) -> CertificateRegistration:
    """The school's certificate is declared and approved."""
    key = keys.organisation_key(CODE)
    row = register_certificate(by=cast.clerk, at=AT, key=key, message_id=new_message_id())
    send_registration(row, gateway=FakeGateway(), clock=FixedClock())
    assert query_certificate(row, gateway=FakeGateway(), clock=FixedClock()) == "approved"
    return CertificateRegistration.objects.get()


def hear(row: CertificateRegistration, **told: Any) -> CertificateRegistration:
    query_certificate(row.pk, gateway=Telling(**told), clock=FixedClock())
    row.refresh_from_db()
    return row


def test_a_reminder_is_shown_until_it_is_taken_back(
    approved: CertificateRegistration, cast: Cast, client: Client
) -> None:
    row = hear(approved, valid_until=UNTIL, reminder="Còn 40 ngày.")
    assert row.reminder == "Còn 40 ngày."
    assert row.valid_until is not None
    assert row.valid_until.isoformat() == UNTIL
    user = User.objects.create(
        username="van-thu",
        full_name=cast.clerk.name,
        personal_id=cast.clerk.personal_id,
        unit_code=CODE,
        roles=list(cast.clerk.roles),
        house="school",
    )
    client.force_login(user)
    page = client.get("/truong/chung-thu-so/").content.decode()
    assert "Còn 40 ngày." in page
    assert "Xin chấm dứt phê duyệt" in page
    assert hear(row, valid_until="hôm nào đó").reminder == ""


def test_an_ended_approval_closes_the_seal(approved: CertificateRegistration) -> None:
    row = hear(approved, approved=False, ended_from=ENDED, error_description="Mất thiết bị")
    assert (row.state, row.answer) == ("ended", "Mất thiết bị")
    assert SeenCertificate.objects.get().approved is False
    assert look_after_approved() == 0


def test_the_school_asks_for_the_end(
    approved: CertificateRegistration, cast: Cast, keys: TestKeys
) -> None:
    def ask(**changed: Any) -> None:
        named = {
            "by": cast.clerk,
            "at": AT,
            "key": keys.organisation_key(CODE),
            "registration_id": approved.pk,
            "reason": "Đổi nhà cung cấp",
            "message_id": new_message_id(),
        }
        ask_for_end(**{**named, **changed})

    for changed, code in (
        ({"reason": " "}, "reason"),
        ({"by": cast.homeroom}, "role"),
        ({"by": cast.stranger}, "not_found"),
        ({"key": keys.key_for(HEAD_ID)}, "foreign_certificate"),
    ):
        with pytest.raises(Refused) as refusal:
            ask(**changed)
        assert refusal.value.code == code
    ask()
    with pytest.raises(Refused) as refusal:
        ask()
    assert refusal.value.code == "not_approved"
    gateway = FakeGateway()
    assert send_end(approved.pk, gateway=gateway, clock=FixedClock()) == "sent"
    assert send_end(approved.pk, gateway=gateway, clock=FixedClock()) == "sent"
    [sent] = gateway.requests
    request = RegistrationRequest.from_json(dict(sent))
    read = read_registration(request.content)
    assert (read.fault, read.end_reason) == (None, "Đổi nhà cung cấp")
    assert read_registration(pack_content(_without_reason(request))).fault is not None
    actions = set(AuditEntry.objects.using("school").values_list("action", flat=True))
    assert {"ask_certificate_end", "certificate_end_sent"} <= actions


def _without_reason(request: RegistrationRequest) -> bytes:
    """Somebody on the way turns the wish into a registration: the signature shows it."""
    from hocba.packet.package import unpack_content

    document = unpack_content(request.content)
    begin, end = document.index(b"<LY_DO_CHAM_DUT>"), document.index(b"</LY_DO_CHAM_DUT>")
    return document[:begin] + document[end + len(b"</LY_DO_CHAM_DUT>") :]


def test_a_leader_declares_the_own_certificate(cast: Cast, keys: TestKeys) -> None:
    key = keys.key_for(HEAD_ID)
    row = register_certificate(
        by=cast.principal, at=AT, key=key, message_id=new_message_id(), leader=True
    )
    found = CertificateRegistration.objects.get(pk=row)
    assert found.holder == "leader"
    with pytest.raises(Refused) as refusal:
        register_certificate(
            by=cast.clerk, at=AT, key=key, message_id=new_message_id(), leader=True
        )
    assert refusal.value.code == "role"
    seal = keys.organisation_key(CODE)
    with pytest.raises(Refused) as refusal:
        register_certificate(
            by=cast.principal, at=AT, key=seal, message_id=new_message_id(), leader=True
        )
    assert refusal.value.code == "certificate_without_number"
