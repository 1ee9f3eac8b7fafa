from __future__ import annotations

from django.apps import AppConfig


class ArchivingConfig(AppConfig):
    """Archive time-stamps: what is kept stays provable when certificates and algorithms age."""

    name = "hocba_server.city.archiving"
    label = "city_archiving"
    verbose_name = "lưu trữ lâu dài"
    default_auto_field = "django.db.models.BigAutoField"
