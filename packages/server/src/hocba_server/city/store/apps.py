from __future__ import annotations

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """The city house in the role of the Ministry's store: what departments send beside records."""

    name = "hocba_server.city.store"
    label = "city_store"
    verbose_name = "kho của Bộ"
    default_auto_field = "django.db.models.BigAutoField"
