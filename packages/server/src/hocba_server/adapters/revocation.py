"""OCSP and CRLs over HTTP, from the addresses that certificates name (RFC 6960, RFC 5280)."""

from __future__ import annotations

from collections.abc import Iterator

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID

from hocba.errors import Unavailable
from hocba.ports import RevocationSource
from hocba_server.adapters.http import exchange


class HttpRevocation:
    """`hocba.ports.RevocationSource`."""

    def ocsp(self, certificate: x509.Certificate, issuer: x509.Certificate) -> bytes | None:
        """Ask the first responder that answers. Raises `Unavailable` when none does."""
        request = (
            ocsp.OCSPRequestBuilder()
            .add_certificate(certificate, issuer, hashes.SHA256())
            .build()
            .public_bytes(Encoding.DER)
        )
        return _first(
            [(url, request, "application/ocsp-request") for url in _responders(certificate)]
        )

    def crl(self, certificate: x509.Certificate) -> bytes | None:
        """Fetch the CRL. Raises `Unavailable` when no address answers."""
        return _first([(url, None, "") for url in _distribution_points(certificate)])


def _first(requests: list[tuple[str, bytes | None, str]]) -> bytes | None:
    problem: Unavailable | None = None
    for url, body, kind in requests:
        try:
            return exchange(url, body, content_type=kind)
        except Unavailable as fault:
            problem = fault
    if problem is not None:
        raise problem
    return None


def _responders(certificate: x509.Certificate) -> Iterator[str]:
    try:
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess)
    except x509.ExtensionNotFound:
        return
    for description in access.value:
        if description.access_method == AuthorityInformationAccessOID.OCSP:
            yield str(description.access_location.value)


def _distribution_points(certificate: x509.Certificate) -> Iterator[str]:
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints)
    except x509.ExtensionNotFound:
        return
    for point in points.value:
        for name in point.full_name or ():
            if isinstance(name, x509.UniformResourceIdentifier):
                yield str(name.value)


def revocation_source() -> RevocationSource:
    """The source of this installation."""
    return HttpRevocation()
