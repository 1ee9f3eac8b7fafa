"""Two officers decide on the same recall at the same moment: one of them decides."""

from __future__ import annotations

import threading
from contextvars import copy_context
from typing import Any

import pytest
from django.db import connections

from hocba.errors import Refused
from hocba.tlog.entry import EntryKind, LogEntry
from hocba_certworld.cast import Cast
from hocba_server.city.conftest import Submit
from hocba_server.city.recalls.models import RecallCase
from hocba_server.city.recalls.tests.asking import ask, decide, item_of
from hocba_server.city.repository.models import RecordInForce, StatusChange
from hocba_server.city.transparency.models import LogEntryRow

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "city"])


@pytest.mark.parametrize("second", [True, False], ids=["both-approve", "one-refuses"])
def test_one_decides_and_the_other_is_told(
    submit: Submit, documents: list[bytes], cast: Cast, second: bool
) -> None:
    submit(documents[0])
    package = ask([item_of(documents[0])], cast.seal)
    told: list[str] = []
    faults: list[BaseException] = []
    gate = threading.Barrier(2)

    def run(**named: Any) -> None:
        try:
            gate.wait(10)
            decide(package, **named)
        except Refused as refusal:
            told.append(refusal.code)
        except BaseException as fault:  # noqa: BLE001 - whatever it is, the test has to see it
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [
        threading.Thread(
            target=copy_context().run, args=(run,), kwargs={"approve": approve, "sentence": "x"}
        )
        for approve in (True, second)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
    assert told == ["decided"]
    case = RecallCase.objects.get()
    recalled = case.state == "approved"
    kinds = [LogEntry.parse(bytes(row.entry)).kind for row in LogEntryRow.objects.all()]
    assert kinds == [EntryKind.ISSUE, *([EntryKind.RECALL] if recalled else [])]
    assert StatusChange.objects.count() == int(recalled)
    assert RecordInForce.objects.count() == int(not recalled)
