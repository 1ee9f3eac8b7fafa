"""After going back to an earlier database: take over what the log has published meanwhile.

A published entry cannot be unpublished; a log that went on without it would fork, and every witness
would say so. So the entries come back from the published files, proved by the head that our own key
signed. What they are about is gone with the database: schools send it again, and it gets entries
of its own.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from hocba.errors import HocBaError, NotTrusted, Refused
from hocba.tlog.checkpoint import Checkpoint
from hocba.tlog.entry import LogEntry
from hocba.tlog.merkle import EMPTY_ROOT, leaf_hash, tree_root
from hocba.tlog.tiles import TILE_WIDTH, Tile, TileReader, decode_entries
from hocba_server.city.database import CITY_DATABASE, city_transaction
from hocba_server.city.permissions import CityRole, deny_role, require
from hocba_server.city.transparency.models import AdoptedEntry, LogEntryRow
from hocba_server.city.transparency.publication import published_head
from hocba_server.city.transparency.services import lock_log, sign_adopted
from hocba_server.city.transparency.tree import append_hashes, root_of, tree_size
from hocba_server.web.accounts.actor import Actor, platform_actor
from hocba_server.web.audit.services import record_event

_BATCH = TILE_WIDTH


@dataclass(frozen=True, slots=True)
class Adopted:
    """What came back from the published files."""

    first: int
    """Number of the first entry."""
    size: int
    """Entries of the log now."""
    lost: dict[tuple[str, str, str], int]
    """(unit, school year, kind) -> entries whose records, recalls or closings are gone."""


def adopt_published(*, by: Actor, at: dt.datetime) -> Adopted:
    """Append the published entries that the database lacks, all or none, and sign the head again.

    Raises `Refused` (`nothing_to_adopt`, `role`), `NotTrusted` (`published_differs`) when the
    database is no earlier state of exactly the log that was published, `Malformed` or OSError when
    the files cannot be read.
    """
    require(None if by == platform_actor("city") else deny_role(by, CityRole.ADMINISTRATOR))
    with city_transaction():
        # 1. Become the one writer: nobody appends in between.
        lock_log()
        size, head = tree_size(), published_head()
        if head is None or head.size <= size:
            raise Refused(
                "nothing_to_adopt",
                "Sổ công khai đã công bố không có mục nào mà cơ sở dữ liệu thiếu.",
                "Nothing was published that the database lacks.",
            )
        # 2. The files are exactly what our key signed, and the database is how they began.
        reader = TileReader(head.size, _file)
        _prove(head, size, reader)
        # 3. Take the entries over and compute the tree with them.
        lost = _append(size, head.size, at)
        if root_of(head.size) != head.root:
            raise _differs()
        # 4. A newer head of the same size and root: the log goes on where it was published.
        sign_adopted(head.size, max(at, head.at) if head.at else at)
        record_event(
            using=CITY_DATABASE,
            by=by,
            at=at,
            action="adopt_log",
            subject="log",
            detail={"first": size, "size": head.size},
        )
    return Adopted(size, head.size, dict(lost))


def _prove(head: Checkpoint, size: int, reader: TileReader) -> None:
    whole = tree_root(head.size, reader.node) if head.size else EMPTY_ROOT
    begun = tree_root(size, reader.node) if size else EMPTY_ROOT
    own = root_of(size) if size else EMPTY_ROOT
    if whole != head.root or begun != own:
        raise _differs()


def _append(size: int, end: int, at: dt.datetime) -> Counter[tuple[str, str, str]]:
    lost: Counter[tuple[str, str, str]] = Counter()
    for index in range(size // _BATCH, -(-end // _BATCH)):
        width = min(_BATCH, end - index * _BATCH)
        bundle = decode_entries(_file(Tile(None, index, width).path), width)
        start = max(size, index * _BATCH)
        entries = bundle[start - index * _BATCH :]
        hashes = [leaf_hash(entry) for entry in entries]
        LogEntryRow.objects.bulk_create(
            LogEntryRow(
                index=start + place,
                entry=entry,
                leaf_hash=hashes[place],
                record_uuid="",
                appended_at=at,
            )
            for place, entry in enumerate(entries)
        )
        append_hashes(start, hashes)
        AdoptedEntry.objects.bulk_create(
            AdoptedEntry(index=start + place, adopted_at=at) for place in range(len(entries))
        )
        lost.update(_about(entry) for entry in entries)
    return lost


def _about(data: bytes) -> tuple[str, str, str]:
    try:
        entry = LogEntry.parse(data)
    except HocBaError:
        raise _differs() from None
    return str(entry.unit_code), str(entry.school_year), entry.kind.value


def _file(path: str) -> bytes:
    return (Path(settings.LOG_DIR) / path).read_bytes()


def _differs() -> NotTrusted:
    return NotTrusted(
        "published_differs",
        "Sổ đã công bố không nối tiếp cơ sở dữ liệu này: khôi phục nhầm bản, hoặc thư mục sổ đã bị "
        "sửa. Chưa ghi gì.",
        "The published log does not continue this database. Nothing was written.",
    )
