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
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from whole_school import peak_megabytes

from hocba_server.synth.running import RunningCity, running_city

if TYPE_CHECKING:
    from hocba.packet.transactions import PackageRequest

SCHOOLS = 4
WORKERS = 2
PUPILS = 1000
"""Pupils of a school before those of the next round."""
PATIENCE_SECONDS = 3600


def main() -> None:
    """Fill, take in, measure; print what was found."""
    parser = argparse.ArgumentParser(prog="ingest.py")
    parser.add_argument("--stored", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--records", type=int, default=1800, help="taken in at each level")
    arguments = parser.parse_args()
    with running_city(schools=SCHOOLS, workers=WORKERS, prefix="hocba-bench-ingest-") as city:
        _round(city, 0, 0, SCHOOLS * 45)  # not counted: every program has been used once
        found = [
            _round(city, level, number, arguments.records)
            for number, level in enumerate(arguments.stored, start=1)
        ]
    print(json.dumps(found))


def _round(city: RunningCity, level: int, number: int, records: int) -> dict[str, Any]:
    from hocba_server.city.repository.models import StoredRecord
    from hocba_server.synth.filler import fill_repository, settle
    from hocba_server.synth.packages import class_packages

    stored = StoredRecord.objects.count()
    if level > stored:
        fill_repository(level - stored, first=number * 10_000_000, logged=True)
        settle()
    each = records // len(city.schools)
    packages = [
        request
        for school in city.schools
        for _, request in class_packages(school, each, first=number * PUPILS)
    ]
    began = time.perf_counter()
    for package in packages:
        answer = city.send(package)
        if answer["Error"] != "0":
            raise RuntimeError(answer)
    posted = time.perf_counter() - began
    _wait(packages)
    seconds = time.perf_counter() - began
    _all_accepted(packages)
    total = each * len(city.schools)
    return {
        "stored_before": level,
        "records": total,
        "content_bytes": sum(len(package.content) for package in packages),
        "acknowledged_seconds": posted,
        "seconds": seconds,
        "per_second": total / seconds,
        "peak_megabytes": max(map(peak_megabytes, city.processes("worker"))),
    }


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
