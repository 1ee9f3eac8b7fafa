"""The world's services without HTTP: the ports of the library, for tests and measurements."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from hocba.signature.timestamp import make_request, token_of_response
from hocba_certworld.world import CertWorld

Now = Callable[[], datetime]


def utc_now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


class LocalTimestamp:
    """`hocba.ports.TimestampSource` of a world."""

    def __init__(self, world: CertWorld, now: Now = utc_now) -> None:
        self._world = world
        self._now = now

    def timestamp(self, digest: bytes) -> bytes:
        """Return the token over a SHA-256 digest."""
        request = make_request(digest, secrets.randbits(63))
        return token_of_response(self._world.timestamp(request, self._now()), request)


class LocalRevocation:
    """`hocba.ports.RevocationSource` of a world."""

    def __init__(self, world: CertWorld, now: Now = utc_now) -> None:
        self._world = world
        self._now = now

    def ocsp(self, certificate: x509.Certificate, issuer: x509.Certificate) -> bytes | None:
        """Return the OCSP answer about a certificate."""
        request = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, hashes.SHA256())
        return self._world.ocsp_response(request.build().public_bytes(Encoding.DER), self._now())

    def crl(self, certificate: x509.Certificate) -> bytes | None:
        """Return the CRL that the certificate names."""
        try:
            points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints)
        except x509.ExtensionNotFound:
            return None
        for point in points.value:
            for name in point.full_name or ():
                authority = urlsplit(str(name.value)).path.rpartition("/")[2]
                return self._world.crl(authority.removesuffix(".crl"), self._now())
        return None
