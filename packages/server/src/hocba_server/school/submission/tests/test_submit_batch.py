from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from hocba.errors import Refused, Unavailable
from hocba.packet.codes import ResponseCode
from hocba.packet.package import read_package
from hocba_server.school.issuing.models import AnnualRecordDraft
from hocba_server.school.submission.models import Package
from hocba_server.school.submission.selectors import package_view
from hocba_server.school.submission.services import (
    poll_results,
    send_package,
    submit_batch,
)
from hocba_server.school.submission.tests.fake_gateway import FakeGateway
from hocba_server.school.tests.cast import AT, Cast, FixedClock, TestKeys
from hocba_server.web.audit.models import AuditEntry


class DeadGateway:
    def send(self, _request: Mapping[str, Any]) -> Any:
        raise Unavailable("gateway", "Không gọi được cổng tiếp nhận.", "Gateway unreachable.")


def _states() -> list[str]:
    return list(AnnualRecordDraft.objects.order_by("pk").values_list("state", flat=True))


def test_the_clerk_submits_and_each_record_gets_its_answer(
    results: Cast, issued: int, keys: TestKeys
) -> None:
    package_id = submit_batch(by=results.clerk, at=AT, batch_id=issued, keystore=keys)
    documents = [bytes(row.document) for row in AnnualRecordDraft.objects.order_by("pk")]
    transaction = read_package(Package.objects.get().request["content"])
    assert list(transaction.records) == documents
    assert transaction.fault is None
    refused = AnnualRecordDraft.objects.order_by("pk")[1].record_uuid
    gateway = FakeGateway(refuse=(refused,))
    send_package(package_id, gateway=gateway, clock=FixedClock())
    assert _states() == ["submitted"] * 3
    view = poll_results(package_id, gateway=gateway, clock=FixedClock())
    assert view.counts == {"waiting": 0, "accepted": 2, "refused": 1}
    assert _states() == ["accepted", "rejected", "accepted"]
    assert [line.sentence for line in view.lines if line.answer == "refused"] == [
        "MA_MON_HOC: Thiếu môn Toán"
    ]
    actions = set(AuditEntry.objects.using("school").values_list("action", flat=True))
    assert {"submit_batch", "package_answered", "records_answered"} <= actions


def test_only_the_clerk_submits_and_not_twice(results: Cast, issued: int, keys: TestKeys) -> None:
    for by in (results.principal, results.homeroom, results.registrar, results.administrator):
        with pytest.raises(Refused) as refusal:
            submit_batch(by=by, at=AT, batch_id=issued, keystore=keys)
        assert refusal.value.code == "role"
    with pytest.raises(Refused) as refusal:
        submit_batch(by=results.stranger, at=AT, batch_id=issued, keystore=keys)
    assert refusal.value.code == "not_found"
    submit_batch(by=results.clerk, at=AT, batch_id=issued, keystore=keys)
    with pytest.raises(Refused) as refusal:
        submit_batch(by=results.clerk, at=AT, batch_id=issued, keystore=keys)
    assert refusal.value.code == "package_open"


def test_a_class_not_yet_issued_is_not_sent(results: Cast, created: int, keys: TestKeys) -> None:
    with pytest.raises(Refused) as refusal:
        submit_batch(by=results.clerk, at=AT, batch_id=created, keystore=keys)
    assert refusal.value.code == "nothing_to_send"


def test_a_dead_gateway_leaves_the_package_in_the_outbox_with_its_id(
    results: Cast, issued: int, keys: TestKeys
) -> None:
    package_id = submit_batch(by=results.clerk, at=AT, batch_id=issued, keystore=keys)
    with pytest.raises(Unavailable):
        send_package(package_id, gateway=DeadGateway(), clock=FixedClock())
    view = package_view(package_id)
    assert (view.state, view.attempts) == ("waiting", 1)
    assert _states() == ["issued"] * 3
    gateway = FakeGateway()
    send_package(package_id, gateway=gateway, clock=FixedClock())
    send_package(package_id, gateway=gateway, clock=FixedClock())
    [request] = gateway.requests
    assert request["authenticationRequest"]["messageid"] == view.message_id


def test_a_refused_package_says_why_and_can_be_sent_anew(
    results: Cast, issued: int, keys: TestKeys
) -> None:
    package_id = submit_batch(by=results.clerk, at=AT, batch_id=issued, keystore=keys)
    send_package(
        package_id, gateway=FakeGateway(code=ResponseCode.WRONG_ACCOUNT), clock=FixedClock()
    )
    view = package_view(package_id)
    assert view.state == "refused"
    assert view.problem == ResponseCode.WRONG_ACCOUNT.sentence
    assert _states() == ["issued"] * 3
    assert submit_batch(by=results.clerk, at=AT, batch_id=issued, keystore=keys) != package_id


def test_an_open_record_keeps_the_package_waiting(
    results: Cast, issued: int, keys: TestKeys
) -> None:
    package_id = submit_batch(by=results.clerk, at=AT, batch_id=issued, keystore=keys)
    gateway = FakeGateway()
    send_package(package_id, gateway=gateway, clock=FixedClock())
    gateway.records = gateway.records[:2]
    with pytest.raises(Unavailable):
        poll_results(package_id, gateway=gateway, clock=FixedClock())
    assert package_view(package_id).state == "acknowledged"
