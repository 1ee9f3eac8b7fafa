from __future__ import annotations

from django.apps import AppConfig


class OversightConfig(AppConfig):
    """Progress of the whole city, counted in numbers; never a pupil's name."""

    name = "hocba_server.city.oversight"
    label = "city_oversight"
    verbose_name = "toàn cảnh"
    default_auto_field = "django.db.models.BigAutoField"
