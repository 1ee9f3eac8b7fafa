"""Signed requests (RFC 9421): who may, what is covered, once only, and the clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from http_message_signatures import HTTPMessageSigner, MappingKeyResolver

from hocba_client.proofs import RequestKey
from hocba_server.city.api.tests.calling import ADDRESS, new_key, raw, registered_key, transport
from hocba_server.city.gateway.models import GatewayAccount
from hocba_server.city.tests.cast import ADMINISTRATOR, SENT
from hocba_server.city.vendors.keys import register_key, revoke_key
from hocba_server.city.vendors.models import SeenNonce, Vendor
from hocba_server.city.vendors.services import (
    give_account,
    register_vendor,
    set_vendor_active,
    take_account,
)
from hocba_server.city.vendors.tasks import sweep_before

NONCE = "nonce-cua-mot-yeu-cau"
Change = Callable[[httpx.Request], None]


def signed(key: RequestKey, unit: str, **options: Any) -> httpx.Request:
    """A signed GET (or other) request that the test may spoil."""
    method, body = options.pop("method", "GET"), options.pop("body", None)
    address = f"{ADDRESS}/api/v2/units/{unit}/certificates"
    request = httpx.Request(method, options.pop("url", address), content=body)
    parameters = {
        "created": dt.datetime.now(dt.UTC),
        "nonce": NONCE,
        "label": "sig1",
        "covered_component_ids": ("@method", "@target-uri"),
        "body": body,
        **options,
    }
    signer = HTTPMessageSigner(
        signature_algorithm=key.algorithm,
        key_resolver=MappingKeyResolver(public_keys={}, private_keys={key.key_id: key.private_key}),
    )
    signer.sign(request, key_id=key.key_id, **parameters)
    return request


def send(request: httpx.Request) -> httpx.Response:
    return httpx.Client(transport=transport(), timeout=60).send(request)


def test_a_registered_key_opens(school: str) -> None:
    answer = send(signed(registered_key(school), school))
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"certificates": []}


@pytest.mark.parametrize("kind", ["ecdsa", "rsa-pss", "rsa-pkcs1"])
def test_every_kind_of_key_signs(school: str, kind: str) -> None:
    private: Any = (
        ec.generate_private_key(ec.SECP256R1())
        if kind == "ecdsa"
        else rsa.generate_private_key(65537, 2048)
    )
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    pkcs1 = kind == "rsa-pkcs1"
    register_key(
        by=ADMINISTRATOR,
        at=SENT,
        key_id="khoa-khac",
        pem=public.decode(),
        pkcs1=pkcs1,
        account=GatewayAccount.objects.get(user_name=school),
    )
    key = RequestKey.from_pem("khoa-khac", pem, pkcs1=pkcs1)
    assert raw(key).get(f"units/{school}/certificates").status_code == 200


def test_the_same_request_again_is_a_replay(school: str) -> None:
    request = signed(registered_key(school), school)
    assert send(request).status_code == 200
    again = send(request)
    assert again.status_code == 401
    assert again.json()["field"] == "nonce"
    assert "nonce" in again.json()["detail"]


def test_a_nonce_is_forgotten_when_it_could_not_pass_anyway(school: str) -> None:
    send(signed(registered_key(school), school))
    row = SeenNonce.objects.get()
    now = dt.datetime.now(dt.UTC)
    sweep_before(now)
    assert SeenNonce.objects.exists(), "within the skew a replay would still pass"
    assert row.expires_at >= now + dt.timedelta(seconds=300)
    sweep_before(row.expires_at + dt.timedelta(seconds=1))
    assert not SeenNonce.objects.exists()


@pytest.mark.parametrize(("minutes", "words"), [(-10, "chậm"), (10, "nhanh")])
def test_a_wrong_clock_is_told_with_the_seconds(school: str, minutes: int, words: str) -> None:
    moment = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=minutes)
    answer = send(signed(registered_key(school), school, created=moment))
    assert answer.status_code == 401
    assert words in answer.json()["detail"]
    assert "300 giây" in answer.json()["detail"]
    assert not SeenNonce.objects.exists(), "a refused request spends no nonce"


def test_an_expired_signature_is_refused(school: str) -> None:
    now = dt.datetime.now(dt.UTC)
    answer = send(signed(registered_key(school), school, expires=now - dt.timedelta(seconds=30)))
    assert (answer.status_code, answer.json()["field"]) == (401, "expires")


def spoil_address(request: httpx.Request) -> None:
    request.url = request.url.copy_with(path="/api/v2/units/00000999/certificates")


def spoil_nonce(request: httpx.Request) -> None:
    text = request.headers["Signature-Input"]
    request.headers["Signature-Input"] = text.replace(NONCE, NONCE + "x")


def drop_signature(request: httpx.Request) -> None:
    del request.headers["Signature"]


def two_signatures(request: httpx.Request) -> None:
    text = request.headers["Signature-Input"]
    request.headers["Signature-Input"] = f"{text}, {text.replace('sig1', 'sig2', 1)}"


def not_a_structure(request: httpx.Request) -> None:
    request.headers["Signature-Input"] = "sig1=((("


@pytest.mark.parametrize(
    "change", [spoil_address, spoil_nonce, drop_signature, two_signatures, not_a_structure]
)
def test_a_spoilt_request_is_refused(school: str, change: Change) -> None:
    request = signed(registered_key(school), school)
    change(request)
    answer = send(request)
    assert (answer.status_code, answer.json()["code"]) == (401, "1001"), answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_without_nonce_or_with_a_short_one_is_refused(school: str) -> None:
    key = registered_key(school)
    for nonce in (None, "ngan"):
        assert send(signed(key, school, nonce=nonce)).status_code == 401


def test_the_body_must_be_covered_and_unchanged(school: str) -> None:
    key = registered_key(school)
    address = f"{ADDRESS}/api/v2/units/{school}/packages/mot-goi?year=2025"
    honest = signed(key, school, method="PUT", url=address, body=b"<A/>")
    assert send(honest).status_code == 422, "the signature holds; the package does not"
    other = signed(key, school, method="PUT", url=address, body=b"<A/>", nonce=NONCE + "2")
    changed = httpx.Request("PUT", address, content=b"<B/>", headers=other.headers)
    assert send(changed).status_code == 401
    bare = signed(key, school, method="PUT", url=address, nonce=NONCE + "3")
    uncovered = httpx.Request("PUT", address, content=b"<A/>", headers=bare.headers)
    uncovered.headers["Content-Length"] = "4"
    assert send(uncovered).status_code == 401, "a body without a signed digest"


def test_the_address_must_be_covered(school: str) -> None:
    answer = send(
        signed(registered_key(school), school, covered_component_ids=("@method", "@authority"))
    )
    assert answer.status_code == 401


def test_a_key_of_somebody_else_is_no_key(school: str) -> None:
    registered_key(school)
    forged, _ = new_key()
    assert send(signed(forged, school)).status_code == 401
    unknown, _ = new_key("khong-ai-biet")
    assert "đăng ký" in send(signed(unknown, school)).json()["detail"]


def test_a_revoked_key_stops_at_once(school: str) -> None:
    key = registered_key(school)
    revoke_key(by=ADMINISTRATOR, at=SENT, key_id=key.key_id)
    assert send(signed(key, school)).status_code == 401


def test_a_vendors_key_speaks_for_its_units_only(school: str) -> None:
    code = register_vendor(
        by=ADMINISTRATOR,
        at=SENT,
        name="Công ty Mẫu",
        software="Trường Xanh 3.1",
        contact_name="Nguyễn Văn Mẫu",
        contact_email="mau@example.vn",
    )
    key, pem = new_key("cong-ty-mau")
    register_key(
        by=ADMINISTRATOR,
        at=SENT,
        key_id=key.key_id,
        pem=pem,
        vendor=Vendor.objects.get(code=code),
    )
    ask = raw(key)
    assert ask.get(f"units/{school}/certificates").json()["code"] == "1003"
    give_account(by=ADMINISTRATOR, at=SENT, code=code, user_name=school)
    assert ask.get(f"units/{school}/certificates").status_code == 200
    set_vendor_active(by=ADMINISTRATOR, at=SENT, code=code, active=False)
    assert ask.get(f"units/{school}/certificates").status_code == 401
    set_vendor_active(by=ADMINISTRATOR, at=SENT, code=code, active=True)
    take_account(by=ADMINISTRATOR, at=SENT, user_name=school)
    assert ask.get(f"units/{school}/certificates").json()["code"] == "1003"


def test_nobody_gets_in_without_proof(school: str) -> None:
    answer = raw().get(f"units/{school}/certificates")
    assert answer.status_code == 401
    assert "Bearer" in answer.headers["WWW-Authenticate"]
    assert answer.json()["what_to_do"]
