"""A department that runs for a trial: database, certificate services, workers and web server.

All on this machine, in a folder of its own that is gone afterwards. For benches and trials of what
happens when parts of it die; `python -m hocba_server.demo` is for people.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hocba.errors import Unavailable
from hocba.packet.transactions import PackageRequest
from hocba_certworld.world import CertWorld
from hocba_server.config.places import build_dir
from hocba_server.demo.processes import Supervisor, free_port, own_environment, wait_for_port
from hocba_server.synth.school import SynthSchool

GATEWAY = "/api/v1/giao-dich"
WARD = "26740"


@dataclass(frozen=True, slots=True)
class RunningCity:
    """The department, and the schools whose seals it has approved."""

    folder: Path
    web: int
    """Port of the web server on loopback."""
    schools: tuple[SynthSchool, ...]
    supervisor: Supervisor

    def processes(self, name: str) -> list[int]:
        """Process numbers of the programs whose name begins so: `web`, `worker`, `certificates`."""
        return [
            each.process.pid
            for each in self.supervisor.programs
            if each.process is not None and each.name.startswith(name)
        ]

    def send(self, request: PackageRequest, *, seconds: float = 60) -> dict[str, Any]:
        """Post one transaction; answers the gateway's answer. Raises OSError when nobody does."""
        posted = urllib.request.Request(
            f"http://127.0.0.1:{self.web}{GATEWAY}",
            data=json.dumps(request.to_json()).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(posted, timeout=seconds) as response:  # noqa: S310
            answer: dict[str, Any] = json.load(response)
        return answer


@contextmanager
def running_city(*, schools: int, workers: int = 2, prefix: str) -> Iterator[RunningCity]:
    """Start a department with `schools` approved schools; Django is set up for it in this process.

    A process can do this once, because Django's settings are read once.
    """
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    folder.chmod(0o755)  # PostgreSQL runs as a user of its own and has to pass
    web, certificates = free_port(), free_port()
    os.environ.update(
        HOCBA_MODE="demo",
        HOCBA_VAR=str(folder),
        HOCBA_BUILD=str(build_dir()),
        HOCBA_DATABASE_ROLE="worker",
        HOCBA_TRUST_DIR=str(folder / "trust"),
        HOCBA_PUBLIC_URL=f"http://127.0.0.1:{web}",
        DJANGO_SETTINGS_MODULE="hocba_server.config.settings",
    )
    import django

    django.setup()
    from hocba_server.config.database import stop_server
    from hocba_server.demo import databases

    supervisor = Supervisor(own_environment(HOCBA_DATABASE_ROLE="web"), folder / "log")
    try:
        databases.ready()
        founded = tuple(found_schools(folder, certificates, schools))
        _start(supervisor, folder, web, certificates, workers)
        approve_schools(founded)
        yield RunningCity(folder, web, founded, supervisor)
    finally:
        supervisor.stop()
        from django.db import connections

        connections.close_all()
        stop_server(folder / "pg")
        shutil.rmtree(folder, ignore_errors=True)


def found_schools(folder: Path, port: int, count: int) -> Iterator[SynthSchool]:
    """Make a certificate world in the folder, trusted from `trust/`, and schools of it.

    `port` is where its services will answer on loopback.
    """
    from hocba_server.synth.packages import MADE

    world = CertWorld.create(folder / "world", MADE, base_url=f"http://127.0.0.1:{port}")
    trust = folder / "trust"
    trust.mkdir()
    (trust / "root.pem").write_bytes(world.roots_pem())
    for name, pem in world.issuers_pem():
        (trust / f"{name}.pem").write_bytes(pem)
    for order in range(1, count + 1):
        yield SynthSchool.found(world, order)


def _start(supervisor: Supervisor, folder: Path, web: int, certificates: int, workers: int) -> None:
    world = str(folder / "world")
    service = ("-m", "hocba_certworld.service", world, "--port", str(certificates))
    supervisor.start("certificates", *service)
    for number in range(workers):
        supervisor.start(f"worker-{number}", "-m", "hocba_server.demo.worker", "city")
    server = ("--interface", "wsgi", "--host", "127.0.0.1", "--port", str(web), "--workers", "1")
    supervisor.start("web", "-m", "granian", *server, "hocba_server.config.wsgi:application")
    wait_for_port(certificates)
    wait_for_port(web)


def approve_schools(schools: Sequence[SynthSchool]) -> None:
    """The department enters the schools and approves their seals."""
    from hocba_server.adapters.clock import SystemClock
    from hocba_server.city.certificates.models import CertificateRegistration
    from hocba_server.city.certificates.services import approve, register_unit
    from hocba_server.city.gateway.services import answer_request, open_account
    from hocba_server.city.transparency.services import start_log
    from hocba_server.synth.packages import registration
    from hocba_server.web.accounts.actor import Actor

    at = SystemClock().now()
    by = Actor(1, "Sở Mẫu", "000080000090", "79", ("SO_DUYET", "SO_QT"), "city")
    ward = Actor(2, "Phường Mẫu", "000080000091", WARD, ("XA_VHXH",), "city")
    start_log(at=at)
    for school in schools:
        register_unit(
            by=by,
            at=at,
            code=school.unit_code,
            name=school.name,
            ownership="public",
            ward_code=WARD,
            ward_name="Phường Sài Gòn",
        )
        open_account(by=by, at=at, unit_code=school.unit_code)
        answer = answer_request(registration(school).to_json(), at=at)
        if answer["error"] != "0":
            raise Unavailable("registration", str(answer), str(answer))
    for row in CertificateRegistration.objects.all():
        approve(by=ward, at=at, registration_id=row.pk)
