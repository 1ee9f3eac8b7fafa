"""One certificate world for the tests of this room; lets them import `trust_world`, too."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hocba.trust.store import TrustStore
from hocba_certworld.world import CertWorld

MADE = datetime(2026, 5, 1, tzinfo=UTC)
sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> CertWorld:
    return CertWorld.create(tmp_path_factory.mktemp("trust") / "world", MADE)


@pytest.fixture(scope="session")
def store(world: CertWorld) -> TrustStore:
    return TrustStore.from_pem([world.roots_pem()])
