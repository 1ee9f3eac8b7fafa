"""A process that writes the log and is killed at a step: `killed_writer DATABASE FOLDER STEP WHEN`.

Run by `test_kill.py`, never imported.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any


def main() -> None:
    """Append three entries, publish; die before or after the step that was asked for."""
    database, folder, step, when = sys.argv[1:5]
    import django

    django.setup()
    from django.conf import settings
    from django.db import connections

    connections["city"].settings_dict["NAME"] = database
    settings.LOG_DIR = Path(folder)
    settings.LOG_KEY_FILE = Path(settings.VAR_DIR) / "test-log-key.pem"

    from hocba_server.city.database import city_transaction
    from hocba_server.city.tests.cast import SENT
    from hocba_server.city.transparency import publication, services
    from hocba_server.city.transparency.tests.entries import some_entries

    for module in (services, publication):
        if hasattr(module, step):
            setattr(module, step, dying(getattr(module, step), when))
    entries = some_entries(3)
    with city_transaction():
        services.append_entries(entries, at=SENT)
        if step == "commit" and when == "before":
            die()
    if step == "commit":
        die()
    publication.publish_log()
    print("alive", flush=True)  # noqa: T201 - the test reads it


def dying(work: Callable[..., Any], when: str) -> Callable[..., Any]:
    """The same step, with a kill -9 before or after it."""

    def step(*arguments: Any, **named: Any) -> Any:
        if when == "before":
            die()
        result = work(*arguments, **named)
        die()
        return result

    return step


def die() -> None:
    """kill -9: no handler, no rollback, no flush."""
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
