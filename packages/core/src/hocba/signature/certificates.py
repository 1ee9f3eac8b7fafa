"""Certificates as signatures use them, parsed once however many records they stand in."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from xml.sax.saxutils import escape

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from hocba.signature.faults import fault
from hocba.trust.algorithms import SignatureAlgorithm
from hocba.trust.parsing import UNREADABLE, load_certificate

MAX_CERTIFICATE = 10_000
"""Bytes of DER; larger ones are refused unread."""


@dataclass(frozen=True, slots=True)
class KnownCertificate:
    """A certificate with everything that is derived from it."""

    certificate: x509.Certificate
    public_key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey
    sha256: bytes
    base64: str
    subject: str
    """RFC 4514 form, escaped for XML text."""

    def fits(self, algorithm: SignatureAlgorithm) -> bool:
        """Tell whether the key is of the kind that the algorithm needs (key confusion)."""
        is_ec = algorithm is SignatureAlgorithm.ECDSA_P256_SHA256
        if isinstance(self.public_key, ec.EllipticCurvePublicKey):
            return is_ec and isinstance(self.public_key.curve, ec.SECP256R1)
        return not is_ec


@lru_cache(maxsize=2048)
def certificate_from_der(der: bytes) -> KnownCertificate:
    """Read a certificate. Raises `Malformed` (`certificate`) or `NotTrusted` (key not allowed)."""
    if len(der) > MAX_CERTIFICATE:
        raise fault("certificate")
    try:
        return known_certificate(load_certificate(der))
    except UNREADABLE:
        raise fault("certificate") from None


@lru_cache(maxsize=2048)
def known_certificate(certificate: x509.Certificate) -> KnownCertificate:
    """Derive what signing and verifying need. Raises `NotTrusted` for other kinds of keys."""
    public_key = certificate.public_key()
    if not isinstance(public_key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        raise fault("algorithm_not_allowed")
    der = certificate.public_bytes(Encoding.DER)
    return KnownCertificate(
        certificate,
        public_key,
        hashlib.sha256(der).digest(),
        base64.b64encode(der).decode("ascii"),
        escape(certificate.subject.rfc4514_string()),
    )
