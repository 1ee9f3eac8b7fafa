"""A walk over every address of the school house, as administrator and as another school.

New pages are covered without being asked: an address that `addresses.py` does not name fails.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from hocba_server.school.tests.addresses import (
    NUMBERS,
    TABLE,
    Address,
    Behind,
    behind,
    every_address,
    existing,
    missing,
)
from hocba_server.school.tests.cast import NAMES, Cast
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.accounts.models import User
from hocba_server.web.audit.models import AuditEntry

ADDRESSES = every_address()
APPS = sorted({address.namespace for address in ADDRESSES})
SECRETS = (*NAMES, "Tốt lắm.", "Em học tốt.", "Tự giác.", "00031900000")
"""Names, numbers and comments of the cast's pupils: nobody but their school reads them."""
_TOKEN = re.compile(rb'(name="csrfmiddlewaretoken" value=")[^"]*|"X-CSRFToken": *"[^"]*')


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda each: each.name)
def test_every_address_is_in_the_table(address: Address) -> None:
    assert behind(address.name) is not None, (
        f"{address.name} is new: say in addresses.py whether it shows results"
    )
    for name, kind in address.parameters:
        known = kind not in {"IntConverter", "UUIDConverter"} or address.object_of(name)
        assert known or name in NUMBERS, f"addresses.py: what does {name} of {address.name} name"


def test_the_table_names_no_address_that_is_gone() -> None:
    named = {
        f"{namespace}:{short}" if namespace else short
        for namespace, kinds in TABLE.items()
        for names in kinds.values()
        for short in names.split()
    }
    assert named - {address.name for address in ADDRESSES} == set()


def _sign_in(by: Actor) -> Client:
    user = User.objects.create(
        username=f"{by.personal_id}-{by.unit_code}",
        full_name=by.name,
        personal_id=by.personal_id,
        house=by.house,
        unit_code=by.unit_code,
        roles=list(by.roles),
    )
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


@dataclass(frozen=True)
class Answer:
    """What an address says in the end: redirects are followed, and its own path is taken out."""

    method: str
    status: int
    body: bytes
    json: bool

    @property
    def leaks(self) -> list[str]:
        """What of the pupils it shows."""
        text = self.body.decode("utf-8", "replace")
        return [secret for secret in SECRETS if secret in text]


def _answers(client: Client, address: Address, values: dict[str, object]) -> list[Answer]:
    """Reading and writing; a method that the page does not know is left out."""
    url = reverse(address.name, kwargs=values)
    found = []
    for method in ("get", "post"):
        answer = getattr(client, method)(url, follow=True)
        if answer.status_code == 405:
            continue
        content: bytes = b"".join(answer) if answer.streaming else answer.content
        for path, _ in [*answer.redirect_chain, (url, 0)]:
            content = content.replace(path.encode(), b"")
        json = answer.headers.get("Content-Type", "").startswith("application/json")
        found.append(Answer(method, answer.status_code, _TOKEN.sub(b"", content), json))
    return found


def _writes() -> int:
    return AuditEntry.objects.using("school").filter(kind=AuditEntry.Kind.WRITE).count()


@contextmanager
def _undone() -> Iterator[None]:
    """Each address finds the school as it was."""
    with transaction.atomic(using="default"), transaction.atomic(using="school"):
        yield
        transaction.set_rollback(True, using="default")
        transaction.set_rollback(True, using="school")


@pytest.mark.parametrize("app", APPS)
def test_the_administrator_sees_no_results(
    app: str, cast: Cast, issued: int, subtests: pytest.Subtests
) -> None:
    client = _sign_in(cast.administrator)
    for address in (each for each in ADDRESSES if each.namespace == app):
        with subtests.test(address.name), _undone():
            values, before = existing(address), _writes()
            answers = _answers(client, address, values)
            assert answers
            for answer in answers:
                assert answer.status < 500
                assert answer.leaks == []
                if behind(address.name) is Behind.RESULTS:
                    # A program that asks without saying what for is refused before its person.
                    assert answer.status in ({400, 403, 404} if answer.json else {403, 404})
            if behind(address.name) is Behind.RESULTS:
                assert _writes() == before


@pytest.mark.parametrize("app", APPS)
def test_another_school_cannot_tell_what_exists(
    app: str, cast: Cast, issued: int, subtests: pytest.Subtests
) -> None:
    client = _sign_in(cast.stranger)
    for address in (each for each in ADDRESSES if each.namespace == app):
        with subtests.test(address.name), _undone():
            found = _answers(client, address, existing(address))
            assert found
            assert [answer.leaks for answer in found] == [[]] * len(found)
            assert all(answer.status < 500 for answer in found)
            if not address.names_an_object:
                continue
            assert {answer.status for answer in found if answer.method == "get"} <= {404}
            assert found == _answers(client, address, missing(address))
