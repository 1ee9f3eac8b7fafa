"""Whoever opens a pupil's record leaves a line that the family sees (QĐ 1789 Đ5, Đ39).

No list of pages is trusted: the test watches which answers were made from the bytes of a record or
of a paper about a pupil, at every address of the school house, for everybody who may open it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.db import connections, models, transaction
from django.test import Client
from django.urls import reverse

from hocba_server.school.tests.addresses import every_address, existing
from hocba_server.school.tests.cast import Cast
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.accounts.models import User
from hocba_server.web.audit.models import AuditEntry

ROOMS = ("school_issuing", "school_statements", "school_papers", "school_signing")
READERS = ("principal", "registrar", "clerk", "homeroom", "music")
OF_A_RECORD = ("Tốt lắm.", "Em học tốt.", "Tự giác.", "Bệnh viện Mẫu")
"""What a page shows of a record; names and states alone are no reading of it."""


def _bytes_of_records() -> set[str]:
    """Columns that hold a record, or a paper made from one, as SQL names them."""
    return {
        f'"{model._meta.db_table}"."{field.column}"'
        for room in ROOMS
        for model in apps.get_app_config(room).get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.BinaryField)
    }


@contextmanager
def _reading_bytes() -> Iterator[set[str]]:
    """Columns with records that are fetched inside the block."""
    columns, seen = _bytes_of_records(), set[str]()

    def watch(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if sql.startswith("SELECT"):
            seen.update(column for column in columns if column in sql)
        return execute(sql, *rest)

    with connections["school"].execute_wrapper(watch):
        yield seen


def _client(by: Actor) -> Client:
    user = User.objects.create(
        username=by.personal_id,
        full_name=by.name,
        personal_id=by.personal_id,
        house=by.house,
        unit_code=by.unit_code,
        roles=list(by.roles),
    )
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def _readings() -> int:
    return AuditEntry.objects.using("school").filter(kind=AuditEntry.Kind.READ).count()


def _is_page(answer: Any) -> bool:
    kind: str = answer.headers.get("Content-Type", "")
    return kind.startswith(("text/html", "application/json"))


@pytest.mark.parametrize("reader", READERS)
def test_what_shows_a_record_says_who_read_it(
    reader: str, cast: Cast, issued: int, subtests: pytest.Subtests
) -> None:
    client = _client(getattr(cast, reader))
    shown = 0
    for address in every_address():
        before = _readings()
        with transaction.atomic(using="default"), transaction.atomic(using="school"):
            url = reverse(address.name, kwargs=existing(address))
            with _reading_bytes() as columns:
                answer = client.get(url)
                content = answer.getvalue()
            noted = _readings() - before
            transaction.set_rollback(True, using="default")
            transaction.set_rollback(True, using="school")
        if answer.status_code != 200 or not columns:
            continue
        if not _is_page(answer) or any(text in content.decode() for text in OF_A_RECORD):
            shown += 1
            with subtests.test(f"{address.name} {sorted(columns)}"):
                assert noted > 0
    assert shown > 0


LOOKS_INTO_RECORDS = {
    "school_paperwork:remote": "keeps the certificate beside the digests that are out",
    "school_registry:civil_status": "says which issued records carry other data than now",
    "school_registry:new_year": "the signed record says who moves up",
    "school_registry:sheets": "says what differs from the record of the year before",
}
"""Pages that decide by what records say, and show nothing of them."""


@pytest.mark.parametrize("reader", READERS)
def test_what_shows_no_record_loads_none(reader: str, cast: Cast, issued: int) -> None:
    """A board of fifty classes would carry the bytes of two thousand records for nothing."""
    client = _client(getattr(cast, reader))
    heavy: dict[str, set[str]] = {}
    for address in every_address():
        before = _readings()
        with transaction.atomic(using="default"), transaction.atomic(using="school"):
            url = reverse(address.name, kwargs=existing(address))
            with _reading_bytes() as columns:
                answer = client.get(url)
            noted = _readings() > before
            transaction.set_rollback(True, using="default")
            transaction.set_rollback(True, using="school")
        if answer.status_code == 200 and _is_page(answer) and columns and not noted:
            heavy[address.name] = columns
    assert heavy.keys() <= LOOKS_INTO_RECORDS.keys(), heavy
