from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connections

from hocba.tlog.checkpoint import Checkpoint
from hocba.tlog.entry import LogEntry
from hocba.tlog.merkle import leaf_hash
from hocba_server.city.database import CITY_DATABASE, city_transaction
from hocba_server.city.log_key import log_key, log_origin
from hocba_server.city.transparency.models import LogEntryRow, SignedCheckpoint
from hocba_server.city.transparency.tree import append_hashes, rebuild, root_of, tree_size

_LOG_LOCK = 0x6C6F67  # "log": one writer at a time, whichever process it runs in


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry to append, and the record it is about (kept beside it, never published)."""

    entry: LogEntry
    record_uuid: str


def append_entries(entries: Sequence[NewEntry], *, at: dt.datetime) -> int:
    """Append entries in the given order and sign the new head; answers the tree's new size.

    Joins the transaction that is open on the city's database, so that a record, its entry and its
    answer appear together. A crash before the commit leaves none of them; the next call starts
    from the same size and so gives the same indices again: nothing was published in between.
    """
    with city_transaction():
        # 1. Take turns. The lock is held until the transaction ends, so that sizes never fork.
        lock_log()
        size = tree_size()
        # 2. Stage: entries, then the tiles that follow from them. Visible to nobody yet.
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
        append_hashes(size, hashes)
        # 3. Sign the new head over what was staged. A head signed here and rolled back is never
        #    seen by anybody, so that the log cannot show two heads of one size.
        new_size = size + len(entries)
        if entries or not SignedCheckpoint.objects.filter(size=new_size).exists():
            SignedCheckpoint.objects.create(size=new_size, note=_sign(new_size, at), signed_at=at)
        # 4. The caller's commit publishes entries, tiles and head at once.
    return new_size


def start_log(*, at: dt.datetime) -> None:
    """Sign the head of the empty log, so that there is a checkpoint from the first day."""
    with city_transaction():
        lock_log()
        if not SignedCheckpoint.objects.exists():
            append_entries([], at=at)


def rebuild_tiles() -> int:
    """Make the tiles anew from the entries; answers the number of entries."""
    with city_transaction():
        lock_log()
        return rebuild()


def lock_log() -> None:
    """Become the one writer of the log and the repository until the transaction ends."""
    with connections[CITY_DATABASE].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOG_LOCK])


def _sign(size: int, at: dt.datetime) -> bytes:
    key = log_key()
    # Whole seconds, never before the last head: a clock that ran back must not run the log back.
    last = SignedCheckpoint.objects.order_by("-size").values_list("signed_at", flat=True).first()
    moment = max(at, last) if last else at
    head = Checkpoint(log_origin(), size, root_of(size), moment.replace(microsecond=0))
    return head.sign(key.public_key(), key.sign)
