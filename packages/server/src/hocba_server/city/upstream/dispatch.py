"""Make messages of what waits and may go. The story of one chunk:

1. lock up to 500 handovers that wait, and judge each: go, wait for something, need not go;
2. build the messages, copying the originals byte for byte, and have the department's key sign them;
3. commit message, handovers, audit and the job that sends, together.
A kill before 3 leaves everything waiting; after it the message is there and is sent with its number
until the store answers, so that nothing is lost and nothing goes twice.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from typing import Final

from hocba.packet.package import MAX_RECORDS
from hocba.ports import Key
from hocba_server.city.database import CITY_DATABASE, city_transaction
from hocba_server.city.upstream import messages
from hocba_server.city.upstream.client import takes_supplements
from hocba_server.city.upstream.contents import Content, contents_of
from hocba_server.city.upstream.models import Handover, Kind, Message, MessageState, State
from hocba_server.city.upstream.readiness import judge
from hocba_server.config.jobs import city_jobs
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event

SEND_JOB: Final = "city.upstream.send"
_MOST_CHUNKS: Final = 20
"""Of one kind in one run: 10,000 things; then what was made is sent before more is made."""


def dispatch(
    *, by: Actor, at: dt.datetime, key: Key | None = None, most_chunks: int = _MOST_CHUNKS
) -> bool:
    """Make messages of everything that may go; answers whether more is left for another run.

    Raises `Refused` or `Unavailable` when the department's key cannot be used.
    """
    kinds = [Kind.RECALL, Kind.SUBMIT]
    if takes_supplements():
        kinds += [Kind.ROWS, Kind.CLOSING]
    signer = _Signer(key)
    more = [_kind(kind, by, at, signer, most_chunks) for kind in kinds]
    return any(more)


class _Signer:
    """The department's key, fetched when the first message is to be signed: a token may be away
    while there is nothing to do."""

    def __init__(self, key: Key | None) -> None:
        self._key = key

    def key(self) -> Key:
        """Raises `Refused` or `Unavailable`."""
        if self._key is None:
            self._key = messages.own_key()
        return self._key


def _kind(kind: Kind, by: Actor, at: dt.datetime, signer: _Signer, most_chunks: int) -> bool:
    after = 0
    for _ in range(most_chunks):
        last = _chunk(kind, after, by, at, signer.key)
        if last is None:
            return False
        after = last
    return Handover.objects.filter(kind=kind, state=State.WAITING, pk__gt=after).exists()


def _chunk(
    kind: Kind, after: int, by: Actor, at: dt.datetime, key: Callable[[], Key]
) -> int | None:
    """Work on the next handovers behind row `after`; answers the last one, None at the end."""
    with city_transaction():
        # 1. Another worker's rows are left to it.
        rows = list(
            Handover.objects.select_for_update(skip_locked=True)
            .filter(kind=kind, state=State.WAITING, pk__gt=after)
            .order_by("pk")[:MAX_RECORDS]
        )
        if not rows:
            return None
        ready = _ready(kind, rows, at)
        # 2.-3. A message is of one school year (nam_hoc).
        for year in sorted({row.school_year for row in ready}):
            of_year = [row for row in ready if row.school_year == year]
            for content in contents_of(kind, of_year, at):
                _keep(content, year, by, at, key())
    return rows[-1].pk


def _ready(kind: Kind, rows: Sequence[Handover], at: dt.datetime) -> list[Handover]:
    verdicts = judge(kind, rows)
    ready, changed = [], []
    for row in rows:
        verdict = verdicts[row.pk]
        if verdict.ready:
            ready.append(row)
        elif verdict.unneeded:
            row.state, row.settled_at = State.UNNEEDED, at
            row.waiting_for, row.sentence = "", verdict.sentence
            changed.append(row)
        elif row.waiting_for != verdict.sentence:
            row.waiting_for = verdict.sentence
            changed.append(row)
    Handover.objects.bulk_update(changed, ["state", "settled_at", "waiting_for", "sentence"])
    return ready


def _keep(content: Content, school_year: str, by: Actor, at: dt.datetime, key: Key) -> None:
    message_id = str(uuid.uuid4())
    request = content.request(school_year=school_year, message_id=message_id, key=key, at=at)
    message = Message.objects.create(
        message_id=message_id,
        kind=content.kind,
        school_year=school_year,
        request=request,
        request_sha256=messages.fingerprint_of(request),
        item_count=len(content.handovers),
        state=MessageState.WAITING,
        actor=by.to_json(),
        created_at=at,
    )
    for row in content.handovers:
        row.state, row.message, row.waiting_for = State.SENT, message, ""
        row.code = row.field_title = row.sentence = ""
    Handover.objects.bulk_update(
        content.handovers,
        ["state", "message", "waiting_for", "code", "field_title", "sentence", "row_state"],
    )
    record_event(
        using=CITY_DATABASE,
        by=by,
        at=at,
        action="report_upstream",
        subject=f"upstream:{message.pk}",
        detail={
            "kind": content.kind.value,
            "message_id": message_id,
            "items": len(content.handovers),
            "sha256": message.request_sha256,
        },
    )
    city_jobs.configure_task(SEND_JOB, allow_unknown=True).defer(message_id=message.pk)
