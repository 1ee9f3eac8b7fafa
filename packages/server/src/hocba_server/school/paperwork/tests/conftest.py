"""The sources of an installed school, answered by the cast's own certificate world."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hocba_certworld.local import LocalTimestamp
from hocba_certworld.softkey import SoftKey
from hocba_server.school.paperwork.tests.papers import PERSON, WAITING, Paper
from hocba_server.school.tests.cast import CODE, Cast, TestKeys, WorldTrust
from hocba_server.school.training.sources import InstalledSources

Ready = Callable[[str], tuple[Paper, SoftKey]]


@pytest.fixture(autouse=True)
def sources(
    keys: TestKeys,
    trust: WorldTrust,
    timestamps: LocalTimestamp,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(InstalledSources, "keys", lambda _: keys)
    monkeypatch.setattr(InstalledSources, "trust", lambda _: trust)
    monkeypatch.setattr(InstalledSources, "timestamps", lambda _: timestamps)


@pytest.fixture
def ready(request: pytest.FixtureRequest, keys: TestKeys, approved_seal: None) -> Ready:
    """A paper that waits, with the key that signs it."""

    def prepare(name: str) -> tuple[Paper, SoftKey]:
        if name in {"sao-y", "ma-ban-in", "dong-dau-pdf", "nop-so", "thu-hoi", "chinh-ly"}:
            request.getfixturevalue("issued")
        cast: Cast = request.getfixturevalue("cast")
        person = PERSON.get(name)
        key = keys.key_for(person) if person else keys.organisation_key(CODE)
        return WAITING[name](cast), key

    return prepare
