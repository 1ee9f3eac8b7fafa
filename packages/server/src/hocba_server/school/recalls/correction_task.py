"""What the school signs to have a closed record corrected (transaction 5 with our own tags)."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.urls import reverse

from hocba.errors import Sentence
from hocba.ports import Key
from hocba.record.model import SignerRole
from hocba_server.school.recalls.corrections import request_correction
from hocba_server.school.recalls.rights import deny_asking
from hocba_server.school.signing.paper_tasks import Kept, PaperTask, Typed, Wish
from hocba_server.school.submission.services import new_message_id
from hocba_server.web.accounts.actor import Actor


def _read(_by: Actor, typed: Typed) -> Wish:
    return {"draft": typed.number("draft"), "message_id": new_message_id()}


def _ask(by: Actor, key: Key, at: dt.datetime, wish: Wish) -> Kept:
    request_id = request_correction(
        by=by, at=at, draft_id=wish["draft"], key=key, message_id=wish["message_id"]
    )
    return Kept(
        Sentence(
            "Đã ký và gửi yêu cầu chỉnh lý. Học bạ còn lưu hành cho đến khi Sở đồng ý.",
            "The request is signed and on its way. The record stays in force until it is granted.",
        ),
        reverse("school_recalls:request", args=[request_id]),
    )


CORRECTION: Final = PaperTask(
    name="chinh-ly",
    title=Sentence("Yêu cầu Sở chỉnh lý học bạ đã chốt", "Ask the department for a correction"),
    role=SignerRole.ORGANISATION,
    deny=deny_asking,
    read=_read,
    sign=_ask,
)
