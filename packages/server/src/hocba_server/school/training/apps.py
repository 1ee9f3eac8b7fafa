from __future__ import annotations

from django.apps import AppConfig


class TrainingConfig(AppConfig):
    """A school to practise in; nothing made in it has any value."""

    name = "hocba_server.school.training"
    label = "school_training"
    verbose_name = "tập huấn"
    default_auto_field = "django.db.models.BigAutoField"
