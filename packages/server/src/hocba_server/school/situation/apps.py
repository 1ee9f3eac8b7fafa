from __future__ import annotations

from django.apps import AppConfig


class SituationConfig(AppConfig):
    """The word of the school to the department above it."""

    name = "hocba_server.school.situation"
    label = "school_situation"
    verbose_name = "báo cáo tình hình"
    default_auto_field = "django.db.models.BigAutoField"
