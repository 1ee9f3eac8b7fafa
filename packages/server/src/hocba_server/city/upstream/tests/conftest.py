"""The department connected to a store in memory."""

from __future__ import annotations

from typing import Any

import pytest

from hocba_certworld.cast import Cast
from hocba_certworld.softkey import SoftKey
from hocba_server.city.tests.cast import OFFICER, SENT, FixedClock
from hocba_server.city.upstream import messages
from hocba_server.city.upstream.models import StoreRegistration
from hocba_server.city.upstream.registration import ask_approval, register, send_registration
from hocba_server.city.upstream.tests.fake_store import FakeStore


@pytest.fixture(scope="session")
def department_key(cast: Cast) -> SoftKey:
    """The key of the department."""
    return cast.world.issue_organisation("Sở Giáo dục và Đào tạo Mẫu", "79")


@pytest.fixture
def store() -> FakeStore:
    """The Ministry's store."""
    return FakeStore()


@pytest.fixture
def unregistered(
    settings: Any, monkeypatch: pytest.MonkeyPatch, department_key: SoftKey, store: FakeStore
) -> FakeStore:
    """Connected; nothing is registered yet."""
    settings.UPSTREAM_URL = "https://kho.example/giao-dich"
    settings.UPSTREAM_EXTRA_URL = "https://kho.example/bo-sung"
    settings.UPSTREAM_AUTOMATIC = True
    settings.UPSTREAM_REASON = False
    monkeypatch.setattr(messages, "own_key", lambda: department_key)
    return store


@pytest.fixture
def connected(unregistered: FakeStore) -> FakeStore:
    """Connected, with the department's certificate approved by the store."""
    number = register(by=OFFICER, at=SENT)
    send_registration(number, clock=FixedClock(SENT), client=unregistered)
    ask_approval(number, clock=FixedClock(SENT), client=unregistered)
    assert StoreRegistration.objects.get().state == "approved"
    return unregistered
