"""The school's certificate at the department: declared (transaction 3), asked after (4)."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping

from cryptography.hazmat.primitives.serialization import Encoding

from hocba.errors import Refused, Unavailable
from hocba.packet.registration import serial_text
from hocba.ports import Clock, Key
from hocba.trust.identity import signer_name
from hocba.workflow.transitions import Denial
from hocba_server.adapters.clock import SystemClock
from hocba_server.adapters.gateway import GatewayClient
from hocba_server.config.jobs import school_jobs
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.registry.models import Ownership, SchoolRole
from hocba_server.school.registry.permissions import deny_role, require
from hocba_server.school.registry.selectors import own_school
from hocba_server.school.signing.approval import note_certificate, record_department_answer
from hocba_server.school.signing.certificate_checks import check_owner
from hocba_server.school.submission import messages
from hocba_server.school.submission.models import CertificateRegistration
from hocba_server.school.submission.selectors import registration_by_id
from hocba_server.school.training.sources import sources_of
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event

REGISTER_JOB = "school.submission.register"
ASK_JOB = "school.submission.ask"
CERTIFICATE_ISSUERS = {Ownership.PUBLIC: "BAN_CO_YEU", Ownership.PRIVATE: "VNPT"}
"""nha_phat_hanh when the school has set nothing: public schools hold certificates of the
Government's authority, private ones of a public authority (domain: CV 2817/SGDĐT-VP)."""


def deny_registering(by: Actor) -> Denial | None:
    """The clerk holds the certificate; the principal answers for it (QĐ 1789 Đ20.3)."""
    return deny_role(by, SchoolRole.SCHOOL_CLERK, SchoolRole.PRINCIPAL)


def deny_registering_own(by: Actor) -> Denial | None:
    """A leader declares the own certificate; nobody does it for another (QĐ 1789 Đ20.3)."""
    return deny_role(by, SchoolRole.PRINCIPAL, SchoolRole.SCHOOL_LEADER)


def register_certificate(
    *, by: Actor, at: dt.datetime, key: Key, message_id: str, leader: bool = False
) -> int:
    """Declare the school's certificate to the city (transaction 3), signed with itself; with
    `leader` the person's own, which signs records as the school's leader.

    The answer is asked for by a job until the department has decided. Raises `Refused`: `role`,
    `registered_already`, what `check_owner` refuses.
    """
    require(deny_registering_own(by) if leader else deny_registering(by))
    school, moment = own_school(by), at.replace(microsecond=0)
    owner = str(by.personal_id) if leader else school.code
    check_owner(key.certificate, owner=owner, organisation=not leader, at=at)
    der = key.certificate.public_bytes(Encoding.DER)
    fingerprint = hashlib.sha256(der).hexdigest()
    with school_transaction():
        known = CertificateRegistration.objects.select_for_update().filter(
            school=school, fingerprint=fingerprint
        )
        if known.exclude(state__in=["refused", "ended"]).exists():
            raise Refused(
                "registered_already",
                "Chứng thư số này đã được đăng ký với Sở.",
                "This certificate is registered already.",
            )
        note_certificate(school=school, certificate=key.certificate, owner=owner, at=at)
        row = CertificateRegistration.objects.create(
            school=school,
            serial=serial_text(key.certificate),
            fingerprint=fingerprint,
            message_id=message_id,
            request=messages.registration_request(
                key=key,
                signing_time=moment,
                unit_code=school.code,
                issuer=CERTIFICATE_ISSUERS[Ownership(school.ownership)],
                message_id=message_id,
            ),
            state="waiting",
            holder="leader" if leader else "organisation",
            holder_name=signer_name(key.certificate)[:200],
            valid_until=key.certificate.not_valid_after_utc,
            actor=by.to_json(),
            registered_by=by.user_id,
            registered_at=at,
        )
        _audit(by, at, "register_certificate", f"school:{school.code}", {"serial": row.serial})
        school_jobs.configure_task(REGISTER_JOB, allow_unknown=True).defer(registration_id=row.pk)
    return row.pk


