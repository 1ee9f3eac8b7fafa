from __future__ import annotations

from django.apps import AppConfig


class PaperworkConfig(AppConfig):
    """Signing papers with the platform's key, the signer's device or a remote service."""

    name = "hocba_server.school.paperwork"
    label = "school_paperwork"
    verbose_name = "ký giấy tờ"
    default_auto_field = "django.db.models.BigAutoField"
