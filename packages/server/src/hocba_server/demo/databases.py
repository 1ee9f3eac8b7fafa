"""The databases of the demo: started, migrated, ready."""

from __future__ import annotations

from django.conf import settings
from django.core.management import call_command

from hocba_server.config.acting import PLATFORM, act_from_here
from hocba_server.config.database import ensure_server


def ready() -> None:
    """Start the embedded server when there is no other, and bring every table up to date."""
    if settings.DATABASES["default"]["ENGINE"].startswith("hocba_server"):
        ensure_server()
    for alias in settings.DATABASES:
        call_command("migrate", database=alias, verbosity=0, interactive=False)
    act_from_here(PLATFORM)  # this program furnishes the invented city
