"""Send what stands in the outbox, ask for answers, write them down. Every step may be repeated."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Final

from hocba.errors import HocBaError, Malformed, Sentence, Unavailable
from hocba.packet.codes import ResponseCode
from hocba.packet.supplement import SupplementAnswer
from hocba.packet.transactions import TransactionType
from hocba.ports import Clock
from hocba_server.city.database import CITY_DATABASE, city_transaction
from hocba_server.city.upstream import messages
from hocba_server.city.upstream.client import StoreClient, store_client
from hocba_server.city.upstream.models import Handover, Kind, Message, MessageState, State
from hocba_server.config.jobs import city_jobs
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event

ASK_JOB: Final = "city.upstream.ask"
WORK_JOB: Final = "city.upstream.work"
_SUPPLEMENTS: Final = (Kind.ROWS, Kind.CLOSING)
_QUERIES: Final = {
    Kind.SUBMIT: TransactionType.QUERY_SUBMISSION,
    Kind.RECALL: TransactionType.QUERY_RECALL,
}
_LONGEST: Final = 1000


def send_message(message_pk: int, *, clock: Clock, client: StoreClient | None = None) -> None:
    """Send a message of the outbox; the same number again gets the same answer.

    Raises `Unavailable` when the store cannot be reached or has a fault of its own: the message
    stays and is sent again.
    """
    message = Message.objects.get(pk=message_pk)
    if message.state != MessageState.WAITING or message.request is None:
        return
    store = client or store_client()
    try:
        if message.kind in _SUPPLEMENTS:
            extra = SupplementAnswer.from_json(store.send_extra(message.request))
            answer = messages.read_acknowledgement(extra.head.to_json())
            results = messages.read_supplement_results(extra.result)
        else:
            answer = messages.read_acknowledgement(store.send(message.request))
            results = {}
        _refuse_fault(answer)
    except HocBaError as fault:
        # A crash before the commit below leaves the message waiting: it goes again as it is.
        raise _note(message, fault) from fault
    at = clock.now()
    with city_transaction():
        message = Message.objects.select_for_update().get(pk=message_pk)
        if message.state != MessageState.WAITING:
            return
        message.attempts += 1
        message.answer_code = answer.code[:20]
        message.problem = message.problem_en = ""
        if not answer.accepted:
            _refuse(message, answer, at)
        else:
            message.state, message.acknowledged_at = MessageState.ACKNOWLEDGED, at
            if message.kind in _SUPPLEMENTS:
                _write(message, results, at)
                _settle(message, at)
            else:
                city_jobs.configure_task(ASK_JOB, allow_unknown=True).defer(message_id=message.pk)
        message.save()
        _audit(message, at, "upstream_answered", {"code": answer.code})


def ask_message(message_pk: int, *, clock: Clock, client: StoreClient | None = None) -> None:
    """Ask for the decisions on a message (transaction 2 or 6) and write them down.

    Raises `Unavailable` while the store is away or has not decided everything.
    """
    message = Message.objects.get(pk=message_pk)
    if message.state != MessageState.ACKNOWLEDGED:
        return
    query = _QUERIES[Kind(message.kind)]
    try:
        answer = (client or store_client()).send(messages.result_query(message.message_id, query))
        results = messages.read_results(answer, query)
    except HocBaError as fault:
        raise _note(message, fault) from fault
    at = clock.now()
    with city_transaction():
        message = Message.objects.select_for_update().get(pk=message_pk)
        if message.state != MessageState.ACKNOWLEDGED:
            return
        written = _write(message, results, at)
        left = message.handovers.filter(state=State.SENT).count()
        message.problem = message.problem_en = ""
        if left == 0:
            _settle(message, at)
        message.save()
        if written:
            _audit(message, at, "upstream_decided", {"decided": written, "left": left})
    if left:
        raise Unavailable(
            "not_decided",
            f"Bộ chưa trả lời về {left} mục. Kết quả sẽ hiện khi có.",
            f"The Ministry has not decided {left} items yet.",
        )


def _refuse_fault(answer: messages.Answer) -> None:
    """A fault of the store is no decision on the message."""
    if answer.code == ResponseCode.SYSTEM_ERROR:
        raise Unavailable("store_fault", answer.why.vi, answer.why.en)


def _note(message: Message, fault: HocBaError) -> Unavailable:
    """Write down why it did not work; another try follows."""
    vi, en = fault.sentence.vi[:_LONGEST], fault.sentence.en[:_LONGEST]
    Message.objects.filter(pk=message.pk).update(
        attempts=message.attempts + 1, problem=vi, problem_en=en
    )
    return Unavailable("store_answer" if isinstance(fault, Malformed) else fault.code, vi, en)


def _refuse(message: Message, answer: messages.Answer, at: dt.datetime) -> None:
    """The store did not take the message: each part of it may be sent again in a new one."""
    message.state = MessageState.REFUSED
    message.problem, message.problem_en = answer.why.vi[:_LONGEST], answer.why.en[:_LONGEST]
    message.handovers.filter(state=State.SENT).update(
        state=State.REFUSED, code=answer.code[:20], sentence=answer.why.vi[:_LONGEST], settled_at=at
    )


def _write(message: Message, results: Mapping[str, messages.Answer], at: dt.datetime) -> int:
    rows = []
    for row in message.handovers.select_for_update().filter(state=State.SENT):
        answer = results.get(row.subject)
        if answer is None:
            continue
        row.state = State.ACCEPTED if answer.accepted else State.REFUSED
        row.code = "" if answer.accepted else answer.code[:20]
        row.field_title = answer.field_title[:200]
        row.sentence = "" if answer.accepted else answer.why.vi[:_LONGEST]
        row.settled_at = at
        rows.append(row)
    Handover.objects.bulk_update(
        rows, ["state", "code", "field_title", "sentence", "settled_at"], batch_size=500
    )
    return len(rows)


_NO_ANSWER: Final = Sentence(
    "Kho của Bộ nhận gói nhưng không trả lời về mục này. Gửi lại.",
    "The store took the message but did not answer about this item.",
)


def _settle(message: Message, at: dt.datetime) -> None:
    """Everything of the message is answered: its content goes, and what waited for it may go."""
    message.handovers.filter(state=State.SENT).update(
        state=State.REFUSED, code="", sentence=_NO_ANSWER.vi, settled_at=at
    )
    message.state, message.answered_at, message.request = MessageState.ANSWERED, at, None
    city_jobs.configure_task(WORK_JOB, allow_unknown=True).defer(actor=None)


def _audit(message: Message, at: dt.datetime, action: str, detail: Mapping[str, object]) -> None:
    record_event(
        using=CITY_DATABASE,
        by=Actor.from_json(message.actor),
        at=at,
        action=action,
        subject=f"upstream:{message.pk}",
        detail={"message_id": message.message_id, **detail},
    )
