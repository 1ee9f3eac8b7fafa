"""Originals stand by school year; the database keeps each with its record."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connections, transaction

from hocba.errors import NotTrusted
from hocba_server.city.conftest import Submit
from hocba_server.city.inspection.tests.damage import damage
from hocba_server.city.repository.models import Original, StoredRecord
from hocba_server.city.repository.selectors import original_of, with_originals
from hocba_server.config.acting import NOBODY, acting

ORIGINAL = "city_repository_original"


def partitions() -> set[str]:
    with connections["city"].cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass",
            [ORIGINAL],
        )
        return {name for (name,) in cursor.fetchall()}


def test_the_first_record_of_a_year_makes_its_table(submit: Submit, documents: list[bytes]) -> None:
    submit(*documents)
    year = StoredRecord.objects.values_list("school_year", flat=True).distinct().get()
    name = f"{ORIGINAL}_{year[:4]}"
    assert name in partitions()
    with connections["city"].cursor() as cursor:
        cursor.execute("SET LOCAL ROLE NONE")
        cursor.execute(f"SELECT count(*) FROM {name}")
        assert cursor.fetchone() == (len(documents),)


def test_another_year_gets_another_table_once() -> None:
    with connections["city"].cursor() as cursor:
        for _ in range(2):
            cursor.execute("SELECT city_repository_room_for('1999-2000')")
    assert f"{ORIGINAL}_1999" in partitions()


@pytest.mark.parametrize(
    "year", ["", "2025", "2025-2027", "2025-2026; DROP", "x025-2026", "٢٠٢٥-٢٠٢٦"]
)
def test_what_is_no_school_year_gets_none(year: str) -> None:
    before = partitions()
    with (
        pytest.raises(DatabaseError, match="không phải năm học"),
        transaction.atomic(using="city"),
        connections["city"].cursor() as cursor,
    ):
        cursor.execute("SELECT city_repository_room_for(%s)", [year])
    assert partitions() == before


def test_many_are_asked_for_at_once(
    submit: Submit, documents: list[bytes], django_assert_num_queries: Callable[..., Any]
) -> None:
    submit(*documents)
    rows = StoredRecord.objects.order_by("pk")
    with django_assert_num_queries(2, using="city"):
        found = with_originals(rows)
        assert [original_of(row) for row in found] == documents


def test_lost_bytes_are_said_to_be_lost(submit: Submit, documents: list[bytes]) -> None:
    submit(*documents[:1])
    damage(f"DELETE FROM {ORIGINAL}")
    for row in (StoredRecord.objects.get(), *with_originals(StoredRecord.objects.all())):
        with pytest.raises(NotTrusted) as caught:
            original_of(row)
        assert caught.value.code == "lost"


@pytest.mark.parametrize(
    ("column", "value"),
    [("record_id", 10**9), ("unit_code", "'x'"), ("school_year", "'1999-2000'")],
)
def test_no_bytes_without_their_record(
    submit: Submit, documents: list[bytes], column: str, value: object
) -> None:
    submit(*documents[:1])
    columns = ["record_id", "school_year", "unit_code", "dictionary_id", "document"]
    chosen = ", ".join(str(value) if name == column else name for name in columns)
    with (
        pytest.raises(IntegrityError, match="bytes of no record"),
        transaction.atomic(using="city"),
        connections["city"].cursor() as cursor,
    ):
        cursor.execute("SELECT city_repository_room_for('1999-2000')")
        cursor.execute(
            f"INSERT INTO {ORIGINAL} ({', '.join(columns)}) SELECT {chosen} FROM {ORIGINAL}"
        )


def test_no_record_without_its_bytes(submit: Submit, documents: list[bytes]) -> None:
    submit(*documents[:1])
    row = StoredRecord.objects.get()
    row.pk, row.record_uuid = None, "another"
    with (
        pytest.raises(IntegrityError, match="without its bytes"),
        transaction.atomic(using="city"),
        connections["city"].cursor() as cursor,
    ):
        row.save(force_insert=True)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_nobody_reads_bytes_without_a_scope(submit: Submit, documents: list[bytes]) -> None:
    submit(*documents)
    assert Original.objects.count() == len(documents)
    with acting(NOBODY):
        assert Original.objects.count() == 0


def test_one_year_is_asked_for_one_table(submit: Submit, documents: list[bytes]) -> None:
    """A look at one record's bytes never walks through the tables of all years."""
    submit(*documents)
    row = StoredRecord.objects.first()
    assert row is not None
    with connections["city"].cursor() as cursor:
        for year in range(2015, 2020):
            cursor.execute("SELECT city_repository_room_for(%s)", [f"{year}-{year + 1}"])
        cursor.execute(
            f"EXPLAIN SELECT document FROM {ORIGINAL} WHERE record_id = %s AND school_year = %s",
            [row.pk, row.school_year],
        )
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert set(re.findall(rf"{ORIGINAL}_\d+", plan)) == {f"{ORIGINAL}_{row.school_year[:4]}"}
