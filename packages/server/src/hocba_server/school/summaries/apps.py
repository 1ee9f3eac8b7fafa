from __future__ import annotations

from django.apps import AppConfig


class SchoolSummariesConfig(AppConfig):
    """Bảng tổng hợp of a class: on screen, as Excel and as PDF."""

    name = "hocba_server.school.summaries"
    label = "school_summaries"
    verbose_name = "Bảng tổng hợp của lớp"
