"""Fixtures of the tests of boards and proofs: people of the cast at their pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from hocba_server.school.tests.cast import CODE
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.accounts.services import save_account

SignIn = Callable[[Actor], Client]


@pytest.fixture
def sign_in() -> SignIn:
    def enter(by: Actor) -> Client:
        user = save_account(
            username=f"mau-{by.personal_id}-{by.unit_code}",
            full_name=by.name,
            personal_id=str(by.personal_id),
            house="school",
            unit_code=str(by.unit_code),
            unit_name="Trường Tiểu học Thử" if by.unit_code == CODE else "Trường khác",
            roles=by.roles,
            demo=True,
        )
        client = Client()
        assert client.post("/vao/", {"username": user.username}).status_code == 302
        return client

    return enter
