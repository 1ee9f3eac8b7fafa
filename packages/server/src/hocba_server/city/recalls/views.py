from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from hocba.errors import Refused
from hocba_server.city.gateway.selectors import unit_names
from hocba_server.city.pages import city_page
from hocba_server.city.recalls import selectors, services
from hocba_server.city.recalls.models import CaseState
from hocba_server.city.repository.services import open_record
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.design.language import in_page_language

_SHOWN = 200


@require_safe
@city_page
def requests(request: HttpRequest, by: Actor) -> HttpResponse:
    rows = list(selectors.recall_requests(by=by)[:_SHOWN])
    names = unit_names([row.unit_code for row in rows])
    context = {"lines": [(row, names.get(row.unit_code, row.unit_code)) for row in rows]}
    return render(request, "city_recalls/requests.html", context)


@require_safe
@city_page
def recall_request(request: HttpRequest, by: Actor, package_id: int) -> HttpResponse:
    """One request: its records, the reason, and the decision on those that wait."""
    row = selectors.recall_request(by=by, package_id=package_id)
    context = {
        "package": row,
        "unit": unit_names([row.unit_code]).get(row.unit_code, row.unit_code),
        "cases": list(selectors.cases_of(by=by, package=row)),
    }
    return render(request, "city_recalls/request.html", context)


@require_safe
@city_page
def case(request: HttpRequest, by: Actor, package_id: int, case_id: int) -> HttpResponse:
    """One record of a request beside the stored original; the reading is recorded."""
    row = selectors.case_by_id(by=by, package_id=package_id, case_id=case_id)
    opened = None
    if row.record is not None:
        opened = open_record(
            by=by,
            at=timezone.now(),
            record_uuid=row.record.record_uuid,
            purpose="xem xét yêu cầu thu hồi",
        )
    context = {"case": row, "opened": opened, "waiting": row.state == CaseState.WAITING}
    return render(request, "city_recalls/case.html", context)


@require_POST
@city_page
def decide(request: HttpRequest, by: Actor, package_id: int) -> HttpResponse:
    approve = request.POST.get("decision") == "approve"
    chosen = [int(text) for text in request.POST.getlist("case") if text.isdecimal()]
    try:
        count = services.decide_cases(
            by=by,
            at=timezone.now(),
            package_id=package_id,
            case_ids=[number for number in chosen if number < 2**62],
            approve=approve,
            sentence=request.POST.get("sentence", ""),
        )
    except Refused as refusal:
        if refusal.code in {"role", "not_found"}:
            raise
        messages.error(request, in_page_language(refusal.sentence))
        return redirect("city_recalls:request", package_id)
    if approve:
        text = ngettext(
            "Đã thu hồi %(count)d học bạ; nhà trường làm lại được ngay.",
            "Đã thu hồi %(count)d học bạ; nhà trường làm lại được ngay.",
            count,
        )
    else:
        text = gettext("Đã từ chối; nhà trường sẽ đọc được lý do.")
    messages.success(request, text % {"count": count} if approve else text)
    return redirect("city_recalls:request", package_id)
