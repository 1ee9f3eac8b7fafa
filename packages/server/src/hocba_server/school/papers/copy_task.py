"""How a certified copy is issued: numbered, then sealed with the school's key."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.urls import reverse

from hocba.errors import Sentence
from hocba.ports import Key
from hocba.record.model import SignerRole
from hocba_server.school.papers.rights import deny_certifying
from hocba_server.school.papers.services import CopyWish, issue_certified_copy
from hocba_server.school.signing.paper_tasks import Kept, PaperTask, Typed, Wish
from hocba_server.school.training.sources import sources_of
from hocba_server.web.accounts.actor import Actor


def _read(_by: Actor, typed: Typed) -> Wish:
    return {
        "enrolment": typed.number("enrolment"),
        "years": typed.many("year"),
        "form": typed.one("form", 20),
        "leader": typed.number("leader"),
        "recipient": typed.one("recipient", 200),
        "purpose": typed.one("purpose", 300),
        "copies": typed.number("copies"),
    }


def _sign(by: Actor, key: Key, at: dt.datetime, wish: Wish) -> Kept:
    of = sources_of(by.unit_code)
    paper_id = issue_certified_copy(
        by=by,
        at=at,
        enrolment_id=wish["enrolment"],
        school_years=wish["years"],
        form=wish["form"],
        wish=CopyWish(
            leader_id=wish["leader"],
            recipient=wish["recipient"],
            purpose=wish["purpose"],
            copies=wish["copies"],
        ),
        key=key,
        timestamp=of.timestamps(),
        trust=of.trust(),
    )
    return Kept(
        Sentence(
            "Đã phát hành bản sao y và ghi vào sổ.",
            "The certified copy is issued and entered in the register.",
        ),
        reverse("school_papers:paper", args=[paper_id]),
    )


COPY: Final = PaperTask(
    name="sao-y",
    title=Sentence("Phát hành bản sao y", "Issue a certified copy"),
    role=SignerRole.ORGANISATION,
    deny=deny_certifying,
    read=_read,
    sign=_sign,
)
