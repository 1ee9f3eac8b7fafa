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
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections

from hocba_client import Client
from hocba_client.proofs import Proof, RequestKey
from hocba_server.city.gateway.models import GatewayAccount
from hocba_server.city.tests.cast import ADMINISTRATOR, SENT
from hocba_server.city.vendors.keys import register_key

ADDRESS = "http://127.0.0.1:8000"


class Platform(httpx.WSGITransport):
    """The platform without a network, within the transaction of the test."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer, without what Django does to connections between requests."""
        request_started.disconnect(close_old_connections)
        request_finished.disconnect(close_old_connections)
        try:
            response = super().handle_request(request)
            body = response.read()
            response.close()
        finally:
            request_started.connect(close_old_connections)
            request_finished.connect(close_old_connections)
        return httpx.Response(response.status_code, headers=response.headers, content=body)


def transport() -> httpx.WSGITransport:
    """The platform as a transport of httpx."""
    return Platform(app=get_wsgi_application())


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
