"""The approval of a certificate ends: the school asks for it, an officer does it (decision 0026).

What was sealed before that moment stays valid; what comes sealed or signed with it afterwards is
refused (codes 1403 and 2207).
"""

from __future__ import annotations

import datetime as dt
import hashlib

from cryptography.hazmat.primitives.serialization import Encoding

from hocba.errors import Refused
from hocba.packet.answers import RegistrationAnswer
from hocba.packet.codes import ResponseCode
from hocba.packet.registration import ReadRegistration
from hocba.packet.transactions import RegistrationRequest
from hocba_server.city.certificates.models import (
    CertificateRegistration,
    RegistrationState,
    Unit,
)
from hocba_server.city.certificates.offices import deny_deciding
from hocba_server.city.database import CITY_DATABASE, city_transaction
from hocba_server.city.permissions import CityRole, deny_role, require
from hocba_server.web.accounts.actor import Actor, platform_actor
from hocba_server.web.audit.services import record_event


def ask_for_end(
    request: RegistrationRequest, read: ReadRegistration, unit: Unit, *, at: dt.datetime
) -> RegistrationAnswer:
    """Note that the unit wants the approval to end. Asking again changes nothing."""
    der = read.certificate.public_bytes(Encoding.DER)
    with city_transaction():
        row = (
            CertificateRegistration.objects.select_for_update()
            .filter(
                unit=unit,
                fingerprint=hashlib.sha256(der).hexdigest(),
                state=RegistrationState.APPROVED,
                ended_from=None,
            )
            .first()
        )
        if row is None:
            code = ResponseCode.CERTIFICATE_NOT_APPROVED
            return RegistrationAnswer(
                request.message_id, code.value, "serial_number", code.sentence.vi
            )
        if row.end_asked_at is None:
            row.end_asked_at, row.end_asked_reason = at, read.end_reason
            row.save(update_fields=["end_asked_at", "end_asked_reason"])
            record_event(
                using=CITY_DATABASE,
                by=platform_actor("city"),
                at=at,
                action="ask_certificate_end",
                subject=f"certificate:{row.pk}",
                detail={"unit": unit.code, "serial": row.serial, "reason": read.end_reason},
            )
    return RegistrationAnswer(request.message_id)


def end_approval(
    *, by: Actor, at: dt.datetime, registration_id: int, ended_from: dt.datetime, reason: str
) -> None:
    """End an approval from a moment on, which may lie in the past (a token was stolen) but not
    before the certificate was valid, nor in the future: then the officer comes back that day.

    Raises `Refused`: `role`, `reason`, `ended_from`, `not_approved` (or ended already).
    """
    require(deny_role(by, CityRole.OFFICER, CityRole.WARD_OFFICER))
    reason = " ".join(reason.split())[:500]
    if not reason:
        raise Refused(
            "reason",
            "Cần ghi lý do chấm dứt; nhà trường sẽ đọc được.",
            "Say why; the school will read it.",
            where="reason",
        )
    with city_transaction():
        row = _approved(registration_id)
        require(deny_deciding(by, row.unit))
        if not row.valid_from <= ended_from <= at:
            raise Refused(
                "ended_from",
                "Lúc chấm dứt phải từ ngày chứng thư số có hiệu lực và không sau bây giờ.",
                "The moment lies between the certificate's first day and now.",
                where="ended_from",
            )
        row.ended_from, row.ended_at, row.end_reason = ended_from, at, reason
        row.ended_by, row.ended_by_name = by.user_id, by.name
        row.save(
            update_fields=["ended_from", "ended_at", "end_reason", "ended_by", "ended_by_name"]
        )
        record_event(
            using=CITY_DATABASE,
            by=by,
            at=at,
            action="end_certificate_approval",
            subject=f"certificate:{row.pk}",
            detail={
                "unit": row.unit.code,
                "serial": row.serial,
                "from": ended_from.isoformat(),
                "reason": reason,
            },
        )


def _approved(registration_id: int) -> CertificateRegistration:
    rows = CertificateRegistration.objects.select_for_update(of=("self",)).select_related("unit")
    row = rows.filter(pk=registration_id).first()
    if row is None or row.state != RegistrationState.APPROVED or row.ended_from is not None:
        raise Refused(
            "not_approved",
            "Chứng thư số này không ở trạng thái đang được phê duyệt.",
            "This certificate is not approved, or its approval has ended.",
        )
    return row
