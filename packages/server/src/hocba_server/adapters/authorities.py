"""Whose certificates this installation trusts: the files under `TRUST_DIR`, read once per change.

Self-issued certificates are roots; the others are known issuers, which signatures do not carry.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings

from hocba.errors import Unavailable

_Stamp = tuple[tuple[str, int, int], ...]


def trusted_roots() -> tuple[bytes, ...]:
    """Root certificates as PEM. Raises `Unavailable` when none is installed."""
    roots = _load(_stamp())[0]
    if not roots:
        raise Unavailable(
            "no_roots",
            "Chưa cài chứng thư số gốc tin cậy nên chưa kiểm tra được chữ ký.",
            "No trusted roots are installed, so that signatures cannot be checked.",
        )
    return roots


def known_issuers() -> tuple[x509.Certificate, ...]:
    """Certificates of issuing authorities, to build paths with."""
    return _load(_stamp())[1]


def _stamp() -> _Stamp:
    files = sorted(Path(settings.TRUST_DIR).rglob("*.pem"))
    stamps = ((str(file), file.stat()) for file in files)
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in stamps)


@lru_cache(maxsize=4)
def _load(stamp: _Stamp) -> tuple[tuple[bytes, ...], tuple[x509.Certificate, ...]]:
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
    return tuple(roots), tuple(issuers)
