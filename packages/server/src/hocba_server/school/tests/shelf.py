"""Rows that a fixture made once, put back in milliseconds for every later test.

A fixture such as `issued` calls dozens of services, checks and signatures. The first test that asks
for it pays for that; what the fixture added to and changed in the database is kept, and later tests
get the same rows with the same numbers. Sequences only grow, so new rows never meet kept ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from django.core import mail
from django.db import connections, transaction
from psycopg import sql

T = TypeVar("T")
Rows = dict[tuple[str, str], str]
"""A whole row as PostgreSQL writes it, by table and primary key."""

_ALIASES = ("default", "school")
_TABLES = """
    SELECT c.relname, min(a.attname)
    FROM pg_index i
    JOIN pg_class c ON c.oid = i.indrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
    WHERE i.indisprimary AND c.relkind = 'r' AND c.relname <> 'django_migrations'
    GROUP BY c.relname HAVING count(*) = 1 ORDER BY c.relname
"""


@dataclass(frozen=True, slots=True)
class Made:
    """What a fixture answered, and what it wrote in each database."""

    value: Any
    written: dict[str, Rows]


class Shelf:
    """Keeps what fixtures made, for one process."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, int], Made] = {}

    def take(self, name: str, make: Callable[[], T]) -> T:
        """What `make` answers: made, or put back when it was made from exactly the same rows.

        `make` must write all that it does to the database, and only add and change rows.
        """
        before = {alias: _rows(alias) for alias in _ALIASES}
        state = hash(tuple(frozenset(rows.items()) for rows in before.values()))
        found = self._made.get((name, state))
        if found is None:
            found = Made(make(), {alias: _written(alias, before[alias]) for alias in _ALIASES})
            mail.outbox.clear()  # as for those who come later
            self._made[name, state] = found
        else:
            for alias, rows in found.written.items():
                _put_back(alias, rows)
        value: T = found.value
        return value


@cache
def _tables(alias: str) -> dict[str, str]:
    """Name and primary key of every table."""
    with connections[alias].cursor() as cursor:
        cursor.execute(_TABLES)
        return dict(cursor.fetchall())


def _rows(alias: str) -> Rows:
    parts = [
        sql.SQL("SELECT {name}, {key}::text, {table}::text FROM {table}").format(
            name=sql.Literal(table), key=sql.Identifier(key), table=sql.Identifier(table)
        )
        for table, key in _tables(alias).items()
    ]
    with connections[alias].cursor() as cursor:
        cursor.execute(sql.SQL(" UNION ALL ").join(parts))
        return {(table, key): row for table, key, row in cursor.fetchall()}


def _written(alias: str, before: Rows) -> Rows:
    after = _rows(alias)
    gone = before.keys() - after.keys()
    assert not gone, f"a fixture on the shelf may not delete: {sorted(gone)}"
    return {place: row for place, row in after.items() if before.get(place) != row}


def _put_back(alias: str, rows: Rows) -> None:
    """Write rows past the triggers, which were asked when the rows were made."""
    if not rows:
        return
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table, of_table in _by_table(rows):
            place = {
                "table": sql.Identifier(table),
                "key": sql.Identifier(_tables(alias)[table]),
            }
            cursor.execute(
                sql.SQL("DELETE FROM {table} WHERE {key}::text = ANY (%s)").format(**place),
                [[key for key, _ in of_table]],
            )
            cursor.execute(
                sql.SQL(
                    "INSERT INTO {table} SELECT (one.row).* FROM"
                    " (SELECT unnest(%s::text[])::{table} AS row OFFSET 0) AS one"
                ).format(**place),
                [[row for _, row in of_table]],
            )
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def _by_table(rows: Rows) -> Iterable[tuple[str, list[tuple[str, str]]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for (table, key), row in rows.items():
        found.setdefault(table, []).append((key, row))
    return found.items()
