"""Find what happened in the repository and has to be handed on: records, ends, closings, rows.

The repository knows nothing of this: it is looked through behind a cursor, under the same order in
which it was written, so that what came before this room was opened is found as well. A kill before
the commit leaves cursor and handovers as they were; running again finds the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Final

from django.db.models import Max

from hocba.record.national.columns import Event
from hocba_server.city.closing.models import ClassClosing
from hocba_server.city.database import city_transaction
from hocba_server.city.repository.models import ENDING, StatusChange, StoredRecord
from hocba_server.city.upstream.client import takes_supplements
from hocba_server.city.upstream.models import Cursor, Handover, Kind, State

CHUNK: Final = 1000
Found = tuple[list[Handover], int | None]


def collect(*, at: dt.datetime) -> int:
    """Make a handover of everything that is new; answers how many. Safe to run at any time."""
    sources: list[tuple[str, Callable[[int, dt.datetime], Found]]] = [
        ("records", _records),
        ("ends", _ends),
    ]
    if takes_supplements():
        sources += [("rows", _rows), ("row_ends", _row_ends), ("closings", _closings)]
    return sum(_collect(source, find, at) for source, find in sources)


def _collect(source: str, find: Callable[[int, dt.datetime], Found], at: dt.datetime) -> int:
    Cursor.objects.get_or_create(source=source)
    total = 0
    while True:
        with city_transaction():
            # Two workers at once take turns here; the second one goes on where the first ended.
            cursor = Cursor.objects.select_for_update().get(source=source)
            found, last = find(cursor.position, at)
            if last is None:
                return total
            Handover.objects.bulk_create(found, ignore_conflicts=True)
            cursor.position = last
            cursor.save(update_fields=["position"])
        total += len(found)


def _records(position: int, at: dt.datetime) -> Found:
    rows = _records_after(position)
    return [of_record(row, Kind.SUBMIT, at) for row in rows], _last(rows)


def _rows(position: int, at: dt.datetime) -> Found:
    rows = _records_after(position)
    made = [of_record(row, Kind.ROWS, at, version=1, event=Event.NEW) for row in rows]
    return made, _last(rows)


def _ends(position: int, at: dt.datetime) -> Found:
    changes = _ends_after(position)
    made = [of_record(change.record, Kind.RECALL, at) for change in changes]
    return made, _last(changes)


def _row_ends(position: int, at: dt.datetime) -> Found:
    """A row that was sent says that the record is in force: one more version takes it back. A row
    that still waits is made of the record's state when it goes."""
    changes = _ends_after(position)
    subjects = [change.record.record_uuid for change in changes]
    versions = newest_versions(subjects)
    waiting = set(
        Handover.objects.filter(
            kind=Kind.ROWS, subject__in=subjects, state=State.WAITING
        ).values_list("subject", flat=True)
    )
    made = [
        of_record(
            change.record,
            Kind.ROWS,
            at,
            version=versions.get(change.record.record_uuid, 0) + 1,
            event=Event.UPDATE,
        )
        for change in changes
        if change.record.record_uuid not in waiting
    ]
    return made, _last(changes)


def _closings(position: int, at: dt.datetime) -> Found:
    rows = list(
        ClassClosing.objects.filter(pk__gt=position).defer("signed_list").order_by("pk")[:CHUNK]
    )
    made = [
        Handover(
            kind=Kind.CLOSING,
            subject=row.sha256,
            unit_code=row.unit_code,
            school_name=row.school_name,
            school_year=row.school_year,
            classroom_name=row.classroom_name,
            state=State.WAITING,
            found_at=at,
        )
        for row in rows
    ]
    return made, _last(rows)


def of_record(
    row: StoredRecord, kind: Kind, at: dt.datetime, *, version: int = 0, event: str = ""
) -> Handover:
    """A handover that waits, about a stored record."""
    return Handover(
        kind=kind,
        subject=row.record_uuid,
        version=version,
        event=str(event),
        unit_code=row.unit_code,
        school_name=row.school_name,
        school_year=row.school_year,
        classroom_name=row.classroom_name,
        pupil_name=row.pupil_name,
        state=State.WAITING,
        found_at=at,
    )


def newest_versions(subjects: Sequence[str]) -> dict[str, int]:
    """Record number -> the greatest version of its rows so far."""
    rows = Handover.objects.filter(kind=Kind.ROWS, subject__in=subjects).order_by()
    return dict(rows.values_list("subject").annotate(newest=Max("version")))


def _records_after(position: int) -> list[StoredRecord]:
    rows = StoredRecord.objects.filter(pk__gt=position).defer("salt", "evidence")
    return list(rows.order_by("pk")[:CHUNK])


def _ends_after(position: int) -> list[StatusChange]:
    rows = StatusChange.objects.filter(pk__gt=position, kind__in=ENDING).select_related("record")
    return list(rows.defer("record__salt").order_by("pk")[:CHUNK])


def _last(rows: Sequence[StoredRecord | StatusChange | ClassClosing]) -> int | None:
    return rows[-1].pk if rows else None
