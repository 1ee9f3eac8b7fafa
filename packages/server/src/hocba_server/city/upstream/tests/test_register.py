"""Action: the department registers its certificate with the store (transactions 3 and 4)."""

from __future__ import annotations

import pytest

from hocba.errors import Refused, Unavailable
from hocba_server.city.conftest import Submit
from hocba_server.city.tests.cast import ADMINISTRATOR, OFFICER, SENT, STRANGER, FixedClock
from hocba_server.city.upstream.models import Message, StoreRegistration
from hocba_server.city.upstream.registration import (
    ask_approval,
    await_approval,
    register,
    send_registration,
)
from hocba_server.city.upstream.services import order_work
from hocba_server.city.upstream.tests.fake_store import FakeStore
from hocba_server.city.upstream.tests.reporting import run
from hocba_server.web.audit.models import AuditEntry

CLOCK = FixedClock(SENT)


def test_from_the_click_to_the_approval(unregistered: FakeStore) -> None:
    number = register(by=OFFICER, at=SENT)
    send_registration(number, clock=CLOCK, client=unregistered)
    unregistered.approved = None
    assert ask_approval(number, clock=CLOCK, client=unregistered) == "sent", "nobody has decided"
    unregistered.approved = True
    assert ask_approval(number, clock=CLOCK, client=unregistered) == "approved"
    actions = list(AuditEntry.objects.using("city").values_list("action", flat=True))
    assert "register_upstream_certificate" in actions
    assert "upstream_certificate_decided" in actions


def test_a_store_that_is_away_loses_nothing(
    unregistered: FakeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = register(by=OFFICER, at=SENT)
    unregistered.away = True
    with pytest.raises(Unavailable):
        send_registration(number, clock=CLOCK, client=unregistered)
    assert StoreRegistration.objects.get().state == "waiting"
    unregistered.away = False
    unregistered.forgetful = True
    with pytest.raises(Unavailable):
        send_registration(number, clock=CLOCK, client=unregistered)
    send_registration(number, clock=CLOCK, client=unregistered)
    assert StoreRegistration.objects.get().state == "sent"
    unregistered.approved = None
    where = "hocba_server.city.upstream.registration.store_client"
    monkeypatch.setattr(where, lambda: unregistered)
    with pytest.raises(Unavailable):
        await_approval(number, clock=CLOCK)


def test_the_same_certificate_is_registered_once(connected: FakeStore) -> None:
    with pytest.raises(Refused) as refused:
        register(by=OFFICER, at=SENT)
    assert refused.value.code == "registered_already"


@pytest.mark.parametrize("by", [ADMINISTRATOR, STRANGER])
def test_others_may_not(unregistered: FakeStore, by: object) -> None:
    with pytest.raises(Refused) as refused:
        register(by=by, at=SENT)  # type: ignore[arg-type]
    assert refused.value.code == "role"


def test_without_a_store_the_reason_is_said(unregistered: FakeStore, settings: object) -> None:
    settings.UPSTREAM_URL = ""  # type: ignore[attr-defined]
    with pytest.raises(Refused) as refused:
        register(by=OFFICER, at=SENT)
    assert refused.value.code == "not_connected"


def test_nothing_is_sent_before_the_approval(
    unregistered: FakeStore, submit: Submit, documents: list[bytes]
) -> None:
    submit(*documents)
    run(unregistered)
    assert not Message.objects.exists()
    with pytest.raises(Refused) as refused:
        order_work(by=OFFICER, at=SENT)
    assert refused.value.code == "not_approved"
