from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import connections

from hocba.tlog.checkpoint import Checkpoint
from hocba.tlog.entry import LogEntry
from hocba.tlog.merkle import leaf_hash
from hocba_server.city.database import CITY_DATABASE, city_transaction
from hocba_server.city.log_key import log_key, log_origin
from hocba_server.city.transparency.models import LogEntryRow, SignedCheckpoint
from hocba_server.city.transparency.publication import deny_rollback
from hocba_server.city.transparency.tree import append_hashes, rebuild, root_of, tree_size
from hocba_server.config.jobs import city_jobs

PUBLISH_JOB = "city.transparency.publish"
_LOG_LOCK = 0x6C6F67  # "log": one writer at a time, whichever process it runs in


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry to append, and the record it is about (kept beside it, never published)."""

    entry: LogEntry
    record_uuid: str


def append_entries(entries: Sequence[NewEntry], *, at: dt.datetime) -> int:
    """Append entries in the given order and sign the new head; answers the tree's new size.

    Joins the transaction that is open on the city's database, so that a record, its entry and its
    answer appear together. The story, with what a kill leaves after each step:

    1. turn       nothing; the lock falls with the connection
    2. stage      nothing; the rows are seen by nobody and vanish
    3. apply      nothing; the same
    4. sign       nothing; a head that was rolled back was never shown, so one size has one root
    5. announce   nothing; the job that publishes is a row of the same transaction
    6. **commit** everything: entries, tiles, head and the job are there, and the caller may answer
    7. publish    (`publication.publish_log`, by a job) files, the head last; a kill: it runs again
    8. witness    (`witnessing.collect_cosignatures`, the same job) cosignatures, then 7 again

    Raises `Unavailable` with code `log_rolled_back` when the database is older than what was
    published, as after restoring an old copy: going on would fork the log.
    """
    with city_transaction():
        # 1. Take turns. The lock is held until the transaction ends, so that sizes never fork.
        lock_log()
        size = tree_size()
        deny_rollback(size)
        # 2.-3. Stage the entries, then apply them to the tiles that follow from them.
        hashes = _stage(size, entries, at)
        append_hashes(size, hashes)
        # 4.-5. Sign the new head over what was staged, and leave the job that publishes it.
        new_size = size + len(entries)
        if entries or not SignedCheckpoint.objects.exists():
            _sign(new_size, at)
            _announce()
        # 6. The caller's commit is the commit point.
    return new_size


def start_log(*, at: dt.datetime) -> None:
    """Sign the head of the empty log, so that there is a checkpoint from the first day."""
    with city_transaction():
        lock_log()
        if not SignedCheckpoint.objects.exists():
            append_entries([], at=at)


def freshen_head(*, at: dt.datetime) -> bool:
    """Sign the head again when the last signature is old; answers whether it was.

    A reader then knows that the log is not held back, and how far the status of a record is known.
    """
    with city_transaction():
        lock_log()
        last = SignedCheckpoint.objects.order_by("-pk").first()
        limit = dt.timedelta(minutes=settings.LOG_FRESH_MINUTES)
        if last is None or at - last.signed_at < limit:
            return False
        deny_rollback(last.size)
        _sign(last.size, at)
    return True


def sign_adopted(size: int, at: dt.datetime) -> None:
    """Sign the head over entries that were taken over from the published files, and publish it.

    Joins the open transaction of `adoption.adopt_published`, which holds the lock and has proved
    that the head continues the published one.
    """
    _sign(size, at)
    _announce()


def rebuild_tiles() -> int:
    """Make the tiles anew from the entries; answers the number of entries."""
    with city_transaction():
        lock_log()
        return rebuild()


def lock_log() -> None:
    """Become the one writer of the log and the repository until the transaction ends."""
    with connections[CITY_DATABASE].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOG_LOCK])


def _stage(size: int, entries: Sequence[NewEntry], at: dt.datetime) -> list[bytes]:
    encoded = [new.entry.encode() for new in entries]
    hashes = [leaf_hash(data) for data in encoded]
    LogEntryRow.objects.bulk_create(
        LogEntryRow(
            index=size + place,
            entry=data,
            leaf_hash=hashed,
            record_uuid=new.record_uuid,
            appended_at=at,
        )
        for place, (new, data, hashed) in enumerate(zip(entries, encoded, hashes, strict=True))
    )
    return hashes


def _sign(size: int, at: dt.datetime) -> None:
    key = log_key()
    # Whole seconds, never before the last head: a clock that ran back must not run the log back.
    last = SignedCheckpoint.objects.order_by("-pk").values_list("signed_at", flat=True).first()
    moment = max(at, last) if last else at
    head = Checkpoint(log_origin(), size, root_of(size), moment.replace(microsecond=0))
    note = head.sign(key.public_key(), key.sign)
    SignedCheckpoint.objects.create(size=size, note=note, signed_at=moment)


def _announce() -> None:
    city_jobs.configure_task(PUBLISH_JOB, allow_unknown=True).defer()
