"""Dictionaries: trained from what was accepted, used from then on, needed for ever."""

from __future__ import annotations

import pytest
from django.db import Error, connections, transaction

from hocba.errors import NotTrusted, Refused
from hocba.record.sample import sample_record
from hocba_certworld.cast import Cast
from hocba_server.city.conftest import Submit
from hocba_server.city.inspection.tests.damage import damage
from hocba_server.city.repository import compression, dictionaries
from hocba_server.city.repository.dictionaries import train_dictionary, train_missing
from hocba_server.city.repository.models import CompressionDictionary, StoredRecord
from hocba_server.city.repository.selectors import original_of
from hocba_server.city.tests.cast import ADMINISTRATOR, OFFICER, SENT
from hocba_server.web.audit.models import AuditEntry


@pytest.fixture
def trained(
    submit: Submit, cast: Cast, documents: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> CompressionDictionary:
    """A dictionary from twenty records; zstd refuses to learn from fewer."""
    monkeypatch.setattr(dictionaries, "ENOUGH", 8)
    monkeypatch.setattr(dictionaries, "SIZE", 4096)
    submit(*documents, *(cast.sign(sample_record(4, seed=seed)) for seed in range(3, 20)))
    row = StoredRecord.objects.all()[0]
    return train_dictionary(
        by=ADMINISTRATOR, at=SENT, profile=row.profile, school_year=row.school_year
    )


def test_the_next_record_is_packed_with_it(
    trained: CompressionDictionary, submit: Submit, cast: Cast
) -> None:
    assert trained.bytes_with < trained.bytes_without * 0.9
    document = cast.sign(sample_record(4, seed=50))
    submit(document)
    row = StoredRecord.objects.latest("pk")
    assert row.original.dictionary_id == trained.pk
    assert original_of(row) == document
    before = StoredRecord.objects.earliest("pk")
    assert before.original.dictionary_id == 0
    assert len(bytes(row.original.document)) < len(bytes(before.original.document))
    assert original_of(before)
    assert AuditEntry.objects.using("city").filter(action="train_dictionary").count() == 1


def test_each_format_and_year_once(trained: CompressionDictionary) -> None:
    assert train_missing(at=SENT) == 0
    assert CompressionDictionary.objects.count() == 1


def test_who_and_when_not(submit: Submit, documents: list[bytes]) -> None:
    submit(*documents)
    for by, code in ((OFFICER, "role"), (ADMINISTRATOR, "too_few_samples")):
        with pytest.raises(Refused) as caught:
            train_dictionary(by=by, at=SENT, profile="v2_2025", school_year="2025-2026")
        assert caught.value.code == code


def test_a_lost_dictionary_is_said(
    trained: CompressionDictionary, submit: Submit, cast: Cast
) -> None:
    submit(cast.sign(sample_record(4, seed=50)))
    row = StoredRecord.objects.latest("pk")
    compression._dictionary.cache_clear()
    compression._decompressor.cache_clear()
    damage("UPDATE city_repository_compressiondictionary SET data = 'x'")
    with pytest.raises(NotTrusted, match="Từ điển nén"):
        original_of(row)


def test_it_is_kept_for_ever(trained: CompressionDictionary) -> None:
    for statement in ("DELETE FROM {}", "UPDATE {} SET id = id", "TRUNCATE {}"):
        with (
            pytest.raises(Error, match="append-only"),
            transaction.atomic(using="city"),
            connections["city"].cursor() as cursor,
        ):
            cursor.execute("SET LOCAL ROLE NONE")  # the owner; the roles have no right to it
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(statement.format("city_repository_compressiondictionary"))
