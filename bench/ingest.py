"""How fast packages are taken in for good, and whether that stays level as the repository grows.

Real packages over HTTP: classes of 45 records with nine RSA-2048 signatures each, posted to the web
server, checked by workers (schema, rules, signatures, chains, revocation, seal), kept, logged. The
clock runs from the first post until every record has its answer. Before each round the repository
is filled up with generated rows. Everything runs on this machine: PostgreSQL, web server, workers,
certificate services. Run by bench.py as a program of its own. Prints JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whole_school import peak_megabytes

from hocba_server.demo.processes import Supervisor, free_port, own_environment, wait_for_port

if TYPE_CHECKING:
    from hocba.packet.transactions import PackageRequest
    from hocba_server.synth.school import SynthSchool

SCHOOLS = 4
WORKERS = 2
PATIENCE_SECONDS = 3600


def main() -> None:
    """Fill, take in, measure; print what was found."""
    parser = argparse.ArgumentParser(prog="ingest.py")
    parser.add_argument("--stored", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--records", type=int, default=1800, help="taken in at each level")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="hocba-bench-ingest-"))
    folder.chmod(0o755)  # PostgreSQL runs as a user of its own and has to pass
    web, certificates = free_port(), free_port()
    os.environ.update(
        HOCBA_MODE="demo",
        HOCBA_VAR=str(folder),
        HOCBA_TRUST_DIR=str(folder / "trust"),
        HOCBA_PUBLIC_URL=f"http://127.0.0.1:{web}",
        DJANGO_SETTINGS_MODULE="hocba_server.config.settings",
    )
    import django

    django.setup()
    from hocba_server.config.database import stop_server
    from hocba_server.demo import databases

    supervisor = Supervisor(own_environment(), folder / "log")
    try:
        databases.ready()
        schools = _schools(folder, certificates)
        workers = _start(supervisor, folder, web, certificates)
        _open(schools)
        found = [
            _round(level, number, arguments.records, schools, web, workers)
            for number, level in enumerate(arguments.stored)
        ]
        print(json.dumps(found))
    finally:
        supervisor.stop()
        from django.db import connections

        connections.close_all()
        stop_server(folder / "pg")
        shutil.rmtree(folder, ignore_errors=True)


def _schools(folder: Path, port: int) -> list[SynthSchool]:
    from hocba_certworld.world import CertWorld
    from hocba_server.synth.packages import MADE
    from hocba_server.synth.school import SynthSchool

    world = CertWorld.create(folder / "world", MADE, base_url=f"http://127.0.0.1:{port}")
    trust = folder / "trust"
    trust.mkdir()
    (trust / "root.pem").write_bytes(world.roots_pem())
    for name, pem in world.issuers_pem():
        (trust / f"{name}.pem").write_bytes(pem)
    return [SynthSchool.found(world, order) for order in range(1, SCHOOLS + 1)]


def _start(supervisor: Supervisor, folder: Path, web: int, certificates: int) -> list[int]:
    """Start every program; answers the process numbers of the workers."""
    world = str(folder / "world")
    supervisor.start(
        "certificates", "-m", "hocba_certworld.service", world, "--port", str(certificates)
    )
    for number in range(WORKERS):
        supervisor.start(f"worker-city-{number}", "-m", "hocba_server.demo.worker", "city")
    server = ("--interface", "wsgi", "--host", "127.0.0.1", "--port", str(web), "--workers", "1")
    supervisor.start("web", "-m", "granian", *server, "hocba_server.config.wsgi:application")
    wait_for_port(certificates)
    wait_for_port(web)
    return [
        each.process.pid
        for each in supervisor.programs
        if each.process is not None and each.name.startswith("worker")
    ]


def _open(schools: Sequence[SynthSchool]) -> None:
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
    start_log(at=at)
    for school in schools:
        register_unit(
            by=by,
            at=at,
            code=school.unit_code,
            name=school.name,
            ownership="public",
            ward_code="26740",
            ward_name="Phường Sài Gòn",
        )
        open_account(by=by, at=at, unit_code=school.unit_code)
        answer_request(registration(school).to_json(), at=at)
    for row in CertificateRegistration.objects.all():
        approve(by=by, at=at, registration_id=row.pk)


def _round(
    level: int,
    number: int,
    records: int,
    schools: Sequence[SynthSchool],
    web: int,
    workers: Sequence[int],
) -> dict[str, Any]:
    from hocba_server.city.repository.models import StoredRecord
    from hocba_server.synth.filler import fill_repository
    from hocba_server.synth.packages import class_packages

    stored = StoredRecord.objects.count()
    if level > stored:
        fill_repository(level - stored, first=number * 10_000_000, logged=True)
        _settle()
    each = records // len(schools)
    packages = [
        request
        for school in schools
        for _, request in class_packages(school, each, first=number * each)
    ]
    bodies = [json.dumps(request.to_json()).encode() for request in packages]
    began = time.perf_counter()
    for body in bodies:
        _post(web, body)
    posted = time.perf_counter() - began
    _wait(packages)
    seconds = time.perf_counter() - began
    _all_accepted(packages)
    total = each * len(schools)
    return {
        "stored_before": level,
        "records": total,
        "bytes": sum(map(len, bodies)),
        "acknowledged_seconds": posted,
        "seconds": seconds,
        "per_second": total / seconds,
        "peak_megabytes": max(map(peak_megabytes, workers)),
    }


def _settle() -> None:
    """What a running server does in the background, done before the clock runs."""
    from django.db import connections

    with connections["city"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


def _post(web: int, body: bytes) -> None:
    request = urllib.request.Request(
        f"http://127.0.0.1:{web}/api/v1/giao-dich",
        data=body,
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as response:  # noqa: S310
        answer = json.load(response)
    if answer["Error"] != "0":
        raise RuntimeError(answer)


def _wait(packages: Sequence[PackageRequest]) -> None:
    from hocba_server.city.gateway.models import IncomingPackage, PackageState

    ids = [str(package.message_id) for package in packages]
    end = time.monotonic() + PATIENCE_SECONDS
    waiting = IncomingPackage.objects.filter(message_id__in=ids, state=PackageState.RECEIVED)
    while waiting.exists():
        if time.monotonic() > end:
            raise TimeoutError("packages wait for ever")
        time.sleep(0.1)


def _all_accepted(packages: Sequence[PackageRequest]) -> None:
    from hocba_server.city.gateway.models import RecordOutcome

    refused = RecordOutcome.objects.filter(
        package__message_id__in=[str(package.message_id) for package in packages], accepted=False
    ).first()
    if refused is not None:
        raise RuntimeError(f"{refused.code} {refused.field_title} {refused.sentence}")


if __name__ == "__main__":
    main()
