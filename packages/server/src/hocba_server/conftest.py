"""What tests of both houses need of the databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.db.backends.postgresql.operations import DatabaseOperations


@pytest.fixture(scope="session", autouse=True)
def emptying_past_the_guards() -> Iterator[None]:
    """Tests with threads commit, and Django empties the tables after them: past our own triggers,
    which refuse exactly that."""

    def empty(self: DatabaseOperations, sql_list: list[str]) -> None:
        with transaction.atomic(using=self.connection.alias), self.connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE NONE")  # past the roles that own nothing, too
            cursor.execute("SET LOCAL session_replication_role = replica")
            for statement in sql_list:
                cursor.execute(statement)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", empty)
        yield
