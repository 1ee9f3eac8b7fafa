from __future__ import annotations

from django.apps import AppConfig


class CorrectionsConfig(AppConfig):
    """Requests of schools to correct records of closed classes, and the department's decision."""

    name = "hocba_server.city.corrections"
    label = "city_corrections"
    verbose_name = "chỉnh lý học bạ"
    default_auto_field = "django.db.models.BigAutoField"
