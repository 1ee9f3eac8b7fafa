from __future__ import annotations

from django.apps import AppConfig


class UpstreamConfig(AppConfig):
    """What the department reports to the Ministry's store, and what the store answered."""

    name = "hocba_server.city.upstream"
    label = "city_upstream"
    verbose_name = "báo cáo về kho của Bộ"
    default_auto_field = "django.db.models.BigAutoField"
