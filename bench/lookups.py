"""How long looking up takes when ten million records are stored.

Three questions, as an officer or other software asks them: a record by its number with its status,
all years of a pupil by the personal number, and a class of a school. They are asked at a steady 200
a second, by threads with a connection each, at times fixed beforehand: a slow answer makes the next
ones late and counts for them too. Rows are generated (`hocba_server.synth.filler`). Run by bench.py
as a program of its own. Prints JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

RATE = 200
THREADS = 8


def main() -> None:
    """Fill, ask, print percentiles."""
    parser = argparse.ArgumentParser(prog="lookups.py")
    parser.add_argument("--stored", type=int, default=10_000_000)
    parser.add_argument("--seconds", type=float, default=30, help="for each question")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="hocba-bench-lookups-"))
    folder.chmod(0o755)  # PostgreSQL runs as a user of its own and has to pass
    os.environ.update(
        HOCBA_MODE="demo",
        HOCBA_VAR=str(folder),
        DJANGO_SETTINGS_MODULE="hocba_server.config.settings",
    )
    import django

    django.setup()
    from hocba_server.config.database import stop_server
    from hocba_server.demo import databases

    try:
        databases.ready()
        began = time.perf_counter()
        _fill(arguments.stored)
        filled = time.perf_counter() - began
        asked = {
            name: _ask(question, arguments.seconds)
            for name, question in _questions(arguments.stored).items()
        }
        print(json.dumps({"stored": arguments.stored, "fill_seconds": filled, "asked": asked}))
    finally:
        from django.db import connections

        connections.close_all()
        stop_server(folder / "pg")
        shutil.rmtree(folder, ignore_errors=True)


def _fill(count: int) -> None:
    from django.db import connections

    from hocba_server.synth.filler import fill_repository

    fill_repository(count)
    with connections["city"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


def _questions(stored: int) -> dict[str, Callable[[random.Random], None]]:
    from hocba_server.city.repository import selectors
    from hocba_server.synth.filler import FilledRecord
    from hocba_server.web.accounts.actor import Actor

    officer = Actor(1, "Sở Mẫu", "000080000090", "79", ("SO_DUYET",), "city")

    def some(draw: random.Random) -> FilledRecord:
        return FilledRecord(draw.randrange(stored))

    def by_number(draw: random.Random) -> None:
        one = some(draw)
        answer = selectors.status_of(one.record_uuid, at=datetime.now(UTC))
        _expect(answer.status.name == "IN_FORCE")

    def by_pupil(draw: random.Random) -> None:
        one = some(draw)
        found = selectors.records_of_pupil(by=officer, personal_id=one.personal_id)
        _expect(one.record_uuid in {each.record_uuid for each in found})

    def by_class(draw: random.Random) -> None:
        one = some(draw)
        found = selectors.records_of_class(
            by=officer,
            unit_code=one.unit_code,
            school_year=one.school_year,
            classroom_name=one.classroom_name,
        )
        _expect(one.record_uuid in {each.record_uuid for each in found})

    return {
        "by record number": by_number,
        "by personal number": by_pupil,
        "by school and class": by_class,
    }


def _expect(right: bool) -> None:
    if not right:
        raise RuntimeError("a look-up gave a wrong answer")


def _ask(question: Callable[[random.Random], None], seconds: float) -> dict[str, Any]:
    """Ask at fixed moments; milliseconds count from the moment at which it was due."""
    total = int(RATE * seconds)
    taken: list[float] = []
    faults: list[Exception] = []
    lock, turn = threading.Lock(), iter(range(total))
    begin = time.perf_counter() + 0.5

    def work(number: int) -> None:
        from django.db import connections

        draw = random.Random(number)  # noqa: S311 - which record to ask for is no secret
        try:
            question(draw)  # opens the connection
            while True:
                with lock:
                    place = next(turn, None)
                if place is None:
                    return
                due = begin + place / RATE
                time.sleep(max(0.0, due - time.perf_counter()))
                question(draw)
                taken.append((time.perf_counter() - due) * 1000)
        except Exception as fault:  # noqa: BLE001 - told by the thread that waits for this one
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    cuts = statistics.quantiles(taken, n=1000)
    return {
        "asked": len(taken),
        "per_second": RATE,
        "median_ms": cuts[499],
        "p99_ms": cuts[989],
        "p999_ms": cuts[998],
        "worst_ms": max(taken),
    }


if __name__ == "__main__":
    main()
