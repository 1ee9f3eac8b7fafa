from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.db import Error, connections, transaction

from hocba_server.config.acting import PLATFORM, acting
from hocba_server.web.accounts.actor import EVERYBODY, Actor
from hocba_server.web.audit.models import AuditEntry
from hocba_server.web.audit.selectors import entries_of, readings_of
from hocba_server.web.audit.services import record_event, record_read

HOUSES = ["school", "city"]
AT = dt.datetime(2026, 5, 29, 7, 30, tzinfo=dt.UTC)
TEACHER = Actor(7, "Phạm Thị Mẫu", "000012345678", "79000001", ("GVCN",), "school")

pytestmark = pytest.mark.django_db(databases=["default", *HOUSES])


@pytest.fixture(autouse=True)
def acting_as_platform() -> Iterator[None]:
    """Row security of the city's database lets a job through."""
    with acting(PLATFORM):
        yield


def note(using: str) -> AuditEntry:
    record_event(
        using=using,
        by=TEACHER,
        at=AT,
        action="sign",
        subject="record:1",
        detail={"count": 45, "day": dt.date(2026, 5, 29)},
    )
    return AuditEntry.objects.using(using).get()


@pytest.mark.parametrize("using", HOUSES)
def test_an_entry_says_who_when_and_what(using: str) -> None:
    entry = note(using)
    assert (entry.user_id, entry.name, entry.roles) == (7, "Phạm Thị Mẫu", ["GVCN"])
    assert (entry.at, entry.action, entry.kind) == (AT, "sign", "write")
    assert entry.detail == {"count": 45, "day": "2026-05-29"}
    assert not AuditEntry.objects.using(({*HOUSES} - {using}).pop()).exists()


@pytest.mark.parametrize("using", HOUSES)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE web_audit_auditentry SET name = 'ai khác'",
        "DELETE FROM web_audit_auditentry",
        "TRUNCATE web_audit_auditentry",
    ],
)
def test_the_database_refuses_every_change(using: str, statement: str) -> None:
    before = note(using)
    with (
        pytest.raises(Error, match="chỉ được ghi thêm"),
        transaction.atomic(using=using),
        connections[using].cursor() as cursor,
    ):
        cursor.execute("SET LOCAL ROLE NONE")  # the owner; the city's roles have no right to it
        cursor.execute(statement)
    assert AuditEntry.objects.using(using).get() == before


@pytest.mark.parametrize("using", HOUSES)
def test_django_itself_cannot_change_an_entry(using: str) -> None:
    entry = note(using)
    entry.name = "ai khác"
    with pytest.raises(Error), transaction.atomic(using=using):
        entry.save()
    with pytest.raises(Error), transaction.atomic(using=using):
        entry.delete()


@pytest.mark.parametrize("using", HOUSES)
def test_an_entry_goes_with_the_change_it_names(using: str) -> None:
    with pytest.raises(RuntimeError), transaction.atomic(using=using):
        note(using)
        raise RuntimeError
    assert not AuditEntry.objects.using(using).exists()


def test_readings_are_apart_from_changes() -> None:
    note("city")
    record_read(using="city", by=EVERYBODY, at=AT, subject="record:1", detail={"how": "uuid"})
    record_read(using="city", by=TEACHER, at=AT, subject="record:2")
    assert [entry.kind for entry in entries_of("record:1", using="city")] == ["write", "read"]
    (reading,) = readings_of("record:1", using="city")
    assert (reading.user_id, reading.name) == (None, "Khách")
