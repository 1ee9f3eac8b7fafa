from __future__ import annotations

from django.apps import AppConfig


class IssuingConfig(AppConfig):
    """Batches and record units from creation to issue."""

    name = "hocba_server.school.issuing"
    label = "school_issuing"
    verbose_name = "phát hành"
    default_auto_field = "django.db.models.BigAutoField"
