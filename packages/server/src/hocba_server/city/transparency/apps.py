from __future__ import annotations

from django.apps import AppConfig


class TransparencyConfig(AppConfig):
    """The public append-only log of what the department accepted."""

    name = "hocba_server.city.transparency"
    label = "city_transparency"
    verbose_name = "sổ công khai"
    default_auto_field = "django.db.models.BigAutoField"
