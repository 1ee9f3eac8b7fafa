"""The demo's authorization server: requests, pages, codes and tokens."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from hocba_certworld.csc.application import CscService
from hocba_certworld.csc.people import (
    DEMO_CLIENT,
    DEMO_SECRET,
    CscClient,
    KnownPeople,
)
from hocba_certworld.csc.protocol import SHA256, Asked

BACK = "https://hocba.test/xong"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode()[:43]
DIGESTS = [hashlib.sha256(bytes([number])).digest() for number in range(4)]
HASHES = [base64.b64encode(one).decode() for one in DIGESTS]
RSA, PSS, ECDSA = "1.2.840.113549.1.1.1", "1.2.840.113549.1.1.10", "1.2.840.10045.4.3.2"


def said(answer: tuple[int, Any]) -> tuple[int, str, str]:
    status, content = answer
    return status, content["error"], content["error_description"]


def bad(description: str, error: str = "invalid_request", status: int = 400) -> Any:
    return status, error, description


CREDENTIAL = {
    "scope": "credential",
    "credentialID": "web",
    "numSignatures": "2",
    "hashes": ",".join(one.replace("+", "-").replace("/", "_") for one in HASHES[:2]),
    "hashAlgorithmOID": SHA256,
}


def details(**changes: Any) -> str:
    detail = {
        "type": "credential",
        "credentialID": "web",
        "documentDigests": [{"hash": one, "label": "x"} for one in HASHES[:2]],
        "hashAlgorithmOID": SHA256,
    } | changes
    return json.dumps([detail])


@pytest.mark.parametrize("parameters", [CREDENTIAL, {"authorization_details": details()}])
def test_a_token_of_a_credential_signs_what_it_is_for(desk: Any, parameters: Any) -> None:
    extra = {name: value for name, value in parameters.items() if name == "authorization_details"}
    status, tokens = desk.exchange(desk.code(**parameters), **extra)
    assert (status, "refresh_token" in tokens) == (200, False)
    token = tokens["access_token"]
    asked = {"credentialID": "web", "hashes": HASHES[:1], "signAlgo": ECDSA}
    assert desk.post("credentials/list", {}, token)[0] == 403
    assert desk.post("credentials/info", {"credentialID": "web"}, token)[0] == 200
    assert desk.post("credentials/info", {"credentialID": "pin"}, token)[0] == 400
    assert desk.post("signatures/signHash", asked | {"hashes": HASHES[2:3]}, token)[0] == 400
    assert desk.post("signatures/signHash", asked, token)[0] == 200
    # The other way of the specification: a service token, and this one as the SAD.
    assert desk.sign(token, "web", hashes=HASHES[1:2])[0] == 200
    assert (
        said(desk.sign(token, "web", hashes=HASHES[:1]))[2] == "Numbers of signatures is too high"
    )
    assert said(desk.sign("x", "web"))[2] == "Invalid parameter SAD"


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "x"},
        {"client_id": "-"},
        {"redirect_uri": "https://evil.test/"},
        {"redirect_uri": f"{BACK}/more"},
        {"redirect_uri": "-"},
        {"request_uri": "urn:x"},
    ],
)
def test_nobody_is_sent_to_an_unknown_place(desk: Any, changes: Any) -> None:
    answer = desk.page(**changes)
    assert (answer.status, "Location" in answer.headers) == (400, False)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": "-"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": "-"}, "invalid_request"),
        ({"scope": "all"}, "invalid_scope"),
        ({"description": "x" * 501}, "invalid_request"),
        (CREDENTIAL | {"credentialID": "x"}, "invalid_request"),
        (CREDENTIAL | {"credentialID": "pin"}, "invalid_request"),
        (CREDENTIAL | {"numSignatures": "0"}, "invalid_request"),
        (CREDENTIAL | {"numSignatures": "-"}, "invalid_request"),
        (CREDENTIAL | {"numSignatures": "4"}, "invalid_request"),
        (CREDENTIAL | {"numSignatures": "1"}, "invalid_request"),
        (CREDENTIAL | {"hashes": "-"}, "invalid_request"),
        (CREDENTIAL | {"hashes": "AAAA"}, "invalid_request"),
        (CREDENTIAL | {"hashes": "A"}, "invalid_request"),
        (CREDENTIAL | {"hashes": "a+b"}, "invalid_request"),
        (CREDENTIAL | {"hashAlgorithmOID": "-"}, "invalid_request"),
        ({"scope": "service", "authorization_details": details()}, "invalid_request"),
        ({"authorization_details": "x"}, "invalid_request"),
        ({"authorization_details": "[]"}, "invalid_request"),
        ({"authorization_details": details(type="x")}, "invalid_request"),
        ({"authorization_details": details(documentDigests="x")}, "invalid_request"),
        ({"authorization_details": details(documentDigests=[])}, "invalid_request"),
        ({"authorization_details": details(documentDigests=[{}])}, "invalid_request"),
        ({"authorization_details": details(hashAlgorithmOID="x")}, "invalid_request"),
    ],
)
def test_wrong_requests_are_sent_back(desk: Any, changes: Any, error: str) -> None:
    answer = desk.page(**changes)
    assert answer.status == 302, answer.body
    assert answer.headers["Location"].startswith(BACK)
    back = dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
    assert (back["error"], back["state"]) == (error, "s")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"grant_type": "-"}, "invalid_request"),
        ({"grant_type": "password"}, "invalid_request"),
        ({"code": "-"}, "invalid_request"),
        ({"code": "x"}, "invalid_grant"),
        ({"client_id": "-"}, "invalid_request"),
        ({"client_id": "x"}, "invalid_request"),
        ({"client_secret": "-"}, "invalid_request"),
        ({"client_secret": "x"}, "invalid_request"),
        ({"redirect_uri": "https://evil.test/"}, "invalid_grant"),
        ({"code_verifier": "-"}, "invalid_grant"),
        ({"code_verifier": "w" * 43}, "invalid_grant"),
        ({"authorization_details": "[]"}, "invalid_request"),
        ({"grant_type": "client_credentials", "scope": "credential"}, "invalid_scope"),
        ({"grant_type": "refresh_token"}, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, "invalid_grant"),
    ],
)
def test_wrong_exchanges(desk: Any, changes: Any, error: str) -> None:
    assert said(desk.exchange(desk.code(), **changes))[:2] == (400, error)


def test_codes_and_refresh_tokens(desk: Any) -> None:
    code = desk.code()
    tokens = desk.exchange(code)[1]
    assert said(desk.exchange(code))[1] == "invalid_grant"
    refresh = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert desk.exchange("-", **refresh)[0] == 200
    desk.moment += timedelta(days=1)
    assert said(desk.exchange("-", **refresh)) == bad("Refresh token expired", "invalid_grant")


def test_signing_in_on_the_page_wrongly(desk: Any) -> None:
    shown = desk.page()
    [form] = re.findall(rb'name="form" value="([^"]+)"', shown.body)
    cookie = shown.headers["Set-Cookie"].partition(";")[0]
    fields = {"user_id": "u", "password": "x", "decision": "allow"}
    answer = desk.form("oauth2/authorize", cookie, form=form.decode(), **fields)
    assert answer.status == 200
    assert b'role="alert"' in answer.body


def test_pushed_requests(desk: Any) -> None:
    query = dict(parse_qsl("response_type=code&code_challenge_method=S256&state=s"))
    pushed = query | {
        "client_id": DEMO_CLIENT,
        "client_secret": DEMO_SECRET,
        "redirect_uri": BACK,
        "code_challenge": CHALLENGE,
    }
    answer = desk.form("oauth2/pushed_authorize", **pushed)
    reference = json.loads(answer.body)["request_uri"]
    assert answer.status == 201
    asked = urlencode({"client_id": DEMO_CLIENT, "request_uri": reference})
    page = desk.service.answer(Asked("GET", "oauth2/authorize", asked))
    assert page.status == 200
    assert desk.service.answer(Asked("GET", "oauth2/authorize", asked)).status == 400
    for wrong in ({"client_secret": "x"}, {"request_uri": "x"}, {"code_challenge": ""}):
        assert desk.form("oauth2/pushed_authorize", **(pushed | wrong)).status == 400


def test_the_page_shows_names_as_text(desk: Any) -> None:
    client = CscClient(DEMO_CLIENT, frozenset({BACK}), name="<b>Kẻ xấu</b>")
    page = type(desk)(CscService(KnownPeople([]), [client], base_url="http://x")).page()
    assert b"<b>" not in page.body
    assert "&lt;b&gt;Kẻ xấu".encode() in page.body
