"""A service that answers wrongly, hugely, slowly or not at all: nothing of it passes."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from hocba.errors import HocBaError, Unavailable
from hocba_certworld.csc.protocol import Answered
from hocba_server.adapters.remote_signing import RemoteKey


def said(status: int, content: Any) -> Callable[[Answered], Answered]:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return lambda _honest: Answered(status, {"Content-Type": "application/json"}, body)


def activated(provider: Any, token: str, digests: Any, name: str = "pin") -> RemoteKey:
    key: RemoteKey = provider.key(token, name)
    key.authorize(digests(3), service_token=token, pin=provider.pin)
    return key


def signatures(change: Callable[[list[str]], Any]) -> Callable[[Answered], Answered]:
    def answer(honest: Answered) -> Answered:
        content = {"signatures": change(json.loads(honest.body)["signatures"])}
        return Answered(200, honest.headers, json.dumps(content).encode())

    return answer


def flipped(value: str) -> str:
    octets = bytearray(base64.b64decode(value))
    octets[-1] ^= 1
    return base64.b64encode(octets).decode()


@pytest.mark.parametrize("name", ["pin", "rsa", "pss"])
@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda found: [*found[:2], flipped(found[2])], "remote_signature"),
        (lambda found: [found[1], found[0], found[2]], "remote_signature"),
        (lambda found: [found[0]] * 3, "remote_signature"),
        (lambda found: [base64.b64encode(bytes(64)).decode()] * 3, "remote_signature"),
        (lambda found: found[:2], "remote_answer"),
        (lambda found: [*found, found[0]], "remote_answer"),
        (lambda found: [], "remote_answer"),
        (lambda found: [found[0], found[1], "không phải Base64"], "remote_answer"),
        (lambda found: [found[0], found[1], found[2].rstrip("=") + "\n"], "remote_answer"),
        (lambda found: [found[0], found[1], ""], "remote_answer"),
        (lambda found: [found[0], found[1], None], "remote_answer"),
        (lambda found: "x", "remote_answer"),
        (lambda found: None, "remote_answer"),
    ],
)
def test_wrong_signatures_do_not_pass(
    provider: Any, token: str, digests: Any, name: str, change: Any, code: str
) -> None:
    key = activated(provider, token, digests, name)
    provider.lie("signatures/signHash", signatures(change))
    with pytest.raises(Unavailable) as fault:
        key.sign_digests(digests(3))
    assert fault.value.code == code


def test_raw_ecdsa_values_are_taken_and_given_as_der(
    provider: Any, token: str, digests: Any, verified: Any
) -> None:
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

    def raw(value: str) -> str:
        numbers = decode_dss_signature(base64.b64decode(value))
        return base64.b64encode(b"".join(one.to_bytes(32, "big") for one in numbers)).decode()

    key = activated(provider, token, digests)
    provider.lie("signatures/signHash", signatures(lambda found: [raw(one) for one in found]))
    verified(key, digests(3), key.sign_digests(digests(3)))


def test_signatures_of_another_key(provider: Any, token: str, digests: Any, keys: Any) -> None:
    key = activated(provider, token, digests)
    forged = [base64.b64encode(one).decode() for one in keys["other"].sign_digests(digests(3))]
    provider.lie("signatures/signHash", said(200, {"signatures": forged}))
    with pytest.raises(Unavailable) as fault:
        key.sign_digests(digests(3))
    assert fault.value.code == "remote_signature"
    assert "chưa học bạ nào được ký" in fault.value.sentence.vi


@pytest.mark.parametrize(
    ("status", "content", "code"),
    [
        (200, b"<html><body>Bao tri</body></html>", "remote_answer"),
        (200, b"", "remote_answer"),
        (200, b"[]", "remote_answer"),
        (200, b"null", "remote_answer"),
        (200, b'{"signatures": [], "signatures": []}', "remote_answer"),
        (200, b'{"x": NaN}', "remote_answer"),
        (200, b"\xff\xfe{}", "remote_answer"),
        (200, b"[" * 100_000, "remote_answer"),
        (200, b'{"signatures": ["' + b"A" * 5_000_000 + b'"]}', "network"),
        (201, {"signatures": []}, "remote_answer"),
        (202, {"signatures": []}, "remote_answer"),
        (204, b"", "remote_answer"),
        (200, {"responseID": 7}, "remote_answer"),
        (302, b"", "network"),
        (400, b"<html>", "remote_refused"),
        (400, {"error": "invalid_request"}, "remote_refused"),
        (400, {"error": ["x"], "error_description": 3}, "remote_refused"),
        (400, {"error": "<script>alert(1)</script>"}, "remote_refused"),
        (400, b"x" * 100_000, "remote_refused"),
        (401, b"", "remote_session"),
        (401, {"error": "invalid_token"}, "remote_session"),
        (400, {"error": "expired_token"}, "remote_session"),
        (403, b"", "remote_denied"),
        (403, {"error": "invalid_hash"}, "not_authorised"),
        (404, b"", "remote_refused"),
        (429, b"", "remote_busy"),
        (500, b"", "remote_down"),
        (500, {"error": "invalid_pin", "error_description": "locked"}, "remote_down"),
        (501, {"error": "invalid_request"}, "remote_unsupported"),
        (503, b"<html>", "remote_down"),
        (400, {"error": "server_error"}, "remote_down"),
        (400, {"error": "invalid_pin"}, "remote_pin"),
        (400, {"error": "invalid_otp", "error_description": "The OTP is invalid"}, "remote_otp"),
        (
            400,
            {"error": "invalid_request", "error_description": "Credential locked"},
            "remote_locked",
        ),
        (
            400,
            {"error": "invalid_request", "error_description": "SAD expired"},
            "activation_expired",
        ),
        (
            400,
            {
                "error": "invalid_request",
                "error_description": "Hash is not authorized by the SAD",
            },
            "not_authorised",
        ),
        (
            400,
            {
                "error": "invalid_request",
                "error_description": "Numbers of signatures is too high",
            },
            "remote_too_many",
        ),
        (
            400,
            {"error": "invalid_request", "error_description": "Signing certificate is expired"},
            "remote_certificate_expired",
        ),
        (
            400,
            {
                "error": "invalid_request",
                "error_description": "The credential identified by credentialID is disabled",
            },
            "remote_disabled",
        ),
        (
            400,
            {"error": "invalid_request", "error_description": "Invalid parameter credentialID"},
            "no_key",
        ),
    ],
)
def test_every_answer_becomes_a_sentence(
    provider: Any, token: str, digests: Any, status: int, content: Any, code: str
) -> None:
    key = activated(provider, token, digests)
    provider.lie("signatures/signHash", said(status, content))
    with pytest.raises(HocBaError) as fault:
        key.sign_digests(digests(3))
    assert fault.value.code == code
    assert "script" not in fault.value.sentence.vi
    assert len(fault.value.sentence.vi) > 40
    assert len(fault.value.sentence.en) > 20


def test_a_slow_answer(provider: Any, token: str, digests: Any) -> None:
    quick = activated(provider, token, digests)
    client = provider.client(timeout=0.3)
    key = RemoteKey(client, client.credential(token, "pin"), quick.activation)

    def slowly(honest: Answered) -> Answered:
        time.sleep(1)
        return honest

    provider.lie("signatures/signHash", slowly)
    began = time.monotonic()
    with pytest.raises(Unavailable) as fault:
        key.sign_digests(digests(3))
    assert fault.value.code == "network"
    assert time.monotonic() - began < 0.9


def test_nobody_there(provider: Any, token: str, digests: Any) -> None:
    key = activated(provider, token, digests)
    client = type(provider.client())("http://127.0.0.1:1/csc/v2", clock=provider.watch)
    gone = RemoteKey(client, provider.client().credential(token, "pin"), key.activation)
    with pytest.raises(Unavailable) as fault:
        gone.sign_digests(digests(1))
    assert fault.value.code == "network"


def test_a_fault_after_an_extension_loses_nothing(
    provider: Any, token: str, digests: Any, verified: Any
) -> None:
    key = activated(provider, token, digests)
    key.sign_digests(digests(1))
    rest = digests(2, start=1)
    original, failures = provider.service.answer, [Answered(503)]

    def answer(asked: Any) -> Any:
        if asked.path == "signatures/signHash" and failures:
            return failures.pop()
        return original(asked)

    provider.service.answer = answer
    with pytest.raises(Unavailable):
        key.sign_digests(rest)
    verified(key, rest, key.sign_digests(rest))
    assert provider.calls("credentials/extendTransaction") == 1


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"SAD": ""},
        {"SAD": 5},
        {"SAD": "a b"},
        {"SAD": "x", "expiresIn": 0},
        {"SAD": "x", "expiresIn": "300"},
        {"SAD": "x", "expiresIn": 10**400},
        {"SAD": "x" * 10_000},
        {"handle": "x"},
    ],
)
def test_activations_that_are_none(provider: Any, token: str, digests: Any, content: Any) -> None:
    key = provider.key(token, "pin")
    provider.lie("credentials/authorize", said(200, content))
    with pytest.raises(Unavailable) as fault:
        key.authorize(digests(1), service_token=token, pin=provider.pin)
    assert fault.value.code == "remote_answer"
    assert key.activation is None


def credential_with(**changes: Any) -> Callable[[Answered], Answered]:
    def answer(honest: Answered) -> Answered:
        content = json.loads(honest.body)
        for path, value in changes.items():
            place = content
            *parents, last = path.split("__")
            for name in parents:
                place = place[name]
            place[last] = value
        return Answered(200, honest.headers, json.dumps(content).encode())

    return answer


@pytest.mark.parametrize(
    "changes",
    [
        {"key": None},
        {"key__status": "ready"},
        {"key__algo": "1.2.840.10045.4.3.2"},
        {"key__algo": [1]},
        {"cert": []},
        {"cert__status": "fine"},
        {"cert__certificates": []},
        {"cert__certificates": ["AAAA"]},
        {"cert__certificates": ["<pem>"]},
        {"cert__certificates": ["AAAA"] * 50},
        {"auth": None},
        {"auth__mode": "magic"},
        {"auth__objects": None},
        {"auth__objects": ["PIN"]},
        {"auth__objects": [{"type": "Retina", "id": "EYE"}]},
        {"auth__objects": [{"type": "Password"}]},
        {"auth__objects": [{"type": "Password", "id": "PIN", "format": "Z"}]},
        {"auth__objects": [{"type": "Password", "id": "OTP"}] * 2},
        {"auth__expression": "PIN AND"},
        {"auth__expression": "PIN AND EYE"},
        {"auth__expression": "(" * 400},
        {"SCAL": "3"},
        {"SCAL": 2},
        {"multisign": 0},
        {"multisign": "5"},
        {"multisign": True},
        {"multisign": 1.5},
        {"description": {}},
    ],
)
def test_credentials_that_cannot_be_read(provider: Any, token: str, changes: Any) -> None:
    provider.lie("credentials/info", credential_with(**changes))
    with pytest.raises(Unavailable) as fault:
        provider.client().credential(token, "pin")
    assert fault.value.code == "remote_answer"


@pytest.mark.parametrize(
    "changes",
    [
        {"key__algo": ["1.2.840.10045.4.3.3"]},
        {"key__algo": []},
        {
            "auth__objects": [
                {"type": "Password", "id": "PIN"},
                {"type": "Password", "id": "PIN2"},
            ],
            "auth__expression": "",
        },
        {"cert__status": "suspended"},
        {"cert__status": "expired"},
    ],
)
def test_credentials_that_do_not_suit(provider: Any, token: str, changes: Any) -> None:
    provider.lie("credentials/info", credential_with(**changes))
    with pytest.raises(HocBaError) as fault:
        provider.client().credential(token, "pin")
    assert fault.value.code == "remote_credential"


def test_a_chain_that_is_none(provider: Any, token: str, keys: Any) -> None:
    from cryptography.hazmat.primitives.serialization import Encoding

    ders = [keys[name].certificate.public_bytes(Encoding.DER) for name in ("ec", "other")]
    chain = [base64.b64encode(one).decode() for one in ders]
    provider.lie("credentials/info", credential_with(cert__certificates=chain))
    with pytest.raises(Unavailable):
        provider.client().credential(token, "pin")


def test_the_root_is_left_out_of_the_chain(provider: Any, token: str, keys: Any) -> None:
    from cryptography.hazmat.primitives.serialization import Encoding

    path = [keys["ec"].certificate, *keys["ec"].chain, keys["root"].certificate]
    chain = [base64.b64encode(one.public_bytes(Encoding.DER)).decode() for one in path]
    provider.lie("credentials/info", credential_with(cert__certificates=chain))
    assert provider.client().credential(token, "pin").chain == keys["ec"].chain


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"credentialIDs": "pin"},
        {"credentialIDs": ["pin", "pin"]},
        {"credentialIDs": [""]},
        {"credentialIDs": [{}]},
        {"credentialIDs": [str(number) for number in range(1_000)]},
        {"credentialIDs": ["x" * 600]},
    ],
)
def test_lists_that_are_none(provider: Any, token: str, content: Any) -> None:
    provider.lie("credentials/list", said(200, content))
    with pytest.raises(Unavailable):
        provider.client().credential_ids(token)


def test_either_a_pin_or_an_otp(provider: Any, token: str, digests: Any) -> None:
    """The expression decides what has to be typed."""
    provider.lie("credentials/info", credential_with(auth__expression="PIN OR OTP"))
    key = provider.key(token, "otp")
    provider.service.tamper = None
    with pytest.raises(HocBaError) as fault:
        key.authorize(digests(1), service_token=token)
    assert fault.value.code == "remote_factor_missing"
    with pytest.raises(HocBaError) as fault:
        key.authorize(digests(1), service_token=token, pin=provider.pin)
    assert fault.value.code == "remote_refused"  # it was sent; this service wants both
