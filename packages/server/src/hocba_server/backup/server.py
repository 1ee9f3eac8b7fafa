"""Questions to the server that is backed up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

import psycopg

from hocba.errors import Unavailable

SLOT = "hocba_backup"
"""The server keeps the log for this slot until the folder has it, also while nobody fetches it."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Which server it is."""

    system: str
    version: int
    segment_size: int


@contextmanager
def connected(arguments: dict[str, Any]) -> Iterator[psycopg.Connection[Any]]:
    """A connection to the server. Raises `Unavailable` with code `database`."""
    try:
        with psycopg.connect(**arguments, autocommit=True) as connection:
            yield connection
    except psycopg.OperationalError as error:
        raise Unavailable(
            "database",
            f"Không nối được cơ sở dữ liệu: {error}",
            f"The database cannot be reached: {error}",
        ) from error


def identity(connection: psycopg.Connection[Any]) -> Identity:
    """System identifier, main version and segment size."""
    row = _row(
        connection,
        "SELECT (SELECT system_identifier::text FROM pg_control_system()), "
        "current_setting('server_version_num')::int / 10000, "
        "(SELECT bytes_per_wal_segment FROM pg_control_init())",
    )
    return Identity(*row)


def moment(connection: psycopg.Connection[Any]) -> tuple[datetime, str]:
    """The server's time, and the place of its log up to which everything until then is written."""
    row = _row(connection, "SELECT clock_timestamp(), pg_current_wal_flush_lsn()::text")
    return row[0], row[1]


def slot_has(connection: psycopg.Connection[Any], lsn: str) -> bool:
    """Has the receiver of our slot made the log durable up to this place?"""
    row = _row(
        connection,
        "SELECT COALESCE(bool_or(r.flush_lsn >= %s::pg_lsn), false) FROM pg_stat_replication r "
        "JOIN pg_replication_slots s ON s.active_pid = r.pid WHERE s.slot_name = %s",
        [lsn, SLOT],
    )
    return bool(row[0])


def _row(
    connection: psycopg.Connection[Any], question: LiteralString, values: list[str] | None = None
) -> tuple[Any, ...]:
    row = connection.execute(question, values).fetchone()
    if row is None:
        raise Unavailable("database", "PostgreSQL không trả lời.", "PostgreSQL gave no answer.")
    found: tuple[Any, ...] = row
    return found
