"""Invariant 2: what is issued cannot change; the database refuses, whoever asks."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connections, transaction

from hocba_certworld.cast import Cast
from hocba_server.city.conftest import Submit
from hocba_server.city.recalls.tests.asking import ask, decide, item_of
from hocba_server.city.tests.cast import SENT
from hocba_server.city.transparency.models import SignedCheckpoint, WitnessCosignature
from hocba_server.config.guarded.base import WORKER_ROLE

TABLES = (
    "city_repository_storedrecord",
    "city_repository_original",
    "city_repository_original_2025",
    "city_repository_evidenceblob",
    "city_repository_statuschange",
    "city_transparency_logentryrow",
    "city_transparency_signedcheckpoint",
    "city_transparency_witnesscosignature",
)
COLUMN = {
    "city_repository_storedrecord": "pupil_name = 'x'",
    "city_repository_original": "document = 'x'",
    "city_repository_original_2025": "document = 'x'",
    "city_repository_evidenceblob": "kind = 'ocsp'",
    "city_repository_statuschange": "reason = 'x'",
    "city_transparency_logentryrow": "record_uuid = 'x'",
    "city_transparency_signedcheckpoint": "signed_at = now()",
    "city_transparency_witnesscosignature": "line = 'x'",
}


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "statement", ["UPDATE {t} SET {c}", "DELETE FROM {t}", "TRUNCATE {t} CASCADE"]
)
def test_the_database_refuses(
    submit: Submit, documents: list[bytes], cast: Cast, table: str, statement: str
) -> None:
    submit(documents[0])
    decide(ask([item_of(documents[0])], cast.seal))
    head = SignedCheckpoint.objects.latest("pk")
    WitnessCosignature.objects.create(head=head, witness="w", line="x", cosigned_at=SENT)
    before = count_of(table)
    assert before > 0
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(using="city"),
        connections["city"].cursor() as cursor,
    ):
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL ROLE NONE")  # the owner; the roles have no right to it
        cursor.execute(statement.format(t=table, c=COLUMN[table]))
    assert count_of(table) == before


def count_of(table: str) -> int:
    """Rows, as the owner sees them."""
    with transaction.atomic(using="city"), connections["city"].cursor() as cursor:
        cursor.execute("SET LOCAL ROLE NONE")
        cursor.execute(f"SELECT count(*) FROM {table}")
        [count] = cursor.fetchone() or (0,)
        cursor.execute(f"SET LOCAL ROLE {WORKER_ROLE}")
    return int(count)
