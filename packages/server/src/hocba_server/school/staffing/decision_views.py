"""Pages of decisions: what waits for the head's signature, and the signed files."""

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
from hocba_server.school.pages import attempt, school_page
from hocba_server.school.registry.permissions import require
from hocba_server.school.registry.selectors import not_found, own_school
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
from hocba_server.school.staffing import decision_services, forms
from hocba_server.school.staffing.decision_lines import coverage_of, grouped
from hocba_server.school.staffing.rights import deny_assigner, deny_staff_reader
from hocba_server.school.staffing.selectors import grid_of
from hocba_server.school.staffing.years import years_known
from hocba_server.school.training.sources import sources_of
from hocba_server.web.accounts.actor import Actor


@school_page
def decision(request: HttpRequest, by: Actor, school_year: str) -> HttpResponse:
    require(deny_staff_reader(by))
    school = own_school(by)
    today = timezone.localdate()
    if school_year not in years_known(school, today):
        raise not_found()
    if request.method == "POST":
        done = attempt(
            request,
            lambda: decision_services.sign_decision(
                by=by,
                at=timezone.now(),
                school_id=school.pk,
                wish=decision_services.DecisionWish(
                    school_year=school_year,
                    number=forms.number(request.POST.get("number")) or 0,
                    seen=request.POST.get("seen", ""),
                ),
                key=sources_of(by.unit_code).keys().key_for(str(by.personal_id)),
                timestamp=sources_of(by.unit_code).timestamps(),
                trust=sources_of(by.unit_code).trust(),
            ),
        )
        if done is not None:
            messages.success(request, gettext("Đã ký quyết định phân công."))
        return redirect("school_staffing:decision", school_year)
    sources = key_sources(SignerRole.SCHOOL_LEADER, by.unit_code)
    coverage = coverage_of(school, school_year)
    grid = grid_of(school, school_year, day=today, signed=set(coverage.signed))
    context = {
        "school": school,
        "year": school_year,
        "coverage": coverage,
        "added": grouped(coverage.added),
        "removed": grouped(coverage.removed),
        "missing": sum(row.missing for row in grid),
        "number": decision_services.next_number(school, today),
        "seen": decision_services.shown_digest(coverage),
        "denial": deny_assigner(by),
        "server": KeySource.SERVER in sources,
        "agent": KeySource.AGENT in sources,
    }
    return render(request, "school_staffing/decision.html", context)


def _signing(by: Actor) -> Work[int]:
    """Sign the decision that the wish describes, with whatever key."""
    of = sources_of(by.unit_code)

    def work(key: Key, moment: dt.datetime, wish: Wish) -> int:
        return decision_services.sign_decision(
            by=by,
            at=moment,
            school_id=own_school(by).pk,
            wish=decision_services.DecisionWish(**wish),
            key=key,
            timestamp=of.timestamps(),
            trust=of.trust(),
        )

    return work


@require_POST
@school_page
def next_round(request: HttpRequest, by: Actor, school_year: str) -> HttpResponse:
    """The digest of the decision for the head's own device."""

    def work() -> dict[str, Any]:
        given = read_body(request)
        wish = {
            "school_year": school_year,
            "number": forms.number(str(given.get("number", ""))) or 0,
            "seen": str(given.get("seen", "")),
        }
        wanted = ask(
            by=by,
            at=timezone.now(),
            purpose=f"decision:{school_year}",
            wish=wish,
            offer=read_offer(given),
            work=_signing(by),
        )
        return Digests(wanted, 1).to_json()

    return as_json(work)


@require_POST
@school_page
def complete_round(request: HttpRequest, by: Actor, school_year: str) -> HttpResponse:
    """The head's signature from the own device."""

    def work() -> dict[str, Any]:
        answer(
            by=by,
            at=timezone.now(),
            purpose=f"decision:{school_year}",
            signatures=read_signatures(request),
            work=_signing(by),
        )
        return {"over": True}

    return as_json(work)


@school_page
def file(_request: HttpRequest, by: Actor, decision_id: int, kind: str) -> HttpResponse:
    row = decision_services.decision_by_id(by, decision_id)
    kinds = {"pdf": (row.content, "application/pdf"), "json": (row.data, "application/json")}
    if kind not in kinds:
        raise not_found()
    content, content_type = kinds[kind]
    response = HttpResponse(bytes(content), content_type=content_type)
    name = f"quyet-dinh-phan-cong-{row.number:02d}-{row.year}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
