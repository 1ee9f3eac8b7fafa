from __future__ import annotations

from django.apps import AppConfig


class RecallsConfig(AppConfig):
    """Requests of schools to recall records, and what the department decided."""

    name = "hocba_server.city.recalls"
    label = "city_recalls"
    verbose_name = "thu hồi học bạ"
    default_auto_field = "django.db.models.BigAutoField"
