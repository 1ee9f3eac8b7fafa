"""`./hocba reindex [--apply]`: what is derived, made anew from the originals and compared.

Derived are the columns that find a record, the table of who is in force, and the tiles of the log.
Without `--apply` nothing is written. Columns of a record are compared only: the row is the record
and nobody rewrites it; what differs there comes back from a backup.

Exit codes: 0 nothing differs (or it was repaired), 1 something differs, 2 could not be finished.
"""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hocba_server.web.accounts.actor import Actor

SAME, DIFFERS, UNFINISHED = 0, 1, 2
_BATCH = 200


@dataclass(frozen=True, slots=True)
class Reindexed:
    """What differs from what follows from the originals."""

    records: int
    columns: tuple[tuple[str, str], ...]
    """(record number, columns that say something else or `damaged`)."""
    force_missing: int
    """In force by its history, and not in the table."""
    force_wrong: int
    """In the table, and ended by its history or under another pupil or year."""
    tiles: int
    """Tiles of the log that are missing, wrong or too many."""
    applied: bool

    @property
    def repaired(self) -> bool:
        """Everything is as it follows from the originals now."""
        derived = self.force_missing or self.force_wrong or self.tiles
        return not self.columns and (self.applied or not derived)


def reindex(*, by: Actor, at: datetime, apply: bool) -> Reindexed:
    """Compare, and with `apply` make the derived tables anew; all of that or none.

    The log's lock is held while tables are compared, so that nothing comes in between. Raises
    `Refused` with code `role`.
    """
    from hocba_server.city.database import CITY_DATABASE, city_transaction
    from hocba_server.city.permissions import CityRole, deny_role, require
    from hocba_server.city.transparency.services import lock_log
    from hocba_server.web.accounts.actor import platform_actor
    from hocba_server.web.audit.services import record_event

    require(None if by == platform_actor("city") else deny_role(by, CityRole.ADMINISTRATOR))
    records, columns = _compare_columns()
    with city_transaction():
        lock_log()
        missing, wrong = _force(apply=apply, at=at)
        tiles = _tiles(apply=apply)
        found = Reindexed(records, tuple(columns), missing, wrong, tiles, apply)
        if apply:
            record_event(
                using=CITY_DATABASE,
                by=by,
                at=at,
                action="reindex",
                subject="repository",
                detail={"missing": missing, "wrong": wrong, "tiles": tiles},
            )
    return found


def _compare_columns() -> tuple[int, list[tuple[str, str]]]:
    import zstandard

    from hocba.errors import HocBaError
    from hocba.record.codec import read_record
    from hocba_server.city.repository.models import StoredRecord
    from hocba_server.city.repository.selectors import index_values, original_of, with_originals

    count, found, at = 0, list[tuple[str, str]](), 0
    while rows := with_originals(StoredRecord.objects.filter(pk__gt=at).order_by("pk")[:_BATCH]):
        for row in rows:
            try:
                document = original_of(row)
                record = read_record(document).record
            except (HocBaError, zstandard.ZstdError):
                found.append((row.record_uuid, "damaged"))
                continue
            wanted = {**index_values(record), "size": len(document)}
            if row.completed is None:
                del wanted["completed"]  # rows from before the column was there
            wrong = [name for name, value in wanted.items() if getattr(row, name) != value]
            if wrong:
                found.append((row.record_uuid, ", ".join(sorted(wrong))))
        count, at = count + len(rows), rows[-1].pk
    return count, found


def _force(*, apply: bool, at: datetime) -> tuple[int, int]:
    from django.db.models import Exists, F, OuterRef, Q

    from hocba_server.city.repository.models import (
        ENDING,
        RecordInForce,
        StatusChange,
        StoredRecord,
    )

    ended = StatusChange.objects.filter(kind__in=ENDING)
    wrong = RecordInForce.objects.filter(
        Exists(ended.filter(record=OuterRef("record")))
        | ~Q(personal_id=F("record__personal_id"))
        | ~Q(school_year=F("record__school_year"))
    )
    wrong_count = wrong.count()
    if apply:
        RecordInForce.objects.filter(pk__in=list(wrong.values_list("pk", flat=True))).delete()
    missing = (
        StoredRecord.objects.filter(in_force__isnull=True)
        .exclude(Exists(ended.filter(record=OuterRef("pk"))))
        .defer("salt")
    )
    rows = list(missing)
    if apply:
        RecordInForce.objects.bulk_create(
            RecordInForce(
                record=row, personal_id=row.personal_id, school_year=row.school_year, since=at
            )
            for row in rows
        )
    return len(rows), wrong_count


def _tiles(*, apply: bool) -> int:
    from django.db import transaction

    from hocba_server.city.database import CITY_DATABASE
    from hocba_server.city.transparency.models import HashTileRow
    from hocba_server.city.transparency.tree import rebuild

    def kept() -> dict[tuple[int, int], bytes]:
        rows = HashTileRow.objects.values_list("level", "index", "hashes")
        return {(level, index): bytes(hashes) for level, index, hashes in rows.iterator()}

    before = kept()
    point = transaction.savepoint(using=CITY_DATABASE)
    rebuild()
    after = kept()
    if apply:
        transaction.savepoint_commit(point, using=CITY_DATABASE)
    else:
        transaction.savepoint_rollback(point, using=CITY_DATABASE)
    keys = before.keys() | after.keys()
    return sum(before.get(key) != after.get(key) for key in keys)


def main(arguments: list[str] | None = None) -> int:
    """Read the arguments and run; answers the exit code."""
    parser = argparse.ArgumentParser(
        prog="hocba reindex", description="Dựng lại những gì suy ra từ bản gốc và so"
    )
    parser.add_argument(
        "--apply", action="store_true", help="ghi bảng dựng lại (write what was made anew)"
    )
    chosen = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hocba_server.config.settings")
    os.environ.setdefault("HOCBA_DATABASE_ROLE", "worker")
    import django

    django.setup()
    from django.db import DatabaseError

    from hocba.errors import HocBaError
    from hocba_server.config.acting import PLATFORM, act_from_here
    from hocba_server.web.accounts.actor import platform_actor

    act_from_here(PLATFORM)
    try:
        found = reindex(by=platform_actor("city"), at=datetime.now(UTC), apply=chosen.apply)
    except (HocBaError, DatabaseError) as fault:
        _say(f"chưa xong (unfinished): {fault}")
        return UNFINISHED
    _say(f"{found.records} học bạ đã đọc lại từ bản gốc (records read again)")
    for uuid, names in found.columns:
        _say(f"  ✗ {uuid}: {names}")
    _say(
        f"bảng lưu hành: thiếu {found.force_missing}, sai {found.force_wrong} (in force: missing, "
        f"wrong); mảnh cây sổ công khai: sai {found.tiles} (tiles)"
    )
    if found.applied:
        _say("đã ghi lại các bảng suy ra (derived tables were written anew)")
    return SAME if found.repaired else DIFFERS


def _say(sentence: str) -> None:
    sys.stderr.write(f"hocba: {sentence}\n")


if __name__ == "__main__":
    sys.exit(main())
