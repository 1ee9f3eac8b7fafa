"""What the job worker does for reporting, step by step, without the worker."""

from __future__ import annotations

import datetime as dt

from hocba.errors import Unavailable
from hocba_server.city.tests.cast import SENT, FixedClock
from hocba_server.city.upstream.models import Handover, Kind, Message, MessageState
from hocba_server.city.upstream.sending import ask_message, send_message
from hocba_server.city.upstream.services import work
from hocba_server.city.upstream.tests.fake_store import FakeStore
from hocba_server.web.accounts.actor import Actor


def run(
    store: FakeStore, *, at: dt.datetime = SENT, by: Actor | None = None, rounds: int = 4
) -> None:
    """Find, sign, send and ask until nothing moves."""
    clock = FixedClock(at)
    for _ in range(rounds):
        work(clock=clock, by=by)
        for message in Message.objects.filter(state=MessageState.WAITING):
            send(message.pk, store, at)
        for message in Message.objects.filter(state=MessageState.ACKNOWLEDGED):
            try:
                ask_message(message.pk, clock=clock, client=store)
            except Unavailable:
                continue


def send(message_pk: int, store: FakeStore, at: dt.datetime = SENT) -> bool:
    """Try once; was there an answer?"""
    try:
        send_message(message_pk, clock=FixedClock(at), client=store)
    except Unavailable:
        return False
    return True


def states(kind: Kind) -> list[str]:
    """States of everything of one kind, in the order in which it was found."""
    return list(Handover.objects.filter(kind=kind).order_by("pk").values_list("state", flat=True))
