"""Was a certificate revoked when it was used? Answers come from evidence, never from the network.

GOOD needs a signed answer that speaks about the moment of use: for signers one that was made at
that moment or later (an older one could not know), for authorities one whose period covers it.
A revocation that took effect later changes nothing. No usable answer means UNKNOWN, which is never
shown as valid. Sources: RFC 6960 section 4.2 (OCSP), RFC 5280 section 6.3 (CRL).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp

from hocba.errors import NotTrusted
from hocba.trust.evidence import Evidence
from hocba.trust.parsing import UNREADABLE
from hocba.trust.path import CertificatePath, Usage, check_leaf

MAX_ANSWER = 5_000_000
"""Bytes of one OCSP answer or CRL; larger ones are not read."""


class RevocationStatus(Enum):
    """Status of a path at the moment of use."""

    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class RevocationFact:
    """The worst status on a path, and the certificate that has it."""

    status: RevocationStatus
    certificate: x509.Certificate | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True)
class _Answer:
    """What one signed answer says about one certificate."""

    made_at: datetime
    until: datetime | None
    revoked_at: datetime | None


def check_revocation(
    path: CertificatePath,
    evidence: Evidence,
    at: datetime,
    *,
    answered_since: datetime | None = None,
) -> RevocationFact:
    """Judge every certificate of a path below its root, at the moment of use.

    Answers about the signer must be from `answered_since` or later: `at`, unless the caller has a
    reason to be content with an older one.
    """
    since = answered_since or at
    unknown: x509.Certificate | None = None
    for depth, (certificate, issuer) in enumerate(path.links()):
        known = False
        for answer in _answers(certificate, issuer, evidence.ocsp, evidence.crls):
            if answer.revoked_at is not None and answer.revoked_at <= at:
                return RevocationFact(RevocationStatus.REVOKED, certificate, answer.revoked_at)
            covered = depth > 0 and answer.until is not None and answer.until >= at
            known = known or answer.made_at >= since or (covered and answer.made_at <= at)
        if not known and unknown is None:
            unknown = certificate
    if unknown is not None:
        return RevocationFact(RevocationStatus.UNKNOWN, unknown)
    return RevocationFact(RevocationStatus.GOOD)


@lru_cache(maxsize=4096)
def _answers(
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    answers: tuple[bytes, ...],
    lists: tuple[bytes, ...],
) -> tuple[_Answer, ...]:
    """All that the evidence says about one certificate. The records of a class share it."""
    found = [
        *(_ocsp_answer(der, certificate, issuer) for der in answers),
        *(_crl_answer(der, certificate, issuer) for der in lists),
    ]
    return tuple(answer for answer in found if answer is not None)


@lru_cache(maxsize=1024)
def _ocsp(der: bytes) -> ocsp.OCSPResponse | None:
    if len(der) > MAX_ANSWER:
        return None
    try:
        response = ocsp.load_der_ocsp_response(der)
        good = response.response_status is ocsp.OCSPResponseStatus.SUCCESSFUL
        return response if good else None
    except UNREADABLE:
        return None


@lru_cache(maxsize=8192)
def _ocsp_answer(
    der: bytes, certificate: x509.Certificate, issuer: x509.Certificate
) -> _Answer | None:
    response = _ocsp(der)
    try:
        if response is None or response.serial_number != certificate.serial_number:
            return None
        if not _names_issuer(response, issuer) or not _ocsp_signed(response, issuer):
            return None
        if response.certificate_status is ocsp.OCSPCertStatus.UNKNOWN:
            return None
        return _Answer(
            response.this_update_utc, response.next_update_utc, response.revocation_time_utc
        )
    except UNREADABLE:
        return None


def _names_issuer(response: ocsp.OCSPResponse, issuer: x509.Certificate) -> bool:
    algorithm = response.hash_algorithm
    if not isinstance(algorithm, hashes.SHA1 | hashes.SHA256):
        return False
    # SHA-1 only names the issuer here (RFC 6960 4.1.1); the signature below is what protects.
    key_hash = hashlib.new(algorithm.name, _key_bits(issuer.public_key())).digest()
    name_hash = hashlib.new(algorithm.name, issuer.subject.public_bytes()).digest()
    return response.issuer_key_hash == key_hash and response.issuer_name_hash == name_hash


def _key_bits(key: PublicKeyTypes) -> bytes:
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return key.public_bytes(Encoding.DER, PublicFormat.PKCS1)


def _ocsp_signed(response: ocsp.OCSPResponse, issuer: x509.Certificate) -> bool:
    """By the issuer itself, or by a responder that the issuer certified for it (4.2.2.2)."""
    algorithm = response.signature_hash_algorithm
    if algorithm is None:
        return False
    signers = [issuer]
    for delegate in response.certificates:
        try:
            delegate.verify_directly_issued_by(issuer)
            check_leaf(delegate, Usage.REVOCATION_ANSWER)
        except (NotTrusted, InvalidSignature, *UNREADABLE):
            continue
        made = response.produced_at_utc
        if delegate.not_valid_before_utc <= made <= delegate.not_valid_after_utc:
            signers.append(delegate)
    return any(
        _verifies(signer.public_key(), response.signature, response.tbs_response_bytes, algorithm)
        for signer in signers
    )


def _verifies(
    key: PublicKeyTypes, signature: bytes, content: bytes, algorithm: hashes.HashAlgorithm
) -> bool:
    if not isinstance(algorithm, hashes.SHA256 | hashes.SHA384 | hashes.SHA512):
        return False
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, content, ec.ECDSA(algorithm))
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, content, padding.PKCS1v15(), algorithm)
        else:
            return False
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=256)
def _crl(der: bytes) -> x509.CertificateRevocationList | None:
    if len(der) > MAX_ANSWER:
        return None
    try:
        return x509.load_der_x509_crl(der)
    except UNREADABLE:
        return None


@lru_cache(maxsize=512)
def _crl_signed(der: bytes, issuer: x509.Certificate) -> bool:
    crl = _crl(der)
    if crl is None or crl.issuer != issuer.subject:
        return False
    if any(extension.critical for extension in crl.extensions):
        return False  # a partial or indirect list, which is not understood here
    if not _may_sign_lists(issuer):
        return False
    key = issuer.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey):
        return False
    if not isinstance(crl.signature_hash_algorithm, hashes.SHA256 | hashes.SHA384 | hashes.SHA512):
        return False
    return crl.is_signature_valid(key)


def _may_sign_lists(issuer: x509.Certificate) -> bool:
    """RFC 5280 section 6.3.3 (f)."""
    try:
        return issuer.extensions.get_extension_for_class(x509.KeyUsage).value.crl_sign
    except x509.ExtensionNotFound:
        return True


@lru_cache(maxsize=8192)
def _crl_answer(
    der: bytes, certificate: x509.Certificate, issuer: x509.Certificate
) -> _Answer | None:
    crl = _crl(der)
    try:
        if crl is None or not _crl_signed(der, issuer):
            return None
        entry = crl.get_revoked_certificate_by_serial_number(certificate.serial_number)
        revoked_at = None if entry is None else _effective(entry)
        return _Answer(crl.last_update_utc, crl.next_update_utc, revoked_at)
    except UNREADABLE:
        return None


def _effective(entry: x509.RevokedCertificate) -> datetime:
    """The earlier of revocation and invalidity date (RFC 5280 section 5.3.2)."""
    try:
        invalid = entry.extensions.get_extension_for_class(x509.InvalidityDate).value
    except x509.ExtensionNotFound:
        return entry.revocation_date_utc
    return min(invalid.invalidity_date_utc, entry.revocation_date_utc)
