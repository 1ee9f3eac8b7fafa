"""Short secrets of a person's session (a token of another service), encrypted for the database."""

from __future__ import annotations

import base64
from typing import Final

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.signing import BadSignature

_PURPOSE: Final = b"hocba session secret 1"
_LONGEST_SECONDS: Final = 8 * 3600


def seal_secret(text: str) -> str:
    """Encrypt with a key made from SECRET_KEY (HKDF-SHA-256, RFC 5869)."""
    return _fernet().encrypt(text.encode()).decode()


def open_secret(sealed: str) -> str:
    """Decrypt. Raises `BadSignature` for anything else, or when it is older than a working day."""
    try:
        return _fernet().decrypt(sealed.encode(), ttl=_LONGEST_SECONDS).decode()
    except InvalidToken as error:
        raise BadSignature("not a sealed secret") from error


def _fernet() -> Fernet:
    derivation = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=_PURPOSE)
    return Fernet(base64.urlsafe_b64encode(derivation.derive(settings.SECRET_KEY.encode())))
