"""A process that reports to a store and is killed at a step: `killed_sender DATABASE FOLDER STEP`.

The store is a folder: each message is a file named by its number and how often it came. Run by
`test_kill.py`, never imported.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any


def main() -> None:
    """Find, sign, send and ask; die after the step that was asked for."""
    database, folder, step, key_file, password = sys.argv[1:6]
    import django

    django.setup()
    from django.conf import settings
    from django.db import connections

    connections["city"].settings_dict["NAME"] = database
    settings.UPSTREAM_URL = settings.UPSTREAM_EXTRA_URL = "https://kho.example/"

    from hocba_certworld.softkey import SoftKey
    from hocba_server.city.tests.cast import FixedClock
    from hocba_server.city.upstream import dispatch, messages, sending
    from hocba_server.city.upstream.models import Kind, Message
    from hocba_server.city.upstream.services import work
    from hocba_server.config.acting import PLATFORM, act_from_here
    from hocba_server.web.audit.services import record_event

    act_from_here(PLATFORM)
    key = SoftKey.from_pkcs12(Path(key_file).read_bytes(), password.encode())
    messages.own_key = lambda: key
    if step == "signed":  # inside the transaction that keeps the message
        vars(dispatch)["record_event"] = dying(record_event)
    work(clock=FixedClock())
    if step == "kept":
        die()
    client = FolderStore(Path(folder), dies=step == "sent")
    message = Message.objects.get(kind=Kind.SUBMIT)
    if step == "written":  # the answer is written, not committed
        sending._audit = dying(sending._audit)
    sending.send_message(message.pk, clock=FixedClock(), client=client)
    if step == "acknowledged":
        die()
    print("alive", flush=True)  # noqa: T201 - the test reads it


class FolderStore:
    """Keeps every message that comes, then answers or takes the sender with it."""

    def __init__(self, folder: Path, *, dies: bool) -> None:
        self._folder, self._dies = folder, dies

    def send(self, request: dict[str, Any]) -> dict[str, Any]:
        number = request["authenticationRequest"]["messageid"]
        times = len(list(self._folder.glob(f"{number}.*")))
        (self._folder / f"{number}.{times}").write_text(json.dumps(request), "utf-8")
        if self._dies:
            die()
        from hocba.packet.answers import PackageAnswer

        return PackageAnswer(number).to_json()

    def send_extra(self, request: dict[str, Any]) -> dict[str, Any]:
        raise AssertionError(f"nothing of this kind waits: {request}")


def dying(work: Callable[..., Any]) -> Callable[..., Any]:
    """The same step, with a kill -9 after it."""

    def step(*arguments: Any, **named: Any) -> Any:
        work(*arguments, **named)
        die()

    return step


def die() -> None:
    """kill -9: no handler, no rollback, no flush."""
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
