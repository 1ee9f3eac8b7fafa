from __future__ import annotations

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The public verification page and the department's home."""

    name = "hocba_server.city.portal"
    label = "city_portal"
    verbose_name = "cổng xác thực"
    default_auto_field = "django.db.models.BigAutoField"
