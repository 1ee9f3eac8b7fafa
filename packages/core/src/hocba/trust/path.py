"""From a signer's certificate to a trusted root (RFC 5280 section 6, the parts in use here).

Signatures of certificates are checked once per certificate; only validity depends on the moment.
Certificates that demand what is not understood (critical extensions, name constraints) are refused.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import lru_cache
from typing import Final, TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID

from hocba.errors import NotTrusted
from hocba.trust.algorithms import check_key
from hocba.trust.parsing import UNREADABLE
from hocba.trust.store import TrustStore

MAX_LENGTH: Final = 5
"""Certificates of a path below its root."""
MAX_CHECKS: Final = 200
"""Signatures of certificates that are checked for one path."""
_UNDERSTOOD: Final = frozenset(
    {
        ExtensionOID.BASIC_CONSTRAINTS,
        ExtensionOID.KEY_USAGE,
        ExtensionOID.EXTENDED_KEY_USAGE,
        ExtensionOID.CERTIFICATE_POLICIES,
        ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
    }
)
_FOR_DOCUMENTS: Final = frozenset(
    {
        ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
        ExtendedKeyUsageOID.CLIENT_AUTH,
        ExtendedKeyUsageOID.EMAIL_PROTECTION,
        x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36"),  # document signing (RFC 9336)
        x509.ObjectIdentifier("1.3.6.1.4.1.311.10.3.12"),  # the same, of Microsoft
        x509.ObjectIdentifier("1.2.840.113583.1.1.5"),  # the same, of Adobe
    }
)
"""A certificate limited to other uses (web servers, time-stamps) signs no records."""

_E = TypeVar("_E", bound=x509.ExtensionType)


class Usage(Enum):
    """What the certificate at the start of the path is used for."""

    SIGNATURE = "signature"
    TIMESTAMP = "timestamp"
    REVOCATION_ANSWER = "revocation_answer"


@dataclass(frozen=True)
class CertificatePath:
    """The signer's certificate first, each followed by its issuer, the root last."""

    certificates: tuple[x509.Certificate, ...]

    @property
    def leaf(self) -> x509.Certificate:
        """The certificate that was used."""
        return self.certificates[0]

    def links(self) -> tuple[tuple[x509.Certificate, x509.Certificate], ...]:
        """Pairs of certificate and issuer; the root itself needs none."""
        return tuple(zip(self.certificates, self.certificates[1:], strict=False))


def build_path(
    leaf: x509.Certificate,
    intermediates: Iterable[x509.Certificate],
    store: TrustStore,
    at: datetime,
    usage: Usage = Usage.SIGNATURE,
) -> CertificatePath:
    """Find a path from `leaf` to a root of `store` on which everything is valid at `at`.

    Raises `NotTrusted`: `untrusted_issuer`, `expired`, `not_yet_valid`, `key_usage`,
    `algorithm_not_allowed` or `certificate`.
    """
    known = tuple(intermediates)
    # Authorities renew certificates under the same name and key: those in force come first. The
    # others are tried only so that the reason is the right one.
    path = _structural_path(leaf, _in_force(known, at), _in_force(store.roots, at), usage)
    if isinstance(path, NotTrusted):
        path = _structural_path(leaf, known, store.roots, usage)
    if isinstance(path, NotTrusted):
        raise NotTrusted(path.code, path.sentence.vi, path.sentence.en, where=path.where)
    for certificate in path.certificates:
        check_validity(certificate, at)
    return path


def check_validity(certificate: x509.Certificate, at: datetime) -> None:
    """Refuse a certificate outside its validity (`NotTrusted`: `expired`, `not_yet_valid`)."""
    name = certificate_title(certificate)
    if at > certificate.not_valid_after_utc:
        day = certificate.not_valid_after_utc.strftime("%d/%m/%Y")
        raise _fault(
            "expired",
            f"Chứng thư số “{name}” đã hết hạn từ {day}, trước thời điểm ký.",
            f"The certificate of “{name}” had expired when it was used.",
        )
    if at < certificate.not_valid_before_utc:
        raise _fault(
            "not_yet_valid",
            f"Chứng thư số “{name}” chưa có hiệu lực vào thời điểm ký.",
            f"The certificate of “{name}” was not yet valid when it was used.",
        )


def certificate_title(certificate: x509.Certificate) -> str:
    """Name of the holder for a person: the common name, else the whole subject."""
    names = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()


def _in_force(
    certificates: tuple[x509.Certificate, ...], at: datetime
) -> tuple[x509.Certificate, ...]:
    return tuple(
        certificate
        for certificate in certificates
        if certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc
    )


