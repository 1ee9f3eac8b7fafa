from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hocba_server.school.pages import attempt, school_page
from hocba_server.school.registry import civil_services
from hocba_server.school.registry import pupil_selectors as pupils
from hocba_server.school.registry.forms import (
    Tried,
    posted,
    pupil_entries,
    read_day,
    required_upload,
    try_form,
)
from hocba_server.school.registry.models import (
    Attachment,
    CaseState,
    CivilStatusChange,
    SchoolRole,
)
from hocba_server.school.registry.permissions import deny_role, require
from hocba_server.school.registry.pupil_rights import (
    OFFICE,
    deny_pending_record,
    deny_pupil_editor,
)
from hocba_server.school.registry.pupil_services import note_pupil_read
from hocba_server.school.registry.pupil_values import (
    CIVIL_STATUS,
    LABELS,
    ValueChange,
    values_of,
)
from hocba_server.school.registry.selectors import not_found
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.design.downloads import download


def _change_lines(change: CivilStatusChange) -> dict[str, Any]:
    old: Mapping[str, str] = change.old_values
    new: Mapping[str, str] = change.new_values
    return {
        "change": change,
        "lines": [
            ValueChange(name, LABELS[name], old[name], new[name]) for name in LABELS if name in new
        ],
    }


@school_page
def civil_status(request: HttpRequest, by: Actor, enrolment_id: int) -> HttpResponse:
    now = timezone.now()
    row = pupils.readable_enrolment(by, enrolment_id, now.date())
    tried: Tried | None = None
    if request.method == "POST":
        tried = try_form(
            request,
            lambda: civil_services.propose_civil_change(
                by=by,
                at=now,
                pupil_id=row.pupil_id,
                values=posted(request, CIVIL_STATUS),
                decision_number=request.POST.get("decision_number", ""),
                decision_date=read_day(request.POST.get("decision_date", ""), "decision_date"),
                upload=required_upload(request),
            ),
        )
        if tried.done:
            messages.success(request, _("Đã gửi hiệu trưởng duyệt."))
            return redirect("school_registry:civil_status", row.pk)
    else:
        note_pupil_read(by=by, at=now, pupil=row.pupil, what="hộ tịch")
    changes = CivilStatusChange.objects.filter(pupil=row.pupil).select_related("attachment")
    values = {**values_of(row.pupil), **posted(request, CIVIL_STATUS)}
    context = {
        "row": row,
        "entries": pupil_entries(values, names=CIVIL_STATUS, tried=tried),
        "typed": request.POST.dict(),
        "tried": tried,
        "changes": [_change_lines(each) for each in changes.defer("attachment__content")],
        "old_records": pupils.records_with_other_data(row.pupil),
        "may_propose": deny_pupil_editor(by) is None,
        "open_change": any(each.state == CaseState.PROPOSED for each in changes),
        "may_decide": deny_role(by, SchoolRole.PRINCIPAL) is None,
        "locked": deny_pending_record(pupils.latest_enrolment(row.pupil) or row),
    }
    return render(request, "school_registry/civil_status.html", context)


@school_page
def civil_changes(request: HttpRequest, by: Actor) -> HttpResponse:
    require(deny_role(by, *OFFICE))
    waiting = [
        {**_change_lines(change), "newest": pupils.latest_enrolment(change.pupil)}
        for change in pupils.waiting_civil_changes(by)
    ]
    context = {"waiting": waiting, "may_decide": deny_role(by, SchoolRole.PRINCIPAL) is None}
    return render(request, "school_registry/civil_changes.html", context)


@require_POST
@school_page
def decide_civil(request: HttpRequest, by: Actor, change_id: int) -> HttpResponse:
    approved = request.POST.get("decision") == "approve"
    done = attempt(
        request,
        lambda: civil_services.decide_civil_change(
            by=by,
            at=timezone.now(),
            change_id=change_id,
            approved=approved,
            answer=request.POST.get("answer", ""),
        ),
    )
    if done is not None:
        words = _("Đã duyệt. Thông tin mới có hiệu lực từ bây giờ.")
        messages.success(request, words if approved else _("Đã ghi không duyệt."))
    return redirect("school_registry:civil_changes")


@school_page
def civil_file(_request: HttpRequest, by: Actor, change_id: int) -> HttpResponse:
    change = CivilStatusChange.objects.filter(pk=change_id).select_related("pupil").first()
    row = pupils.latest_enrolment(change.pupil) if change else None
    if change is None or row is None:
        raise not_found()
    now = timezone.now()
    pupils.readable_enrolment(by, row.pk, now.date())
    note_pupil_read(by=by, at=now, pupil=change.pupil, what="quyết định hộ tịch")
    return file_response(pupils.attachment_for(by, change.attachment_id))


def file_response(attachment: Attachment) -> HttpResponse:
    """A file that somebody attached."""
    return download(bytes(attachment.content), attachment.filename, attachment.media_type)
