"""Action: send the records of several classes with one activation of the school's key."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from hocba.errors import Refused
from hocba_certworld.softkey import SoftKey
from hocba_server.school.issuing.models import IssueBatch
from hocba_server.school.papers.tests.conftest import AddYear, add_year
from hocba_server.school.registry.models import School
from hocba_server.school.submission.models import Package
from hocba_server.school.submission.selectors import outbox_of
from hocba_server.school.submission.services import new_message_id, submit_batches
from hocba_server.school.tests.cast import AT, CODE, Cast, TestKeys
from hocba_server.web.audit.models import AuditEntry

__all__ = ["add_year"]


class CountingKey:
    """The school's key, which counts how often it was asked."""

    def __init__(self, key: SoftKey) -> None:
        self._key = key
        self.certificate, self.algorithm, self.chain = key.certificate, key.algorithm, key.chain
        self.asked: list[int] = []

    def sign_digests(self, digests: Sequence[bytes]) -> list[bytes]:
        self.asked.append(len(digests))
        return self._key.sign_digests(digests)


@pytest.fixture
def batches(issued: int, add_year: AddYear) -> list[int]:
    """Two classes with issued records."""
    add_year("issued")
    return list(IssueBatch.objects.order_by("pk").values_list("pk", flat=True))


def messages(batches: Sequence[int]) -> dict[int, str]:
    return {batch_id: new_message_id() for batch_id in batches}


def test_one_activation_sends_every_class(
    results: Cast, batches: list[int], keys: TestKeys
) -> None:
    school = School.objects.get(pk=results.school_id)
    before = outbox_of(school)
    assert [(line.ready, line.package_open) for line in before] == [(3, False), (1, False)]
    key = CountingKey(keys.organisation_key(CODE))
    sent = submit_batches(by=results.clerk, at=AT, messages_of=messages(batches), key=key)
    assert key.asked == [2]
    assert len(set(sent)) == 2
    rows = Package.objects.order_by("pk")
    assert [row.records.count() for row in rows] == [3, 1]
    assert all(line.package_open for line in outbox_of(school))
    assert AuditEntry.objects.using("school").filter(action="submit_batch").count() == 2
    with pytest.raises(Refused) as refusal:
        submit_batches(by=results.clerk, at=AT, messages_of=messages(batches), key=key)
    assert refusal.value.code == "package_open"


def test_all_classes_or_none(results: Cast, batches: list[int], keys: TestKeys) -> None:
    key = keys.organisation_key(CODE)
    for by, chosen, code in (
        (results.clerk, [*batches, 987654321], "not_found"),
        (results.stranger, batches, "not_found"),
        (results.principal, batches, "role"),
        (results.administrator, batches, "role"),
    ):
        with pytest.raises(Refused) as refusal:
            submit_batches(by=by, at=AT, messages_of=messages(chosen), key=key)
        assert refusal.value.code == code
    assert not Package.objects.exists()
