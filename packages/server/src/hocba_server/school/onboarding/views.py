from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from hocba_server.school.onboarding.selectors import key_page, progress
from hocba_server.school.onboarding.trial_task import OWN_KEY, SCHOOL_KEY
from hocba_server.school.pages import school_page
from hocba_server.school.signing.paper_tasks import paper_keys
from hocba_server.web.accounts.actor import Actor


@require_safe
@school_page
def start(request: HttpRequest, by: Actor) -> HttpResponse:
    return render(request, "school_onboarding/start.html", progress(by, timezone.now()))


@require_safe
@school_page
def keys(request: HttpRequest, by: Actor) -> HttpResponse:
    page = key_page(by, timezone.now())
    offered = {"may_person": OWN_KEY, "may_school": SCHOOL_KEY}
    page["offers"] = [paper_keys(task, by) for may, task in offered.items() if page[may]]
    return render(request, "school_onboarding/keys.html", page)
