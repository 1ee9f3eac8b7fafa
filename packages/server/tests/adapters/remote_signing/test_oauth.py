"""The service's own page: what our request says, what a browser does, what comes back."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from hocba.errors import Refused, Unavailable
from hocba_server.adapters.remote_signing import RemoteKey


def refused(code: str) -> Any:
    return pytest.raises(Refused, check=lambda fault: fault.code == code)


def changed_info(provider: Any, **changes: Any) -> None:
    def change(honest: Any) -> Any:
        body = json.loads(honest.body) | changes
        kept = {name: value for name, value in body.items() if value is not None}
        return type(honest)(honest.status, honest.headers, json.dumps(kept).encode())

    provider.lie("info", change)


def without_pushing(provider: Any) -> None:
    methods = provider.client().info().methods - {"oauth2/pushed_authorize"}
    changed_info(provider, methods=sorted(methods))


def test_signing_in_on_the_page(provider: Any) -> None:
    client = provider.client()
    request = client.begin_service()
    back = provider.allow(request.url, user_id=provider.user, password=provider.password)
    token = client.finish_service(request, back)
    assert "web" in client.credential_ids(token.value)
    later = client.refresh(token)
    client.revoke(token)
    with refused("remote_session"):
        client.credential_ids(token.value)
    assert client.credential_ids(later.value)


@pytest.mark.parametrize("details", [True, False])
@pytest.mark.parametrize("pushed", [True, False])
def test_allowing_signatures_on_the_page(
    provider: Any, token: str, digests: Any, verified: Any, details: bool, pushed: bool
) -> None:
    if not pushed:
        without_pushing(provider)
    client = provider.client()
    credential = client.credential(token, "web")
    request = client.begin_credential(
        credential, digests(3), details=details, description="Ký học bạ lớp 4A"
    )
    assert ("request_uri" in request.url) == pushed
    assert request.verifier not in request.url
    back = provider.allow(request.url, pin=provider.pin)
    activation = client.finish_credential(request, back, credential, digests(3))
    assert (activation.remaining, activation.service_token) == (3, "")
    key = RemoteKey(client, credential, activation)
    for part in (digests(1), digests(2, start=1)):  # one after the other needs no extension
        verified(key, part, key.sign_digests(part))
    with refused("not_authorised"):
        key.sign_digests(digests(1))


def test_what_an_address_says(provider: Any, token: str, digests: Any) -> None:
    without_pushing(provider)
    client = provider.client()
    credential = client.credential(token, "web")
    request = client.begin_credential(credential, digests(2), details=False)
    sent = dict(parse_qsl(urlsplit(request.url).query))
    assert sent["scope"] == "credential"
    assert sent["numSignatures"] == "2"
    assert sent["hashAlgorithmOID"] == "2.16.840.1.101.3.4.2.1"
    assert len(sent["hashes"].split(",")) == 2
    assert not set(sent["hashes"]) & set("+/=")
    assert sent["code_challenge_method"] == "S256"
    assert sent["state"] == request.state
    assert "client_secret" not in sent


def test_the_page_says_what_is_signed_and_is_safe(provider: Any, token: str, digests: Any) -> None:
    client = provider.client()
    request = client.begin_credential(client.credential(token, "web"), digests(3), details=False)
    page = provider.browser().get(request.url)
    assert "<strong>3</strong> chữ ký" in page.html
    assert "Cô Mẫu DEMO" in page.html
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert "SameSite=Strict" in page.headers["Set-Cookie"]
    assert page.headers["Cache-Control"] == "no-store"


def test_pin_and_otp_on_the_page(provider: Any, token: str, digests: Any, verified: Any) -> None:
    client = provider.client()
    credential = client.credential(token, "web-otp")
    request = client.begin_credential(credential, digests(1))
    browser = provider.browser()
    page = browser.get(request.url)
    back = browser.send(request.url, page, pin=provider.pin, otp=provider.otps[-1])
    activation = client.finish_credential(request, provider.returned(back), credential, digests(1))
    key = RemoteKey(client, credential, activation)
    verified(key, digests(1), key.sign_digests(digests(1)))


def test_wrong_pins_on_the_page_lock(provider: Any, token: str, digests: Any) -> None:
    client = provider.client()
    request = client.begin_credential(client.credential(token, "web"), digests(1))
    browser = provider.browser()
    page = browser.get(request.url)
    for _ in range(3):
        page = browser.send(request.url, page, pin="000000")
        assert page.status == 200
    assert "bị khoá" in page.html
    assert "bị khoá" in browser.send(request.url, page, pin=provider.pin).html
    with refused("remote_locked"):
        client.begin_credential(client.credential(token, "web"), digests(1))


def test_the_user_says_no(provider: Any, token: str, digests: Any) -> None:
    client = provider.client()
    credential = client.credential(token, "web")
    request = client.begin_credential(credential, digests(1))
    back = provider.allow(request.url, decision="deny")
    with refused("remote_denied"):
        client.finish_credential(request, back, credential, digests(1))


def test_another_site_cannot_send_the_form(provider: Any, token: str, digests: Any) -> None:
    client = provider.client()
    request = client.begin_credential(client.credential(token, "web"), digests(1))
    page = provider.browser().get(request.url)
    stranger = provider.browser()
    assert stranger.send(request.url, page, pin=provider.pin).status == 400


def test_a_form_is_sent_once(provider: Any, token: str, digests: Any) -> None:
    client = provider.client()
    request = client.begin_credential(client.credential(token, "web"), digests(1))
    browser = provider.browser()
    page = browser.get(request.url)
    assert browser.send(request.url, page, pin=provider.pin).status == 302
    assert browser.send(request.url, page, pin=provider.pin).status == 400


@pytest.mark.parametrize("change", ["state", "code", "verifier", "late", "twice", "empty"])
def test_a_return_that_is_not_ours(provider: Any, token: str, digests: Any, change: str) -> None:
    client = provider.client()
    credential = client.credential(token, "web")
    request = client.begin_credential(credential, digests(1))
    other = client.begin_credential(credential, digests(1))
    back = provider.allow(request.url, pin=provider.pin)
    if change == "state":
        back["state"] = other.state
    elif change == "code":
        back["code"] = "a b"
    elif change == "verifier":
        request = type(request)(request.url, request.state, other.verifier, request.details)
    elif change == "late":
        provider.watch.pass_(minutes=2)
    elif change == "twice":
        client.finish_credential(request, back, credential, digests(1))
    else:
        back = {}
    with refused("remote_grant"):
        client.finish_credential(request, back, credential, digests(1))


def test_more_than_the_credential_allows(provider: Any, token: str, digests: Any) -> None:
    client = provider.client()
    with refused("remote_too_many"):
        client.begin_credential(client.credential(token, "web"), digests(6))


def test_a_long_list_needs_a_pushed_request(
    provider: Any, token: str, digests: Any, verified: Any
) -> None:
    client = provider.client()
    credential = client.credential(token, "web-many")
    asked = digests(1_500)
    request = client.begin_credential(credential, asked, details=False)
    assert len(request.url) < 300
    back = provider.allow(request.url, pin=provider.pin)
    key = RemoteKey(client, credential, client.finish_credential(request, back, credential, asked))
    verified(key, asked, key.sign_digests(asked))
    without_pushing(provider)
    with refused("remote_too_many") as fault:
        provider.client().begin_credential(credential, asked, details=False)
    allowed = int(fault.value.sentence.en.split()[-1].rstrip("."))
    assert provider.client().begin_credential(credential, asked[:allowed], details=False)


def test_an_activation_can_be_given_back(provider: Any, token: str, digests: Any) -> None:
    client = provider.client()
    credential = client.credential(token, "web")
    request = client.begin_credential(credential, digests(1))
    back = provider.allow(request.url, pin=provider.pin)
    activation = client.finish_credential(request, back, credential, digests(1))
    client.revoke_activation(activation)
    with refused("remote_session"):
        RemoteKey(client, credential, activation).sign_digests(digests(1))


@pytest.mark.parametrize(
    "changes", [{"client_id": "khac"}, {"client_secret": "sai"}, {"client_secret": ""}]
)
def test_a_client_that_the_service_does_not_know(provider: Any, changes: Any) -> None:
    with refused("remote_client") as fault:
        provider.client(**changes).client_login()
    assert "HOCBA_CSC_CLIENT" in fault.value.sentence.vi


def test_a_client_without_a_name(provider: Any) -> None:
    with pytest.raises(Unavailable) as fault:
        provider.client(client_id="").client_login()
    assert fault.value.code == "remote_settings"


@pytest.mark.parametrize(
    "place", ["https://evil.test/", "http://127.0.0.1:1/", "http://evil.test/", "file:///etc", "x"]
)
def test_our_secret_goes_only_where_the_operator_said(provider: Any, place: str) -> None:
    changed_info(provider, oauth2=place)
    with pytest.raises(Unavailable) as fault:
        provider.client().client_login()
    assert fault.value.code == "remote_settings"


def test_an_authorization_server_that_the_operator_named(provider: Any) -> None:
    url = provider.url.replace("127.0.0.1", "localhost")
    changed_info(provider, oauth2=f"{url}/csc/v2/")
    assert provider.client(oauth_url=f"{url}/csc/v2").client_login().value


@pytest.mark.parametrize(
    ("name", "value", "works"),
    [
        ("token_type", "Bearer", True),
        ("token_endpoint", "https://evil.test/token", False),
        ("authorization_endpoint", "https://evil.test/authorize", False),
        ("issuer", "https://evil.test", False),
        ("token_endpoint", None, False),
    ],
)
def test_an_authorization_server_found_by_its_issuer(
    provider: Any, service: Any, name: str, value: Any, works: bool
) -> None:
    """RFC 8414; the tiny service gives its metadata and a token in one answer."""
    metadata = {
        "issuer": f"{service.url}/tenant",
        "authorization_endpoint": f"{service.url}/a",
        "token_endpoint": f"{service.url}/t",
        "access_token": "abc",
        "token_type": "Bearer",
    } | {name: value}
    service.body = json.dumps(metadata).encode()
    changed_info(provider, oauth2=None, oauth2Issuer=f"{service.url}/tenant/")
    client = provider.client(oauth_url=service.url)
    if works:
        assert client.client_login().value == "abc"
        assert service.asked[0][1] == "/.well-known/oauth-authorization-server/tenant"
        assert service.asked[1][1] == "/t"
    else:
        with pytest.raises(Unavailable):
            client.client_login()
        assert len(service.asked) == 1


def test_parameters_stand_once(provider: Any, token: str, digests: Any) -> None:
    without_pushing(provider)
    client = provider.client()
    request = client.begin_credential(client.credential(token, "web"), digests(1), details=False)
    assert all(len(values) == 1 for values in parse_qs(urlsplit(request.url).query).values())


@pytest.mark.parametrize(
    "change",
    [
        {"credentialID": "rsa"},
        {"authorization_details": []},
        {"authorization_details": [{"credentialID": "web", "documentDigests": []}]},
        {"authorization_details": [{"credentialID": "rsa", "documentDigests": []}]},
        {"authorization_details": ["x"]},
        {"token_type": "mac"},
        {"access_token": "a b"},
        {"expires_in": -1},
        {"expires_in": True},
    ],
)
def test_other_than_what_was_asked(provider: Any, token: str, digests: Any, change: Any) -> None:
    client = provider.client()
    credential = client.credential(token, "web")
    request = client.begin_credential(credential, digests(1), details=True)
    back = provider.allow(request.url, pin=provider.pin)

    def wrong(honest: Any) -> Any:
        body = json.loads(honest.body) | change
        return type(honest)(honest.status, honest.headers, json.dumps(body).encode())

    provider.lie("oauth2/token", wrong)
    with pytest.raises(Unavailable) as fault:
        client.finish_credential(request, back, credential, digests(1))
    assert fault.value.code == "remote_answer"
