from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from hocba.errors import Unavailable
from hocba_server.school.issuing.selectors import batch_by_id
from hocba_server.school.pages import attempt, school_page
from hocba_server.school.recalls import services
from hocba_server.school.recalls.paper_task import RECALL
from hocba_server.school.recalls.rights import deny_asking
from hocba_server.school.recalls.selectors import (
    closed_records,
    files_of,
    in_force,
    lines_of,
    request_by_id,
    requests_of,
)
from hocba_server.school.registry.permissions import require
from hocba_server.school.registry.selectors import own_school
from hocba_server.school.signing.paper_tasks import paper_keys
from hocba_server.school.submission.models import PackageState
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.design.language import in_page_language

_OPEN = (PackageState.WAITING.value, PackageState.ACKNOWLEDGED.value)


@require_safe
@school_page
def requests(request: HttpRequest, by: Actor) -> HttpResponse:
    """Every request of the school, with what waits."""
    require(deny_asking(by))
    school = own_school(by)
    context = {"school": school, "rows": list(requests_of(school))}
    return render(request, "school_recalls/requests.html", context)


@require_safe
@school_page
def ask(request: HttpRequest, by: Actor, batch_id: int) -> HttpResponse:
    """Choose records of a class that are in force, give the reason, sign."""
    batch = batch_by_id(by, batch_id)
    require(deny_asking(by))
    context = {
        "batch": batch,
        "room": batch.classroom,
        "records": in_force(batch),
        "closed": closed_records(batch),
        "chosen": request.GET.get("ma", ""),
        "keys": paper_keys(RECALL, by),
    }
    return render(request, "school_recalls/ask.html", context)


@require_safe
@school_page
def recall_request(request: HttpRequest, by: Actor, request_id: int) -> HttpResponse:
    """One request and the department's decision about each record."""
    asked = request_by_id(by, request_id)
    require(deny_asking(by))
    correction = getattr(asked, "correction", None)
    context = {
        "asked": asked,
        "room": asked.batch.classroom,
        "lines": lines_of(asked),
        "open": asked.state in _OPEN,
        "correction": correction,
        "files": files_of(correction) if correction else [],
    }
    return render(request, "school_recalls/request.html", context)


@require_POST
@school_page
def poll(request: HttpRequest, by: Actor, request_id: int) -> HttpResponse:
    """Ask the department at once."""

    def work() -> str:
        try:
            return services.ask_now(by=by, request_id=request_id)
        except Unavailable as fault:
            messages.info(request, in_page_language(fault.sentence))
            return ""

    if attempt(request, work):
        messages.success(request, gettext("Đã có kết quả của Sở."))
    return redirect("school_recalls:request", request_id)
