"""Damaging what the database guards: as somebody would who owns it."""

from __future__ import annotations

from typing import Any

from django.db import connections, transaction

from hocba_server.config.guarded.base import WORKER_ROLE


def damage(statement: str, values: list[Any] | None = None) -> None:
    """Run a statement past the triggers and foreign keys; it must change something."""
    with transaction.atomic(using="city"), connections["city"].cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL ROLE NONE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, values or None)
        assert cursor.rowcount > 0, statement
        cursor.execute("SET LOCAL session_replication_role = origin")
        cursor.execute(f"SET LOCAL ROLE {WORKER_ROLE}")
