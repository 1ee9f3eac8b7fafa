"""Action: declare the school's certificate to the department and hear what it decided."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from hocba.errors import Refused, Unavailable
from hocba.packet.answers import CertificateAnswer
from hocba.packet.transactions import CertificateQuery, read_request
from hocba_server.config.jobs import school_jobs
from hocba_server.school.signing.models import SeenCertificate
from hocba_server.school.submission import registrations
from hocba_server.school.submission.models import CertificateRegistration
from hocba_server.school.submission.registrations import (
    ask_now,
    await_decision,
    query_certificate,
    register_certificate,
    send_registration,
)
from hocba_server.school.submission.services import new_message_id
from hocba_server.school.submission.tests.fake_gateway import FakeGateway
from hocba_server.school.tests.cast import AT, CODE, HEAD_ID, Cast, FixedClock, TestKeys
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.models import AuditEntry


class SlowDepartment(FakeGateway):
    """Takes the registration and has not decided yet."""

    def send(self, request: Mapping[str, Any]) -> Any:
        match read_request(dict(request)):
            case CertificateQuery() as read:
                undecided = CertificateAnswer(read.message_id, read.unit_code, "0", approved=None)
                return undecided.to_json()
        return super().send(request)


def register(by: Actor, keys: TestKeys) -> int:
    key = keys.organisation_key(CODE)
    return register_certificate(by=by, at=AT, key=key, message_id=new_message_id())


def test_it_is_declared_once_and_the_answer_opens_the_seal(cast: Cast, keys: TestKeys) -> None:
    row_id = register(cast.clerk, keys)
    with pytest.raises(Refused) as refusal:
        register(cast.clerk, keys)
    assert refusal.value.code == "registered_already"
    send_registration(row_id, gateway=FakeGateway(), clock=FixedClock())
    assert CertificateRegistration.objects.get().state == "sent"
    assert query_certificate(row_id, gateway=FakeGateway(), clock=FixedClock()) == "approved"
    assert SeenCertificate.objects.get().approved is True
    actions = set(AuditEntry.objects.using("school").values_list("action", flat=True))
    assert {"register_certificate", "certificate_sent", "certificate_answered"} <= actions


def test_a_job_asks_until_the_department_has_decided(
    cast: Cast, keys: TestKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    deferred: list[str] = []

    class Job:
        def __init__(self, name: str) -> None:
            self.name = name

        def defer(self, **_arguments: object) -> None:
            deferred.append(self.name)

    monkeypatch.setattr(school_jobs, "configure_task", lambda name, **_options: Job(name))
    row_id = register(cast.clerk, keys)
    send_registration(row_id, gateway=SlowDepartment(), clock=FixedClock())
    assert deferred == [registrations.REGISTER_JOB, registrations.ASK_JOB]
    answering: list[FakeGateway] = [SlowDepartment()]
    monkeypatch.setattr(
        "hocba_server.school.training.sources.InstalledSources.gateway", lambda _: answering[0]
    )
    with pytest.raises(Unavailable):
        await_decision(row_id, clock=FixedClock())
    assert ask_now(by=cast.clerk, registration_id=row_id) == "sent"
    answering[0] = FakeGateway()
    await_decision(row_id, clock=FixedClock())
    assert CertificateRegistration.objects.get().state == "approved"


def test_only_the_office_and_only_the_own_certificate(cast: Cast, keys: TestKeys) -> None:
    for by in (cast.homeroom, cast.registrar, cast.administrator):
        with pytest.raises(Refused) as refusal:
            register(by, keys)
        assert refusal.value.code == "role"
    for by, key, code in (
        (cast.clerk, keys.key_for(HEAD_ID), "certificate_without_number"),
        (cast.stranger, keys.organisation_key(CODE), "foreign_certificate"),
    ):
        with pytest.raises(Refused) as refusal:
            register_certificate(by=by, at=AT, key=key, message_id=new_message_id())
        assert refusal.value.code == code
    assert not CertificateRegistration.objects.exists()


def test_another_school_learns_nothing(cast: Cast, keys: TestKeys) -> None:
    row_id = register(cast.principal, keys)
    for by, asked, code in (
        (cast.stranger, row_id, "not_found"),
        (cast.clerk, row_id + 1, "not_found"),
        (cast.homeroom, row_id, "role"),
    ):
        with pytest.raises(Refused) as refusal:
            ask_now(by=by, registration_id=asked)
        assert refusal.value.code == code
