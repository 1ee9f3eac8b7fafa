"""How a request proves its sender: signed with a registered key (RFC 9421), or with a token."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Generator
from dataclasses import dataclass, field

import httpx
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPSignatureAlgorithm,
    MappingKeyResolver,
    SigningKey,
    algorithms,
)

from hocba.errors import Malformed


@dataclass(frozen=True)
class RequestKey(httpx.Auth):
    """Signs each request anew: another time, another nonce, so that a retry is no replay."""

    key_id: str
    private_key: SigningKey = field(repr=False)
    algorithm: type[HTTPSignatureAlgorithm]

    requires_request_body = True

    @classmethod
    def from_pem(
        cls, key_id: str, pem: bytes, *, password: bytes | None = None, pkcs1: bool = False
    ) -> RequestKey:
        """Read a PKCS#8 private key. Raises `Malformed` with code `key`."""
        try:
            key = load_pem_private_key(pem, password)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise _wrong_key() from None
        if isinstance(key, ed25519.Ed25519PrivateKey):
            return cls(key_id, key, algorithms.ED25519)
        if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1):
            return cls(key_id, key, algorithms.ECDSA_P256_SHA256)
        if isinstance(key, rsa.RSAPrivateKey):
            chosen = algorithms.RSA_V1_5_SHA256 if pkcs1 else algorithms.RSA_PSS_SHA512
            return cls(key_id, key, chosen)
        raise _wrong_key()

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Sign method, address and body (Content-Digest, RFC 9530)."""
        signer = HTTPMessageSigner(
            signature_algorithm=self.algorithm,
            key_resolver=MappingKeyResolver(
                public_keys={}, private_keys={self.key_id: self.private_key}
            ),
        )
        for name in ("Signature", "Signature-Input", "Content-Digest"):
            request.headers.pop(name, None)
        signer.sign(
            request,
            key_id=self.key_id,
            created=dt.datetime.now(dt.UTC),
            nonce=secrets.token_urlsafe(18),
            label="sig1",
            covered_component_ids=("@method", "@target-uri"),
            body=request.content or None,
        )
        yield request


@dataclass(frozen=True)
class BearerToken(httpx.Auth):
    """A token of the token service."""

    token: str = field(repr=False)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Send the token along."""
        request.headers["Authorization"] = f"Bearer {self.token}"
        yield request


Proof = RequestKey | BearerToken


def _wrong_key() -> Malformed:
    return Malformed(
        "key",
        "Không đọc được khoá ký yêu cầu: cần tệp PEM, khoá Ed25519, ECDSA P-256 hoặc RSA.",
        "The key cannot be read: PEM of an Ed25519, ECDSA P-256 or RSA key is needed.",
    )
