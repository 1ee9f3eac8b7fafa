from __future__ import annotations

from django.apps import AppConfig


class GatewayConfig(AppConfig):
    """The Ministry's transactions: packages come in, results are asked for."""

    name = "hocba_server.city.gateway"
    label = "city_gateway"
    verbose_name = "cổng tiếp nhận"
    default_auto_field = "django.db.models.BigAutoField"
