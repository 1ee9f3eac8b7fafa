from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hocba_server.school.pages import attempt, school_page
from hocba_server.school.phrases import sheet_services
from hocba_server.school.phrases.rights import deny_own_bank
from hocba_server.school.phrases.selectors import phrases_of, stored_import
from hocba_server.school.phrases.sheets import PhraseRow, count_by_status, write_phrases
from hocba_server.school.phrases.views import asked_filter
from hocba_server.school.registry.permissions import require
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.spreadsheets.cells import CellFault

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
@school_page
def export(request: HttpRequest, by: Actor) -> HttpResponse:
    """The phrases that the list shows, all pages of it."""
    require(deny_own_bank(by))
    content = write_phrases(phrases_of(by, asked_filter(request)))
    headers = {"Content-Disposition": 'attachment; filename="mau-nhan-xet.xlsx"'}
    return HttpResponse(content, content_type=XLSX, headers=headers)


@school_page
def upload(request: HttpRequest, by: Actor) -> HttpResponse:
    require(deny_own_bank(by))
    if request.method != "POST":
        return render(request, "school_phrases/upload.html")
    file = request.FILES.get("file")
    if file is None:
        messages.error(request, _("Chưa chọn tệp. Chọn một tệp .xlsx rồi bấm Xem trước."))
        return redirect("school_phrases:upload")
    preview_id = attempt(
        request,
        lambda: sheet_services.preview_phrases(
            by=by, at=timezone.now(), content=file.read(), filename=file.name or "tệp.xlsx"
        ),
    )
    if preview_id is None:
        return redirect("school_phrases:upload")
    return redirect("school_phrases:preview", preview_id)


@require_GET
@school_page
def preview(request: HttpRequest, by: Actor, preview_id: uuid.UUID) -> HttpResponse:
    stored = stored_import(by, preview_id)
    rows = [PhraseRow.from_json(row) for row in stored.rows]
    counts = count_by_status(rows)
    context = {
        "stored": stored,
        "rows": rows,
        "counts": counts,
        "faults": [CellFault.from_json(fault) for fault in stored.faults],
        "writes": counts["new"] + counts["changed"],
    }
    return render(request, "school_phrases/preview.html", context)


@require_POST
@school_page
def save(request: HttpRequest, by: Actor, preview_id: uuid.UUID) -> HttpResponse:
    count = attempt(
        request,
        lambda: sheet_services.save_phrases(by=by, at=timezone.now(), preview_id=preview_id),
    )
    if count is None:
        return redirect("school_phrases:preview", preview_id)
    messages.success(request, _("Đã lưu %(n)d câu nhận xét.") % {"n": count})
    return redirect("school_phrases:phrases")
