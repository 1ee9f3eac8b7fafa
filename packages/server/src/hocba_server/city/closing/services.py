"""Closing a class, a school and everything due; one transaction per class (QĐ 1789 Đ21.1-2)."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from hocba.errors import HocBaError, Refused, Sentence
from hocba.ids import SchoolYear, UnitCode
from hocba.tlog.closing_list import (
    NO_FORMER,
    ClosingLine,
    ClosingList,
    ClosingRound,
    key_digest,
)
from hocba.tlog.entry import SALT_SIZE, EntryKind, LogEntry, commit
from hocba_server.city.certificates.selectors import unit_by_code
from hocba_server.city.closing.calendar import dates_of
from hocba_server.city.closing.denials import deny_closing
from hocba_server.city.closing.models import ClassClosing, ClosedRecord, Round
from hocba_server.city.closing.open_items import (
    OpenClass,
    classes_of_year,
    packages_in_work,
    recorded_years,
)
from hocba_server.city.closing.selectors import ClassKey
from hocba_server.city.database import CITY_DATABASE, city_transaction
from hocba_server.city.log_key import log_key, log_origin
from hocba_server.city.permissions import CityRole, deny_role, require
from hocba_server.city.repository.models import StoredRecord
from hocba_server.city.repository.selectors import has_completed, original_of, with_originals
from hocba_server.city.transparency.services import NewEntry, append_entries, lock_log
from hocba_server.config.jobs import city_jobs
from hocba_server.web.accounts.actor import Actor, platform_actor
from hocba_server.web.audit.services import record_event

CLOSE_JOB = "city.closing.close_school"


@dataclass(frozen=True, slots=True)
class Closed:
    """What became of several classes."""

    closed: int
    stuck: tuple[tuple[ClassKey, Sentence], ...]
    """Classes that were not closed, each with its reason."""


def close_class(*, by: Actor, at: dt.datetime, key: ClassKey, reason: str = "") -> int:
    """Close one class: signed list, log entry, rows and audit appear with one commit.

    Answers the closing's number of row. Raises `Refused`: `role`, `packages_waiting`,
    `requests_waiting`, `nothing_to_close`, `closed_already`, `missing` (recalled records without
    a successor, and no `reason` why the class is closed all the same); `NotTrusted` (`damaged`)
    when a stored original is not what it was.
    """
    require(None if by == platform_actor("city") else deny_role(by, CityRole.OFFICER))
    reason = " ".join(reason.split())[:1000]
    with city_transaction():
        # Whoever takes a record in or ends one waits here; so the list is whole and stays true.
        lock_log()
        room = _class_now(key, at)
        packages = packages_in_work().filter(unit_code=key[0]).exists()
        denial = deny_closing(room, packages=packages, reason=reason)
        if denial is not None:
            raise denial.as_refused()
        listed, left = _to_list(room)
        closing = _keep(room, listed, left, reason=reason, by=by, at=at)
        record_event(
            using=CITY_DATABASE,
            by=by,
            at=at,
            action="close_class",
            subject=f"class:{':'.join(key)}"[:120],
            detail={
                "closing": closing.pk,
                "number": closing.number,
                "round": closing.round,
                "records": closing.record_count,
                "left_open": left,
                "missing": room.missing,
                "reason": reason,
                "list": closing.sha256,
            },
        )
    return closing.pk


def _class_now(key: ClassKey, at: dt.datetime) -> OpenClass:
    unit, year, name = key
    found = classes_of_year(year, at, unit_code=unit, classroom_name=name)
    if not found:
        raise Refused(
            "not_found", "Kho của Sở chưa có lớp này.", "The repository knows no such class."
        )
    return found[0]


def _round_of(room: OpenClass) -> Round:
    """A class that was closed for the second time stays so when it is closed again."""
    if room.state is not None and room.state.closing.round == Round.REASSESSED:
        return Round.REASSESSED
    return room.dates.round_on(room.today)


def _to_list(room: OpenClass) -> tuple[list[StoredRecord], int]:
    """The records that are closed now, and how many wait for the second closing."""
    unit, year, name = room.key
    rows = list(
        StoredRecord.objects.filter(
            unit_code=unit, school_year=year, classroom_name=name, in_force__isnull=False
        ).order_by("pk")
    )
    if _round_of(room) == Round.REASSESSED:
        return rows, 0
    done = [row for row in rows if has_completed(row)]
    return done, len(rows) - len(done)


def _keep(
    room: OpenClass,
    listed: Sequence[StoredRecord],
    left: int,
    *,
    reason: str,
    by: Actor,
    at: dt.datetime,
) -> ClassClosing:
    unit, year, name = room.key
    former = room.state.closing if room.state else None
    number = former.number + 1 if former else 1
    signed = ClosingList(
        UnitCode(unit),
        SchoolYear(year),
        name,
        ClosingRound(_round_of(room).value),
        number,
        former.sha256 if former else NO_FORMER,
        left,
        at,
        tuple(
            ClosingLine.of(row.record_uuid, original_of(row), bytes(row.salt))
            for row in with_originals(listed)
        ),
    ).sign(log_origin(), log_key().public_key(), log_key().sign)
    salt = secrets.token_bytes(SALT_SIZE)
    index = _log(room.key, signed, salt, at)
    school = unit_by_code(unit)
    row = ClassClosing.objects.create(
        unit_code=unit,
        school_name=school.name if school else unit,
        school_year=year,
        classroom_name=name,
        number=number,
        round=_round_of(room),
        former=former,
        record_count=len(listed),
        left_open=left,
        missing=room.missing,
        reason=reason,
        signed_list=signed,
        sha256=hashlib.sha256(signed).hexdigest(),
        salt=salt,
        log_index=index,
        closed_by=by.user_id,
        closed_by_name=by.name,
        closed_at=at,
    )
    ClosedRecord.objects.bulk_create(ClosedRecord(closing=row, record=one) for one in listed)
    return row


def _log(key: ClassKey, signed: bytes, salt: bytes, at: dt.datetime) -> int:
    """Append the entry of the closing; answers its place in the log."""
    entry = LogEntry(
        kind=EntryKind.CLOSE,
        unit_code=UnitCode(key[0]),
        school_year=SchoolYear(key[1]),
        seal_sha256=key_digest(log_key().public_key()),
        commitment=commit(salt, signed),
        accepted_at=at,
    )
    return append_entries([NewEntry(entry, "")], at=at) - 1


def close_classes(*, by: Actor, at: dt.datetime, keys: Sequence[ClassKey]) -> Closed:
    """Close several classes, each in a transaction of its own; one that is stuck stops no other."""
    require(None if by == platform_actor("city") else deny_role(by, CityRole.OFFICER))
    closed, stuck = 0, []
    for key in keys:
        try:
            close_class(by=by, at=at, key=key)
        except HocBaError as fault:
            stuck.append((key, fault.sentence))
        else:
            closed += 1
    return Closed(closed, tuple(stuck))


def close_due(
    *, by: Actor, at: dt.datetime, school_year: str, unit_code: str | None = None
) -> Closed:
    """Close every class of a year that is due today, of one school or of all."""
    rooms = classes_of_year(school_year, at, unit_code=unit_code)
    return close_classes(by=by, at=at, keys=[room.key for room in rooms if room.due])


def order_due(*, by: Actor, at: dt.datetime, school_year: str) -> int:
    """Have everything that is due closed by the workers, a job for each school; answers how many
    classes that are. A city has tens of thousands of classes, so that no page waits for it.

    Orders and audit are committed together. Raises `Refused` with code `role`.
    """
    require(None if by == platform_actor("city") else deny_role(by, CityRole.OFFICER))
    due = [room for room in classes_of_year(school_year, at) if room.due]
    if not due:
        return 0
    with city_transaction():
        job = city_jobs.configure_task(CLOSE_JOB, allow_unknown=True)
        for unit in sorted({room.key[0] for room in due}):
            job.defer(actor=by.to_json(), school_year=school_year, unit_code=unit)
        record_event(
            using=CITY_DATABASE,
            by=by,
            at=at,
            action="order_closing",
            subject=f"year:{school_year}",
            detail={"classes": len(due)},
        )
    return len(due)


def order_by_calendar(*, at: dt.datetime) -> int:
    """What happens each night: everything due of the years that close by themselves is ordered.

    Safe to run again after a kill: what is closed is not due any more.
    """
    by = platform_actor("city")
    automatic = [year for year in recorded_years() if dates_of(year).automatic]
    return sum(order_due(by=by, at=at, school_year=year) for year in automatic)
