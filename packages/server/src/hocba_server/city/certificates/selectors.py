from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from cryptography import x509
from django.db.models import QuerySet

from hocba.errors import Refused
from hocba.ids import MessageId
from hocba.packet.answers import CertificateAnswer
from hocba.packet.codes import ResponseCode
from hocba.packet.transactions import CertificateQuery
from hocba_server.city.certificates.issuers import deny_issuer
from hocba_server.city.certificates.models import (
    CertificateRegistration,
    RegistrationState,
    Unit,
)
from hocba_server.city.permissions import CityRole, deny_role, require
from hocba_server.web.accounts.actor import Actor


@dataclass(frozen=True, slots=True)
class ApprovedSeal:
    """A certificate with which a unit may seal and send."""

    unit_code: str
    sha256: bytes
    """SHA-256 of the DER certificate."""
    certificate: bytes
    """DER."""
    valid_from: dt.datetime
    valid_until: dt.datetime


def unit_by_code(code: str) -> Unit | None:
    """The unit with this code, or None."""
    return Unit.objects.filter(code=code).first()


def approved_seals(unit_code: str) -> tuple[ApprovedSeal, ...]:
    """Every certificate approved for a unit, newest approval first; old ones stay for old seals."""
    rows = CertificateRegistration.objects.filter(
        unit__code=unit_code, state=RegistrationState.APPROVED
    ).order_by("-decided_at", "-pk")
    return tuple(_seal(row, unit_code) for row in rows)


def approved_seal(unit_code: str, at: dt.datetime) -> ApprovedSeal | None:
    """The newest approved certificate of a unit that is valid at `at`."""
    for seal in approved_seals(unit_code):
        if seal.valid_from <= at <= seal.valid_until:
            return seal
    return None


def certificate_answer(query: CertificateQuery) -> CertificateAnswer:
    """Answer to transaction 4: the decision on the registration sent under this message id.

    A unit may also ask without knowing that id; then its newest registration answers.
    """
    rows = CertificateRegistration.objects.filter(unit__code=query.unit_code)
    row = rows.filter(message_id=query.message_id).first() or rows.first()
    if row is None:
        code = ResponseCode.CERTIFICATE_NOT_APPROVED
        return CertificateAnswer(
            query.message_id,
            query.unit_code,
            "",
            None,
            code.value,
            "serial_number",
            "Đơn vị chưa đăng ký chứng thư số nào.",
        )
    approved = {RegistrationState.APPROVED: True, RegistrationState.REFUSED: False}.get(
        RegistrationState(row.state)
    )
    code = ResponseCode.RECEIVED if approved is not False else ResponseCode.CERTIFICATE_NOT_APPROVED
    return CertificateAnswer(
        MessageId(query.message_id),
        query.unit_code,
        row.serial,
        approved,
        code.value,
        "" if approved is not False else "serial_number",
        row.reason if approved is False else "",
    )


def registrations(*, by: Actor, state: str | None = None) -> QuerySet[CertificateRegistration]:
    """Declared certificates, those that wait first."""
    require(deny_role(by, CityRole.OFFICER, CityRole.INSPECTOR, CityRole.SIGNER))
    rows = CertificateRegistration.objects.select_related("unit")
    return rows.filter(state=state) if state else rows


def registration_by_id(*, by: Actor, registration_id: int) -> CertificateRegistration:
    """One declared certificate. Raises `Refused` with code `not_found`."""
    row = registrations(by=by).filter(pk=registration_id).first()
    if row is None:
        raise Refused(
            "not_found",
            "Không tìm thấy bản đăng ký chứng thư số này.",
            "There is no such registration.",
        )
    return row


def warning_of(row: CertificateRegistration) -> str:
    """What the officer should see before deciding; empty when nothing speaks against it."""
    denial = deny_issuer(x509.load_der_x509_certificate(bytes(row.certificate)), row.unit.ownership)
    return denial.sentence.vi if denial else ""


def _seal(row: CertificateRegistration, unit_code: str) -> ApprovedSeal:
    return ApprovedSeal(
        unit_code,
        bytes.fromhex(row.fingerprint),
        bytes(row.certificate),
        row.valid_from,
        row.valid_until,
    )
