from __future__ import annotations

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The REST API for other software: the Ministry's transactions as HTTP has them today."""

    name = "hocba_server.city.api"
    label = "city_api"
    verbose_name = "giao diện lập trình"
    default_auto_field = "django.db.models.BigAutoField"
