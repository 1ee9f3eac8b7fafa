"""Rows of a generated city by the million, for trials of what depends on how much is stored.

Every row has the columns and the indexes of a real one; in place of the original stands a short
text, so that ten million rows fit a small disk. Nothing here is a record: no signature, no proof.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Callable
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


@dataclass(frozen=True, slots=True)
class FilledRecord:
    """Where row number `number` of the generated city stands."""

    number: int

    @property
    def record_uuid(self) -> str:
        """Random-looking, the same each time."""
        digest = hashlib.md5(f"filler/{self.number}".encode(), usedforsecurity=False).hexdigest()
        return str(uuid.UUID(f"{digest[:12]}4{digest[13:16]}8{digest[17:]}"))

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
        end = min(begin + _BATCH, first + count)
        with city_transaction():
            _insert(begin, end, compressed)
            if logged:
                entries = [_entry(FilledRecord(number)) for number in range(begin, end)]
                append_entries(entries, at=ACCEPTED)
        show(end - first)


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


_NUMBERS = """
SELECT *, overlay(overlay(hash placing '4' from 13 for 1) placing '8' from 17 for 1)::uuid::text
    AS record_uuid, '7900000' || to_char({first_school} + pupil / {per_school}, 'FM0000') AS unit
FROM (
    SELECT n, n / {years} AS pupil, mod(n, {years}) + 1 AS grade, md5('filler/' || n) AS hash,
        (2020 + mod(n, {years})) || '-' || (2021 + mod(n, {years})) AS school_year
    FROM generate_series(%(begin)s::bigint, %(end)s::bigint) AS n
) AS numbers
"""
"""Each number with what `FilledRecord` says of it: PostgreSQL makes rows several times as fast."""
_RECORDS = f"""
INSERT INTO {{stored}} (record_uuid, sha256, size, profile, unit_code, school_name, school_year,
    grade, classroom_name, personal_id, pupil_code, pupil_name, birth_date, issued_on, seal_sha256,
    salt, evidence, message_id, accepted_at, completed)
SELECT record_uuid, %(sha256)s, %(size)s, 'v2_2025', unit, 'Tiểu học Sinh Thử ' || right(unit, 4),
    school_year, grade, classroom, '000' || lpad(pupil::text, 9, '0'),
    '79' || lpad(pupil::text, 8, '0'), 'Nguyễn Văn Sinh ' || pupil, '01/02/2015', %(at)s, %(seal)s,
    sha256(record_uuid::bytea), %(evidence)s, 'synth-' || unit || '-' || school_year, %(at)s, true
FROM (
    SELECT *, grade || 'A' || (mod(pupil, {{per_school}}) / {{per_class}} + 1) AS classroom
    FROM ({_NUMBERS}) AS named
) AS rows
ORDER BY n
RETURNING id
"""  # noqa: S608 - our own words
_ROOM = f"""
SELECT city_repository_room_for(school_year)
FROM (SELECT DISTINCT school_year FROM ({_NUMBERS}) AS named ORDER BY school_year) AS years
"""  # noqa: S608 - our own words
_ORIGINALS = """
INSERT INTO {original} (record_id, school_year, unit_code, dictionary_id, document)
SELECT id, school_year, unit_code, 0, %(document)s FROM {stored}
WHERE id BETWEEN %(first_id)s AND %(last_id)s
"""
_IN_FORCE = """
INSERT INTO {in_force} (record_id, personal_id, school_year, since)
SELECT id, personal_id, school_year, accepted_at FROM {stored}
WHERE id BETWEEN %(first_id)s AND %(last_id)s
"""


def _insert(begin: int, end: int, compressed: bytes) -> None:
    """Rows number `begin` to `end - 1` in the open transaction, which nobody else writes in."""
    names = {
        "original": sql.Identifier(Original._meta.db_table),
        "stored": sql.Identifier(StoredRecord._meta.db_table),
        "in_force": sql.Identifier(RecordInForce._meta.db_table),
        "years": sql.Literal(YEARS),
        "per_school": sql.Literal(PUPILS_PER_SCHOOL),
        "per_class": sql.Literal(PUPILS_PER_CLASS),
        "first_school": sql.Literal(FIRST_SCHOOL),
    }
    values = {
        "begin": begin,
        "end": end - 1,
        "sha256": _SHA256,
        "size": len(_TEXT),
        "at": ACCEPTED,
        "seal": _SEAL,
        "evidence": _EVIDENCE,
        "document": compressed,
    }
    connection = connections[CITY_DATABASE]
    with connection.cursor():  # connected, and PostgreSQL knows for whom
        pass
    with connection.connection.cursor() as cursor:

        def run(statement: str) -> None:
            cursor.execute(sql.SQL(statement).format(**names), values)

        run(_ROOM)
        run(_RECORDS)
        made = [number for (number,) in cursor.fetchall()]
        values |= {"first_id": min(made), "last_id": max(made)}
        run(_ORIGINALS)
        run(_IN_FORCE)


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
