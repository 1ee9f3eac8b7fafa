"""How a decision on assignments is signed: by the head, with what the head was shown."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.urls import reverse
from django.utils.timezone import localdate

from hocba.errors import Sentence
from hocba.ports import Key
from hocba.record.model import SignerRole
from hocba_server.school.registry.selectors import not_found, own_school
from hocba_server.school.signing.paper_tasks import Kept, PaperTask, Typed, Wish
from hocba_server.school.staffing.decision_services import DecisionWish, sign_decision
from hocba_server.school.staffing.rights import deny_assigner
from hocba_server.school.staffing.years import years_known
from hocba_server.school.training.sources import sources_of
from hocba_server.web.accounts.actor import Actor


def _read(by: Actor, typed: Typed) -> Wish:
    school_year = typed.one("school_year", 9)
    if school_year not in years_known(own_school(by), localdate()):
        raise not_found()
    return {
        "school_year": school_year,
        "number": typed.number("number"),
        "seen": typed.one("seen", 64),
    }


def _sign(by: Actor, key: Key, at: dt.datetime, wish: Wish) -> Kept:
    of = sources_of(by.unit_code)
    sign_decision(
        by=by,
        at=at,
        school_id=own_school(by).pk,
        wish=DecisionWish(**wish),
        key=key,
        timestamp=of.timestamps(),
        trust=of.trust(),
    )
    return Kept(
        Sentence("Đã ký quyết định phân công.", "The decision on assignments is signed."),
        reverse("school_staffing:decision", args=[wish["school_year"]]),
    )


DECISION: Final = PaperTask(
    name="quyet-dinh-phan-cong",
    title=Sentence("Ký quyết định phân công", "Sign the decision on assignments"),
    role=SignerRole.SCHOOL_LEADER,
    deny=deny_assigner,
    read=_read,
    sign=_sign,
)
