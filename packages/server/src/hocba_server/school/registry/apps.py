from __future__ import annotations

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """Schools, staff, classes, pupils and who is in which class."""

    name = "hocba_server.school.registry"
    label = "school_registry"
    verbose_name = "hồ sơ nhà trường"
    default_auto_field = "django.db.models.BigAutoField"
