"""The few doors to the outside world. Adapters implement them; the library only calls them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from cryptography import x509


class Key(Protocol):
    """A private key somewhere: in a file, a token, an HSM or a remote signing service.

    The library prepares digests, the key signs them, the library completes the documents; the
    private key itself never enters the library.
    """

    @property
    def certificate(self) -> x509.Certificate:
        """The signer's certificate."""

    @property
    def chain(self) -> Sequence[x509.Certificate]:
        """Intermediate certificates, nearest issuer first, without the root."""

    @property
    def algorithm(self) -> str:
        """Name of a member of `hocba.trust.algorithms.SignatureAlgorithm`."""

    def sign_digests(self, digests: Sequence[bytes]) -> list[bytes]:
        """Sign SHA-256 digests in order; ECDSA answers are DER. Raises `Unavailable` or `Refused`.

        All or nothing: an error means that no signature of this call may be used.
        """


class TimestampSource(Protocol):
    """An RFC 3161 time-stamp service."""

    def timestamp(self, digest: bytes) -> bytes:
        """Return the DER TimeStampToken over a digest. Raises `Unavailable`.

        Its size says of which hash: 32 bytes SHA-256, 48 bytes SHA-384, 64 bytes SHA-512.
        """


class RevocationSource(Protocol):
    """Where revocation answers come from. None means that the service has no answer."""

    def ocsp(self, certificate: x509.Certificate, issuer: x509.Certificate) -> bytes | None:
        """Return a DER OCSPResponse (RFC 6960). Raises `Unavailable` when unreachable."""

    def crl(self, certificate: x509.Certificate) -> bytes | None:
        """Return the DER CRL (RFC 5280) named by the certificate. Raises `Unavailable`."""


class Clock(Protocol):
    """The time of day."""

    def now(self) -> datetime:
        """Return the present moment with its time zone."""
