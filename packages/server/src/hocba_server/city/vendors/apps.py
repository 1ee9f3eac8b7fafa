from __future__ import annotations

from django.apps import AppConfig


class VendorsConfig(AppConfig):
    """Who speaks to the gateway: vendors, their switches, keys and tokens."""

    name = "hocba_server.city.vendors"
    label = "city_vendors"
    verbose_name = "nhà cung cấp phần mềm"
    default_auto_field = "django.db.models.BigAutoField"
