"""An activation as text that only this installation can open, so that a job can go on with it.

Fernet (AES-128-CBC and HMAC-SHA-256) with a key made from Django's SECRET_KEY by HKDF-SHA-256
(RFC 5869). Whoever holds an open activation can sign what it names and nothing else; therefore it
is kept only like this, and not longer than it lasts.
"""

from __future__ import annotations

import base64
import json
import zlib
from datetime import datetime
from typing import Any, Final

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from hocba.trust.algorithms import DIGEST_SIZE
from hocba_server.adapters.remote_signing import faults
from hocba_server.adapters.remote_signing.values import Activation, AuthMode, Grant

_PURPOSE: Final = b"hocba remote signing activation 1"
_LONGEST: Final = 20_000_000


def seal_activation(activation: Activation) -> str:
    """Encrypt an activation for the database."""
    content = {
        "credential": activation.credential_id,
        "mode": activation.mode.value,
        "token": activation.service_token,
        "grants": [
            {
                "sad": grant.sad,
                "until": grant.expires_at.isoformat(),
                "digests": base64.b64encode(b"".join(grant.digests)).decode(),
                "used": grant.used,
            }
            for grant in activation.grants
        ],
    }
    return _fernet().encrypt(zlib.compress(json.dumps(content).encode())).decode()


def open_activation(text: str, now: datetime) -> Activation:
    """Decrypt what `seal_activation` made.

    Raises `Refused`: `activation_damaged` for anything else, `activation_expired` when it is over.
    """
    try:
        if len(text) > _LONGEST:
            raise ValueError("too long")
        content = json.loads(zlib.decompress(_fernet().decrypt(text.encode())))
        activation = Activation(
            content["credential"],
            AuthMode(content["mode"]),
            content["token"],
            tuple(_grant(one) for one in content["grants"]),
        )
        over = now >= activation.expires_at
    except (InvalidToken, ValueError, KeyError, TypeError, zlib.error):
        raise faults.activation_damaged() from None
    if over:
        raise faults.activation_expired()
    return activation


def _grant(source: Any) -> Grant:
    joined = base64.b64decode(source["digests"])
    digests = tuple(
        joined[start : start + DIGEST_SIZE] for start in range(0, len(joined), DIGEST_SIZE)
    )
    return Grant(source["sad"], datetime.fromisoformat(source["until"]), digests, source["used"])


def _fernet() -> Fernet:
    derivation = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=_PURPOSE)
    return Fernet(base64.urlsafe_b64encode(derivation.derive(settings.SECRET_KEY.encode())))
