"""Reading certificates that anybody may have made."""

from __future__ import annotations

from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

UNREADABLE: Final = (
    ValueError,
    TypeError,
    NotImplementedError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
"""What the cryptography package raises for certificates and answers that are not well made; some
of these are no ValueError."""


def load_certificate(der: bytes) -> x509.Certificate:
    """Read a certificate, all parts of it. Raises one of `UNREADABLE`.

    The package reads names and extensions only when they are asked for; broken ones shall show
    here and not later.
    """
    certificate = x509.load_der_x509_certificate(der)
    _ = (certificate.subject, certificate.issuer, certificate.extensions)
    _ = (certificate.not_valid_before_utc, certificate.not_valid_after_utc)
    if certificate.serial_number <= 0:
        raise ValueError("serial number")  # RFC 5280 section 4.1.2.2; the package only warns
    return certificate
