"""The school asks that the approval of a certificate end, e.g. because the device was lost.

Our own extension of transaction 3 (decision 0026). It is signed with the very certificate; a school
that no longer has the key calls or writes to the office, whose officer ends the approval.
"""

from __future__ import annotations

import datetime as dt

from hocba.errors import Refused
from hocba.ports import Clock, Key
from hocba_server.adapters.clock import SystemClock
from hocba_server.adapters.gateway import GatewayClient
from hocba_server.config.jobs import school_jobs
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.registry.models import Ownership
from hocba_server.school.registry.permissions import require
from hocba_server.school.signing.certificate_checks import fingerprint
from hocba_server.school.submission import messages
from hocba_server.school.submission.models import CertificateRegistration
from hocba_server.school.submission.registrations import (
    CERTIFICATE_ISSUERS,
    deny_registering,
)
from hocba_server.school.submission.selectors import registration_by_id
from hocba_server.school.training.sources import sources_of
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event

END_JOB = "school.submission.end"


def ask_for_end(
    *,
    by: Actor,
    at: dt.datetime,
    key: Key,
    registration_id: int,
    reason: str,
    message_id: str,
) -> None:
    """Sign the wish with the certificate itself and leave it for the job.

    Raises `Refused`: `role`, `not_found`, `not_approved`, `reason`, `foreign_certificate`.
    """
    require(deny_registering(by))
    reason = " ".join(reason.split())[:500]
    if not reason:
        raise Refused("reason", "Cần ghi lý do xin chấm dứt.", "Say why the approval should end.")
    found = registration_by_id(by, registration_id)
    with school_transaction():
        row = CertificateRegistration.objects.select_for_update().get(pk=found.pk)
        if row.state != "approved" or row.end_state in {"waiting", "sent"}:
            raise Refused(
                "not_approved",
                "Chứng thư số này không ở trạng thái đang được phê duyệt, hoặc đã xin chấm dứt.",
                "This certificate is not approved, or its end was asked for already.",
            )
        if fingerprint(key.certificate) != row.fingerprint:
            raise Refused(
                "foreign_certificate",
                "Yêu cầu phải ký bằng chính chứng thư số xin chấm dứt. Không còn khoá thì báo Sở.",
                "The wish is signed with that very certificate. Without its key, tell the office.",
            )
        row.end_reason, row.end_state = reason, "waiting"
        row.end_request = messages.registration_request(
            key=key,
            signing_time=at.replace(microsecond=0),
            unit_code=found.school.code,
            issuer=CERTIFICATE_ISSUERS[Ownership(found.school.ownership)],
            message_id=message_id,
            end_reason=reason,
        )
        row.save(update_fields=["end_reason", "end_state", "end_request"])
        record_event(
            using=SCHOOL_DATABASE,
            by=by,
            at=at,
            action="ask_certificate_end",
            subject=f"certificate:{row.pk}",
            detail={"serial": row.serial, "reason": reason},
        )
        school_jobs.configure_task(END_JOB, allow_unknown=True).defer(registration_id=row.pk)


def send_end(
    registration_id: int, *, gateway: GatewayClient | None = None, clock: Clock | None = None
) -> str:
    """Send the wish; answers its state. Raises `Unavailable` when the gateway is away."""
    row = CertificateRegistration.objects.select_related("school").get(pk=registration_id)
    if row.end_state != "waiting" or row.end_request is None:
        return row.end_state
    client = gateway or sources_of(row.school.code).gateway()
    answer = messages.read_registration_answer(client.send(row.end_request))
    at = (clock or SystemClock()).now()
    with school_transaction():
        row = CertificateRegistration.objects.select_for_update().get(pk=registration_id)
        row.end_state = "sent" if answer.accepted else "refused"
        row.answer = "" if answer.accepted else answer.sentence[:1000]
        row.save(update_fields=["end_state", "answer"])
        record_event(
            using=SCHOOL_DATABASE,
            by=Actor.from_json(row.actor),
            at=at,
            action="certificate_end_sent",
            subject=f"certificate:{row.pk}",
            detail={"serial": row.serial, "code": answer.code},
        )
    return row.end_state
