from __future__ import annotations

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Audit entries, in the database of each house beside the rows they speak of."""

    name = "hocba_server.web.audit"
    label = "web_audit"
    verbose_name = "nhật ký"
    default_auto_field = "django.db.models.BigAutoField"
