from __future__ import annotations

from django.apps import AppConfig


class PapersConfig(AppConfig):
    """Prints, certified copies and the register of papers issued."""

    name = "hocba_server.school.papers"
    label = "school_papers"
    verbose_name = "bản in, bản sao"
    default_auto_field = "django.db.models.BigAutoField"