def send_registration(
    registration_id: int, *, gateway: GatewayClient | None = None, clock: Clock | None = None
) -> None:
    """Send a registration of the outbox. Raises `Unavailable` when the gateway is away."""
    row = CertificateRegistration.objects.select_related("school").get(pk=registration_id)
    if row.state != "waiting":
        return
    client = gateway or sources_of(row.school.code).gateway()
    answer = messages.read_registration_answer(client.send(row.request))
    at = (clock or SystemClock()).now()
    with school_transaction():
        row = CertificateRegistration.objects.select_for_update().get(pk=registration_id)
        row.state = "sent" if answer.accepted else "refused"
        row.answer = answer.sentence[:1000]
        row.save(update_fields=["state", "answer"])
        detail = {"serial": row.serial, "code": answer.code}
        _audit(Actor.from_json(row.actor), at, "certificate_sent", f"certificate:{row.pk}", detail)
        if answer.accepted:
            school_jobs.configure_task(ASK_JOB, allow_unknown=True).defer(registration_id=row.pk)


def query_certificate(
    registration_id: int, *, gateway: GatewayClient | None = None, clock: Clock | None = None
) -> str:
    """Ask whether the certificate is approved (transaction 4); answers the state of the row.

    An approved one is asked after again: its approval may have ended, or its end be near.
    """
    row = CertificateRegistration.objects.select_related("school").get(pk=registration_id)
    if row.state not in {"sent", "approved"}:
        return row.state
    at = (clock or SystemClock()).now()
    request = messages.certificate_query(row.message_id, row.school.code, at.year)
    decision = messages.read_certificate_answer(
        (gateway or sources_of(row.school.code).gateway()).send(request)
    )
    if decision is None:
        return row.state
    with school_transaction():
        before = row.state
        row.state = _state(decision)
        row.answer, row.reminder = decision.sentence[:1000], decision.reminder[:500]
        row.valid_until = decision.valid_until or row.valid_until
        row.save(update_fields=["state", "answer", "reminder", "valid_until"])
        if row.state == before:
            return row.state
        if row.holder == "organisation" or not decision.accepted:
            record_department_answer(
                school=row.school,
                fingerprint_hex=row.fingerprint,
                approved=decision.accepted,
                at=at,
            )
        by = Actor.from_json(row.actor)
        _audit(by, at, "certificate_answered", f"certificate:{row.pk}", {"state": row.state})
    return row.state


def _state(decision: messages.Decision) -> str:
    if decision.accepted:
        return "approved"
    return "ended" if decision.ended else "refused"


def look_after_approved() -> int:
    """Ask about every approved certificate of this house; answers how many were asked about.

    A gateway that is away is asked again tomorrow.
    """
    asked = 0
    for row in CertificateRegistration.objects.filter(state="approved"):
        try:
            query_certificate(row.pk)
            asked += 1
        except Unavailable:
            continue
    return asked


def await_decision(registration_id: int, *, clock: Clock | None = None) -> None:
    """Ask once; raises `Unavailable` while the department has not decided, so that a job waits."""
    if query_certificate(registration_id, clock=clock) == "sent":
        raise Unavailable(
            "not_decided", "Sở chưa phê duyệt chứng thư số.", "The department has not decided yet."
        )


def ask_now(*, by: Actor, registration_id: int) -> str:
    """The person asks at once whether the department has decided; answers the state."""
    require(deny_registering(by))
    return query_certificate(registration_by_id(by, registration_id).pk)


def _audit(
    by: Actor, at: dt.datetime, action: str, subject: str, detail: Mapping[str, object]
) -> None:
    record_event(
        using=SCHOOL_DATABASE, by=by, at=at, action=action, subject=subject, detail=dict(detail)
    )
