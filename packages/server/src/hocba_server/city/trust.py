"""Whom the department trusts: the installed authorities and the key of its own public log."""

from __future__ import annotations

from functools import lru_cache

from hocba.trust.store import TrustStore
from hocba_server.adapters.authorities import known_issuers, trusted_roots
from hocba_server.city.log_key import public_pem

__all__ = ["known_issuers", "trust_store"]


def trust_store() -> TrustStore:
    """Roots and the log's key. Raises `Unavailable` when no root is installed."""
    return _store(trusted_roots(), public_pem())


@lru_cache(maxsize=4)
def _store(roots: tuple[bytes, ...], log_key: bytes) -> TrustStore:
    return TrustStore.from_pem([*roots, log_key])
