from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class SigningConfig(AppConfig):
    """Signing sessions: one person signs a whole class."""

    name = "hocba_server.school.signing"
    label = "school_signing"
    verbose_name = "ký số"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to what happens to the records of a class."""
        import_module("hocba_server.school.signing.turns")
