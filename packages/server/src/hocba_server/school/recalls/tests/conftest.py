"""Records in force, and a request about the first of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hocba_server.school.issuing.models import AnnualRecordDraft
from hocba_server.school.recalls.services import request_recall
from hocba_server.school.submission.services import (
    new_message_id,
    poll_results,
    send_package,
    submit_batch,
)
from hocba_server.school.submission.tests.fake_gateway import FakeGateway
from hocba_server.school.tests.cast import AT, CODE, Cast, FixedClock, TestKeys
from hocba_server.web.accounts.actor import Actor

REASON = "Ghi sai nơi sinh"
Ask = Callable[..., int]


def send_class(cast: Cast, batch_id: int, keys: TestKeys) -> None:
    """Send what waits; the department takes all of it."""
    package_id = submit_batch(by=cast.clerk, at=AT, batch_id=batch_id, keystore=keys)
    gateway = FakeGateway()
    send_package(package_id, gateway=gateway, clock=FixedClock())
    poll_results(package_id, gateway=gateway, clock=FixedClock())


@pytest.fixture
def in_force(results: Cast, issued: int, keys: TestKeys) -> list[AnnualRecordDraft]:
    """Three records that the department has taken."""
    send_class(results, issued, keys)
    rows = list(AnnualRecordDraft.objects.order_by("pk"))
    assert {row.state for row in rows} == {"accepted"}
    return rows


@pytest.fixture
def ask(keys: TestKeys) -> Ask:
    """Ask for a recall with the school's key."""

    def run(by: Actor, *rows: AnnualRecordDraft, reason: str = REASON) -> int:
        return request_recall(
            by=by,
            at=AT,
            record_uuids=[row.record_uuid for row in rows],
            reason=reason,
            key=keys.organisation_key(CODE),
            message_id=new_message_id(),
        )

    return run
