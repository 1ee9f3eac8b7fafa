from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from hocba_server.school.pages import attempt, school_page
from hocba_server.school.papers import services
from hocba_server.school.papers.copy_task import COPY
from hocba_server.school.papers.models import PaperForm
from hocba_server.school.papers.rights import deny_certifying, deny_register
from hocba_server.school.papers.selectors import (
    copy_leaders,
    papers_of,
    printable_years,
    printing_place,
)
from hocba_server.school.papers.services import Printed
from hocba_server.school.signing.paper_tasks import paper_keys
from hocba_server.web.accounts.actor import Actor


def pdf_response(printed: Printed) -> HttpResponse:
    """The file for the browser's own PDF viewer, where the person prints."""
    response = HttpResponse(printed.pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{printed.filename}"'
    return response


@school_page
def pupil(request: HttpRequest, by: Actor, enrolment_id: int) -> HttpResponse:
    place = printing_place(by, enrolment_id, timezone.localdate())
    years = printable_years(place.pupil)
    context: dict[str, Any] = {
        "place": place,
        "room": place.classroom,
        "years": years,
        "any_record": any(each.record for each in years),
        "any_issued": any(each.issued for each in years),
        "forms": PaperForm.choices,
        "papers": papers_of(place.pupil),
        "leaders": copy_leaders(place.classroom.school),
        "deny_copy": deny_certifying(by),
        "keys": paper_keys(COPY, by),
        "may_open": deny_register(by) is None,
    }
    return render(request, "school_papers/pupil.html", context)


@require_POST
@school_page
def print_pupil(request: HttpRequest, by: Actor, enrolment_id: int) -> HttpResponse:
    printed = attempt(
        request,
        lambda: services.print_pupil(
            by=by,
            at=timezone.now(),
            enrolment_id=enrolment_id,
            school_years=request.POST.getlist("year"),
            form=request.POST.get("form", ""),
            double_sided=request.POST.get("sides") == "2",
        ),
    )
    if printed is None:
        return redirect("school_papers:pupil", enrolment_id)
    return pdf_response(printed)
