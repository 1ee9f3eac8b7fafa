"""Action: a closed class is opened again by decision, and closed again after it."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest

from hocba.errors import Refused
from hocba.record.sample import sample_record
from hocba.tlog.closing_list import open_closing_list
from hocba_certworld.cast import Cast
from hocba_server.city.closing.models import ClassClosing, Reopening
from hocba_server.city.closing.reopenings import Decision, reopen_class
from hocba_server.city.closing.selectors import closing_of
from hocba_server.city.closing.services import close_class, close_due
from hocba_server.city.closing.tests.year_end import (
    BETWEEN,
    CLASS,
    SECOND,
    YEAR,
    decision,
    photo,
    replacing,
)
from hocba_server.city.conftest import Submit
from hocba_server.city.gateway.models import RecordOutcome
from hocba_server.city.log_key import log_key, log_origin
from hocba_server.city.recalls.tests.asking import ask, decide, item_of, results
from hocba_server.city.repository.models import StoredRecord
from hocba_server.city.tests.cast import ADMINISTRATOR, OFFICER
from hocba_server.web.audit.models import AuditEntry

AFTER = dt.datetime(2026, 8, 20, 2, 0, tzinfo=dt.UTC)
UNTIL = dt.date(2026, 8, 31)
OVER = dt.datetime(2026, 8, 31, 17, 0, tzinfo=dt.UTC)
"""The first minute of 1 September in Viet Nam."""


@pytest.fixture
def closed(submit: Submit, documents: list[bytes]) -> list[bytes]:
    """The class is closed for good."""
    submit(*documents)
    close_class(by=OFFICER, at=SECOND, key=CLASS)
    return documents


def reopen(until: dt.date = UNTIL, **changes: Any) -> int:
    return reopen_class(by=OFFICER, at=AFTER, key=CLASS, decision=decision(until, **changes))


def test_until_that_day_the_class_is_as_if_it_were_never_closed(
    closed: list[bytes], submit: Submit, cast: Cast
) -> None:
    late = cast.sign(sample_record(4, seed=9))
    submit(late, at=AFTER)
    assert RecordOutcome.objects.latest("pk").code == "2401"
    reopen()
    submit(late, at=AFTER)
    assert RecordOutcome.objects.latest("pk").code == "0"
    package = ask([item_of(closed[0])], cast.seal, at=AFTER)
    assert results(package)[0]["trang_thai"] == 1
    decide(package)
    submit(cast.sign(replacing(0)), at=AFTER)
    assert RecordOutcome.objects.latest("pk").code == "0"
    close_class(by=OFFICER, at=AFTER, key=CLASS)
    first, second = ClassClosing.objects.order_by("number")
    assert (second.former, second.record_count, second.round) == (first, 4, "reassessed")
    keys = [log_key().public_key()]
    listed = open_closing_list(bytes(second.signed_list), keys, name=log_origin())
    assert listed.former == first.sha256
    submit(cast.sign(sample_record(4, seed=10)), at=AFTER)
    assert RecordOutcome.objects.latest("pk").code == "2401"
    audit = AuditEntry.objects.using("city").get(action="reopen_class")
    assert audit.detail["decision"] == "12/QĐ-SGDĐT"


def test_after_that_day_it_is_closed_at_once_and_listed_again(
    closed: list[bytes], submit: Submit, cast: Cast
) -> None:
    reopen()
    late = cast.sign(sample_record(4, seed=9))
    submit(late, at=AFTER)
    row = StoredRecord.objects.latest("pk")
    assert closing_of(row, AFTER) is None
    assert closing_of(row, OVER) is not None, "what came meanwhile is closed too"
    submit(cast.sign(sample_record(4, seed=10)), at=OVER)
    assert RecordOutcome.objects.latest("pk").code == "2401"
    [answer] = results(ask([item_of(late)], cast.seal, at=OVER))
    assert answer["error"] == "2401"
    assert close_due(by=OFFICER, at=OVER, school_year=YEAR).closed == 1
    assert ClassClosing.objects.get(number=2).record_count == 4
    assert close_due(by=OFFICER, at=OVER, school_year=YEAR).closed == 0


@pytest.mark.parametrize(
    ("changes", "code", "where"),
    [
        ({"number": " "}, "decision", "number"),
        ({"reason": ""}, "decision", "reason"),
        ({"date": dt.date(2026, 8, 21)}, "decision", "date"),
        ({"until": dt.date(2026, 8, 19)}, "decision", "until"),
        ({"until": dt.date(2027, 1, 1)}, "decision", "until"),
        ({"content": b""}, "file_empty", "file"),
        ({"content": b"%PDF-1.7 broken"}, "file_type", "file"),
        ({"content": b"GIF89a"}, "file_type", "file"),
        ({"content": b"\xff\xd8\xff" + b"x" * 5_000_000}, "file_too_large", "file"),
    ],
)
@pytest.mark.usefixtures("closed")
def test_a_decision_that_is_not_whole_opens_nothing(
    changes: dict[str, Any], code: str, where: str
) -> None:
    with pytest.raises(Refused) as refusal:
        reopen_class(
            by=OFFICER,
            at=AFTER,
            key=CLASS,
            decision=dataclasses.replace(decision(UNTIL), **changes),
        )
    assert (refusal.value.code, refusal.value.where) == (code, where)
    assert not Reopening.objects.exists()


@pytest.mark.usefixtures("closed")
def test_a_photographed_decision_does_and_its_name_is_made_harmless() -> None:
    reopen(content=photo(), filename="../../quyết định<1>.exe")
    row = Reopening.objects.get()
    assert (row.media_type, row.filename) == ("image/jpeg", "quyết định1.jpg")


def test_who_may_and_when(submit: Submit, documents: list[bytes]) -> None:
    submit(*documents)
    one: Decision = decision(UNTIL)
    with pytest.raises(Refused) as refusal:
        reopen_class(by=OFFICER, at=AFTER, key=CLASS, decision=one)
    assert refusal.value.code == "not_closed"
    close_class(by=OFFICER, at=SECOND, key=CLASS)
    with pytest.raises(Refused) as refusal:
        reopen_class(by=ADMINISTRATOR, at=AFTER, key=CLASS, decision=one)
    assert refusal.value.code == "role"
    reopen()
    for at in (AFTER, OVER):
        late = dataclasses.replace(one, until=dt.date(2026, 9, 10))
        with pytest.raises(Refused) as refusal:
            reopen_class(by=OFFICER, at=at, key=CLASS, decision=late)
        assert refusal.value.code == "not_closed"
    assert Reopening.objects.count() == 1


def test_before_the_second_date_a_reopened_class_gets_its_first_closing_again(
    submit: Submit, documents: list[bytes]
) -> None:
    submit(*documents)
    close_class(by=OFFICER, at=BETWEEN - dt.timedelta(days=5), key=CLASS)
    reopen_class(by=OFFICER, at=BETWEEN, key=CLASS, decision=decision())
    close_class(by=OFFICER, at=BETWEEN, key=CLASS)
    assert ClassClosing.objects.get(number=2).round == "main"
