"""What the clerk signs towards the department: packages of records, the school's certificate."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.urls import reverse

from hocba.errors import Refused, Sentence
from hocba.ports import Key
from hocba.record.model import SignerRole
from hocba_server.school.registry.models import SchoolRole
from hocba_server.school.registry.permissions import deny_role
from hocba_server.school.signing.paper_tasks import Kept, PaperTask, Typed, Wish
from hocba_server.school.submission.endings import ask_for_end
from hocba_server.school.submission.registrations import (
    deny_registering,
    deny_registering_own,
    register_certificate,
)
from hocba_server.school.submission.services import new_message_id, submit_batches
from hocba_server.web.accounts.actor import Actor

MOST_CLASSES = 60
"""Packages of one act; a school of 45 classes fits."""


def _read_batches(_by: Actor, typed: Typed) -> Wish:
    chosen = typed.numbers("batch")[:MOST_CLASSES]
    if not chosen:
        raise Refused(
            "nothing_chosen", "Chưa chọn lớp nào để nộp.", "No class was chosen to be sent."
        )
    # JSON has no numbers as names; the message keeps its number through the two rounds.
    return {"messages": {str(batch_id): new_message_id() for batch_id in chosen}}


def _send(by: Actor, key: Key, at: dt.datetime, wish: Wish) -> Kept:
    messages = {int(batch_id): number for batch_id, number in wish["messages"].items()}
    sent = submit_batches(by=by, at=at, messages_of=messages, key=key)
    if len(sent) == 1:
        address = reverse("school_submission:package", args=sent)
    else:
        address = reverse("school_submission:outbox")
    return Kept(
        Sentence(
            f"Đã ký và xếp gửi học bạ của {len(sent)} lớp. Kết quả hiện khi Sở trả lời.",
            f"The records of {len(sent)} classes are signed and on their way.",
        ),
        address,
    )


def _first(wish: Wish, most: int) -> Wish:
    return {"messages": dict(list(wish["messages"].items())[:most])}


def _read_registration(_by: Actor, _typed: Typed) -> Wish:
    return {"message_id": new_message_id()}


def _register_own(by: Actor, key: Key, at: dt.datetime, wish: Wish) -> Kept:
    register_certificate(by=by, at=at, key=key, message_id=wish["message_id"], leader=True)
    return _on_its_way()


def _read_end(_by: Actor, typed: Typed) -> Wish:
    return {
        "registration": typed.number("registration"),
        "reason": typed.one("reason"),
        "message_id": new_message_id(),
    }


def _end(by: Actor, key: Key, at: dt.datetime, wish: Wish) -> Kept:
    ask_for_end(
        by=by,
        at=at,
        key=key,
        registration_id=wish["registration"],
        reason=wish["reason"],
        message_id=wish["message_id"],
    )
    return Kept(
        Sentence(
            "Đã gửi yêu cầu chấm dứt phê duyệt. Cán bộ quản lý trực tiếp quyết định.",
            "The wish is on its way. The office above the school decides.",
        ),
        reverse("school_submission:certificates"),
    )


def _register(by: Actor, key: Key, at: dt.datetime, wish: Wish) -> Kept:
    register_certificate(by=by, at=at, key=key, message_id=wish["message_id"])
    return _on_its_way()


def _on_its_way() -> Kept:
    return Kept(
        Sentence(
            "Đã gửi đăng ký chứng thư số. Chờ Sở phê duyệt.",
            "The registration is on its way. The department decides.",
        ),
        reverse("school_submission:certificates"),
    )


SEND: Final = PaperTask(
    name="nop-so",
    title=Sentence("Nộp học bạ về Sở", "Send records to the department"),
    role=SignerRole.ORGANISATION,
    deny=lambda by: deny_role(by, SchoolRole.SCHOOL_CLERK),
    read=_read_batches,
    sign=_send,
    count=lambda wish: len(wish["messages"]),
    limit=_first,
)
REGISTER: Final = PaperTask(
    name="dang-ky-chung-thu",
    title=Sentence("Đăng ký chứng thư số của trường với Sở", "Register the school's certificate"),
    role=SignerRole.ORGANISATION,
    deny=deny_registering,
    read=_read_registration,
    sign=_register,
)
REGISTER_OWN: Final = PaperTask(
    name="dang-ky-chung-thu-can-bo",
    title=Sentence("Đăng ký chữ ký số của cán bộ quản lý", "Register the leader's own certificate"),
    role=SignerRole.SCHOOL_LEADER,
    deny=deny_registering_own,
    read=_read_registration,
    sign=_register_own,
)
END: Final = PaperTask(
    name="cham-dut-chung-thu",
    title=Sentence("Xin chấm dứt phê duyệt chứng thư số", "Ask to end a certificate's approval"),
    role=SignerRole.ORGANISATION,
    deny=deny_registering,
    read=_read_end,
    sign=_end,
)
