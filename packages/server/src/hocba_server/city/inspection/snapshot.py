"""One moment of the database for several questions, while others go on writing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections, transaction

from hocba_server.city.database import CITY_DATABASE


@contextmanager
def snapshot() -> Iterator[None]:
    """Read everything inside as of one moment, and write nothing.

    Inside a transaction that is open already its own view is used.
    """
    connection = connections[CITY_DATABASE]
    fresh = not connection.in_atomic_block
    with transaction.atomic(using=CITY_DATABASE):
        if fresh:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield
