"""Looking at a certificate before it signs anything (TT 15/2025/TT-BKHCN Đ5, annex II; QĐ 1789 Đ9).

Owner, personal number or school code, validity, issuer, revocation, approval for the school: each
has its own sentence. What cannot be asked at the moment is a warning, never taken for good.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from hocba.errors import NotTrusted, Refused, Sentence, Unavailable
from hocba.ports import RevocationSource
from hocba.trust.evidence import Evidence
from hocba.trust.identity import signer_name, signer_personal_id, signer_unit
from hocba.trust.path import CertificatePath, build_path
from hocba.trust.revocation import RevocationStatus, check_revocation
from hocba.trust.store import TrustStore
from hocba_server.adapters.authorities import known_issuers, trusted_roots
from hocba_server.adapters.revocation import revocation_source

SOON_DAYS = 30


class CertificateTrust(Protocol):
    """What is needed to judge a certificate now; tests bring their own."""

    def store(self) -> TrustStore:
        """Roots. Raises `Unavailable`."""

    def issuers(self) -> Sequence[x509.Certificate]:
        """Known issuing authorities."""

    def revocation(self) -> RevocationSource:
        """Where revocation is asked."""


class InstalledTrust:
    """The authorities of this installation."""

    def store(self) -> TrustStore:
        """Roots under `TRUST_DIR`."""
        return TrustStore.from_pem(trusted_roots())

    def issuers(self) -> Sequence[x509.Certificate]:
        """Issuers under `TRUST_DIR`."""
        return known_issuers()

    def revocation(self) -> RevocationSource:
        """OCSP and CRLs from the addresses in the certificates."""
        return revocation_source()


@dataclass(frozen=True, slots=True)
class CertificateReport:
    """What the check found: nothing that forbids signing, but perhaps something to know."""

    fingerprint: str
    warnings: tuple[Sentence, ...]


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the certificate in hex."""
    return certificate.fingerprint(SHA256()).hex()


def check_owner(
    certificate: x509.Certificate, *, owner: str, organisation: bool, at: dt.datetime
) -> None:
    """Owner and validity, which need nobody else. Raises `Refused`."""
    if at > certificate.not_valid_after_utc or at < certificate.not_valid_before_utc:
        until = certificate.not_valid_after_utc.strftime("%d/%m/%Y")
        since = certificate.not_valid_before_utc.strftime("%d/%m/%Y")
        raise Refused(
            "certificate_expired",
            f"Chứng thư số không còn hiệu lực hoặc chưa có hiệu lực (từ {since} đến {until}). "
            "Gia hạn rồi ký lại.",
            f"The certificate is valid from {since} to {until} only. Renew it, then sign.",
        )
    if organisation:
        found: object = signer_unit(certificate)
        missing_vi, missing_en = "mã trường", "the school's code"
    else:
        found = signer_personal_id(certificate)
        missing_vi, missing_en = "số định danh cá nhân", "a personal number"
    if found is None:
        raise Refused(
            "certificate_without_number",
            f"Chứng thư số không ghi {missing_vi} nên không biết của ai. Hỏi nhà cung cấp.",
            f"The certificate names no {missing_en}. Ask its provider.",
        )
    if found != owner:
        name = signer_name(certificate)
        raise Refused(
            "foreign_certificate",
            f"Chứng thư số này là của “{name}”, không phải của người ký. "
            "Mỗi người chỉ ký bằng khoá của mình.",
            f"This certificate belongs to “{name}”, not to the signer.",
        )


def check_certificate(
    certificate: x509.Certificate,
    chain: Sequence[x509.Certificate],
    *,
    owner: str,
    organisation: bool,
    at: dt.datetime,
    trust: CertificateTrust,
) -> CertificateReport:
    """Judge a certificate before signing. Raises `Refused` with the first thing that forbids it."""
    check_owner(certificate, owner=owner, organisation=organisation, at=at)
    warnings = list(_expiring(certificate, at))
    path = _path(certificate, chain, at, trust)
    answer = _revocation(path, at, trust)
    if answer is RevocationStatus.REVOKED:
        raise Refused(
            "certificate_revoked",
            "Chứng thư số đã bị thu hồi. Liên hệ nhà cung cấp để được cấp chứng thư mới.",
            "The certificate has been revoked. Ask the provider for a new one.",
        )
    if answer is RevocationStatus.UNKNOWN:
        warnings.append(
            Sentence(
                "Chưa hỏi được nhà cung cấp chứng thư còn hiệu lực hay đã thu hồi; "
                "Sở sẽ kiểm tra lại khi tiếp nhận.",
                "Revocation could not be asked now; the department checks again on receipt.",
            )
        )
    return CertificateReport(fingerprint(certificate), tuple(warnings))


def _expiring(certificate: x509.Certificate, at: dt.datetime) -> list[Sentence]:
    left = (certificate.not_valid_after_utc - at).days
    if left > SOON_DAYS:
        return []
    return [
        Sentence(
            f"Chứng thư số còn {left} ngày. Gia hạn sớm để không lỡ đợt ký.",
            f"The certificate is valid for {left} more days. Renew it soon.",
        )
    ]


def _path(
    certificate: x509.Certificate,
    chain: Sequence[x509.Certificate],
    at: dt.datetime,
    trust: CertificateTrust,
) -> CertificatePath:
    try:
        return build_path(certificate, [*chain, *trust.issuers()], trust.store(), at)
    except NotTrusted as fault:
        raise Refused(fault.code, fault.sentence.vi, fault.sentence.en) from fault


def _revocation(
    path: CertificatePath, at: dt.datetime, trust: CertificateTrust
) -> RevocationStatus:
    source = trust.revocation()
    ocsp: list[bytes] = []
    crls: list[bytes] = []
    for certificate, issuer in path.links():
        try:
            found = source.ocsp(certificate, issuer)
            if found is not None:
                ocsp.append(found)
                continue
            listed = source.crl(certificate)
            if listed is not None:
                crls.append(listed)
        except Unavailable:
            return RevocationStatus.UNKNOWN
    evidence = Evidence(ocsp=tuple(ocsp), crls=tuple(crls))
    # The answers were asked for just now: some minutes of clock difference are no matter.
    since = at - dt.timedelta(days=1)
    return check_revocation(path, evidence, at, answered_since=since).status
