from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class AccessConfig(AppConfig):
    """Who may reach what: people and their roles, the database's own guards, what was read."""

    name = "hocba_server.city.access"
    label = "city_access"
    verbose_name = "quyền truy cập"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """After each `migrate` of the city's database its rights and policies are brought up."""
        post_migrate.connect(_after_migrate, sender=self)


def _after_migrate(*, using: str, **_named: Any) -> None:
    from hocba_server.city.access.rights import bring_up
    from hocba_server.config.database import GUARDED

    connection: Any = connections[using]
    if using == GUARDED and connection.as_owner:  # not after a test emptied its tables
        bring_up(connection)
        connection.step_down()
