from __future__ import annotations

import hashlib

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from hocba_server.school.pages import attempt, school_page
from hocba_server.school.papers import services
from hocba_server.school.papers.models import PaperKind
from hocba_server.school.papers.register_sheet import register_sheet
from hocba_server.school.papers.rights import deny_register
from hocba_server.school.papers.selectors import (
    REGISTER_ROWS,
    RegisterQuery,
    paper_by_id,
    register_rows,
    register_years,
)
from hocba_server.school.papers.views import pdf_response
from hocba_server.school.registry.permissions import require
from hocba_server.school.registry.selectors import own_school
from hocba_server.school.signing.paper_tasks import whole_number
from hocba_server.web.accounts.actor import Actor

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _asked(request: HttpRequest) -> RegisterQuery:
    """What the form asks for. It is posted: a name must not stand in an address."""
    upload = request.FILES.get("file")
    return RegisterQuery(
        kind=request.POST.get("kind", ""),
        year=whole_number(request.POST.get("year", "")) or None,
        text=request.POST.get("text", "")[:100],
        sha256=hashlib.sha256(upload.read()).hexdigest() if upload else "",
    )


@school_page
def register(request: HttpRequest, by: Actor) -> HttpResponse:
    require(deny_register(by))
    query = _asked(request)
    rows = register_rows(by, query)
    context = {
        "school": own_school(by),
        "query": query,
        "searched": query != RegisterQuery(),
        "papers": rows[:REGISTER_ROWS],
        "total": rows.count(),
        "limit": REGISTER_ROWS,
        "kinds": PaperKind.choices,
        "years": register_years(own_school(by)),
    }
    return render(request, "school_papers/register.html", context)


@require_POST
@school_page
def sheet(request: HttpRequest, by: Actor) -> HttpResponse:
    rows = register_rows(by, _asked(request))
    response = HttpResponse(register_sheet(rows, own_school(by).name), content_type=XLSX)
    day = timezone.localdate().strftime("%Y%m%d")
    response["Content-Disposition"] = f'attachment; filename="so-ban-sao-{day}.xlsx"'
    return response


@school_page
def paper(request: HttpRequest, by: Actor, paper_id: int) -> HttpResponse:
    row = paper_by_id(by, paper_id)
    # The register keeps the file of certified copies alone (`IssuedPaper.content`).
    kept = row.kind == PaperKind.COPY
    context = {"paper": row, "school": row.school, "file_is_kept": kept}
    return render(request, "school_papers/paper.html", context)


@school_page
def copy(request: HttpRequest, by: Actor, paper_id: int) -> HttpResponse:
    printed = attempt(
        request, lambda: services.fetch_copy(by=by, at=timezone.now(), paper_id=paper_id)
    )
    if printed is None:
        return redirect("school_papers:paper", paper_id)
    return pdf_response(printed)
