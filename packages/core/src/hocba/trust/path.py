"""From a signer's certificate to a trusted root (RFC 5280 section 6, the parts in use here).

Signatures of certificates are checked once per certificate; only validity depends on the moment.
Certificates that demand what is not understood (critical extensions, name constraints) are refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import lru_cache
from typing import Final, TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID

from hocba.errors import NotTrusted
from hocba.trust.algorithms import check_key
from hocba.trust.store import TrustStore

MAX_LENGTH: Final = 5
_UNDERSTOOD: Final = frozenset(
    {
        ExtensionOID.BASIC_CONSTRAINTS,
        ExtensionOID.KEY_USAGE,
        ExtensionOID.EXTENDED_KEY_USAGE,
        ExtensionOID.CERTIFICATE_POLICIES,
        ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
    }
)

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

    Raises `NotTrusted`: `untrusted_issuer`, `expired`, `not_yet_valid`, `key_usage`, `not_a_ca`,
    `algorithm_not_allowed` or `certificate`.
    """
    path = _structural_path(leaf, tuple(intermediates), store, usage)
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


@lru_cache(maxsize=4096)
def _structural_path(
    leaf: x509.Certificate,
    intermediates: tuple[x509.Certificate, ...],
    store: TrustStore,
    usage: Usage,
) -> CertificatePath | NotTrusted:
    """Everything but validity. Answers the fault instead of raising, so that it is cached too."""
    try:
        check_leaf(leaf, usage)
        return CertificatePath(_climb((leaf,), intermediates, store))
    except NotTrusted as fault:
        return fault


def _climb(
    path: tuple[x509.Certificate, ...],
    intermediates: tuple[x509.Certificate, ...],
    store: TrustStore,
) -> tuple[x509.Certificate, ...]:
    last = path[-1]
    for root in store.by_subject.get(last.issuer, ()):
        if last == root:
            return path
        if _issued(root, last, below=len(path) - 1):
            return (*path, root)
    for candidate in intermediates:
        if candidate in path or candidate.subject != last.issuer or len(path) >= MAX_LENGTH:
            continue
        if not _issued(candidate, last, below=len(path) - 1):
            continue
        try:
            return _climb((*path, candidate), intermediates, store)
        except NotTrusted:
            continue
    raise _fault(
        "untrusted_issuer",
        f"Chứng thư số “{certificate_title(path[0])}” không dẫn về cơ quan chứng thực nào "
        "được tin cậy.",
        f"The certificate of “{certificate_title(path[0])}” leads to no trusted root.",
    )


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
    except (NotTrusted, InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
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
    except (ValueError, UnsupportedAlgorithm, x509.DuplicateExtension):
        raise _fault(
            "certificate", "Không đọc được chứng thư số.", "The certificate cannot be read."
        ) from None
    may_sign = key_usage is None or key_usage.digital_signature or key_usage.content_commitment
    if usage is Usage.TIMESTAMP:
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
        if extension.critical and extension.oid not in _UNDERSTOOD:
            raise _fault(
                "certificate",
                "Chứng thư số đòi hỏi một điều kiện mà phần mềm này không hiểu.",
                f"The certificate has an unknown critical extension {extension.oid.dotted_string}.",
            )


def _extension(certificate: x509.Certificate, kind: type[_E]) -> _E | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _fault(code: str, vi: str, en: str) -> NotTrusted:
    return NotTrusted(code, vi, en)
