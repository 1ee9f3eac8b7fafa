from __future__ import annotations

from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    """Year-end results as teachers enter them."""

    name = "hocba_server.school.assessments"
    label = "school_assessments"
    verbose_name = "kết quả đánh giá"
    default_auto_field = "django.db.models.BigAutoField"
