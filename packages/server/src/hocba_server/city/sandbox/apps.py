from __future__ import annotations

from django.apps import AppConfig


class SandboxConfig(AppConfig):
    """Where vendors try their software: invented units, tables of its own, no value."""

    name = "hocba_server.city.sandbox"
    label = "city_sandbox"
    verbose_name = "nơi thử nghiệm"
    default_auto_field = "django.db.models.BigAutoField"
