from __future__ import annotations

from django.apps import AppConfig


class StaffingConfig(AppConfig):
    """Staff of a school: people, assignments signed by the head, accounts, campuses."""

    name = "hocba_server.school.staffing"
    label = "school_staffing"
    verbose_name = "nhân sự và phân quyền"
    default_auto_field = "django.db.models.BigAutoField"
