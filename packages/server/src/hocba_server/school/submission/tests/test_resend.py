"""The department lost what it had acknowledged: the school sends the same messages again."""

from __future__ import annotations

import datetime as dt

import pytest

from hocba.errors import Unavailable
from hocba.packet.codes import ResponseCode
from hocba_server.school.issuing.models import AnnualRecordDraft
from hocba_server.school.submission.models import Package
from hocba_server.school.submission.resending import resend_since
from hocba_server.school.submission.services import poll_results, send_package, submit_batch
from hocba_server.school.submission.tests.fake_gateway import FakeGateway
from hocba_server.school.submission.tests.test_submit_batch import DeadGateway
from hocba_server.school.tests.cast import AT, Cast, FixedClock, TestKeys
from hocba_server.web.accounts.actor import platform_actor
from hocba_server.web.audit.models import AuditEntry

BY = platform_actor("school")


@pytest.fixture
def answered(results: Cast, issued: int, keys: TestKeys) -> Package:
    package_id = submit_batch(by=results.clerk, at=AT, batch_id=issued, keystore=keys)
    gateway = FakeGateway()
    send_package(package_id, gateway=gateway, clock=FixedClock())
    poll_results(package_id, gateway=gateway, clock=FixedClock())
    return Package.objects.get()


def test_the_same_message_again(answered: Package) -> None:
    gateway = FakeGateway()
    acknowledged = answered.acknowledged_at
    assert acknowledged is not None
    done = resend_since(by=BY, at=AT, since=acknowledged, gateway=gateway)
    assert (done.received, done.refused) == (1, ())
    assert [dict(request) for request in gateway.requests] == [answered.request]
    states = set(AnnualRecordDraft.objects.values_list("state", flat=True))
    assert states == {"accepted"}, "nothing of the school's own changed"
    assert AuditEntry.objects.using("school").filter(action="resend_package").count() == 1


def test_only_since_then_and_only_that_school(answered: Package) -> None:
    gateway = FakeGateway()
    acknowledged = answered.acknowledged_at
    assert acknowledged is not None
    later = acknowledged + dt.timedelta(seconds=1)
    assert resend_since(by=BY, at=AT, since=later, gateway=gateway).received == 0
    other = resend_since(by=BY, at=AT, since=acknowledged, unit_code="x", gateway=gateway)
    assert other.received == 0
    assert gateway.requests == []


def test_what_the_department_refuses_is_told(answered: Package) -> None:
    acknowledged = answered.acknowledged_at
    assert acknowledged is not None
    gateway = FakeGateway(code=ResponseCode.XML_DOCTYPE)
    done = resend_since(by=BY, at=AT, since=acknowledged, gateway=gateway)
    assert done.received == 0
    assert [message for message, _ in done.refused] == [answered.message_id]
    with pytest.raises(Unavailable):
        resend_since(by=BY, at=AT, since=acknowledged, gateway=DeadGateway())
