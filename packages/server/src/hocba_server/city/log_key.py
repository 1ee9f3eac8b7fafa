"""The department's key that signs the heads of the public log (Ed25519).

The key lives in a file of its own (`LOG_KEY_FILE`, rights 0600), never in the database or the
repository. Demo and training make one at first use; in production its absence is an error.
"""

from __future__ import annotations

import os
import tempfile
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from django.conf import settings

from hocba.errors import Unavailable
from hocba.tlog.note import verifier_key


def log_origin() -> str:
    """Name of the log, the first line of its checkpoints (C2SP tlog-checkpoint)."""
    return str(settings.LOG_ORIGIN)


def log_key() -> Ed25519PrivateKey:
    """The key, parsed once. Raises `Unavailable` in production when there is none."""
    return _load(_file())


def public_pem() -> bytes:
    """The public key for whoever verifies proofs (PEM, SubjectPublicKeyInfo)."""
    public = log_key().public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def verifier_line() -> str:
    """The same key as one line, as witnesses and monitors take it (C2SP signed-note vkey)."""
    return verifier_key(log_origin(), log_key().public_key())


def _file() -> Path:
    return Path(settings.LOG_KEY_FILE)


@lru_cache(maxsize=4)
def _load(file: Path) -> Ed25519PrivateKey:
    if not file.exists():
        if settings.HOCBA_MODE == "production":
            raise _missing()
        _create(file)
    key = load_pem_private_key(file.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise _missing()
    return key


def _create(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    pem = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".log-key-")  # made with rights 0600
    with os.fdopen(handle, "wb") as target:
        target.write(pem)
        target.flush()
        os.fsync(target.fileno())
    try:
        os.link(name, file)  # all or nothing: two processes starting at once agree on one key
    except FileExistsError:
        pass
    finally:
        Path(name).unlink()


def _missing() -> Unavailable:
    return Unavailable(
        "log_key",
        "Chưa có khóa ký sổ công khai của Sở (HOCBA_LOG_KEY_FILE).",
        "The key of the public log is missing (HOCBA_LOG_KEY_FILE).",
    )
