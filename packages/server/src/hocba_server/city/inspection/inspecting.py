"""A whole inspection: chunks of records on several cores, then the log, then who is in force."""

from __future__ import annotations

import datetime as dt
import multiprocessing
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from itertools import islice

from django.db import connections

from hocba_server.city.database import CITY_DATABASE
from hocba_server.city.inspection import worker
from hocba_server.city.inspection.chunks import check_chunk, chunks_up_to, last_row
from hocba_server.city.inspection.faults import Fault
from hocba_server.city.inspection.journal import Journal
from hocba_server.city.inspection.log_rows import check_force, check_log
from hocba_server.city.inspection.parts import Chunk, ChunkResult, Part
from hocba_server.city.inspection.report import Inspection
from hocba_server.city.transparency.models import AdoptedEntry

Show = Callable[[str, int], None]
"""Told how far the part of this name is."""
_WAITING = 4
"""Chunks handed out for each worker: enough that none is idle, few in memory."""


def inspect_everything(
    *, workers: int, journal: Journal, now: Callable[[], dt.datetime], show: Show
) -> Inspection:
    """Verify the whole repository and log, going on with the journal's run when there is one.

    Records that come while it runs are left to the next run. Raises `Unavailable` when no root or
    log key is installed, `Malformed` when the journal is damaged.
    """
    began, busy = now(), 0.0
    last = journal.begin(last_row())
    done = {result.chunk: result for result in journal.results()}
    counts = Counter[str]()
    formats = Counter[str]()
    for result in done.values():
        counts[result.chunk.part] += result.records
        formats.update(result.formats)
    faults = [fault for result in done.values() for fault in result.faults]
    earlier = counts[Part.RECORDS]
    lasts = {part: last if part is Part.RECORDS else last_row(part) for part in Part}
    all_chunks = (chunk for part in Part for chunk in chunks_up_to(lasts[part], part))
    left = (chunk for chunk in all_chunks if chunk not in done)
    for result in _run(left, workers):
        journal.add(result)
        counts[result.chunk.part] += result.records
        formats.update(result.formats)
        busy += result.seconds if result.chunk.part is Part.RECORDS else 0.0
        faults += result.faults
        show(result.chunk.part, counts[result.chunk.part])
    entries, wrong = check_log(lambda size: show("log", size))
    faults += [*wrong, *check_force()]
    return Inspection(
        began=began,
        ended=now(),
        records=counts[Part.RECORDS],
        entries=entries,
        faults=tuple(_in_order(faults)),
        workers=workers,
        records_now=counts[Part.RECORDS] - earlier,
        busy_seconds=busy,
        closings=counts[Part.CLOSINGS],
        stamps=counts[Part.STAMPS],
        files=counts[Part.FILES],
        formats=dict(formats),
        adopted=AdoptedEntry.objects.count(),
    )


def _in_order(faults: Iterable[Fault]) -> list[Fault]:
    return sorted(faults, key=lambda fault: (fault.kind, fault.subject, fault.detail))


def _run(chunks: Iterator[Chunk], workers: int) -> Iterator[ChunkResult]:
    if workers == 1:
        yield from map(check_chunk, chunks)
        return
    database = str(connections[CITY_DATABASE].settings_dict["NAME"])
    # Never fork: the parent has connections, and what signs and renders holds threads.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, worker.prepare, (database,)) as pool:
        waiting: set[Future[ChunkResult]] = set()
        for chunk in chunks:
            waiting.add(pool.submit(worker.check, chunk))
            if len(waiting) >= workers * _WAITING:
                yield from _finished(waiting, 1)
        yield from _finished(waiting, len(waiting))


def _finished(waiting: set[Future[ChunkResult]], count: int) -> Iterator[ChunkResult]:
    for future in list(islice(as_completed(waiting), count)):
        waiting.discard(future)
        yield future.result()
