"""Two officers close a class at once; a class is closed while a package is being worked on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import copy_context

import pytest
from django.db import connections

from hocba.errors import Refused
from hocba_certworld.cast import Cast
from hocba_server.city.closing.comparison import compare
from hocba_server.city.closing.models import ClassClosing, ClosedRecord
from hocba_server.city.closing.services import close_class
from hocba_server.city.closing.tests.year_end import CLASS, SECOND, kinds
from hocba_server.city.conftest import Submit, process
from hocba_server.city.gateway.models import IncomingPackage, RecordOutcome
from hocba_server.city.gateway.services import answer_request
from hocba_server.city.repository.models import RecordInForce
from hocba_server.city.tests.cast import OFFICER, submission

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "city"])


def at_once(*works: Callable[[], object]) -> list[str]:
    """Run all of it at the same moment; answers the codes of refusals."""
    told: list[str] = []
    faults: list[BaseException] = []
    gate = threading.Barrier(len(works))

    def run(work: Callable[[], object]) -> None:
        try:
            gate.wait(10)
            work()
        except Refused as refusal:
            told.append(refusal.code)
        except BaseException as fault:  # noqa: BLE001 - whatever it is, the test has to see it
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=copy_context().run, args=(run, work)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
    return told


def close() -> None:
    close_class(by=OFFICER, at=SECOND, key=CLASS)


def test_one_officer_closes_and_the_other_is_told(submit: Submit, documents: list[bytes]) -> None:
    submit(*documents)
    assert at_once(close, close) == ["closed_already"]
    assert ClassClosing.objects.count() == 1
    assert kinds() == ["issue"] * 3 + ["close"]


def test_a_package_in_work_is_before_the_list_or_not_on_it(
    submit: Submit, documents: list[bytes], cast: Cast
) -> None:
    submit(*documents[:2])
    answer_request(submission([documents[2]], cast.seal), at=SECOND)
    package = IncomingPackage.objects.latest("pk")
    told = at_once(close, lambda: process(package.pk, cast, SECOND))
    if told:
        assert told == ["packages_waiting"]
        close()
    row = ClassClosing.objects.get()
    assert RecordOutcome.objects.latest("pk").code == "0", "it had come before"
    assert row.record_count == RecordInForce.objects.count() == 3
    assert ClosedRecord.objects.count() == 3
    assert compare(by=OFFICER, closing=row, at=SECOND).whole
