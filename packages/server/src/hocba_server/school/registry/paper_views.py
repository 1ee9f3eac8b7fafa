from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from hocba_server.school.pages import attempt, school_page
from hocba_server.school.registry.paper_services import print_paper_form
from hocba_server.web.accounts.actor import Actor


@require_POST
@school_page
def paper_form(request: HttpRequest, by: Actor, enrolment_id: int) -> HttpResponse:
    form = attempt(
        request,
        lambda: print_paper_form(by=by, at=timezone.now(), enrolment_id=enrolment_id),
    )
    if form is None:
        return redirect("school_registry:special", enrolment_id)
    response = HttpResponse(form.pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{form.filename}"'
    return response
