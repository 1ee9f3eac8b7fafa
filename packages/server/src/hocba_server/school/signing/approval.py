"""Certificates that a school lets sign: seen at first use, approved or refused by the head (Đ9).

The department's approval of the organisation certificate arrives from the submission room.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from cryptography import x509

from hocba.errors import Refused, Sentence
from hocba.ids import PersonalId
from hocba.ports import Key
from hocba.record.model import SignerRole
from hocba.trust.identity import issuer_name, signer_name
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.registry.models import School, SchoolRole
from hocba_server.school.registry.permissions import deny_other_school, deny_role, require
from hocba_server.school.registry.selectors import not_found, setting
from hocba_server.school.signing.certificate_checks import (
    CertificateTrust,
    check_certificate,
    fingerprint,
)
from hocba_server.school.signing.chunks import Signer
from hocba_server.school.signing.models import SeenCertificate, SigningSession
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event


def admit_certificate(
    *,
    school: School,
    certificate: x509.Certificate,
    chain: Sequence[x509.Certificate],
    owner: str,
    organisation: bool,
    at: dt.datetime,
    trust: CertificateTrust,
) -> tuple[Sentence, ...]:
    """Check a certificate and whether the school lets it sign. Answers what is worth knowing."""
    report = check_certificate(
        certificate, chain, owner=owner, organisation=organisation, at=at, trust=trust
    )
    row = note_certificate(school=school, certificate=certificate, owner=owner, at=at)
    needed = "organisation_certificate" if organisation else "personal_certificates"
    if row.approved is False or (row.approved is None and setting(school, f"{needed}_approved")):
        who = "Sở" if organisation else "hiệu trưởng"
        raise Refused(
            "certificate_not_approved",
            f"Chứng thư số này chưa được {who} duyệt dùng cho trường. "
            + ("Đăng ký chứng thư số với Sở trước." if organisation else "Xin duyệt trước khi ký."),
            "This certificate is not approved for the school. Ask for the approval first.",
        )
    return report.warnings


def admitted_signer(
    session: SigningSession, key: Key, at: dt.datetime, trust: CertificateTrust
) -> Signer:
    """Check the certificate before anything is signed. Raises `Refused` with the reason."""
    organisation = session.role == SignerRole.ORGANISATION.value
    owner = session.school.code if organisation else session.signer_personal_id
    warnings = admit_certificate(
        school=session.school,
        certificate=key.certificate,
        chain=key.chain,
        owner=owner,
        organisation=organisation,
        at=at,
        trust=trust,
    )
    session.warnings = [{"vi": each.vi, "en": each.en} for each in warnings]
    session.save(update_fields=["warnings"])
    return Signer(key, None if organisation else PersonalId(owner))


def note_certificate(
    *, school: School, certificate: x509.Certificate, owner: str, at: dt.datetime
) -> SeenCertificate:
    """Remember a certificate at its first use."""
    row, _ = SeenCertificate.objects.get_or_create(
        school=school,
        fingerprint=fingerprint(certificate),
        defaults={
            "owner": owner,
            "owner_name": signer_name(certificate)[:200],
            "issuer_name": issuer_name(certificate)[:200],
            "serial": f"{certificate.serial_number:X}"[:60],
            "valid_until": certificate.not_valid_after_utc,
            "first_seen_at": at,
        },
    )
    return row


def record_department_answer(
    *, school: School, fingerprint_hex: str, approved: bool, at: dt.datetime
) -> None:
    """Keep what the department answered about an organisation certificate."""
    SeenCertificate.objects.filter(school=school, fingerprint=fingerprint_hex).update(
        approved=approved, decided_by_name=school.department_name[:150], decided_at=at
    )


def decide_certificate(*, by: Actor, at: dt.datetime, seen_id: int, approved: bool) -> None:
    """The principal lets a person's certificate sign for the school, or not."""
    require(deny_role(by, SchoolRole.PRINCIPAL))
    with school_transaction():
        row = SeenCertificate.objects.select_for_update(of=("self",)).filter(pk=seen_id).first()
        if row is None:
            raise not_found()
        require(deny_other_school(by, row.school.code))
        if row.owner == row.school.code:
            raise Refused(
                "role",
                "Chứng thư số của trường do Sở duyệt.",
                "The school's own certificate is approved by the department.",
            )
        row.approved, row.decided_by_name, row.decided_at = approved, by.name[:150], at
        row.save(update_fields=["approved", "decided_by_name", "decided_at"])
        record_event(
            using=SCHOOL_DATABASE,
            by=by,
            at=at,
            action="decide_certificate",
            subject=f"certificate:{row.pk}",
            detail={"approved": approved, "fingerprint": row.fingerprint},
        )
