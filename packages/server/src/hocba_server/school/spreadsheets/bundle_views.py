from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hocba.assessment.periods import Period
from hocba_server.school.assessments.grid import current_period
from hocba_server.school.pages import attempt, school_page
from hocba_server.school.registry.permissions import require
from hocba_server.school.registry.selectors import classroom_by_id
from hocba_server.school.spreadsheets import bundle_services
from hocba_server.school.spreadsheets.bundle_pages import bundle_page
from hocba_server.school.spreadsheets.export_services import export_choices
from hocba_server.school.spreadsheets.rights import deny_any_entry, deny_files_page
from hocba_server.school.spreadsheets.selectors import stored_bundle
from hocba_server.school.spreadsheets.uploads import ACCEPT, sent_files, sent_period
from hocba_server.web.accounts.actor import Actor


@school_page
def class_files(request: HttpRequest, by: Actor, classroom_id: int) -> HttpResponse:
    """Spreadsheets of a class: upload everything at once, take everything out."""
    room = classroom_by_id(by, classroom_id)
    at = timezone.now()
    require(deny_files_page(by, room, at))
    if request.method == "POST":
        bundle_id = attempt(
            request,
            lambda: bundle_services.preview_class_files(
                by=by,
                at=at,
                classroom_id=classroom_id,
                files=sent_files(request),
                period=sent_period(request),
            ),
        )
        if bundle_id is None:
            return redirect(request.path)
        return redirect("school_spreadsheets:bundle", bundle_id)
    context = {
        "room": room,
        "no_entry": deny_any_entry(by, room, at),
        "choices": export_choices(by, room, at),
        "periods": list(Period),
        "current": current_period(room, at),
        "accept": ACCEPT,
    }
    return render(request, "school_spreadsheets/class_files.html", context)


@require_GET
@school_page
def bundle(request: HttpRequest, by: Actor, bundle_id: uuid.UUID) -> HttpResponse:
    context = {"page": bundle_page(stored_bundle(by, bundle_id))}
    return render(request, "school_spreadsheets/bundle.html", context)


@require_POST
@school_page
def save(request: HttpRequest, by: Actor, bundle_id: uuid.UUID) -> HttpResponse:
    try:
        chosen = {uuid.UUID(text) for text in request.POST.getlist("part")}
    except ValueError:
        chosen = set()
    parts = attempt(
        request,
        lambda: bundle_services.save_bundle(
            by=by, at=timezone.now(), bundle_id=bundle_id, preview_ids=chosen
        ),
    )
    if parts is not None:
        messages.success(request, _("Đã lưu %(n)d phần.") % {"n": parts})
    return redirect("school_spreadsheets:bundle", bundle_id)
