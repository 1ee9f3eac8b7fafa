"""How long looking up takes when ten million records are stored.

Three questions, as an officer or other software asks them: a record by its number with its status,
all years of a pupil by the personal number, and a class of a school. They are asked at a steady 200
a second, by two processes of threads with a connection each, at times fixed beforehand: a slow
answer makes the next ones late and counts for them too. Rows are generated
(`hocba_server.synth.filler`). Run by bench.py as a program of its own. Prints JSON.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hocba_server.synth.filler import FilledRecord
    from hocba_server.web.accounts.actor import Actor

RATE = 200
PROCESSES, THREADS = 2, 4
START_SECONDS = 30
"""Time for the processes to come up before the first question is due."""


def main() -> None:
    """Fill, ask, print percentiles."""
    parser = argparse.ArgumentParser(prog="lookups.py")
    parser.add_argument("--stored", type=int, default=10_000_000)
    parser.add_argument("--seconds", type=float, default=30, help="for each question")
    parser.add_argument("--folder", type=Path, help="keep the filled database here and ask again")
    arguments = parser.parse_args()
    folder = arguments.folder or Path(tempfile.mkdtemp(prefix="hocba-bench-lookups-"))
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)  # PostgreSQL runs as a user of its own and has to pass
    os.environ.update(
        HOCBA_MODE="demo",
        HOCBA_DATABASE_ROLE="worker",
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
        asked = {name: _ask(name, arguments.stored, arguments.seconds) for name in QUESTIONS}
        print(json.dumps({"stored": arguments.stored, "fill_seconds": filled, "asked": asked}))
    finally:
        from django.db import connections

        connections.close_all()
        stop_server(folder / "pg")
        if arguments.folder is None:
            shutil.rmtree(folder, ignore_errors=True)


def _fill(count: int) -> None:
    from hocba_server.city.repository.models import StoredRecord
    from hocba_server.synth.filler import fill_repository, settle

    there = StoredRecord.objects.count()
    if there < count:
        fill_repository(count - there, first=there)
        settle()


def by_number(one: FilledRecord) -> bool:
    """A record and its status, by the record's number."""
    from hocba_server.city.repository.selectors import status_of

    return status_of(one.record_uuid, at=datetime.now(UTC)).status.name == "IN_FORCE"


def by_pupil(one: FilledRecord) -> bool:
    """Every year of a pupil, by the personal number."""
    from hocba_server.city.repository.selectors import records_of_pupil

    found = records_of_pupil(by=_officer(), personal_id=one.personal_id)
    return one.record_uuid in {each.record_uuid for each in found}


def by_class(one: FilledRecord) -> bool:
    """The forty records of a class, by school, year and class."""
    from hocba_server.city.repository.selectors import records_of_class

    found = records_of_class(
        by=_officer(),
        unit_code=one.unit_code,
        school_year=one.school_year,
        classroom_name=one.classroom_name,
    )
    return one.record_uuid in {each.record_uuid for each in found}


QUESTIONS = {
    "by record number": by_number,
    "by personal number": by_pupil,
    "by school and class": by_class,
}


def _officer() -> Actor:
    from hocba_server.web.accounts.actor import Actor

    return Actor(1, "Sở Mẫu", "000080000090", "79", ("SO_DUYET",), "city")


def _ask(name: str, stored: int, seconds: float) -> dict[str, Any]:
    """Ask at fixed moments; milliseconds count from the moment at which it was due."""
    total = int(RATE * seconds)
    begin = time.time() + START_SECONDS
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, mp_context=context) as pool:
        shares = [
            pool.submit(_share, name, stored, range(number, total, PROCESSES), begin)
            for number in range(PROCESSES)
        ]
        taken = [milliseconds for share in shares for milliseconds in share.result()]
    cuts = statistics.quantiles(taken, n=1000)
    return {
        "asked": len(taken),
        "per_second": RATE,
        "median_ms": cuts[499],
        "p99_ms": cuts[989],
        "p999_ms": cuts[998],
        "worst_ms": max(taken),
    }


def _share(name: str, stored: int, places: range, begin: float) -> list[float]:
    """One process's part of the questions, asked by threads as the web server asks."""
    os.environ["HOCBA_DATABASE_ROLE"] = "web"
    import django

    django.setup()
    turn, lock = iter(places), threading.Lock()
    with ThreadPoolExecutor(THREADS) as pool:
        works = [
            pool.submit(_work, name, stored, number, turn, lock, begin) for number in range(THREADS)
        ]
        return [milliseconds for work in works for milliseconds in work.result()]


def _work(
    name: str,
    stored: int,
    number: int,
    turn: Iterator[int],
    lock: threading.Lock,
    begin: float,
) -> list[float]:
    from django.db import connections

    from hocba_server.city.scopes import scope_of
    from hocba_server.config.acting import act_from_here
    from hocba_server.synth.filler import FilledRecord

    act_from_here(scope_of(_officer()))
    draw = random.Random(f"{begin}-{os.getpid()}-{number}")  # noqa: S311 - no secret
    question, taken = QUESTIONS[name], []
    question(FilledRecord(draw.randrange(stored)))  # opens the connection
    if time.time() > begin:
        raise RuntimeError("not ready in time; make START_SECONDS longer")
    while True:
        with lock:
            place = next(turn, None)
        if place is None:
            connections.close_all()
            return taken
        due = begin + place / RATE
        time.sleep(max(0.0, due - time.time()))
        if not question(FilledRecord(draw.randrange(stored))):
            raise RuntimeError("a look-up gave a wrong answer")
        taken.append((time.time() - due) * 1000)


if __name__ == "__main__":
    main()
