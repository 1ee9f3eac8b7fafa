"""The department's certificate at the store: declared (transaction 3), asked after (4)."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding

from hocba.errors import Refused, Unavailable
from hocba.packet.registration import serial_text
from hocba.ports import Clock, Key
from hocba_server.city.database import CITY_DATABASE, city_transaction
from hocba_server.city.permissions import CityRole, deny_role, require
from hocba_server.city.upstream import messages
from hocba_server.city.upstream.client import StoreClient, is_connected, store_client
from hocba_server.city.upstream.models import StoreRegistration
from hocba_server.config.jobs import city_jobs
from hocba_server.web.accounts.actor import Actor, platform_actor
from hocba_server.web.audit.services import record_event

REGISTER_JOB: Final = "city.upstream.register"
AWAIT_JOB: Final = "city.upstream.await_approval"
SENDERS: Final = (CityRole.OFFICER, CityRole.SIGNER)
"""Who reports to the Ministry: the officer, and the clerk with the department's certificate."""


def register(*, by: Actor, at: dt.datetime, key: Key | None = None) -> int:
    """Declare the department's certificate to the store; a job asks for the decision.

    Raises `Refused`: `role`, `not_connected`, `registered_already`, `no_key`.
    """
    require(deny_role(by, *SENDERS))
    refuse_unconnected()
    signer = key or messages.own_key()
    der = signer.certificate.public_bytes(Encoding.DER)
    fingerprint = hashlib.sha256(der).hexdigest()
    with city_transaction():
        known = StoreRegistration.objects.select_for_update().filter(fingerprint=fingerprint)
        if known.exclude(state="refused").exists():
            raise Refused(
                "registered_already",
                "Chứng thư số này đã đăng ký với Bộ.",
                "This certificate is registered with the Ministry already.",
            )
        message_id = str(uuid.uuid4())
        row = StoreRegistration.objects.create(
            serial=serial_text(signer.certificate),
            fingerprint=fingerprint,
            valid_until=signer.certificate.not_valid_after_utc,
            message_id=message_id,
            request=messages.registration_request(message_id=message_id, key=signer, at=at),
            state="waiting",
            registered_by=by.user_id,
            registered_by_name=by.name,
            registered_at=at,
        )
        _audit(by, at, "register_upstream_certificate", row, row.serial)
        city_jobs.configure_task(REGISTER_JOB, allow_unknown=True).defer(registration_id=row.pk)
    return row.pk


def refuse_unconnected() -> None:
    """Raise `Refused` with code `not_connected` when there is no store to report to."""
    if not is_connected():
        raise Refused(
            "not_connected",
            "Hệ thống chưa được nối với Kho học bạ số của Bộ. Quản trị hệ thống đặt địa chỉ Kho "
            "(HOCBA_UPSTREAM_URL) rồi mới gửi được.",
            "No address of the Ministry's store is set (HOCBA_UPSTREAM_URL).",
        )


def send_registration(
    registration_id: int, *, clock: Clock, client: StoreClient | None = None
) -> None:
    """Send a registration of the outbox. Raises `Unavailable` when the store is away."""
    row = StoreRegistration.objects.get(pk=registration_id)
    if row.state != "waiting":
        return
    answer = messages.read_registration_answer((client or store_client()).send(row.request))
    with city_transaction():
        row = StoreRegistration.objects.select_for_update().get(pk=registration_id)
        if row.state != "waiting":
            return
        row.state = "sent" if answer.accepted else "refused"
        row.answer = answer.sentence[:1000]
        row.save(update_fields=["state", "answer"])
        _audit(_PLATFORM, clock.now(), "upstream_certificate_sent", row, row.state)
        if answer.accepted:
            job = city_jobs.configure_task(AWAIT_JOB, allow_unknown=True)
            job.defer(registration_id=row.pk)


def ask_approval(registration_id: int, *, clock: Clock, client: StoreClient | None = None) -> str:
    """Ask whether the certificate is approved; answers the state of the row."""
    row = StoreRegistration.objects.get(pk=registration_id)
    if row.state != "sent":
        return row.state
    request = messages.certificate_query(row.message_id, clock.now().year)
    decision = messages.read_certificate_answer((client or store_client()).send(request))
    if decision is None:
        return row.state
    with city_transaction():
        row = StoreRegistration.objects.select_for_update().get(pk=registration_id)
        row.state = "approved" if decision.accepted else "refused"
        row.answer = decision.sentence[:1000]
        row.save(update_fields=["state", "answer"])
        _audit(_PLATFORM, clock.now(), "upstream_certificate_decided", row, row.state)
    return row.state


def await_approval(registration_id: int, *, clock: Clock) -> None:
    """Ask once; raises `Unavailable` while nobody has decided, so that a job waits."""
    if ask_approval(registration_id, clock=clock) == "sent":
        raise Unavailable(
            "not_decided",
            "Bộ chưa phê duyệt chứng thư số của Sở.",
            "The Ministry has not decided on the certificate yet.",
        )


def approved_registration(at: dt.datetime) -> StoreRegistration | None:
    """The newest registration that the store approved and that is valid now."""
    rows = StoreRegistration.objects.filter(state="approved", valid_until__gt=at)
    return rows.order_by("-registered_at", "-pk").first()


_PLATFORM: Final = platform_actor("city")


def _audit(by: Actor, at: dt.datetime, action: str, row: StoreRegistration, detail: str) -> None:
    record_event(
        using=CITY_DATABASE,
        by=by,
        at=at,
        action=action,
        subject=f"upstream-certificate:{row.pk}",
        detail={"serial": row.serial, "what": detail},
    )
