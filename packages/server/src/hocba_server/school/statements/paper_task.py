"""How statements are signed: all that wait for a step, the head first, the school's seal after."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.urls import reverse

from hocba.errors import Refused, Sentence
from hocba.ports import Key
from hocba.record.model import SignerRole
from hocba_server.school.registry.selectors import own_school
from hocba_server.school.signing.paper_tasks import Kept, PaperTask, Typed, Wish
from hocba_server.school.statements.selectors import deny_statement_step, statements_waiting
from hocba_server.school.statements.services import MOST, sign_statements
from hocba_server.school.training.sources import sources_of
from hocba_server.web.accounts.actor import Actor


def _task(name: str, step: str, role: SignerRole, title: Sentence) -> PaperTask:
    def read(by: Actor, _typed: Typed) -> Wish:
        waiting = statements_waiting(own_school(by), step)[:MOST]
        if not waiting:
            raise Refused(
                "nothing_waits", "Không còn giấy tờ nào chờ bước này.", "No paper waits any more."
            )
        return {"statements": [row.pk for row in waiting]}

    def sign(by: Actor, key: Key, at: dt.datetime, wish: Wish) -> Kept:
        of = sources_of(by.unit_code)
        count = sign_statements(
            by=by,
            at=at,
            step=step,
            statement_ids=wish["statements"],
            key=key,
            timestamp=of.timestamps(),
            trust=of.trust(),
        )
        return Kept(
            Sentence(f"Đã ký {count} giấy tờ.", f"{count} papers signed."),
            reverse("school_statements:statements"),
            more=bool(statements_waiting(own_school(by), step)),
        )

    return PaperTask(
        name=name,
        title=title,
        role=role,
        deny=lambda by: deny_statement_step(by, step),
        read=read,
        sign=sign,
        count=lambda wish: len(wish["statements"]),
        limit=lambda wish, most: {"statements": wish["statements"][:most]},
    )


SIGN: Final = _task(
    "ky-giay-to",
    "sign",
    SignerRole.SCHOOL_LEADER,
    Sentence("Ký giấy tờ của trường", "Sign papers of the school"),
)
SEAL: Final = _task(
    "dong-dau-giay-to",
    "seal",
    SignerRole.ORGANISATION,
    Sentence("Đóng dấu giấy tờ của trường", "Seal papers of the school"),
)
BY_STEP: Final = {"sign": SIGN, "seal": SEAL}
