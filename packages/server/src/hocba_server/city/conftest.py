"""Fixtures of the department's tests: its trust, an approved school, and records of that school."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from hocba.record.sample import SCHOOL_CODE, sample_record
from hocba_certworld.cast import Cast
from hocba_certworld.local import LocalRevocation
from hocba_certworld.world import CertWorld
from hocba_server.city.certificates.models import CertificateRegistration
from hocba_server.city.certificates.services import approve, register_unit
from hocba_server.city.gateway.models import IncomingPackage
from hocba_server.city.gateway.services import answer_request, open_account, process_package
from hocba_server.city.tests.cast import (
    ADMINISTRATOR,
    MADE,
    SENT,
    WARD_OFFICER,
    FixedClock,
    registration,
    submission,
)
from hocba_server.city.transparency.services import start_log
from hocba_server.config.acting import PLATFORM, acting

HERE = Path(__file__).parent
Submit = Callable[..., IncomingPackage]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of the city house may use the city's database."""
    for item in items:
        if HERE in item.path.parents and item.get_closest_marker("django_db") is None:
            item.add_marker(pytest.mark.django_db(databases=["default", "city"]))


@pytest.fixture(autouse=True)
def acting_as_platform() -> Iterator[None]:
    """What a test does by itself, it does as a job would; pages set their own scope."""
    with acting(PLATFORM):
        yield


@pytest.fixture(scope="session")
def cast(tmp_path_factory: pytest.TempPathFactory) -> Cast:
    """The invented school's people and their keys."""
    world = CertWorld.create(tmp_path_factory.mktemp("city-world") / "world", MADE)
    return Cast.hire(world)


@pytest.fixture(autouse=True)
def trusted(cast: Cast, tmp_path: Path, settings: Any) -> None:
    """The department trusts the world of this run."""
    folder = tmp_path / "trust"
    folder.mkdir()
    (folder / "root.pem").write_bytes(cast.world.roots_pem())
    for name, pem in cast.world.issuers_pem():
        (folder / f"{name}.pem").write_bytes(pem)
    settings.TRUST_DIR = folder
    settings.LOG_KEY_FILE = Path(django_settings.VAR_DIR) / "test-log-key.pem"
    settings.LOG_DIR = tmp_path / "public-log"
    settings.LOG_POLICY = None


@pytest.fixture
def school(cast: Cast) -> str:
    """A school that the department knows; nothing is approved yet."""
    register_unit(
        by=ADMINISTRATOR,
        at=SENT,
        code=SCHOOL_CODE,
        name="Tiểu học Mẫu",
        ownership="public",
        ward_code="26740",
        ward_name="Phường Sài Gòn",
    )
    open_account(by=ADMINISTRATOR, at=SENT, unit_code=SCHOOL_CODE)
    start_log(at=SENT)
    return SCHOOL_CODE


@pytest.fixture
def approved(school: str, cast: Cast) -> str:
    """The school with its certificate approved."""
    answer_request(registration(cast.seal), at=SENT)
    row = CertificateRegistration.objects.get()
    approve(by=WARD_OFFICER, at=SENT, registration_id=row.pk)
    return school


@pytest.fixture(scope="session")
def documents(cast: Cast) -> list[bytes]:
    """Three signed and sealed records."""
    return [cast.sign(sample_record(4, seed=seed)) for seed in range(3)]


@pytest.fixture
def submit(approved: str, cast: Cast) -> Submit:
    """Send documents as the school and let the job work on them."""

    def send(*sent: bytes, key: Any = None, at: dt.datetime = SENT) -> IncomingPackage:
        answer = answer_request(submission(sent, key or cast.seal), at=at)
        assert answer["Error"] == "0", answer
        package = IncomingPackage.objects.latest("pk")
        process(package.pk, cast, at)
        package.refresh_from_db()
        return package

    return send


def process(package_id: int, cast: Cast, at: dt.datetime = SENT) -> None:
    """What the worker does."""
    revocation = LocalRevocation(cast.world, lambda: at)
    process_package(package_id, clock=FixedClock(at), revocation=revocation)
