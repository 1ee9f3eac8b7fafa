"""One certificate world for the tests of this room."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hocba.trust.store import TrustStore
from hocba_certworld.world import CertWorld

MADE = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> CertWorld:
    return CertWorld.create(tmp_path_factory.mktemp("trust") / "world", MADE)


@pytest.fixture(scope="session")
def store(world: CertWorld) -> TrustStore:
    return TrustStore.from_pem([world.roots_pem()])
