from __future__ import annotations

from django.apps import AppConfig


class RepositoryConfig(AppConfig):
    """Issued records, exactly as they were signed, kept for life."""

    name = "hocba_server.city.repository"
    label = "city_repository"
    verbose_name = "kho học bạ"
    default_auto_field = "django.db.models.BigAutoField"
