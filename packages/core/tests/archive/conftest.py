"""Three certificate worlds, each ten years long, one after the other."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hocba.trust.store import TrustStore
from hocba_certworld.world import CertWorld

STARTS = [datetime(year, 5, 1, tzinfo=UTC) for year in (2026, 2035, 2044)]
"""Each begins one year before the one before it ends."""


@pytest.fixture(scope="session")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> list[CertWorld]:
    folder = tmp_path_factory.mktemp("archive")
    return [CertWorld.create(folder / str(start.year), start) for start in STARTS]


@pytest.fixture(scope="session")
def store(worlds: list[CertWorld]) -> TrustStore:
    return TrustStore.from_pem([world.roots_pem() for world in worlds])
