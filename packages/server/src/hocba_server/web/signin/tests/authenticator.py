"""An authenticator of our own for tests: it makes passkeys and answers with them, and lies on
demand."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode

_PUBLIC: Any = ES256.from_cryptography_key
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class Device:
    """One device with one passkey."""

    origin: str = "http://localhost:8000"
    host: str = "localhost"
    counts: bool = False
    """A counter goes up with each answer; most devices of today leave it at nought."""
    verifies: bool = True
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    credential_id: bytes = field(default_factory=lambda: os.urandom(32))
    count: int = 0

    def create(self, options: dict[str, Any], *, name: str = "Máy thử") -> dict[str, Any]:
        """Answer `navigator.credentials.create`."""
        public = cbor.encode(dict(_PUBLIC(self.key.public_key())))
        attested = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id
        data = self._data(ATTESTED) + attested + public
        made = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options["publicKey"]["challenge"])
        response = {"clientDataJSON": client, "attestationObject": websafe_encode(made)}
        return {**self._named(response), "name": name}

    def get(self, options: dict[str, Any]) -> dict[str, Any]:
        """Answer `navigator.credentials.get`."""
        self.count += self.counts
        data = self._data(0)
        client = self._client("webauthn.get", options["publicKey"]["challenge"])
        over = data + hashlib.sha256(websafe_decode(client)).digest()
        signature = self.key.sign(over, ec.ECDSA(hashes.SHA256()))
        response = {
            "clientDataJSON": client,
            "authenticatorData": websafe_encode(data),
            "signature": websafe_encode(signature),
        }
        return self._named(response)

    def _named(self, response: dict[str, str]) -> dict[str, Any]:
        name = websafe_encode(self.credential_id)
        rest = {"type": "public-key", "clientExtensionResults": {}, "response": response}
        return {"id": name, "rawId": name, **rest}

    def _data(self, flags: int) -> bytes:
        flags |= PRESENT | (VERIFIED if self.verifies else 0)
        host = hashlib.sha256(self.host.encode()).digest()
        return host + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, challenge: str) -> str:
        plain = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return websafe_encode(json.dumps(plain).encode())