@lru_cache(maxsize=4096)
def _structural_path(
    leaf: x509.Certificate,
    intermediates: tuple[x509.Certificate, ...],
    roots: tuple[x509.Certificate, ...],
    usage: Usage,
) -> CertificatePath | NotTrusted:
    """Everything but validity. Answers the fault instead of raising, so that it is cached too."""
    try:
        check_leaf(leaf, usage)
        return CertificatePath(_shortest(leaf, intermediates, roots))
    except NotTrusted as fault:
        return fault
    except UNREADABLE:
        return _unreadable()


def _shortest(
    leaf: x509.Certificate,
    intermediates: tuple[x509.Certificate, ...],
    roots: tuple[x509.Certificate, ...],
) -> tuple[x509.Certificate, ...]:
    """Search breadth first and visit each authority once.

    Its shortest way down is also the one that path lengths restrict least. So loops end, and a
    pile of authorities that issued each other costs no more than `MAX_CHECKS` verifications.
    """
    waiting: deque[tuple[x509.Certificate, ...]] = deque([(leaf,)])
    left = list(dict.fromkeys(intermediates))
    checks = 0
    while waiting:
        path = waiting.popleft()
        last = path[-1]
        if last in roots:
            return path
        candidates = [item for item in roots if item.subject == last.issuer]
        if len(path) < MAX_LENGTH:
            candidates += [item for item in left if item.subject == last.issuer]
        for candidate in candidates:
            checks += 1
            if checks > MAX_CHECKS:
                raise _untrusted(leaf)
            if not _issued(candidate, last, below=len(path) - 1):
                continue
            if candidate in roots:
                return (*path, candidate)
            left.remove(candidate)
            waiting.append((*path, candidate))
    raise _untrusted(leaf)


def _issued(issuer: x509.Certificate, certificate: x509.Certificate, *, below: int) -> bool:
    """Tell whether `issuer` may issue and did issue `certificate`."""
    try:
        check_key(issuer.public_key())
        _check_extensions(issuer)
        constraints = _extension(issuer, x509.BasicConstraints)
        usage = _extension(issuer, x509.KeyUsage)
        if constraints is None or not constraints.ca:
            return False
        if usage is not None and not usage.key_cert_sign:
            return False
        if constraints.path_length is not None and below > constraints.path_length:
            return False
        if not isinstance(
            certificate.signature_hash_algorithm, hashes.SHA256 | hashes.SHA384 | hashes.SHA512
        ):
            return False
        certificate.verify_directly_issued_by(issuer)
    except (NotTrusted, InvalidSignature, *UNREADABLE):
        return False
    return True


def check_leaf(leaf: x509.Certificate, usage: Usage) -> None:
    """Refuse a certificate that was not issued for `usage`. Raises `NotTrusted`."""
    try:
        check_key(leaf.public_key())
        _check_extensions(leaf)
        constraints = _extension(leaf, x509.BasicConstraints)
        key_usage = _extension(leaf, x509.KeyUsage)
        extended = _extension(leaf, x509.ExtendedKeyUsage)
    except UNREADABLE:
        raise _unreadable() from None
    may_sign = key_usage is None or key_usage.digital_signature or key_usage.content_commitment
    if usage is Usage.SIGNATURE:
        may_sign = may_sign and (extended is None or not _FOR_DOCUMENTS.isdisjoint(extended))
    elif usage is Usage.TIMESTAMP:
        may_sign = may_sign and list(extended or ()) == [ExtendedKeyUsageOID.TIME_STAMPING]
    elif usage is Usage.REVOCATION_ANSWER:
        may_sign = may_sign and ExtendedKeyUsageOID.OCSP_SIGNING in (extended or ())
    if (constraints is not None and constraints.ca) or not may_sign:
        raise _fault(
            "key_usage",
            f"Chứng thư số “{certificate_title(leaf)}” không được cấp cho việc này.",
            f"The certificate of “{certificate_title(leaf)}” may not be used for this.",
        )


def _check_extensions(certificate: x509.Certificate) -> None:
    for extension in certificate.extensions:
        unknown = extension.critical and extension.oid not in _UNDERSTOOD
        if unknown or extension.oid == ExtensionOID.NAME_CONSTRAINTS:
            raise _fault(
                "certificate",
                "Chứng thư số đòi hỏi một điều kiện mà phần mềm này không hiểu.",
                f"The certificate demands what is not understood: {extension.oid.dotted_string}.",
            )


def _extension(certificate: x509.Certificate, kind: type[_E]) -> _E | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _untrusted(leaf: x509.Certificate) -> NotTrusted:
    title = certificate_title(leaf)
    return _fault(
        "untrusted_issuer",
        f"Chứng thư số “{title}” không dẫn về cơ quan chứng thực nào được tin cậy.",
        f"The certificate of “{title}” leads to no trusted root.",
    )


def _unreadable() -> NotTrusted:
    return _fault("certificate", "Không đọc được chứng thư số.", "The certificate cannot be read.")


def _fault(code: str, vi: str, en: str) -> NotTrusted:
    return NotTrusted(code, vi, en)
