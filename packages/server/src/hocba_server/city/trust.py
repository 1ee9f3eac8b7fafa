"""Whom the department trusts: the certificates under `TRUST_DIR`, read once per change.

Self-issued certificates are roots; the others are known issuers, which signatures do not carry.
The key of the public log is added by the house itself.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings

from hocba.errors import Unavailable
from hocba.trust.store import TrustStore
from hocba_server.city.log_key import public_pem

_Stamp = tuple[tuple[str, int, int], ...]


def trust_store() -> TrustStore:
    """Roots and the log's key. Raises `Unavailable` when the department has set no root."""
    return _load(_stamp(), public_pem())[0]


def known_issuers() -> tuple[x509.Certificate, ...]:
    """Certificates of issuing authorities, to build paths with."""
    return _load(_stamp(), public_pem())[1]


def _stamp() -> _Stamp:
    files = sorted(Path(settings.TRUST_DIR).rglob("*.pem"))
    stamps = ((str(file), file.stat()) for file in files)
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in stamps)


@lru_cache(maxsize=4)
def _load(stamp: _Stamp, log_key: bytes) -> tuple[TrustStore, tuple[x509.Certificate, ...]]:
    roots: list[bytes] = []
    issuers: list[x509.Certificate] = []
    for name, _, _ in stamp:
        content = Path(name).read_bytes()
        if b"BEGIN CERTIFICATE" not in content:
            continue
        for certificate in x509.load_pem_x509_certificates(content):
            if certificate.subject == certificate.issuer:
                roots.append(certificate.public_bytes(Encoding.PEM))
            else:
                issuers.append(certificate)
    if not roots:
        raise Unavailable(
            "no_roots",
            "Sở chưa cài chứng thư số gốc tin cậy nên chưa kiểm tra được chữ ký.",
            "No trusted roots are installed, so that signatures cannot be checked.",
        )
    return TrustStore.from_pem([*roots, log_key]), tuple(issuers)
