"""Pages of decisions: what waits for the head's signature, and the signed files."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from hocba_server.school.pages import school_page
from hocba_server.school.registry.permissions import require
from hocba_server.school.registry.selectors import not_found, own_school
from hocba_server.school.signing.paper_tasks import paper_keys
from hocba_server.school.staffing import decision_services
from hocba_server.school.staffing.decision_lines import coverage_of, grouped
from hocba_server.school.staffing.decision_task import DECISION
from hocba_server.school.staffing.rights import deny_assigner, deny_staff_reader
from hocba_server.school.staffing.selectors import grid_of
from hocba_server.school.staffing.years import years_known
from hocba_server.web.accounts.actor import Actor


@require_safe
@school_page
def decision(request: HttpRequest, by: Actor, school_year: str) -> HttpResponse:
    require(deny_staff_reader(by))
    school = own_school(by)
    today = timezone.localdate()
    if school_year not in years_known(school, today):
        raise not_found()
    coverage = coverage_of(school, school_year)
    grid = grid_of(school, school_year, day=today, signed=set(coverage.signed))
    context = {
        "school": school,
        "year": school_year,
        "coverage": coverage,
        "added": grouped(coverage.added),
        "removed": grouped(coverage.removed),
        "missing": sum(row.missing for row in grid),
        "number": decision_services.next_number(school, today),
        "seen": decision_services.shown_digest(coverage),
        "denial": deny_assigner(by),
        "keys": paper_keys(DECISION, by),
    }
    return render(request, "school_staffing/decision.html", context)


@school_page
def file(_request: HttpRequest, by: Actor, decision_id: int, kind: str) -> HttpResponse:
    row = decision_services.decision_by_id(by, decision_id)
    kinds = {"pdf": (row.content, "application/pdf"), "json": (row.data, "application/json")}
    if kind not in kinds:
        raise not_found()
    content, content_type = kinds[kind]
    response = HttpResponse(bytes(content), content_type=content_type)
    name = f"quyet-dinh-phan-cong-{row.number:02d}-{row.year}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
