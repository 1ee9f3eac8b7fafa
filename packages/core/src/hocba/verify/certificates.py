"""Does every certificate lead to a trusted root, was it valid and not revoked when it was used?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from cryptography import x509

from hocba.errors import HocBaError, NotTrusted
from hocba.record.model import SignerRole
from hocba.rendition.seal import PdfSealFact
from hocba.signature.timestamp import read_token
from hocba.signature.xml_verify import SignatureFact
from hocba.trust.evidence import Evidence
from hocba.trust.identity import issuer_name
from hocba.trust.parsing import UNREADABLE, load_certificate
from hocba.trust.path import CertificatePath, Usage, build_path, certificate_title
from hocba.trust.revocation import RevocationStatus, check_revocation
from hocba.trust.store import TrustStore
from hocba.verify import catalogue
from hocba.verify.verdict import Check

MOCK_SIGN: Final = "TẬP HUẤN"
"""Stands in the name of every authority of a training school, so that a missing path to a root is
no open question there."""


@dataclass(frozen=True, slots=True)
class UsedCertificate:
    """A path and the moment at which its certificate was used."""

    path: CertificatePath
    used_at: datetime
    answered_since: datetime
    """Revocation answers have to be at least this new. For the PDF's seal: the time of the
    record's own seal, because the PDF only shows what that seal covers (decision 0008)."""


@lru_cache(maxsize=1024)
def _certificate(der: bytes) -> x509.Certificate | None:
    try:
        return load_certificate(der)
    except UNREADABLE:
        return None


def known_certificates(evidence: Evidence | None) -> tuple[x509.Certificate, ...]:
    """The certificates of the evidence; those that cannot be read are left out."""
    found = [_certificate(der) for der in evidence.certificates] if evidence else []
    return tuple(certificate for certificate in found if certificate is not None)


def check_certificates(
    facts: Sequence[SignatureFact],
    seal: PdfSealFact | None,
    store: TrustStore,
    evidence: Evidence | None,
) -> tuple[Check, tuple[UsedCertificate, ...]]:
    """Build the path of every signer, of the PDF's seal and of the time-stamp service."""
    known = known_certificates(evidence)
    used: list[UsedCertificate] = []
    if not store.roots:
        return (
            catalogue.CERTIFICATES.not_checked(
                "no_roots",
                "Chưa chỉ ra chứng thư gốc tin cậy (dùng --trust).",
                "No trusted roots were given (use --trust).",
            ),
            (),
        )
    try:
        for fact in facts:
            path = build_path(fact.certificate, known, store, fact.signing_time)
            used.append(UsedCertificate(path, fact.signing_time, fact.signing_time))
        if seal is not None:
            path = build_path(seal.certificate, (*known, *seal.chain), store, seal.signing_time)
            used.append(UsedCertificate(path, seal.signing_time, _sealed_at(facts, seal)))
    except NotTrusted as fault:
        if any(MOCK_SIGN in issuer_name(fact.certificate) for fact in facts):
            return catalogue.CERTIFICATES.failed(
                fault.code,
                "Ký bằng chứng thư số giả của trường tập huấn: không dẫn về gốc tin cậy nào, "
                "học bạ này không có giá trị.",
                "Signed with mock certificates of a training school: no trusted root, no value.",
            ), tuple(used)
        if fault.code == "untrusted_issuer" and evidence is None:
            unknown = catalogue.CERTIFICATES.not_checked(
                "no_evidence",
                "Thiếu chứng thư số trung gian trong bằng chứng nên chưa dẫn về gốc được.",
                "Intermediate certificates are missing, as there is no evidence.",
            )
            return unknown, tuple(used)
        return (
            catalogue.CERTIFICATES.failed(fault.code, fault.sentence.vi, fault.sentence.en),
            tuple(used),
        )
    used.extend(_timestamp_service(facts, known, store))
    passed = catalogue.CERTIFICATES.passed(
        f"Cả {len(facts)} chứng thư số dẫn về gốc tin cậy và còn hạn khi ký.",
        f"All {len(facts)} certificates lead to a trusted root and were valid when used.",
    )
    return passed, tuple(used)


def _sealed_at(facts: Sequence[SignatureFact], seal: PdfSealFact) -> datetime:
    for fact in facts:
        if fact.slot.role is SignerRole.ORGANISATION:
            return min(fact.signing_time, seal.signing_time)
    return seal.signing_time


def _timestamp_service(
    facts: Sequence[SignatureFact], known: tuple[x509.Certificate, ...], store: TrustStore
) -> list[UsedCertificate]:
    for fact in facts:
        if fact.timestamp is None:
            continue
        try:
            stamp = read_token(fact.timestamp.token, fact.timestamp.digest, known)
            path = build_path(stamp.certificate, known, store, stamp.time, Usage.TIMESTAMP)
        except HocBaError:
            continue  # the check of times says what is wrong with the time-stamp
        return [UsedCertificate(path, stamp.time, stamp.time)]
    return []


def check_revocations(used: Sequence[UsedCertificate], evidence: Evidence | None) -> Check:
    """Judge each path at the moment of its use, from the answers in the evidence."""
    if evidence is None or not used:
        return catalogue.REVOCATION.not_checked(
            "no_evidence",
            "Không có bằng chứng (OCSP, CRL) kèm theo để biết chứng thư có bị thu hồi không.",
            "There is no evidence (OCSP, CRL) about revocation.",
        )
    unknown: x509.Certificate | None = None
    for each in used:
        fact = check_revocation(
            each.path, evidence, each.used_at, answered_since=each.answered_since
        )
        if fact.status is RevocationStatus.REVOKED and fact.certificate is not None:
            name = certificate_title(fact.certificate)
            when = f"{fact.revoked_at:%d/%m/%Y}" if fact.revoked_at else "?"
            return catalogue.REVOCATION.failed(
                "revoked",
                f"Chứng thư số “{name}” đã bị thu hồi từ {when}, trước khi ký.",
                f"The certificate of “{name}” had been revoked when it was used.",
            )
        if fact.status is RevocationStatus.UNKNOWN:
            unknown = unknown or fact.certificate
    if unknown is not None:
        name = certificate_title(unknown)
        return catalogue.REVOCATION.not_checked(
            "revocation_unknown",
            f"Bằng chứng không cho biết chứng thư số “{name}” có bị thu hồi không.",
            f"The evidence does not say whether “{name}” was revoked.",
        )
    return catalogue.REVOCATION.passed(
        "Không chứng thư số nào bị thu hồi vào thời điểm ký.",
        "No certificate was revoked when it was used.",
    )
