"""Signature values: what keys answer and what stands in XML differ for ECDSA.

Keys and certificates speak DER (RFC 3279); XML Signature 1.1 section 6.4.3 writes r and s as two
32-byte numbers.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from hocba.errors import NotTrusted
from hocba.signature.certificates import KnownCertificate
from hocba.signature.faults import distrust, fault
from hocba.trust.algorithms import SignatureAlgorithm, verify_digest

_P256_SIZE = 32


def to_xml(value: bytes, algorithm: SignatureAlgorithm) -> bytes:
    """Return the bytes that SignatureValue holds. Raises `NotTrusted` when DER is expected."""
    if algorithm is not SignatureAlgorithm.ECDSA_P256_SHA256:
        return value
    try:
        r, s = decode_dss_signature(value)
        return r.to_bytes(_P256_SIZE, "big") + s.to_bytes(_P256_SIZE, "big")
    except (ValueError, OverflowError):
        raise fault("signature_mismatch") from None


def check_value(
    known: KnownCertificate, algorithm: SignatureAlgorithm, digest: bytes, xml_value: bytes
) -> None:
    """Check a value as it stands in XML.

    Raises `NotTrusted`: `algorithm_not_allowed` when the key is of another kind or too short,
    `signature_mismatch` when the value does not fit.
    """
    if not known.fits(algorithm):
        raise fault("algorithm_not_allowed")
    value = xml_value
    if algorithm is SignatureAlgorithm.ECDSA_P256_SHA256:
        if len(value) != 2 * _P256_SIZE:
            raise fault("signature_mismatch")
        r, s = value[:_P256_SIZE], value[_P256_SIZE:]
        value = encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big"))
    try:
        verify_digest(known.public_key, algorithm, digest, value)
    except NotTrusted as error:
        if error.code == "algorithm_not_allowed":
            raise
        raise distrust("signature_mismatch") from None
