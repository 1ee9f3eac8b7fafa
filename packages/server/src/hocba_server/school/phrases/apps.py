from __future__ import annotations

from django.apps import AppConfig


class PhrasesConfig(AppConfig):
    """The comment bank: phrases of teachers and of the school, found by a few letters."""

    name = "hocba_server.school.phrases"
    label = "school_phrases"
    verbose_name = "mẫu nhận xét"
    default_auto_field = "django.db.models.BigAutoField"
