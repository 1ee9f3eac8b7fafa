from __future__ import annotations

from django.apps import AppConfig


class SchoolReviewingConfig(AppConfig):
    """Boards and proofreading: where the year's records stand and who is next."""

    name = "hocba_server.school.reviewing"
    label = "school_reviewing"
    verbose_name = "Tiến độ và đọc soát"
