"""A department that trusts the world of a generated city."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from hocba_server.city.tests.cast import SENT
from hocba_server.city.transparency.services import start_log
from hocba_server.config.acting import PLATFORM, acting

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test here may use the city's database."""
    for item in items:
        if HERE in item.path.parents and item.get_closest_marker("django_db") is None:
            item.add_marker(pytest.mark.django_db(databases=["default", "city"]))


@pytest.fixture(autouse=True)
def as_platform() -> Iterator[None]:
    """Load trials act as the platform itself."""
    with acting(PLATFORM):
        yield


@pytest.fixture
def log(tmp_path: Path, settings: Any) -> None:
    """An empty public log."""
    settings.LOG_KEY_FILE = Path(django_settings.VAR_DIR) / "test-log-key.pem"
    settings.LOG_DIR = tmp_path / "public-log"
    settings.LOG_POLICY = None
    start_log(at=SENT)
