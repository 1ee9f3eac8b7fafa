"""What the school signs to have records recalled (transaction 5)."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.urls import reverse

from hocba.errors import Refused, Sentence
from hocba.ports import Key
from hocba.record.model import SignerRole
from hocba_server.school.recalls.rights import deny_asking
from hocba_server.school.recalls.services import request_recall
from hocba_server.school.signing.paper_tasks import Kept, PaperTask, Typed, Wish
from hocba_server.school.submission.services import new_message_id
from hocba_server.web.accounts.actor import Actor


def _read(_by: Actor, typed: Typed) -> Wish:
    chosen = [uuid[:36] for uuid in typed.many("record")]
    if not chosen:
        raise Refused("nothing_chosen", "Chưa chọn học bạ nào để thu hồi.", "No record was chosen.")
    return {"records": chosen, "reason": typed.one("reason"), "message_id": new_message_id()}


def _ask(by: Actor, key: Key, at: dt.datetime, wish: Wish) -> Kept:
    request_id = request_recall(
        by=by,
        at=at,
        record_uuids=wish["records"],
        reason=wish["reason"],
        key=key,
        message_id=wish["message_id"],
    )
    return Kept(
        Sentence(
            "Đã ký và gửi yêu cầu thu hồi. Học bạ còn lưu hành cho đến khi Sở đồng ý.",
            "The request is signed and on its way. The records stay in force until it is granted.",
        ),
        reverse("school_recalls:request", args=[request_id]),
    )


RECALL: Final = PaperTask(
    name="thu-hoi",
    title=Sentence("Yêu cầu Sở thu hồi học bạ", "Ask the department to recall records"),
    role=SignerRole.ORGANISATION,
    deny=deny_asking,
    read=_read,
    sign=_ask,
)
