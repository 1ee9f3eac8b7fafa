"""How a key is tried: it signs a random number, nothing else."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.urls import reverse

from hocba.errors import Sentence
from hocba.ports import Key
from hocba.record.model import SignerRole
from hocba.workflow.transitions import Denial
from hocba_server.school.onboarding.services import deny_trial, new_number, try_key
from hocba_server.school.signing.paper_tasks import Kept, PaperTask, Typed, Wish
from hocba_server.school.training.sources import sources_of
from hocba_server.web.accounts.actor import Actor


def _task(name: str, title: Sentence, *, organisation: bool) -> PaperTask:
    def deny(by: Actor) -> Denial | None:
        return deny_trial(by, organisation=organisation)

    def read(_by: Actor, _typed: Typed) -> Wish:
        return {"number": new_number().hex()}

    def sign(by: Actor, key: Key, at: dt.datetime, wish: Wish) -> Kept:
        try_key(
            by=by,
            at=at,
            key=key,
            organisation=organisation,
            trust=sources_of(by.unit_code).trust(),
            number=bytes.fromhex(wish["number"]),
        )
        return Kept(
            Sentence(
                "Ký thử được: khoá và chứng thư số dùng tốt.",
                "The trial worked: key and certificate are good.",
            ),
            reverse("school_onboarding:keys"),
        )

    role = SignerRole.ORGANISATION if organisation else SignerRole.SUBJECT_TEACHER
    return PaperTask(name=name, title=title, role=role, deny=deny, read=read, sign=sign)


OWN_KEY: Final = _task(
    "ky-thu", Sentence("Ký thử bằng khoá của tôi", "Try my own key"), organisation=False
)
SCHOOL_KEY: Final = _task(
    "ky-thu-truong",
    Sentence("Ký thử bằng khoá của trường", "Try the school's key"),
    organisation=True,
)
