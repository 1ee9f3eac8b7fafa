"""Entries for tests of the log alone: no record stands behind them."""

from __future__ import annotations

import hashlib
import uuid

from hocba.ids import SchoolYear, UnitCode
from hocba.record.sample import SCHOOL_CODE
from hocba.tlog.entry import EntryKind, LogEntry
from hocba_server.city.tests.cast import SENT
from hocba_server.city.transparency.services import NewEntry


def some_entries(count: int, name: str = "a") -> list[NewEntry]:
    """Entries that differ from each other and from those of another name."""
    return [
        NewEntry(
            LogEntry(
                EntryKind.ISSUE,
                UnitCode(SCHOOL_CODE),
                SchoolYear("2025-2026"),
                hashlib.sha256(b"seal").digest(),
                hashlib.sha256(f"{name} {place}".encode()).digest(),
                SENT,
            ),
            str(uuid.uuid4()),
        )
        for place in range(count)
    ]
