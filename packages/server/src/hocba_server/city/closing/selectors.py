"""What is closed, for the gateway and for pages. Whoever decides by it holds the log's lock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from hocba.errors import Refused
from hocba_server.city.certificates.offices import own
from hocba_server.city.closing.calendar import vietnam_day
from hocba_server.city.closing.models import ClassClosing, ClosedRecord, Reopening, Round
from hocba_server.city.permissions import READERS, deny_role, require
from hocba_server.city.repository.models import StoredRecord
from hocba_server.web.accounts.actor import Actor

ClassKey = tuple[str, str, str]
"""Unit code, school year, name of the class."""


@dataclass(frozen=True, slots=True)
class ClassState:
    """How a class stands on one day."""

    closing: ClassClosing
    """The newest."""
    reopening: Reopening | None
    today: dt.date

    @property
    def reopened(self) -> bool:
        """Open again by decision, today still."""
        return self.reopening is not None and self.today <= self.reopening.until

    @property
    def to_close_again(self) -> bool:
        """It was reopened, and that time is over."""
        return self.reopening is not None and self.today > self.reopening.until

    @property
    def closed(self) -> bool:
        """Nothing is accepted or recalled without a decision."""
        return not self.reopened

    @property
    def final(self) -> bool:
        """Closed for good: pupils assessed again are in it too."""
        return self.closed and self.closing.round == Round.REASSESSED


def newest_closings() -> QuerySet[ClassClosing]:
    """The newest closing of each class, without its list."""
    rows = ClassClosing.objects.filter(later__isnull=True)
    return rows.select_related("reopening").defer("signed_list", "salt", "reopening__content")


def class_states(
    *, school_year: str, at: dt.datetime, unit_code: str | None = None
) -> dict[ClassKey, ClassState]:
    """The classes of a year that were closed once, and how they stand."""
    rows = newest_closings().filter(school_year=school_year)
    if unit_code is not None:
        rows = rows.filter(unit_code=unit_code)
    return {key_of(row): _state(row, at) for row in rows}


def class_state(key: ClassKey, at: dt.datetime) -> ClassState | None:
    """How one class stands; None when it was never closed."""
    unit, year, room = key
    rows = newest_closings()
    row = rows.filter(unit_code=unit, school_year=year, classroom_name=room).first()
    return _state(row, at) if row else None


def _state(row: ClassClosing, at: dt.datetime) -> ClassState:
    return ClassState(row, getattr(row, "reopening", None), vietnam_day(at))


def key_of(row: ClassClosing | StoredRecord) -> ClassKey:
    """The class of a closing or record."""
    return row.unit_code, row.school_year, row.classroom_name


def closing_of(record: StoredRecord, at: dt.datetime) -> ClassClosing | None:
    """The closing that holds a record now; None while it may be recalled freely (Đ21.4)."""
    return closings_holding([record], at).get(record.pk)


def closings_holding(records: Sequence[StoredRecord], at: dt.datetime) -> dict[int, ClassClosing]:
    """Row of a record -> the closing that holds it now; what is free is left out.

    A record is held by the newest closing of a class that lists it, or that was extended by it
    after a correction. While the class is reopened it is free again; when that time is over,
    everything of the class is closed, also what came meanwhile and is not listed yet.
    """
    found: dict[int, ClassClosing] = {}
    free: set[int] = set()
    rows = ClosedRecord.objects.filter(record__in=records, closing__later__isnull=True)
    closings = newest_closings().in_bulk({row.closing_id for row in rows})
    for row in rows.order_by("closing_id"):
        if _state(closings[row.closing_id], at).reopened:
            free.add(row.record_id)
        else:
            found[row.record_id] = closings[row.closing_id]
    rest = [row for row in records if row.pk not in found and row.pk not in free]
    states = _states_of({key_of(row) for row in rest}, at)
    for record in rest:
        state = states.get(key_of(record))
        if state is not None and (state.to_close_again or state.final):
            found[record.pk] = state.closing
    return found


def _states_of(keys: Collection[ClassKey], at: dt.datetime) -> dict[ClassKey, ClassState]:
    if not keys:
        return {}
    rows = newest_closings().filter(
        unit_code__in={unit for unit, _, _ in keys},
        school_year__in={year for _, year, _ in keys},
        classroom_name__in={room for _, _, room in keys},
    )
    return {key_of(row): _state(row, at) for row in rows if key_of(row) in keys}


def closing_days(record_uuids: Collection[str], at: dt.datetime) -> dict[str, dt.datetime]:
    """Record number -> when it was closed, for those of these that are closed (transaction 2)."""
    rows = list(StoredRecord.objects.filter(record_uuid__in=record_uuids).defer("salt"))
    held = closings_holding(rows, at)
    return {row.record_uuid: held[row.pk].closed_at for row in rows if row.pk in held}


def closings_of(*, by: Actor, key: ClassKey) -> QuerySet[ClassClosing]:
    """Every closing of a class, newest first, with its reopening, without the lists."""
    require(deny_role(by, *READERS))
    unit, year, room = key
    rows = ClassClosing.objects.filter(
        own(by), unit_code=unit, school_year=year, classroom_name=room
    )
    return (
        rows.select_related("reopening", "former")
        .defer("signed_list", "former__signed_list", "reopening__content")
        .order_by("-number")
    )


def signed_list_of(*, by: Actor, closing_id: int) -> ClassClosing:
    """A closing with its signed list. Raises `Refused` with code `not_found`."""
    require(deny_role(by, *READERS))
    row = ClassClosing.objects.filter(own(by), pk=closing_id).first()
    if row is None:
        raise no_closing()
    return row


def decision_file(*, by: Actor, closing_id: int) -> Reopening:
    """The scanned decision of a reopening. Raises `Refused` with code `not_found`."""
    require(deny_role(by, *READERS))
    row = Reopening.objects.filter(own(by, "closing__unit_code"), closing_id=closing_id).first()
    if row is None:
        raise no_closing()
    return row


def held_records(closing: ClassClosing) -> QuerySet[ClosedRecord]:
    """What a closing lists and what was added to it by corrections."""
    return closing.records.select_related("record").order_by("pk")


def no_closing() -> Refused:
    """There is no such closing."""
    return Refused("not_found", "Không tìm thấy lần chốt này.", "There is no such closing.")
