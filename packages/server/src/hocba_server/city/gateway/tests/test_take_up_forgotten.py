"""An acknowledged package whose job came to nothing is taken up again (invariant 4)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connections
from procrastinate.contrib.django.models import ProcrastinateJob

from hocba_certworld.cast import Cast
from hocba_server.city.conftest import process
from hocba_server.city.gateway.forgotten import PATIENCE, take_up_forgotten
from hocba_server.city.gateway.models import IncomingPackage
from hocba_server.city.gateway.services import answer_request
from hocba_server.city.tests.cast import SENT, submission
from hocba_server.web.audit.models import AuditEntry

LATER = SENT + PATIENCE + dt.timedelta(seconds=1)


@pytest.fixture
def package(approved: str, cast: Cast, documents: list[bytes]) -> IncomingPackage:
    answer_request(submission(documents[:1], cast.seal), at=SENT)
    return IncomingPackage.objects.get()


def jobs(package: IncomingPackage) -> list[str]:
    rows = ProcrastinateJob.objects.using("city").filter(args__package_id=package.pk)
    return list(rows.order_by("id").values_list("status", flat=True))


def end_jobs(package: IncomingPackage, status: str) -> None:
    with connections["city"].cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = %s WHERE (args->>'package_id')::bigint = %s",
            [status, package.pk],
        )


def test_a_package_whose_job_failed_gets_another(package: IncomingPackage) -> None:
    end_jobs(package, "failed")
    assert take_up_forgotten(at=LATER) == 1
    assert jobs(package) == ["failed", "todo"]
    event = AuditEntry.objects.using("city").latest("pk")
    assert (event.action, event.subject) == ("take_up_package", f"package:{package.pk}")


def test_once_is_enough(package: IncomingPackage) -> None:
    end_jobs(package, "failed")
    assert [take_up_forgotten(at=LATER), take_up_forgotten(at=LATER)] == [1, 0]


@pytest.mark.parametrize("status", ["todo", "doing"])
def test_a_package_with_a_job_is_not_forgotten(package: IncomingPackage, status: str) -> None:
    end_jobs(package, status)
    assert take_up_forgotten(at=LATER) == 0


def test_a_young_package_is_not_forgotten(package: IncomingPackage) -> None:
    end_jobs(package, "failed")
    assert take_up_forgotten(at=SENT + PATIENCE) == 0


def test_a_package_with_a_result_is_not_forgotten(package: IncomingPackage, cast: Cast) -> None:
    process(package.pk, cast)
    end_jobs(package, "failed")
    assert take_up_forgotten(at=LATER) == 0
