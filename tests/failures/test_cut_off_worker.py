"""Of two workers on machines of their own one is cut off: the other finishes its work."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("cut_off.py")
RECORDS = 2 * 2 * 30
AT_LEAST_SECONDS = 14
"""A dead worker is known after 20 seconds without a heartbeat, a cut line after 25."""


@pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("ip") is None, reason="network namespaces need root and ip"
)
@pytest.mark.timeout(600)
def test_the_other_worker_finishes_and_nothing_is_doubled() -> None:
    done = subprocess.run(
        [sys.executable, str(PROGRAM)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
    found = json.loads(done.stdout.strip().rpartition("\n")[2])
    counts = ("accepted", "outcomes", "stored", "in_force", "logged")
    assert {name: found[name] for name in counts} == dict.fromkeys(counts, RECORDS)
    assert found["holder"] == "holding"
    taken_over, lock_given_up = found["seconds"]
    assert taken_over >= AT_LEAST_SECONDS, "A must have had the package in hand"
    assert lock_given_up >= AT_LEAST_SECONDS, "the lock must have been held"
