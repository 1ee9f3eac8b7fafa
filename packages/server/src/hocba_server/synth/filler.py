"""Rows of a generated city by the million, for trials of what depends on how much is stored.

Every row has the columns and the indexes of a real one; in place of the original stands a short
text, so that ten million rows fit a small disk. Nothing here is a record: no signature, no proof.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import zstandard
from django.db import connections
from psycopg import sql

from hocba.ids import SchoolYear
from hocba.tlog.entry import EntryKind, LogEntry
from hocba_server.city.database import CITY_DATABASE, city_transaction
from hocba_server.city.repository.models import Original, RecordInForce, StoredRecord
from hocba_server.city.transparency.services import NewEntry, append_entries
from hocba_server.synth.school import unit_code_of

YEARS = 5
"""Records of one pupil: primary school."""
PUPILS_PER_CLASS = 40
PUPILS_PER_SCHOOL = 1000
FIRST_SCHOOL = 1000
"""Schools before are those of `SynthSchool`."""
ACCEPTED = dt.datetime(2026, 5, 28, tzinfo=dt.UTC)
_BATCH = 20_000
_STORED = (
    *("record_uuid", "sha256", "size", "profile", "unit_code"),
    *("school_name", "school_year", "grade", "classroom_name", "personal_id", "pupil_code"),
    *("pupil_name", "birth_date", "issued_on", "seal_sha256", "salt", "evidence", "message_id"),
    *("accepted_at", "completed"),
)


@dataclass(frozen=True, slots=True)
class FilledRecord:
    """Where row number `number` of the generated city stands."""

    number: int

    @property
    def record_uuid(self) -> str:
        """Random-looking, the same each time."""
        digest = hashlib.sha256(f"filler/{self.number}".encode()).digest()[:16]
        return str(uuid.UUID(bytes=digest, version=4))

    @property
    def pupil(self) -> int:
        """Number of the pupil."""
        return self.number // YEARS

    @property
    def personal_id(self) -> str:
        """Twelve digits with a place code that is not allocated."""
        return f"000{self.pupil:09d}"

    @property
    def grade(self) -> int:
        """1 to 5."""
        return self.number % YEARS + 1

    @property
    def school_year(self) -> str:
        """The year in which the pupil was in that grade."""
        first = 2020 + self.number % YEARS
        return f"{first}-{first + 1}"

    @property
    def unit_code(self) -> str:
        """The pupil's school."""
        return str(unit_code_of(FIRST_SCHOOL + self.pupil // PUPILS_PER_SCHOOL))

    @property
    def classroom_name(self) -> str:
        """The pupil's class."""
        return f"{self.grade}A{self.pupil % PUPILS_PER_SCHOOL // PUPILS_PER_CLASS + 1}"


def fill_repository(
    count: int,
    *,
    first: int = 0,
    logged: bool = False,
    show: Callable[[int], None] = lambda _: None,
) -> None:
    """Add rows number `first` to `first + count - 1` to the repository of this installation.

    `logged`: with an entry of the public log each. Every batch of 20,000 is one commit.
    """
    compressed = zstandard.ZstdCompressor(level=3).compress(_TEXT)
    for begin in range(first, first + count, _BATCH):
        batch = [
            FilledRecord(number) for number in range(begin, min(begin + _BATCH, first + count))
        ]
        with city_transaction():
            _copy(batch, compressed)
            if logged:
                append_entries([_entry(one) for one in batch], at=ACCEPTED)
        show(begin + len(batch) - first)


def settle() -> None:
    """What a running server does in the background by itself, done now, as the tables' owner."""
    connection: Any = connections[CITY_DATABASE]
    connection.become_owner()
    try:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
            cursor.execute("CHECKPOINT")
    finally:
        connection.step_down()


_TEXT = b"<!-- Khong phai hoc ba: dong sinh ra de do toc do. -->"
_SHA256 = hashlib.sha256(_TEXT).hexdigest()
_SEAL = hashlib.sha256(b"seal").hexdigest()
_EVIDENCE = [hashlib.sha256(f"evidence/{number}".encode()).hexdigest() for number in range(3)]


def _copy(batch: list[FilledRecord], compressed: bytes) -> None:
    """By way of a table of this session: PostgreSQL copies into none that has row security."""
    connection = connections[CITY_DATABASE]
    names = {
        "original": sql.Identifier(Original._meta.db_table),
        "stored": sql.Identifier(StoredRecord._meta.db_table),
        "in_force": sql.Identifier(RecordInForce._meta.db_table),
        "document": sql.Literal(compressed),
        "columns": sql.SQL(", ").join(map(sql.Identifier, _STORED)),
    }
    with connection.cursor():  # connected, and PostgreSQL knows for whom
        pass
    with connection.connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(
                "CREATE TEMP TABLE IF NOT EXISTS synth_rows ON COMMIT DELETE ROWS"
                " AS SELECT {columns} FROM {stored} WITH NO DATA"
            ).format(**names)
        )
        cursor.execute("TRUNCATE synth_rows")
        copying = sql.SQL("COPY synth_rows ({columns}) FROM STDIN").format(**names)
        with cursor.copy(copying) as copy:
            for row in _rows(batch):
                copy.write_row(row)
        for statement in (
            "INSERT INTO {stored} ({columns}) SELECT {columns} FROM synth_rows",
            "SELECT city_repository_room_for(school_year)"
            " FROM (SELECT DISTINCT school_year FROM synth_rows ORDER BY 1) AS years",
            "INSERT INTO {original} (record_id, school_year, unit_code, dictionary_id, document)"
            " SELECT id, school_year, unit_code, 0, {document} FROM {stored}"
            " WHERE record_uuid IN (SELECT record_uuid FROM synth_rows)",
            "INSERT INTO {in_force} (record_id, personal_id, school_year, since)"
            " SELECT id, personal_id, school_year, accepted_at FROM {stored}"
            " WHERE record_uuid IN (SELECT record_uuid FROM synth_rows)",
        ):
            cursor.execute(sql.SQL(statement).format(**names))


def _rows(batch: list[FilledRecord]) -> Iterator[tuple[object, ...]]:
    for one in batch:
        yield (
            one.record_uuid,
            _SHA256,
            len(_TEXT),
            "v2_2025",
            one.unit_code,
            f"Tiểu học Sinh Thử {one.unit_code[-4:]}",
            one.school_year,
            one.grade,
            one.classroom_name,
            one.personal_id,
            f"79{one.pupil:08d}",
            f"Nguyễn Văn Sinh {one.pupil}",
            "01/02/2015",
            ACCEPTED,
            _SEAL,
            hashlib.sha256(one.record_uuid.encode()).digest(),
            _EVIDENCE,
            f"synth-{one.unit_code}-{one.school_year}-{one.classroom_name}",
            ACCEPTED,
            True,
        )


def _entry(one: FilledRecord) -> NewEntry:
    entry = LogEntry(
        EntryKind.ISSUE,
        unit_code_of(FIRST_SCHOOL + one.pupil // PUPILS_PER_SCHOOL),
        SchoolYear(one.school_year),
        bytes.fromhex(_SEAL),
        hashlib.sha256(f"commitment/{one.number}".encode()).digest(),
        ACCEPTED,
    )
    return NewEntry(entry, one.record_uuid)
