from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from hocba_server.school.pages import attempt, school_page
from hocba_server.school.registry.permissions import OFFICE, deny_role, require
from hocba_server.school.registry.selectors import enrolment_by_id, own_school
from hocba_server.school.signing.paper_tasks import paper_keys
from hocba_server.school.statements import services
from hocba_server.school.statements.models import StatementKind
from hocba_server.school.statements.paper_task import BY_STEP
from hocba_server.school.statements.selectors import (
    STEPS,
    deny_statement_step,
    statement_by_id,
    statements_of_school,
    statements_waiting,
)
from hocba_server.web.accounts.actor import Actor


@require_safe
@school_page
def statements(request: HttpRequest, by: Actor) -> HttpResponse:
    """The papers of the school, and what waits for this person."""
    require(deny_role(by, *OFFICE))
    school = own_school(by)
    steps = []
    for step in STEPS:
        waiting = statements_waiting(school, step)
        steps.append(
            {
                "step": step,
                "form": f"papers-{step}",
                "waiting": waiting[: services.MOST],
                "denial": deny_statement_step(by, step),
                "keys": paper_keys(BY_STEP[step], by),
            }
        )
    context = {"school": school, "steps": steps, "rows": statements_of_school(school)}
    return render(request, "school_statements/statements.html", context)


@require_POST
@school_page
def draw_sheets(request: HttpRequest, by: Actor, classroom_id: int) -> HttpResponse:
    count = attempt(
        request,
        lambda: services.draw_data_sheets(by=by, at=timezone.now(), classroom_id=classroom_id),
    )
    if count is not None:
        messages.success(
            request, gettext("Đã lập %(count)d phiếu, chờ thủ trưởng ký.") % {"count": count}
        )
    return redirect("school_statements:statements")


@require_POST
@school_page
def draw_results(request: HttpRequest, by: Actor, enrolment_id: int) -> HttpResponse:
    enrolment_by_id(by, enrolment_id)
    made = attempt(
        request,
        lambda: services.draw_results(
            by=by,
            at=timezone.now(),
            enrolment_id=enrolment_id,
            reason=request.POST.get("reason", ""),
        ),
    )
    if made is not None:
        messages.success(request, gettext("Đã lập bảng kết quả đến nay, chờ thủ trưởng ký."))
    return redirect("school_statements:statements")


@require_safe
@school_page
def download(_request: HttpRequest, by: Actor, statement_id: int) -> HttpResponse:
    row = statement_by_id(by, statement_id)
    content = services.statement_file(by=by, at=timezone.now(), statement_id=statement_id)
    name = "phieu-thong-tin" if row.kind == StatementKind.DATA_SHEET else "ket-qua"
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}-{row.pk}.pdf"'
    return response
