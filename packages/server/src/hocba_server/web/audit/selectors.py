from __future__ import annotations

from django.db.models import QuerySet

from hocba_server.web.audit.models import AuditEntry


def entries_of(subject: str, *, using: str) -> QuerySet[AuditEntry]:
    """Everything that happened to one subject, oldest first."""
    return AuditEntry.objects.using(using).filter(subject=subject).order_by("pk")


def readings_of(subject: str, *, using: str) -> QuerySet[AuditEntry]:
    """Who opened one record, newest first."""
    entries = AuditEntry.objects.using(using)
    return entries.filter(subject=subject, kind=AuditEntry.Kind.READ).order_by("-pk")
