from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from hocba.ports import Key
from hocba.record.model import SignerRole
from hocba_server.school.onboarding import services
from hocba_server.school.onboarding.selectors import key_page, progress
from hocba_server.school.pages import attempt, school_page
from hocba_server.school.registry.selectors import not_found
from hocba_server.school.signing.key_sources import key_sources
from hocba_server.school.signing.models import KeySource
from hocba_server.school.signing.paper_rounds import Wish, Work, answer, ask
from hocba_server.school.signing.round_views import (
    as_json,
    read_body,
    read_offer,
    read_signatures,
)
from hocba_server.school.signing.rounds import Digests
from hocba_server.school.training.sources import sources_of
from hocba_server.web.accounts.actor import Actor


@school_page
def start(request: HttpRequest, by: Actor) -> HttpResponse:
    return render(request, "school_onboarding/start.html", progress(by, timezone.now()))


@school_page
def keys(request: HttpRequest, by: Actor) -> HttpResponse:
    if request.method == "POST":
        organisation = request.POST.get("khoa") == "truong"

        def work() -> int:
            of = sources_of(by.unit_code)
            store = of.keys()
            key = (
                store.organisation_key(str(by.unit_code))
                if organisation
                else store.key_for(str(by.personal_id))
            )
            return services.try_key(
                by=by, at=timezone.now(), key=key, organisation=organisation, trust=of.trust()
            )

        if attempt(request, work) is not None:
            messages.success(request, gettext("Ký thử được: khoá và chứng thư số dùng tốt."))
        return redirect("school_onboarding:keys")
    page = key_page(by, timezone.now())
    role = SignerRole.SCHOOL_LEADER if page["may_person"] else SignerRole.ORGANISATION
    sources = key_sources(role, str(by.unit_code))
    page |= {
        "owner": "ca-nhan" if page["may_person"] else "truong",
        "server": KeySource.SERVER in sources,
        "agent": KeySource.AGENT in sources and (page["may_person"] or page["may_school"]),
    }
    return render(request, "school_onboarding/keys.html", page)


def _trying(by: Actor) -> Work[int]:
    def work(key: Key, moment: dt.datetime, wish: Wish) -> int:
        return services.try_key(
            by=by,
            at=moment,
            key=key,
            organisation=wish["organisation"],
            trust=sources_of(by.unit_code).trust(),
            number=bytes.fromhex(wish["number"]),
        )

    return work


@require_POST
@school_page
def next_round(request: HttpRequest, by: Actor, owner: str) -> HttpResponse:
    """The random number for a key in the person's own device."""

    def work() -> dict[str, Any]:
        wish = {"organisation": owner == "truong", "number": services.new_number().hex()}
        wanted = ask(
            by=by,
            at=timezone.now(),
            purpose=f"key-trial:{_owner(owner)}",
            wish=wish,
            offer=read_offer(read_body(request)),
            work=_trying(by),
        )
        return Digests(wanted, 1).to_json()

    return as_json(work)


@require_POST
@school_page
def complete_round(request: HttpRequest, by: Actor, owner: str) -> HttpResponse:
    """The signature over the number."""

    def work() -> dict[str, Any]:
        answer(
            by=by,
            at=timezone.now(),
            purpose=f"key-trial:{_owner(owner)}",
            signatures=read_signatures(request),
            work=_trying(by),
        )
        return {"over": True}

    return as_json(work)


def _owner(text: str) -> str:
    if text not in {"ca-nhan", "truong"}:
        raise not_found()
    return text
