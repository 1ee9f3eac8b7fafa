"""Ingest under fire, as a program: `fire SEED`. Run by test_kill_during_ingest.py, never imported.

Schools send packages until each is acknowledged; meanwhile web server, workers and PostgreSQL are
killed with SIGKILL at random moments and started again. At the end the repository and the log are
compared with what was acknowledged. Prints JSON.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

from hocba.packet.transactions import PackageRequest
from hocba_server.synth.running import RunningCity, running_city

PACKAGES, RECORDS = 8, 5
PATIENCE = 120.0
TARGETS = ("worker", "postgres", "web", "backend", "worker", "postgres")
"""What is killed, in an order that the seed shuffles. `backend` is one connection's process."""


def main() -> None:
    """Send, kill, wait, compare."""
    draw = random.Random(int(sys.argv[1]))  # noqa: S311 - when to kill is no secret
    with running_city(schools=1, workers=2, prefix="hocba-fire-") as city:
        packages = _packages(city)
        sent = threading.Thread(target=_send_all, args=(city, packages))
        sent.start()
        killed = _kill(city, draw, sent)
        sent.join()
        _wait_for_results(city, packages)
        sys.stdout.write(json.dumps({"killed": killed, **_found(city, packages)}) + "\n")


def _packages(city: RunningCity) -> list[PackageRequest]:
    from hocba_server.synth.packages import submission

    (school,) = city.schools
    documents = [one for group in school.classes(PACKAGES * RECORDS) for one in group]
    return [
        submission(school, documents[begin : begin + RECORDS], f"fire-{begin}")
        for begin in range(0, len(documents), RECORDS)
    ]


def _send_all(city: RunningCity, packages: list[PackageRequest]) -> None:
    """As a school's software does: the same message again until somebody answers for it."""
    for package in packages:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            with suppress(OSError, ValueError):
                if city.send(package, seconds=10)["Error"] == "0":
                    break
            time.sleep(0.2)
        time.sleep(0.3)


def _kill(city: RunningCity, draw: random.Random, sending: threading.Thread) -> list[str]:
    killed = []
    for target in draw.sample(TARGETS, len(TARGETS)):
        time.sleep(draw.uniform(0.3, 2.5))
        for process in _processes(city, target, draw):
            with suppress(ProcessLookupError):
                # The web server's own children would go on without it: all of them at once.
                (os.killpg if target == "web" else os.kill)(process, signal.SIGKILL)
                killed.append(target)
        if target == "postgres":
            _start_again(city.folder)
        city.supervisor.revive()
    return killed


def _processes(city: RunningCity, target: str, draw: random.Random) -> list[int]:
    postmaster = int((city.folder / "pg" / "postmaster.pid").read_text("ascii").split()[0])
    if target == "postgres":
        return [postmaster]
    if target == "backend":
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        backends = [int(one) for one in children if b"hocba_city" in _command(one)]
        return [draw.choice(backends)] if backends else []
    return [draw.choice(city.processes(target))]


def _command(process: str) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return b""


def _start_again(folder: Path) -> None:
    """What an operator's system does when PostgreSQL is gone: start it on the same folder."""
    program = "from hocba_server.config.database import ensure_server; ensure_server()"
    for _ in range(20):
        done = subprocess.run(
            [sys.executable, "-c", program], check=False, capture_output=True, timeout=120
        )
        if done.returncode == 0:
            return
        time.sleep(0.5)
    raise RuntimeError(done.stderr.decode())


def _wait_for_results(city: RunningCity, packages: list[PackageRequest]) -> None:
    from django.db import DatabaseError, connections

    from hocba_server.city.gateway.models import IncomingPackage, PackageState

    ids = [package.message_id for package in packages]
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        city.supervisor.revive()
        try:
            processed = IncomingPackage.objects.filter(
                message_id__in=ids, state=PackageState.PROCESSED
            ).count()
        except DatabaseError:
            connections.close_all()
            processed = 0
        if processed == len(packages):
            return
        time.sleep(0.5)
    logs = "".join(
        f"== {file.name}\n{file.read_text('utf-8', 'replace')[-1500:]}\n"
        for file in (city.folder / "log").iterdir()
    )
    raise TimeoutError(f"packages wait for ever\n{logs}")


def _found(city: RunningCity, packages: list[PackageRequest]) -> dict[str, object]:
    from hocba_server.city.gateway.models import IncomingPackage, RecordOutcome
    from hocba_server.city.repository.models import RecordInForce, StoredRecord
    from hocba_server.city.transparency.models import LogEntryRow

    fsck = subprocess.run(
        [sys.executable, "-m", "hocba_server.city.inspection"],
        check=False,
        capture_output=True,
        text=True,
    )
    return {
        "acknowledged": len(packages),
        "packages": IncomingPackage.objects.count(),
        "accepted": RecordOutcome.objects.filter(accepted=True).count(),
        "refused": RecordOutcome.objects.filter(accepted=False).count(),
        "stored": StoredRecord.objects.count(),
        "in_force": RecordInForce.objects.count(),
        "logged": LogEntryRow.objects.count(),
        "fsck": fsck.returncode,
        "report": fsck.stdout[-2000:] + fsck.stderr[-500:],
    }


if __name__ == "__main__":
    main()
