from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from hocba.record.model import SignerRole
from hocba_server.school.pages import attempt, school_page
from hocba_server.school.registry.permissions import OFFICE, deny_role, require
from hocba_server.school.registry.selectors import enrolment_by_id, not_found, own_school
from hocba_server.school.signing.key_sources import key_sources
from hocba_server.school.signing.models import KeySource
from hocba_server.school.signing.round_views import (
    as_json,
    read_body,
    read_offer,
    read_signatures,
)
from hocba_server.school.statements import rounds, services
from hocba_server.school.statements.models import StatementKind
from hocba_server.school.statements.selectors import (
    STEPS,
    deny_statement_step,
    statement_by_id,
    statements_of_school,
    statements_waiting,
)
from hocba_server.school.training.sources import sources_of
from hocba_server.web.accounts.actor import Actor

_ROLES = {"sign": SignerRole.SCHOOL_LEADER, "seal": SignerRole.ORGANISATION}


@require_safe
@school_page
def statements(request: HttpRequest, by: Actor) -> HttpResponse:
    """The papers of the school, and what waits for this person."""
    require(deny_role(by, *OFFICE))
    school = own_school(by)
    steps = []
    for step in STEPS:
        waiting = statements_waiting(school, step)
        sources = key_sources(_ROLES[step], by.unit_code)
        steps.append(
            {
                "step": step,
                "waiting": waiting[: services.MOST],
                "denial": deny_statement_step(by, step),
                "server": KeySource.SERVER in sources,
                "agent": KeySource.AGENT in sources,
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


@require_POST
@school_page
def sign(request: HttpRequest, by: Actor, step: str) -> HttpResponse:
    """Sign everything that waits with a key that the platform reaches."""
    if step not in STEPS:
        raise not_found()
    require(deny_statement_step(by, step))

    def work() -> int:
        school = own_school(by)
        of = sources_of(by.unit_code)
        store = of.keys()
        seal = step == "seal"
        key = store.organisation_key(school.code) if seal else store.key_for(str(by.personal_id))
        ids = [row.pk for row in statements_waiting(school, step)][: services.MOST]
        return services.sign_statements(
            by=by,
            at=timezone.now(),
            step=step,
            statement_ids=ids,
            key=key,
            timestamp=of.timestamps(),
            trust=of.trust(),
        )

    count = attempt(request, work)
    if count is not None:
        messages.success(request, gettext("Đã ký %(count)d giấy tờ.") % {"count": count})
    return redirect("school_statements:statements")


@require_POST
@school_page
def next_round(request: HttpRequest, by: Actor, step: str) -> HttpResponse:
    if step not in STEPS:
        raise not_found()

    def work() -> dict[str, Any]:
        of = sources_of(by.unit_code)
        found = rounds.next_round(
            by=by,
            at=timezone.now(),
            step=step,
            offer=read_offer(read_body(request)),
            timestamp=of.timestamps(),
            trust=of.trust(),
        )
        return found.to_json()

    return as_json(work)


@require_POST
@school_page
def complete_round(request: HttpRequest, by: Actor, step: str) -> HttpResponse:
    if step not in STEPS:
        raise not_found()

    def work() -> dict[str, Any]:
        of = sources_of(by.unit_code)
        over = rounds.complete_round(
            by=by,
            at=timezone.now(),
            step=step,
            signatures=read_signatures(request),
            timestamp=of.timestamps(),
            trust=of.trust(),
        )
        return {"over": over}

    return as_json(work)


@require_safe
@school_page
def download(_request: HttpRequest, by: Actor, statement_id: int) -> HttpResponse:
    row = statement_by_id(by, statement_id)
    content = services.statement_file(by=by, at=timezone.now(), statement_id=statement_id)
    name = "phieu-thong-tin" if row.kind == StatementKind.DATA_SHEET else "ket-qua"
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}-{row.pk}.pdf"'
    return response
