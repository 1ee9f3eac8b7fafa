"""PIN, OTP and app: what the user types goes to the service, and only authorised digests sign."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hocba.errors import Refused, Unavailable
from hocba_server.adapters.remote_signing import AuthMode, RemoteKey, RemoteSigningService
from hocba_server.adapters.remote_signing.values import FactorKind


def refused(code: str) -> Any:
    """The refusal with this code, which says in Vietnamese what to do."""
    return pytest.raises(Refused, check=lambda fault: fault.code == code)


def test_what_the_service_says_of_itself(provider: Any) -> None:
    client = provider.client()
    info = client.info()
    assert info.specs == "2.0.0.2"
    assert "basic" in info.auth_types
    assert "signatures/signHash" in info.methods
    assert client.info() is info
    assert provider.calls("info") == 1


def test_a_user_signs_in_and_sees_usable_credentials(provider: Any) -> None:
    client = provider.client()
    token = client.login(provider.user, provider.password)
    assert (token.expires_at - provider.watch.now()).total_seconds() == 3600
    names = client.credential_ids(token.value)
    assert {"pin", "otp", "web"} <= set(names)
    assert not {"disabled", "revoked", "other"} & set(names)
    assert token.value not in repr(token)


def test_a_wrong_password_is_said(provider: Any) -> None:
    for user, password in ((provider.user, "sai"), ("000199999999", provider.password)):
        with refused("remote_login"):
            provider.client().login(user, password)


def test_the_client_asks_for_a_user_by_number(provider: Any) -> None:
    client = provider.client()
    own = client.client_login().value
    assert client.credential_ids(own, user_id=provider.other) == ("other",)
    with refused("remote_refused"):
        client.credential_ids(own)


def test_a_user_asks_for_nobody_else(provider: Any, token: str) -> None:
    with refused("remote_refused"):
        provider.client().credential_ids(token, user_id=provider.other)
    with refused("no_key"):
        provider.client().credential(token, "other")


def test_credentials_say_how_they_are_authorised(provider: Any, token: str, keys: Any) -> None:
    client = provider.client()
    pin = client.credential(token, "pin")
    assert (pin.auth.mode, pin.scal, pin.multisign) == (AuthMode.EXPLICIT, 2, 5)
    assert pin.certificate == keys["ec"].certificate
    assert pin.chain == keys["ec"].chain
    assert pin.auth.pin is not None
    assert pin.auth.pin.numeric
    assert pin.auth.otp is None
    otp = client.credential(token, "otp").auth.otp
    assert otp is not None
    assert otp.kind is FactorKind.CHALLENGE
    (app,) = client.credential(token, "app").auth.elsewhere
    assert app.kind.out_of_band
    web = client.credential(token, "web").auth
    assert (web.mode, web.factors) == (AuthMode.OAUTH2_CODE, ())
    assert client.credential(token, "pin1").scal == 1


@pytest.mark.parametrize(
    ("name", "word"),
    [("disabled", "tạm ngưng"), ("revoked", "thu hồi"), ("weak", "độ dài khoá")],
)
def test_credentials_that_cannot_sign_say_why(
    provider: Any, token: str, name: str, word: str
) -> None:
    with refused("remote_credential") as fault:
        provider.client().credential(token, name)
    assert word in fault.value.sentence.vi


@pytest.mark.parametrize("name", ["pin", "pin1", "rsa", "pss"])
def test_a_pin_signs(provider: Any, token: str, digests: Any, verified: Any, name: str) -> None:
    key = provider.key(token, name)
    asked = digests(3)
    activation = key.authorize(asked, service_token=token, pin=provider.pin)
    assert (activation.remaining, key.batches()) == (3, [tuple(asked)])
    verified(key, asked, key.sign_digests(asked))
    assert key.activation.remaining == 0
    assert key.batches() == []


def test_signatures_come_in_the_order_asked(
    provider: Any, token: str, digests: Any, verified: Any
) -> None:
    key = provider.key(token, "pin")
    asked = digests(5)
    key.authorize(asked, service_token=token, pin=provider.pin)
    turned = [*reversed(asked), asked[0]]
    verified(key, turned, key.sign_digests(turned))


def test_more_than_multisign_become_groups(
    provider: Any, token: str, digests: Any, verified: Any
) -> None:
    key = provider.key(token, "pin")
    asked = digests(12)
    key.authorize(asked, service_token=token, pin=provider.pin, description="Lớp 4A")
    assert [len(batch) for batch in key.batches()] == [5, 5, 2]
    verified(key, asked, key.sign_digests(asked))
    assert provider.calls("signatures/signHash") == 3
    sent = [json.loads(body) for path, body in provider.asked if path == "credentials/authorize"]
    assert [one["numSignatures"] for one in sent] == [5, 5, 2]
    assert sent[0]["description"] == "Lớp 4A"


@pytest.mark.parametrize("name", ["pin", "pin1"])
def test_a_part_now_and_the_rest_later(
    provider: Any, token: str, digests: Any, verified: Any, name: str
) -> None:
    key = provider.key(token, name)
    asked = digests(5)
    key.authorize(asked, service_token=token, pin=provider.pin)
    for part in (asked[:2], asked[2:4], asked[4:]):
        verified(key, part, key.sign_digests(part))
    assert provider.calls("credentials/extendTransaction") == 2


@pytest.mark.parametrize("name", ["pin", "pin1"])
def test_only_authorised_digests_are_signed(
    provider: Any, token: str, digests: Any, name: str
) -> None:
    key = provider.key(token, name)
    with refused("not_authorised"):
        key.sign_digests(digests(1))
    key.authorize(digests(2), service_token=token, pin=provider.pin)
    with refused("not_authorised"):
        key.sign_digests(digests(3))
    key.sign_digests(digests(2))
    with refused("not_authorised"):
        key.sign_digests(digests(1))
    assert provider.calls("signatures/signHash") == 1


def test_nothing_to_sign_asks_nobody(provider: Any, token: str) -> None:
    key = provider.key(token, "pin")
    assert key.sign_digests([]) == []
    with refused("remote_too_many"):
        key.authorize([], service_token=token, pin=provider.pin)


def test_pin_and_otp(provider: Any, token: str, digests: Any, verified: Any) -> None:
    key, client = provider.key(token, "otp"), provider.client()
    credential = client.credential(token, "otp")
    assert client.send_challenge(token, credential) == ""
    (code,) = provider.otps
    key.authorize(digests(5), service_token=token, pin=provider.pin, otp=code)
    verified(key, digests(5), key.sign_digests(digests(5)))
    with refused("remote_authentication"):
        key.authorize(digests(1), service_token=token, pin=provider.pin, otp=code)


def test_an_older_service_sends_the_code_by_its_older_method(provider: Any, token: str) -> None:
    def without(honest: Any) -> Any:
        body = json.loads(honest.body)
        body["methods"].remove("credentials/getChallenge")
        return type(honest)(honest.status, honest.headers, json.dumps(body).encode())

    provider.lie("info", without)
    client = provider.client()
    assert client.send_challenge(token, client.credential(token, "otp")) == ""
    assert client.send_challenge(token, client.credential(token, "pin")) == ""
    assert provider.calls("credentials/sendOTP") == len(provider.otps) == 1


def test_one_code_covers_one_group(provider: Any, token: str, digests: Any) -> None:
    key = provider.key(token, "otp")
    assert key.most_at_once == 5
    with refused("remote_too_many") as fault:
        key.authorize(digests(6), service_token=token, pin=provider.pin, otp="000000")
    assert "không quá 5" in fault.value.sentence.vi
    assert provider.calls("credentials/authorize") == 0
    assert provider.key(token, "pin").most_at_once is None


@pytest.mark.parametrize(
    ("pin", "otp", "word"), [("", "123456", "mã PIN"), ("135790", "", "mã OTP")]
)
def test_what_was_not_entered_is_named(
    provider: Any, token: str, digests: Any, pin: str, otp: str, word: str
) -> None:
    with refused("remote_factor_missing") as fault:
        provider.key(token, "otp").authorize(digests(1), service_token=token, pin=pin, otp=otp)
    assert word in fault.value.sentence.vi
    assert provider.calls("credentials/authorize") == 0


def test_three_wrong_pins_lock(provider: Any, token: str, digests: Any) -> None:
    key = provider.key(token, "pin")
    for _ in range(2):
        with refused("remote_authentication"):
            key.authorize(digests(1), service_token=token, pin="000000")
    for pin in ("000000", provider.pin):
        with refused("remote_locked") as fault:
            key.authorize(digests(1), service_token=token, pin=pin)
        assert "nhà cung cấp" in fault.value.sentence.vi
    assert key.activation is None


@pytest.mark.parametrize(("pin", "code"), [("000000", "remote_pin"), ("135790", "remote_otp")])
def test_a_service_that_names_what_was_wrong(
    provider: Any, token: str, digests: Any, pin: str, code: str
) -> None:
    provider.service.office.names_wrong_factor = True
    key, client = provider.key(token, "otp"), provider.client()
    client.send_challenge(token, client.credential(token, "otp"))
    with refused(code):
        key.authorize(digests(1), service_token=token, pin=pin, otp="x")


def test_an_otp_grows_old(provider: Any, token: str, digests: Any) -> None:
    client = provider.client()
    client.send_challenge(token, client.credential(token, "otp"))
    provider.watch.pass_(minutes=6)
    with refused("remote_authentication"):
        provider.key(token, "otp").authorize(
            digests(1), service_token=token, pin=provider.pin, otp=provider.otps[0]
        )


def test_confirmed_in_an_app(provider: Any, token: str, digests: Any, verified: Any) -> None:
    def confirm(_seconds: float) -> None:
        provider.service.approve("app")

    client: RemoteSigningService = provider.client(sleep=confirm)
    key = RemoteKey(client, client.credential(token, "app"))
    key.authorize(digests(2), service_token=token, pin=provider.pin)
    verified(key, digests(2), key.sign_digests(digests(2)))


def test_nobody_confirms(provider: Any, token: str, digests: Any) -> None:
    key = provider.key(token, "app")
    with pytest.raises(Unavailable) as fault:
        key.authorize(digests(2), service_token=token, pin=provider.pin)
    assert fault.value.code == "remote_unconfirmed"
    assert provider.slept == [0.5, 0.5, 0.5]


def test_an_activation_grows_old(provider: Any, token: str, digests: Any) -> None:
    key = provider.key(token, "pin")
    key.authorize(digests(3), service_token=token, pin=provider.pin)
    key.sign_digests(digests(1))
    provider.watch.pass_(minutes=5)
    with refused("activation_expired"):
        key.sign_digests(digests(2, start=1))
    assert provider.calls("credentials/extendTransaction") == 0


def test_the_service_finds_an_activation_too_old(provider: Any, token: str, digests: Any) -> None:
    """Where its clock is ahead of ours."""
    key = provider.key(token, "pin")
    key.authorize(digests(1), service_token=token, pin=provider.pin)
    for activation in provider.service.office.activations.values():
        activation.expires = provider.watch.now()
    with refused("activation_expired") as fault:
        key.sign_digests(digests(1))
    assert "xác nhận lại" in fault.value.sentence.vi


def test_an_activation_is_used_up(provider: Any, token: str, digests: Any) -> None:
    key = provider.key(token, "pin")
    activation = key.authorize(digests(1), service_token=token, pin=provider.pin)
    key.sign_digests(digests(1))
    again = RemoteKey(provider.client(), provider.client().credential(token, "pin"), activation)
    with refused("activation_expired"):
        again.sign_digests(digests(1))


def test_an_activation_of_another_credential(provider: Any, token: str, digests: Any) -> None:
    key = provider.key(token, "pin")
    activation = key.authorize(digests(1), service_token=token, pin=provider.pin)
    client = provider.client()
    with refused("activation_damaged"):
        RemoteKey(client, client.credential(token, "rsa"), activation)


def test_a_session_ends(provider: Any, token: str, digests: Any) -> None:
    key = provider.key(token, "pin")
    provider.watch.pass_(hours=2)
    with refused("remote_session") as fault:
        key.authorize(digests(1), service_token=token, pin=provider.pin)
    assert "đăng nhập lại" in fault.value.sentence.vi


@pytest.mark.parametrize("text", ["", "không ASCII", "a b", "a\r\nX-Evil: 1"])
def test_a_token_that_is_none_is_not_sent(provider: Any, text: str) -> None:
    with refused("remote_session"):
        provider.client().credential_ids(text)
    assert provider.asked == []


def test_a_session_is_ended(provider: Any) -> None:
    client = provider.client()
    token = client.login(provider.user, provider.password)
    client.revoke(token)
    with refused("remote_session"):
        client.credential_ids(token.value)


def test_signatures_that_are_fetched_later(
    provider: Any, token: str, digests: Any, verified: Any
) -> None:
    provider.service.office.asynchronous = True
    client = provider.client(asynchronous=True)
    key = RemoteKey(client, client.credential(token, "pin"))
    key.authorize(digests(3), service_token=token, pin=provider.pin)
    verified(key, digests(3), key.sign_digests(digests(3)))
    assert provider.calls("signatures/signPolling") == 2


def test_signatures_that_never_come(provider: Any, token: str, digests: Any) -> None:
    provider.service.office.asynchronous = True
    provider.service.office.polls = 99
    client = provider.client(asynchronous=True)
    key = RemoteKey(client, client.credential(token, "pin"))
    key.authorize(digests(1), service_token=token, pin=provider.pin)
    with pytest.raises(Unavailable) as fault:
        key.sign_digests(digests(1))
    assert fault.value.code == "remote_unconfirmed"


def test_a_credential_of_the_page_takes_no_pin_here(
    provider: Any, token: str, digests: Any
) -> None:
    with refused("remote_factor_missing"):
        provider.key(token, "web").authorize(digests(1), service_token=token, pin=provider.pin)


def test_secrets_stay_out_of_sight(provider: Any, token: str, digests: Any) -> None:
    key = provider.key(token, "pin")
    activation = key.authorize(digests(1), service_token=token, pin=provider.pin)
    shown = repr(activation) + repr(activation.grants) + str(key)
    assert activation.grants[0].sad not in shown
    assert token not in shown


def test_a_service_that_asks_its_user_by_itself(provider: Any, token: str, digests: Any) -> None:
    """Implicit mode: nothing is typed here, and one confirmation covers one group."""

    def implicit(honest: Any) -> Any:
        body = json.loads(honest.body) | {"auth": {"mode": "implicit"}}
        return type(honest)(honest.status, honest.headers, json.dumps(body).encode())

    provider.lie("credentials/info", implicit)
    key = provider.key(token, "pin")
    assert key.most_at_once == 5
    with refused("remote_refused"):  # this service knows no such mode
        key.authorize(digests(1), service_token=token)
    assert "authData" not in json.loads(provider.asked[-1][1])


def test_a_service_without_a_method_to_end_sessions(provider: Any) -> None:
    def without(honest: Any) -> Any:
        body = json.loads(honest.body)
        body["methods"].remove("auth/revoke")
        return type(honest)(honest.status, honest.headers, json.dumps(body).encode())

    provider.lie("info", without)
    client = provider.client()
    token = client.client_login()
    client.revoke(token)
    assert provider.calls("oauth2/revoke") == 1
    with refused("remote_session"):
        client.credential_ids(token.value, user_id=provider.user)


def test_signatures_at_once_although_they_could_be_fetched(
    provider: Any, token: str, digests: Any, verified: Any
) -> None:
    client = provider.client(asynchronous=True)
    key = RemoteKey(client, client.credential(token, "pin"))
    key.authorize(digests(1), service_token=token, pin=provider.pin)
    verified(key, digests(1), key.sign_digests(digests(1)))
    assert provider.calls("signatures/signPolling") == 0
