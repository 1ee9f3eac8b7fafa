from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from hocba.errors import HocBaError, Malformed, NotTrusted, Refused
from hocba.packet.answers import RegistrationAnswer
from hocba.packet.codes import ResponseCode, code_of_package_error
from hocba.packet.registration import ReadRegistration, read_registration, serial_text
from hocba.packet.transactions import RegistrationRequest
from hocba.trust.identity import signer_personal_id, signer_unit
from hocba.trust.path import build_path
from hocba_server.city.certificates.ends import ask_for_end
from hocba_server.city.certificates.issuers import deny_issuer, issuer_title, subject_title
from hocba_server.city.certificates.models import (
    CertificateRegistration,
    Holder,
    Level,
    Ownership,
    RegistrationState,
    Unit,
)
from hocba_server.city.certificates.offices import deny_deciding
from hocba_server.city.certificates.selectors import unit_by_code
from hocba_server.city.database import CITY_DATABASE, city_transaction
from hocba_server.city.permissions import CityRole, deny_role, require
from hocba_server.city.trust import known_issuers, trust_store
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event


def register_unit(
    *,
    by: Actor,
    at: dt.datetime,
    code: str,
    name: str,
    ownership: str,
    ward_code: str = "",
    ward_name: str = "",
    levels: Sequence[str] = (Level.PRIMARY,),
    email: str = "",
) -> int:
    """Enter a school into the department's list; the same code again changes nothing."""
    require(deny_role(by, CityRole.ADMINISTRATOR, CityRole.OFFICER))
    with city_transaction():
        row, created = Unit.objects.get_or_create(
            code=code,
            defaults={
                "name": name,
                "ownership": Ownership(ownership),
                "ward_code": ward_code,
                "ward_name": ward_name,
                "levels": [Level(level).value for level in levels],
                "email": email,
                "created_by": by.user_id,
                "created_at": at,
            },
        )
        if created:
            _audit(by, at, "register_unit", f"unit:{code}", {"name": name})
    return row.pk


def receive_registration(request: RegistrationRequest, *, at: dt.datetime) -> RegistrationAnswer:
    """Take a certificate in (transaction 3): a unit's seal, or the one of a leader of it (Đ20.3).

    With a reason in its content the unit asks instead that the approval end, signed with the
    very certificate. The answer is given only after it is committed.

    The same message again gets the same answer; with other content it is refused (1501).
    """
    fingerprint = hashlib.sha256(
        f"{request.unit_code}\0{request.serial_number}\0{request.content}".encode()
    ).hexdigest()
    unit = unit_by_code(request.unit_code)
    if unit is None:
        return _refusal(request, ResponseCode.WRONG_UNIT, "ma_don_vi", "Sở chưa có mã đơn vị này.")
    known = CertificateRegistration.objects.filter(unit=unit, message_id=request.message_id).first()
    if known is not None:
        if known.request_sha256 != fingerprint:
            return _refusal(request, ResponseCode.MESSAGE_ID_REUSED, "messageid", "")
        return RegistrationAnswer(request.message_id)
    try:
        read = read_registration(request.content)
        _check(request, read, at)
    except HocBaError as error:
        code = code_of_package_error(error)
        return _refusal(request, code, error.where or "content", error.sentence.vi)
    if read.end_reason:
        return ask_for_end(request, read, unit, at=at)
    _keep(request, read, unit, fingerprint, at)
    return RegistrationAnswer(request.message_id)


def _check(request: RegistrationRequest, read: ReadRegistration, at: dt.datetime) -> None:
    if read.fault is not None:
        raise read.fault
    if read.unit_code != request.unit_code:
        raise Malformed(
            "field_catalogue",
            "Mã đơn vị trong content khác mã đơn vị gửi.",
            "The unit code in the content differs from the sender's.",
            where="MA_DON_VI",
        )
    if request.serial_number.upper() != serial_text(read.certificate):
        raise Malformed(
            "field_catalogue",
            "Số serial gửi khác số serial của chứng thư số.",
            "The serial number differs from the certificate's.",
            where="serial_number",
        )
    if not read.end_reason:  # one that cannot be trusted any more may still be given back
        build_path(read.certificate, known_issuers(), trust_store(), at)
    holder = signer_unit(read.certificate)
    if holder is not None and holder != request.unit_code:
        raise NotTrusted(
            "another_unit",
            f"Chứng thư số này cấp cho đơn vị {holder}, không phải {request.unit_code}.",
            "The certificate belongs to another unit.",
            where="X509Certificate",
        )


