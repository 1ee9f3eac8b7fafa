from __future__ import annotations

from django.apps import AppConfig


class RegulationConfig(AppConfig):
    """The school's internal regulation on digital records, as an editable document."""

    name = "hocba_server.school.regulation"
    label = "school_regulation"
    verbose_name = "quy chế nội bộ"
    default_auto_field = "django.db.models.BigAutoField"
