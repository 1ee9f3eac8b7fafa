"""The sandbox's own authority. Nobody outside the sandbox trusts it."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings

from hocba.errors import Malformed
from hocba.ports import RevocationSource
from hocba.trust.store import TrustStore
from hocba_certworld.local import LocalRevocation
from hocba_certworld.world import CertWorld

LABEL = "THỬ NGHIỆM"
FOUNDED = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
"""The world begins before the samples are signed; its root lasts ten years."""
MOST_QUERY = 10_000
"""Bytes of a time-stamp query."""
_NOWHERE = "http://thu-nghiem.invalid"
"""OCSP and CRLs of the sandbox are asked in the process itself, never over a network."""


def sandbox_world() -> CertWorld:
    """The world, made at first use. Two processes at once: one of them wins, both have it."""
    return _open(str(Path(settings.VAR_DIR) / "sandbox" / "world"))


@lru_cache(maxsize=2)
def _open(place: str) -> CertWorld:
    folder = Path(place)
    if not (folder / "password").exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=folder.parent))
        CertWorld.create(draft, FOUNDED, base_url=_NOWHERE, label=LABEL)
        try:
            os.rename(draft, folder)  # noqa: PTH104 - fails where another process was first
        except OSError:
            shutil.rmtree(draft, ignore_errors=True)
    return CertWorld.open(folder)


def sandbox_store() -> TrustStore:
    """Trusts the sandbox's root and nothing else."""
    return _store(sandbox_world().roots_pem())


@lru_cache(maxsize=2)
def _store(pem: bytes) -> TrustStore:
    return TrustStore.from_pem([pem])


def sandbox_issuers() -> tuple[x509.Certificate, ...]:
    """Issuing authorities of the sandbox."""
    return tuple(x509.load_pem_x509_certificate(pem) for _, pem in sandbox_world().issuers_pem())


def issuers_der() -> tuple[bytes, ...]:
    """The same as DER."""
    return tuple(one.public_bytes(Encoding.DER) for one in sandbox_issuers())


def sandbox_timestamp(query: bytes, *, at: dt.datetime) -> bytes:
    """Answer an RFC 3161 query: seals of the sandbox need a time-stamp as real ones do.

    Raises `Malformed`.
    """
    if len(query) > MOST_QUERY:
        raise Malformed("timestamp_request", "Yêu cầu quá dài.", "The query is too long.")
    return sandbox_world().timestamp(query, at)


def sandbox_revocation(now: Callable[[], dt.datetime]) -> RevocationSource:
    """Status of the sandbox's certificates."""
    return LocalRevocation(sandbox_world(), now)
