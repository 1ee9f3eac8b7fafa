"""Calls of the API as other software makes them: with the client, through the WSGI application."""

from __future__ import annotations

from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from django.core.wsgi import get_wsgi_application

from hocba_client import Client
from hocba_client.proofs import Proof, RequestKey
from hocba_server.city.gateway.models import GatewayAccount
from hocba_server.city.tests.cast import ADMINISTRATOR, SENT
from hocba_server.city.vendors.keys import register_key

ADDRESS = "http://127.0.0.1:8000"


def transport() -> httpx.WSGITransport:
    """The platform without a network."""
    return httpx.WSGITransport(app=get_wsgi_application())  # type: ignore[arg-type]


def client(proof: Proof | None = None, **options: Any) -> Client:
    """A client of the platform under test."""
    return Client(ADDRESS, proof, transport=transport(), sleep=lambda _: None, **options)


def raw(proof: Proof | None = None) -> httpx.Client:
    """Plain HTTP, to send what the client would not."""
    return httpx.Client(
        base_url=f"{ADDRESS}/api/v2/", auth=proof, transport=transport(), timeout=60
    )


def new_key(key_id: str = "phan-mem-2026") -> tuple[RequestKey, str]:
    """A key of somebody's software, and its public half as PEM."""
    private = Ed25519PrivateKey.generate()
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return RequestKey.from_pem(key_id, pem), public.decode("ascii")


def registered_key(unit_code: str, key_id: str = "phan-mem-2026") -> RequestKey:
    """A key that the administrator registered for the account of a unit."""
    key, pem = new_key(key_id)
    account = GatewayAccount.objects.get(user_name=unit_code)
    register_key(by=ADMINISTRATOR, at=SENT, key_id=key_id, pem=pem, account=account)
    return key