def _keep(
    request: RegistrationRequest,
    read: ReadRegistration,
    unit: Unit,
    request_sha256: str,
    at: dt.datetime,
) -> None:
    der = read.certificate.public_bytes(Encoding.DER)
    leader = _leader(read.certificate)
    fingerprint = hashlib.sha256(der).hexdigest()
    with city_transaction():
        # The lock on the unit makes two deliveries of one message take turns.
        Unit.objects.select_for_update().get(pk=unit.pk)
        rows = CertificateRegistration.objects.filter(unit=unit)
        open_rows = rows.exclude(state=RegistrationState.REFUSED).filter(ended_from=None)
        if (
            rows.filter(message_id=request.message_id).exists()
            or open_rows.filter(fingerprint=fingerprint).exists()
        ):
            return
        CertificateRegistration.objects.create(
            unit=unit,
            message_id=request.message_id,
            request_sha256=request_sha256,
            serial=serial_text(read.certificate),
            fingerprint=fingerprint,
            certificate=der,
            holder=Holder.LEADER if leader else Holder.ORGANISATION,
            personal_id=leader,
            subject_name=subject_title(read.certificate),
            issuer_name=issuer_title(read.certificate),
            valid_from=read.certificate.not_valid_before_utc,
            valid_until=read.certificate.not_valid_after_utc,
            signature_kind=request.signature_kind,
            received_at=at,
        )


def _leader(certificate: x509.Certificate) -> str:
    """Personal number of the person who holds it; empty for the certificate of a unit."""
    if signer_unit(certificate) is not None:
        return ""
    return signer_personal_id(certificate) or ""


def _refusal(
    request: RegistrationRequest, code: ResponseCode, where: str, detail: str
) -> RegistrationAnswer:
    return RegistrationAnswer(request.message_id, code.value, where, detail or code.sentence.vi)


def approve(*, by: Actor, at: dt.datetime, registration_id: int) -> None:
    """Approve a certificate: from now on the unit may seal and send with it (QĐ 1789 Đ20.3).

    Raises `Refused` with code `role` (also for an officer of another office), `decided`, `issuer`.
    """
    require(deny_role(by, CityRole.OFFICER, CityRole.WARD_OFFICER))
    with city_transaction():
        row = _waiting(registration_id)
        require(deny_deciding(by, row.unit))
        certificate = x509.load_der_x509_certificate(bytes(row.certificate))
        if row.holder == Holder.ORGANISATION:
            require(deny_issuer(certificate, row.unit.ownership))
        _decide(row, by, at, RegistrationState.APPROVED, "")
        detail = {"unit": row.unit.code, "serial": row.serial}
        _audit(by, at, "approve_certificate", f"certificate:{row.pk}", detail)


def refuse(*, by: Actor, at: dt.datetime, registration_id: int, reason: str) -> None:
    """Refuse a certificate with a reason that the unit will read."""
    require(deny_role(by, CityRole.OFFICER, CityRole.WARD_OFFICER))
    reason = " ".join(reason.split())[:500]
    if not reason:
        raise Refused(
            "reason",
            "Cần ghi lý do từ chối để nhà trường biết phải làm gì.",
            "Say why, so that the school knows what to do.",
        )
    with city_transaction():
        row = _waiting(registration_id)
        require(deny_deciding(by, row.unit))
        _decide(row, by, at, RegistrationState.REFUSED, reason)
        detail = {"unit": row.unit.code, "serial": row.serial, "reason": reason}
        _audit(by, at, "refuse_certificate", f"certificate:{row.pk}", detail)


def _waiting(registration_id: int) -> CertificateRegistration:
    rows = CertificateRegistration.objects.select_for_update(of=("self",)).select_related("unit")
    row = rows.filter(pk=registration_id).first()
    if row is None or row.state != RegistrationState.WAITING:
        raise Refused(
            "decided",
            "Bản đăng ký này không còn chờ duyệt.",
            "This registration does not wait for a decision.",
        )
    return row


def _decide(
    row: CertificateRegistration,
    by: Actor,
    at: dt.datetime,
    state: RegistrationState,
    reason: str,
) -> None:
    row.state, row.reason = state, reason
    row.decided_by, row.decided_by_name, row.decided_at = by.user_id or 0, by.name, at
    row.save(update_fields=["state", "reason", "decided_by", "decided_by_name", "decided_at"])


def _audit(by: Actor, at: dt.datetime, action: str, subject: str, detail: dict[str, str]) -> None:
    record_event(using=CITY_DATABASE, by=by, at=at, action=action, subject=subject, detail=detail)
