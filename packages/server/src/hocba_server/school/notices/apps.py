from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """What people of the school are told, on the page and by e-mail."""

    name = "hocba_server.school.notices"
    label = "school_notices"
    verbose_name = "thông báo"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to what happens to pupils' files."""
        import_module("hocba_server.school.notices.pupil_notices")
