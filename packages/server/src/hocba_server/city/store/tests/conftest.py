"""This house as the Ministry's store, to which department 79 reports."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hocba_certworld.cast import Cast
from hocba_certworld.softkey import SoftKey
from hocba_server.city.certificates.models import CertificateRegistration, Level
from hocba_server.city.certificates.services import approve, register_unit
from hocba_server.city.conftest import process
from hocba_server.city.gateway.models import IncomingPackage
from hocba_server.city.gateway.services import answer_request, open_account
from hocba_server.city.tests.cast import ADMINISTRATOR, OFFICER, SENT, registration, submission
from hocba_server.city.transparency.services import start_log

Report = Callable[..., IncomingPackage]


@pytest.fixture(scope="session")
def department_key(cast: Cast) -> SoftKey:
    """The key of the department."""
    return cast.world.issue_organisation("Sở Giáo dục và Đào tạo Mẫu", "79")


@pytest.fixture(scope="session")
def other_key(cast: Cast) -> SoftKey:
    """The key of another department."""
    return cast.world.issue_organisation("Sở Giáo dục và Đào tạo Khác", "75")


@pytest.fixture
def in_store(settings: Any, department_key: SoftKey, other_key: SoftKey) -> None:
    """Two departments are known and approved; no school is."""
    settings.CITY_ROLE = "ministry"
    start_log(at=SENT)
    for code, key in (("79", department_key), ("75", other_key)):
        register_unit(
            by=ADMINISTRATOR,
            at=SENT,
            code=code,
            name=f"Sở {code}",
            ownership="public",
            levels=tuple(Level),
        )
        open_account(by=ADMINISTRATOR, at=SENT, unit_code=code)
        answer_request(registration(key, unit_code=code), at=SENT)
        row = CertificateRegistration.objects.latest("pk")
        approve(by=OFFICER, at=SENT, registration_id=row.pk)


@pytest.fixture
def report(in_store: None, cast: Cast, department_key: SoftKey) -> Report:
    """Send documents as the department and let the job work on them."""

    def send(*documents: bytes, key: SoftKey | None = None, unit: str = "79") -> IncomingPackage:
        asked = submission(documents, key or department_key, unit_code=unit)
        answer = answer_request(asked, at=SENT)
        assert answer["Error"] == "0", answer
        package = IncomingPackage.objects.latest("pk")
        process(package.pk, cast)
        package.refresh_from_db()
        return package

    return send
