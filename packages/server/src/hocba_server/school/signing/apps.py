from __future__ import annotations

from django.apps import AppConfig


class SigningConfig(AppConfig):
    """Signing sessions: one person signs a whole class."""

    name = "hocba_server.school.signing"
    label = "school_signing"
    verbose_name = "ký số"
    default_auto_field = "django.db.models.BigAutoField"
