"""Sending again what the department acknowledged once and lost: its database went back in time.

The message is the same, byte for byte and with the same number: a department that still has it
gives its first answer, another one takes it in as new. Nothing of the school's own state changes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from hocba_server.adapters.gateway import GatewayClient
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.submission import messages
from hocba_server.school.submission.models import Package, PackageState
from hocba_server.school.training.sources import sources_of
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event

_SENT = (PackageState.ACKNOWLEDGED, PackageState.ANSWERED)


@dataclass(frozen=True, slots=True)
class Resent:
    """What became of the packages."""

    received: int
    """The department has them now."""
    refused: tuple[tuple[str, str], ...]
    """(message number, the department's word)."""


def resend_since(
    *,
    by: Actor,
    at: dt.datetime,
    since: dt.datetime,
    unit_code: str | None = None,
    gateway: GatewayClient | None = None,
    show: Callable[[int], None] = lambda _count: None,
) -> Resent:
    """Send every package again that was acknowledged at `since` or later, oldest first.

    Safe to run again. Raises `Unavailable` when the gateway cannot be reached; what was sent until
    then is there.
    """
    rows = Package.objects.filter(state__in=_SENT, acknowledged_at__gte=since)
    if unit_code:
        rows = rows.filter(school__code=unit_code)
    received, refused = 0, []
    for package in rows.select_related("school").order_by("acknowledged_at", "pk").iterator(20):
        client = gateway or sources_of(package.school.code).gateway()
        answer = messages.read_acknowledgement(client.send(package.request))
        if answer.accepted:
            received += 1
        else:
            refused.append((package.message_id, str(answer.why)))
        with school_transaction():
            record_event(
                using=SCHOOL_DATABASE,
                by=by,
                at=at,
                action="resend_package",
                subject=f"package:{package.pk}",
                detail={"message_id": package.message_id, "code": answer.code},
            )
        show(received)
    return Resent(received, tuple(refused))
