"""An activation rests sealed: only this installation opens it, and not for ever."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from hocba.errors import Refused, Unavailable
from hocba_server.adapters.remote_signing import (
    Activation,
    AuthMode,
    Grant,
    RemoteKey,
    open_activation,
    remote_signing_service,
    seal_activation,
)

NOW = datetime(2026, 5, 20, 8, 0, tzinfo=UTC)
SAD = "a secret that signs"
LATER = NOW + timedelta(minutes=5)


def sample(count: int = 2) -> Activation:
    asked = tuple(bytes([number]) * 32 for number in range(count))
    grants = (Grant(SAD, LATER, asked), Grant("SAD-2", LATER + timedelta(1), (), used=True))
    return Activation("cred", AuthMode.EXPLICIT, "bí-mật", grants)


@given(st.integers(0, 200))
def test_what_is_sealed_opens_unchanged(count: int) -> None:
    text = seal_activation(sample(count))
    assert open_activation(text, NOW) == sample(count)
    assert SAD not in text
    assert SAD.encode() not in base64.urlsafe_b64decode(text)


def test_it_ends_when_the_service_ends_it() -> None:
    text = seal_activation(sample())
    assert open_activation(text, LATER - timedelta(seconds=1)).remaining == 2
    with pytest.raises(Refused) as fault:
        open_activation(text, LATER)
    assert fault.value.code == "activation_expired"


def test_what_is_used_up_does_not_end_the_rest() -> None:
    used = sample().without(0, frozenset(sample().grants[0].digests))
    text = seal_activation(used.exchanged(1, Grant("S", LATER + timedelta(1), (bytes(32),))))
    assert open_activation(text, LATER).remaining == 1


@pytest.mark.parametrize("text", ["", "x", "gAAAAA==", "ạ", "A" * 200])
def test_other_texts_do_not_open(text: str) -> None:
    with pytest.raises(Refused) as fault:
        open_activation(text, NOW)
    assert fault.value.code == "activation_damaged"


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_a_changed_byte_does_not_open(place: int, change: int) -> None:
    sealed = bytearray(base64.urlsafe_b64decode(seal_activation(sample())))
    sealed[place % len(sealed)] ^= change
    with pytest.raises(Refused) as fault:
        open_activation(base64.urlsafe_b64encode(sealed).decode(), NOW)
    assert fault.value.code == "activation_damaged"


def test_another_installation_does_not_open_it(settings: Settings) -> None:
    text = seal_activation(sample())
    settings.SECRET_KEY = "another installation's secret key, long enough"
    with pytest.raises(Refused) as fault:
        open_activation(text, NOW)
    assert fault.value.code == "activation_damaged"


def test_an_activation_of_nothing_does_not_open() -> None:
    empty = Activation("cred", AuthMode.EXPLICIT, "", ())
    with pytest.raises(Refused):
        open_activation(seal_activation(empty), NOW)


def test_a_worker_goes_on_where_another_stopped(
    provider: Any, token: str, digests: Any, verified: Any
) -> None:
    first = provider.key(token, "pin")
    first.authorize(digests(8), service_token=token, pin=provider.pin)
    done = list(first.batches()[0][:2])
    verified(first, done, first.sign_digests(done))
    sealed = seal_activation(first.activation)
    client = provider.client()
    second = RemoteKey(
        client, client.credential(token, "pin"), open_activation(sealed, provider.watch.now())
    )
    for batch in second.batches():
        verified(second, list(batch), second.sign_digests(batch))
    assert second.activation is not None
    assert second.activation.remaining == 0


def test_the_operator_names_the_service(provider: Any, settings: Settings) -> None:
    with pytest.raises(Unavailable) as fault:
        remote_signing_service()
    assert "HOCBA_CSC_URL" in fault.value.sentence.vi
    settings.CSC_URL = f"{provider.url}/csc/v2"
    settings.CSC_CLIENT_ID = provider.client_id
    settings.CSC_CLIENT_SECRET = "bí mật mẫu"
    settings.CSC_REDIRECT = provider.redirect
    assert remote_signing_service().client_login().value
