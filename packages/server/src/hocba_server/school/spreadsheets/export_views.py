from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET

from hocba.assessment.periods import Period
from hocba_server.school.pages import attempt, school_page
from hocba_server.school.spreadsheets.export_services import WHOLE_CLASS, export_class
from hocba_server.school.spreadsheets.uploads import read_period
from hocba_server.web.accounts.actor import Actor

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
@school_page
def export(request: HttpRequest, by: Actor, classroom_id: int) -> HttpResponse:
    """A filled spreadsheet of a class: `bang` says which one, `thoi-diem` the period."""
    file = attempt(
        request,
        lambda: export_class(
            by=by,
            at=timezone.now(),
            classroom_id=classroom_id,
            what=request.GET.get("bang", WHOLE_CLASS),
            period=read_period(request.GET.get("thoi-diem", "")) or Period.YEAR_END,
        ),
    )
    if file is None:
        return redirect("school_spreadsheets:class_files", classroom_id)
    headers = {"Content-Disposition": f'attachment; filename="{file.filename}"'}
    return HttpResponse(file.content, content_type=XLSX, headers=headers)
