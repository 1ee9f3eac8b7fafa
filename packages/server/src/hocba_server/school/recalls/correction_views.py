from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from hocba.errors import Refused, Unavailable
from hocba_server.school.issuing.selectors import record_by_uuid
from hocba_server.school.pages import attempt, school_page
from hocba_server.school.recalls import closings, corrections, selectors
from hocba_server.school.recalls.correction_task import CORRECTION
from hocba_server.school.recalls.models import CorrectionKind
from hocba_server.school.recalls.rights import deny_asking, deny_correction
from hocba_server.school.registry.attachments import Upload
from hocba_server.school.registry.case_views import file_response
from hocba_server.school.registry.permissions import require
from hocba_server.school.signing.paper_tasks import paper_keys
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.design.language import in_page_language


@school_page
def prepare(request: HttpRequest, by: Actor, record_uuid: str) -> HttpResponse:
    """Kind, reason and files of a correction; what is wrong is said beside the field."""
    row = record_by_uuid(by, record_uuid, with_bytes=False)
    require(deny_asking(by))
    problem = None
    if request.method == "POST":
        try:
            draft = corrections.prepare_correction(
                by=by,
                at=timezone.now(),
                record_uuid=record_uuid,
                kind=request.POST.get("kind", ""),
                reason=request.POST.get("reason", ""),
                uploads=[
                    Upload(file.name or "", file.read()) for file in request.FILES.getlist("file")
                ],
            )
        except Refused as refusal:
            if not refusal.where:
                raise
            problem = refusal
        else:
            return redirect("school_recalls:draft", draft)
    context = {
        "row": row,
        "room": row.batch.classroom,
        "denial": deny_correction(by, row),
        "open_draft": selectors.open_draft(row),
        "kinds": CorrectionKind.choices,
        "typed": request.POST.dict(),
        "problem": problem,
    }
    return render(request, "school_recalls/prepare.html", context)


@require_safe
@school_page
def draft(request: HttpRequest, by: Actor, draft_id: int) -> HttpResponse:
    """Read once more what goes to the department, then sign."""
    require(deny_asking(by))
    row = selectors.draft_by_id(by, draft_id)
    if row.request_id is not None:
        return redirect("school_recalls:request", row.request_id)
    context = {
        "draft": row,
        "room": row.record.batch.classroom,
        "files": selectors.files_of(row),
        "denial": deny_correction(by, row.record),
        "keys": paper_keys(CORRECTION, by),
    }
    return render(request, "school_recalls/draft.html", context)


@require_POST
@school_page
def drop(request: HttpRequest, by: Actor, draft_id: int) -> HttpResponse:
    record = attempt(
        request,
        lambda: corrections.drop_correction(by=by, at=timezone.now(), draft_id=draft_id),
    )
    if record is None:
        return redirect("school_recalls:draft", draft_id)
    messages.success(request, gettext("Đã bỏ yêu cầu; chưa có gì gửi đến Sở."))
    return redirect("school_issuing:record", record)


@require_safe
@school_page
def file(_request: HttpRequest, by: Actor, draft_id: int, position: int) -> HttpResponse:
    """A file of a correction."""
    require(deny_asking(by))
    return file_response(selectors.file_of(by, draft_id, position))


@require_POST
@school_page
def learn(request: HttpRequest, by: Actor, batch_id: int) -> HttpResponse:
    """Ask the department whether it has closed the class."""

    def work() -> tuple[int, int] | None:
        try:
            return closings.learn_closings(by=by, at=timezone.now(), batch_id=batch_id)
        except Unavailable as fault:
            messages.info(request, in_page_language(fault.sentence))
            return None

    found = attempt(request, work)
    if found is not None:
        closed, opened = found
        if closed:
            text = gettext("Sở đã chốt %(count)d học bạ của lớp.") % {"count": closed}
            messages.success(request, text)
        if opened:
            text = gettext("Sở đã mở lại %(count)d học bạ của lớp.") % {"count": opened}
            messages.success(request, text)
        if not closed and not opened:
            messages.info(request, gettext("Sở chưa chốt thêm học bạ nào của lớp."))
    return redirect("school_recalls:ask", batch_id)
