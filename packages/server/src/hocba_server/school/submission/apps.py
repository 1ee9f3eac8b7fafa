from __future__ import annotations

from django.apps import AppConfig


class SubmissionConfig(AppConfig):
    """Packages to the city and the answers per record."""

    name = "hocba_server.school.submission"
    label = "school_submission"
    verbose_name = "nộp về Sở"
    default_auto_field = "django.db.models.BigAutoField"
