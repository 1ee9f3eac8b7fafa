"""What the department accepted, ended and closed reaches the store, in order, once."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from hocba.errors import Refused
from hocba.ids import RecordUuid
from hocba.packet.answers import RecallResult
from hocba.packet.codes import ResponseCode
from hocba.record.model import FormatProfile
from hocba.record.sample import sample_record
from hocba_certworld.cast import Cast
from hocba_server.city.closing.services import close_class
from hocba_server.city.closing.tests.year_end import CLASS, MAIN
from hocba_server.city.conftest import Submit
from hocba_server.city.recalls.tests.asking import REASON, ask, decide, item_of
from hocba_server.city.tests.cast import ADMINISTRATOR, OFFICER, SENT, FixedClock
from hocba_server.city.upstream import dispatch as dispatching
from hocba_server.city.upstream import messages
from hocba_server.city.upstream.models import (
    Handover,
    Kind,
    Message,
    MessageState,
    Standstill,
    State,
)
from hocba_server.city.upstream.services import order_work, work
from hocba_server.city.upstream.tests.fake_store import FakeStore
from hocba_server.city.upstream.tests.reporting import run, send, states
from hocba_server.web.audit.models import AuditEntry

OLD = str(sample_record(4).record_uuid)
NEW = RecordUuid("33333333-3333-4333-8333-333333333333")


def successor(cast: Cast) -> bytes:
    return cast.sign(dataclasses.replace(sample_record(4), record_uuid=NEW))


def test_the_store_gets_the_exact_bytes_of_both_profiles(
    connected: FakeStore, submit: Submit, documents: list[bytes], cast: Cast
) -> None:
    older = cast.sign(sample_record(4, FormatProfile.V1_2024, seed=9))
    submit(*documents, older)
    run(connected)
    assert sorted(connected.originals.values()) == sorted([*documents, older])
    assert states(Kind.SUBMIT) == [State.ACCEPTED] * 4
    message = Message.objects.filter(kind=Kind.SUBMIT).get()
    assert message.state == MessageState.ANSWERED
    assert message.request is None, "the originals stand in the repository"
    sent = AuditEntry.objects.using("city").filter(action="report_upstream").first()
    assert sent is not None
    assert sent.detail["items"] == 4


def test_what_came_before_the_store_was_connected_is_found_too(
    submit: Submit, documents: list[bytes], connected: FakeStore
) -> None:
    submit(documents[0])
    run(connected)
    submit(*documents[1:])
    run(connected)
    run(connected)
    assert len(connected.originals) == 3
    assert Handover.objects.filter(kind=Kind.SUBMIT).count() == 3


def test_a_refused_record_says_why_and_the_others_go_on(
    connected: FakeStore, submit: Submit, documents: list[bytes]
) -> None:
    connected.refused[OLD] = ResponseCode.LEADER_SIGNATURE
    submit(*documents)
    run(connected)
    row = Handover.objects.get(kind=Kind.SUBMIT, subject=OLD)
    assert (row.state, row.code, row.field_title) == (State.REFUSED, "2203", "HO_VA_TEN")
    assert row.sentence == ResponseCode.LEADER_SIGNATURE.sentence.vi
    assert sorted(states(Kind.SUBMIT)) == [State.ACCEPTED, State.ACCEPTED, State.REFUSED]
    tables = Handover.objects.get(kind=Kind.ROWS, subject=OLD)
    assert tables.state == State.WAITING
    assert tables.waiting_for


def test_a_package_that_is_not_taken_leaves_nothing_half_done(
    connected: FakeStore, submit: Submit, documents: list[bytes]
) -> None:
    connected.package_code = ResponseCode.CERTIFICATE_NOT_APPROVED
    submit(*documents)
    run(connected)
    message = Message.objects.filter(kind=Kind.SUBMIT).get()
    assert (message.state, message.answer_code) == (MessageState.REFUSED, "1403")
    assert states(Kind.SUBMIT) == [State.REFUSED] * 3


def test_a_fault_of_the_store_is_no_answer(
    connected: FakeStore, submit: Submit, documents: list[bytes]
) -> None:
    connected.package_code = ResponseCode.SYSTEM_ERROR
    submit(documents[0])
    run(connected, rounds=1)
    message = Message.objects.get()
    assert (message.state, message.attempts) == (MessageState.WAITING, 1)
    assert message.problem
    connected.package_code = ResponseCode.RECEIVED
    run(connected)
    assert states(Kind.SUBMIT) == [State.ACCEPTED]


def test_a_store_that_is_away_or_loses_its_answer_doubles_nothing(
    connected: FakeStore, submit: Submit, documents: list[bytes]
) -> None:
    submit(*documents)
    work(clock=FixedClock())
    message = Message.objects.get()
    connected.away = True
    assert not send(message.pk, connected)
    connected.away, connected.forgetful = False, True
    assert not send(message.pk, connected), "it took the package, and the answer was lost"
    work(clock=FixedClock())
    assert Message.objects.count() == 1, "what is on its way is not packed again"
    run(connected)
    first = connected.sent[:2]
    assert first == [message.message_id] * 2, "the same number again"
    assert states(Kind.SUBMIT) == [State.ACCEPTED] * 3
    assert [line for line in connected.history if line.startswith("submit")] == [
        f"submit {uuid}" for uuid in connected.originals
    ]


def test_a_recall_goes_after_the_record_and_before_its_successor(
    connected: FakeStore, submit: Submit, documents: list[bytes], cast: Cast
) -> None:
    submit(documents[0])
    run(connected)
    decide(ask([item_of(documents[0])], cast.seal))
    submit(successor(cast))
    connected.recall_answer = RecallResult.PENDING
    run(connected)
    assert str(NEW) not in connected.originals, "the Ministry has not agreed to the recall yet"
    row = Handover.objects.get(kind=Kind.SUBMIT, subject=NEW)
    assert row.waiting_for == "Chờ Bộ trả lời yêu cầu thu hồi bản trước."
    [item] = connected.recalls
    assert item.reason is None, "the Ministry's eight tags and nothing else"
    message = Message.objects.get(kind=Kind.RECALL)
    answers = connected._outcomes[message.message_id]
    connected._outcomes[message.message_id] = [
        dataclasses.replace(answer, status=RecallResult.AGREED, error="0") for answer in answers
    ]
    connected.in_force[OLD] = False
    run(connected)
    happened = [line for line in connected.history if line.startswith("submit")]
    assert happened == [f"submit {OLD}", f"submit {NEW}"]
    assert states(Kind.RECALL) == [State.ACCEPTED]


def test_the_reason_of_a_recall_goes_along_where_the_store_takes_it(
    connected: FakeStore, submit: Submit, documents: list[bytes], cast: Cast, settings: Any
) -> None:
    settings.UPSTREAM_REASON = True
    submit(documents[0])
    run(connected)
    decide(ask([item_of(documents[0])], cast.seal))
    run(connected)
    assert [item.reason for item in connected.recalls] == [REASON]


def test_a_refused_recall_holds_the_successor_and_says_so(
    connected: FakeStore, submit: Submit, documents: list[bytes], cast: Cast
) -> None:
    connected.recall_answer = RecallResult.REFUSED
    submit(documents[0])
    run(connected)
    decide(ask([item_of(documents[0])], cast.seal))
    submit(successor(cast))
    run(connected)
    assert states(Kind.RECALL) == [State.REFUSED]
    row = Handover.objects.get(kind=Kind.SUBMIT, subject=NEW)
    assert row.state == State.WAITING
    assert "chưa đồng ý" in row.waiting_for


def test_what_was_recalled_before_it_was_reported_is_not_sent(
    connected: FakeStore, submit: Submit, documents: list[bytes], cast: Cast
) -> None:
    submit(documents[0])
    decide(ask([item_of(documents[0])], cast.seal))
    submit(successor(cast))
    run(connected)
    assert list(connected.originals) == [str(NEW)]
    assert connected.recalls == []
    assert states(Kind.SUBMIT) == [State.UNNEEDED, State.ACCEPTED]
    assert states(Kind.RECALL) == [State.UNNEEDED]


def test_a_closing_goes_when_the_store_has_every_record_of_the_class(
    connected: FakeStore, submit: Submit, documents: list[bytes]
) -> None:
    connected.refused[OLD] = ResponseCode.LEADER_SIGNATURE
    submit(*documents)
    close_class(by=OFFICER, at=MAIN, key=CLASS)
    run(connected)
    row = Handover.objects.get(kind=Kind.CLOSING)
    assert row.state == State.WAITING
    assert "1 học bạ" in row.waiting_for
    Handover.objects.filter(kind=Kind.SUBMIT, subject=OLD).update(
        state=State.WAITING, message=None, sentence="", code=""
    )
    connected.refused.clear()
    run(connected)
    assert states(Kind.CLOSING) == [State.ACCEPTED]
    assert connected.closings == [row.subject]
    assert connected.history[-1] == "closing" or "rows" in connected.history[-1]


def test_a_store_without_our_extras_gets_records_and_recalls_only(
    connected: FakeStore, submit: Submit, documents: list[bytes], settings: Any
) -> None:
    settings.UPSTREAM_EXTRA_URL = ""
    submit(*documents)
    close_class(by=OFFICER, at=MAIN, key=CLASS)
    run(connected)
    assert states(Kind.SUBMIT) == [State.ACCEPTED] * 3
    assert not Handover.objects.filter(kind__in=[Kind.ROWS, Kind.CLOSING]).exists()
    settings.UPSTREAM_EXTRA_URL = "https://kho.example/bo-sung"
    run(connected)
    assert states(Kind.ROWS) == [State.ACCEPTED] * 3, "found when the store learns to take them"
    assert states(Kind.CLOSING) == [State.ACCEPTED]


def test_only_a_person_sends_when_reporting_is_not_automatic(
    connected: FakeStore, submit: Submit, documents: list[bytes], settings: Any
) -> None:
    settings.UPSTREAM_AUTOMATIC = False
    submit(*documents)
    run(connected)
    assert connected.originals == {}
    assert states(Kind.SUBMIT) == [State.WAITING] * 3, "found, and shown as waiting"
    order_work(by=OFFICER, at=SENT)
    with pytest.raises(Refused):
        order_work(by=ADMINISTRATOR, at=SENT)
    run(connected, by=OFFICER)
    assert states(Kind.SUBMIT) == [State.ACCEPTED] * 3
    assert Message.objects.filter(kind=Kind.SUBMIT).get().actor["name"] == OFFICER.name


def test_a_token_that_is_away_stops_reporting_and_says_so(
    connected: FakeStore,
    submit: Submit,
    documents: list[bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    key = messages.own_key()

    def no_key() -> None:
        raise Refused("no_key", "Chưa cắm thiết bị ký của Sở.", "No token.")

    monkeypatch.setattr(messages, "own_key", no_key)
    submit(*documents)
    run(connected)
    assert Standstill.objects.get().problem == "Chưa cắm thiết bị ký của Sở."
    assert states(Kind.SUBMIT) == [State.WAITING] * 3
    monkeypatch.setattr(messages, "own_key", lambda: key)
    run(connected)
    assert not Standstill.objects.exists()
    assert states(Kind.SUBMIT) == [State.ACCEPTED] * 3


def test_many_records_go_in_several_packages(
    connected: FakeStore, submit: Submit, documents: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatching, "MAX_RECORDS", 2)
    submit(*documents)
    run(connected)
    sizes = Message.objects.filter(kind=Kind.SUBMIT).order_by("pk").values_list("item_count")
    assert [size for (size,) in sizes] == [2, 1]
    assert len(connected.originals) == 3
