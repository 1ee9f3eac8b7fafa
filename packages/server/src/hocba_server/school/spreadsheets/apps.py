from __future__ import annotations

from django.apps import AppConfig


class SpreadsheetsConfig(AppConfig):
    """Spreadsheets that schools have: preview, faults by cell, save."""

    name = "hocba_server.school.spreadsheets"
    label = "school_spreadsheets"
    verbose_name = "bảng tính"
    default_auto_field = "django.db.models.BigAutoField"
