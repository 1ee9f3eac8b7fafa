"""kill -9 at every step of the log, then go on; and two workers at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from hocba.tlog.checkpoint import open_checkpoint
from hocba.tlog.merkle import HashTree, leaf_hash
from hocba.tlog.monitor import Watched, look
from hocba.tlog.trust_policy import KnownLog, LogPolicy
from hocba_server.city.log_key import log_key, log_origin
from hocba_server.city.tests.cast import SENT
from hocba_server.city.transparency.models import LogEntryRow, SignedCheckpoint
from hocba_server.city.transparency.publication import publish_log, published_head
from hocba_server.city.transparency.services import append_entries, start_log
from hocba_server.city.transparency.tests import killed_writer
from hocba_server.city.transparency.tests.entries import some_entries
from hocba_server.city.transparency.tests.test_publish import HOUR
from hocba_server.config.places import REPOSITORY

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "city"])

BEFORE_COMMIT = [
    ("lock_log", "before"),
    ("lock_log", "after"),
    ("_stage", "after"),
    ("append_hashes", "after"),
    ("_sign", "after"),
    ("_announce", "after"),
    ("commit", "before"),
]
AFTER_COMMIT = [
    ("commit", "after"),
    ("_write_tile", "before"),
    ("_write_tile", "after"),
    ("_clean", "before"),
    ("_clean", "after"),
]


def write_until_killed(folder: Path, step: str, when: str) -> None:
    name = str(connections["city"].settings_dict["NAME"])
    done = subprocess.run(
        [sys.executable, killed_writer.__file__, name, str(folder), step, when],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "hocba_server.config.testing"},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stdout + done.stderr


def whole(folder: Path) -> int:
    """Entries, tiles, every head ever signed and the files agree; answers the size."""
    key = log_key().public_key()
    rows = LogEntryRow.objects.order_by("index").values_list("index", "entry")
    assert [index for index, _ in rows] == list(range(len(rows)))
    tree = HashTree(leaf_hash(bytes(entry)) for _, entry in rows)
    for head in SignedCheckpoint.objects.all():
        opened = open_checkpoint(bytes(head.note), [key])
        assert opened.root == tree.root(opened.size), "no head was ever signed over something else"
    policy = LogPolicy((KnownLog(log_origin(), key),))
    seen = look(
        None, lambda path: (folder / path).read_bytes(), Watched(policy, HOUR), SENT + HOUR / 2
    )
    assert seen.findings == ()
    assert seen.head is not None
    return seen.head.size


@pytest.mark.parametrize(("step", "when"), [*BEFORE_COMMIT, *AFTER_COMMIT])
def test_after_a_kill_the_log_goes_on(settings: Any, step: str, when: str) -> None:
    folder = Path(settings.LOG_DIR)
    start_log(at=SENT)
    append_entries(some_entries(2, "first"), at=SENT)
    publish_log()
    write_until_killed(folder, step, when)
    kept = 2 if (step, when) in BEFORE_COMMIT else 5
    assert LogEntryRow.objects.count() == kept, "all or nothing, and nothing is lost after commit"
    head = published_head()
    assert head is not None
    published = (step, when) in {("_clean", "before"), ("_clean", "after")}
    assert head.size == (5 if published else 2)
    publish_log()
    assert whole(folder) == kept
    append_entries(some_entries(4, "later"), at=SENT)
    publish_log()
    assert whole(folder) == kept + 4


def test_two_workers_at_once_take_turns(settings: Any) -> None:
    start_log(at=SENT)
    faults: list[BaseException] = []

    def work(name: str) -> None:
        try:
            for turn in range(6):
                append_entries(some_entries(20, f"{name} {turn}"), at=SENT)
                publish_log()
        except BaseException as fault:  # noqa: BLE001 - whatever it is, the test has to see it
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert faults == []
    publish_log()
    assert whole(Path(settings.LOG_DIR)) == 360
    assert LogEntryRow.objects.count() == 360
