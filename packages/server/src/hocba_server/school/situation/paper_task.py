"""What the school signs to tell the department how its year stands."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.urls import reverse
from django.utils import timezone

from hocba.errors import Refused, Sentence
from hocba.ports import Key
from hocba.record.model import SignerRole
from hocba_server.school.registry.selectors import own_school
from hocba_server.school.signing.paper_tasks import Kept, PaperTask, Typed, Wish
from hocba_server.school.situation.selectors import situation_of, years_to_tell
from hocba_server.school.situation.services import deny_sending, tell
from hocba_server.school.submission.services import new_message_id
from hocba_server.web.accounts.actor import Actor


def _read(by: Actor, typed: Typed) -> Wish:
    school = own_school(by)
    year = typed.one("year", 9)
    if year not in years_to_tell(school):
        raise Refused("year", "Chọn năm học của trường.", "Choose a year of the school.")
    # Counted now, and signed as counted: the rounds of a device carry the very same numbers.
    body = situation_of(school, year, timezone.now()).to_json()
    return {"body": body, "message_id": new_message_id()}


def _tell(by: Actor, key: Key, at: dt.datetime, wish: Wish) -> Kept:
    tell(by=by, at=at, key=key, body=wish["body"], message_id=wish["message_id"])
    return Kept(
        Sentence(
            "Đã ký và gửi tình hình của trường về Sở.",
            "The school's situation is signed and on its way.",
        ),
        reverse("school_situation:situation"),
    )


TELL: Final = PaperTask(
    name="tinh-hinh",
    title=Sentence("Báo tình hình của trường về Sở", "Tell the department how the year stands"),
    role=SignerRole.ORGANISATION,
    deny=deny_sending,
    read=_read,
    sign=_tell,
)
