"""Kill -9 of web server, workers and PostgreSQL during ingest (invariant 4).

Nothing acknowledged is lost, nothing is doubled, repository and log verify from the bytes.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

FIRE = Path(__file__).with_name("fire.py")
PACKAGES, RECORDS = 8, 5


@pytest.mark.timeout(600)
def test_nothing_acknowledged_is_lost_or_doubled() -> None:
    seed = int(os.environ.get("HOCBA_FIRE_SEED") or secrets.randbelow(10_000))
    done = subprocess.run(
        [sys.executable, str(FIRE), str(seed)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"HOCBA_FIRE_SEED={seed}\n{done.stderr[-3000:]}"
    found = json.loads(done.stdout.strip().rpartition("\n")[2])
    assert len(found["killed"]) >= 5, found
    expected = PACKAGES * RECORDS
    counted = {name: found[name] for name in ("accepted", "stored", "in_force", "logged")}
    assert counted == dict.fromkeys(counted, expected), f"HOCBA_FIRE_SEED={seed} {found}"
    assert (found["packages"], found["refused"]) == (PACKAGES, 0), f"HOCBA_FIRE_SEED={seed} {found}"
    assert found["fsck"] == 0, f"HOCBA_FIRE_SEED={seed} {found['report']}"
