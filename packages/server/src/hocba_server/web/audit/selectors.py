from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet

from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.models import AuditEntry


def entries_of(subject: str, *, using: str) -> QuerySet[AuditEntry]:
    """Everything that happened to one subject, oldest first."""
    return AuditEntry.objects.using(using).filter(subject=subject).order_by("pk")


def readings_of(subject: str, *, using: str) -> QuerySet[AuditEntry]:
    """Who opened one record, newest first."""
    entries = AuditEntry.objects.using(using)
    return entries.filter(subject=subject, kind=AuditEntry.Kind.READ).order_by("-pk")


def read_lately(*, using: str, by: Actor, at: dt.datetime, subject: str) -> bool:
    """Did this person open the record within ten minutes? Then its pages are one reading."""
    since = at - dt.timedelta(minutes=10)
    rows = readings_of(subject, using=using).filter(
        user_id=by.user_id or None, personal_id=by.personal_id, unit_code=by.unit_code
    )
    return rows.filter(at__gte=since, at__lte=at).exists()
