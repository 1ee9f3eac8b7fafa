from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.models import AuditEntry


def record_event(
    *,
    using: str,
    by: Actor,
    at: dt.datetime,
    action: str,
    subject: str,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write one audit entry in the transaction that is open on `using`.

    Call it inside the transaction of the change itself, so that neither exists without the other.
    """
    _keep(using, by, at, AuditEntry.Kind.WRITE, action, subject, detail)


def record_read(
    *,
    using: str,
    by: Actor,
    at: dt.datetime,
    subject: str,
    action: str = "read",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write that somebody opened a pupil's record; the family sees these entries."""
    _keep(using, by, at, AuditEntry.Kind.READ, action, subject, detail)


def _keep(
    using: str,
    by: Actor,
    at: dt.datetime,
    kind: AuditEntry.Kind,
    action: str,
    subject: str,
    detail: Mapping[str, Any] | None,
) -> None:
    AuditEntry.objects.using(using).create(
        kind=kind,
        at=at,
        action=action,
        subject=subject,
        user_id=by.user_id or None,
        name=by.name,
        personal_id=by.personal_id,
        unit_code=by.unit_code,
        roles=list(by.roles),
        detail=dict(detail or {}),
    )
