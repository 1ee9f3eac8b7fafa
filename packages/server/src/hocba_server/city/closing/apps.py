from __future__ import annotations

from django.apps import AppConfig


class ClosingConfig(AppConfig):
    """The closing of a school year, class by class, and its exceptional reopening."""

    name = "hocba_server.city.closing"
    label = "city_closing"
    verbose_name = "chốt học bạ"
    default_auto_field = "django.db.models.BigAutoField"
