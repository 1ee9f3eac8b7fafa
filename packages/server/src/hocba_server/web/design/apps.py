from __future__ import annotations

from django.apps import AppConfig

from hocba_server.web.design.logs import speak_plainly


class DesignConfig(AppConfig):
    """Templates, styles and the living page of components; also how failures are written down."""

    name = "hocba_server.web.design"
    label = "web_design"
    verbose_name = "giao diện"

    def ready(self) -> None:
        """Every process of the platform logs without the words of exceptions."""
        speak_plainly()
