from __future__ import annotations

from django.apps import AppConfig


class DesignConfig(AppConfig):
    """Templates, styles and the living page of components."""

    name = "hocba_server.web.design"
    label = "web_design"
    verbose_name = "giao diện"
