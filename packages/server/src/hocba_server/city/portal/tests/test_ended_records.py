"""The signed list of ended records: made from the repository, telling nothing to a stranger."""

from __future__ import annotations

import hashlib

from django.test import Client

from hocba.record.codec import read_record
from hocba.verify.status_list import read_ended_records
from hocba_server.city.conftest import Submit
from hocba_server.city.log_key import log_key
from hocba_server.city.repository.models import ChangeKind, StatusChange, StoredRecord
from hocba_server.city.tests.cast import SENT

LIST = "/xac-thuc/het-luu-hanh"


def test_a_recalled_record_is_listed_and_no_other(
    client: Client, submit: Submit, documents: list[bytes]
) -> None:
    submit(*documents[:2])
    keys = [log_key().public_key()]
    assert read_ended_records(client.get(LIST).content, keys).entries == frozenset()
    number = read_record(documents[0]).record.record_uuid
    StatusChange.objects.create(
        record=StoredRecord.objects.get(record_uuid=number),
        kind=ChangeKind.RECALL,
        salt=bytes(16),
        reason="Ghi sai",
        changed_by=1,
        changed_by_name="Chuyên viên Mẫu",
        changed_at=SENT,
    )
    first, second = client.get(LIST), client.get(LIST)
    listed = read_ended_records(first.content, keys)
    assert len(listed.entries) == 1
    assert listed.has(number, hashlib.sha256(documents[0]).digest())
    other = read_record(documents[1]).record.record_uuid
    assert not listed.has(other, hashlib.sha256(documents[1]).digest())
    assert number.encode() not in first.content
    assert first.content != second.content, "each list has a salt of its own"
    assert first.headers["Cache-Control"] == "public, max-age=300"
