from __future__ import annotations

from django.apps import AppConfig


class RecallsConfig(AppConfig):
    """Asking the department to recall records, and what it decided."""

    name = "hocba_server.school.recalls"
    label = "school_recalls"
    verbose_name = "thu hồi học bạ"
    default_auto_field = "django.db.models.BigAutoField"
