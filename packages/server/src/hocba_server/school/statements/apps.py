from __future__ import annotations

from django.apps import AppConfig


class SchoolStatementsConfig(AppConfig):
    """Papers that the head signs and the clerk seals: data sheets, results to date."""

    name = "hocba_server.school.statements"
    label = "school_statements"
    verbose_name = "Giấy tờ ký số"
