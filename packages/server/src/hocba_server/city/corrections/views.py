from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from hocba.errors import Refused
from hocba_server.city.closing.selectors import closing_of
from hocba_server.city.corrections import selectors, services
from hocba_server.city.gateway.selectors import unit_names
from hocba_server.city.pages import city_page
from hocba_server.city.recalls.models import CaseState
from hocba_server.city.repository.selectors import history_of
from hocba_server.city.repository.services import open_record
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.design.downloads import download
from hocba_server.web.design.language import in_page_language

_SHOWN = 200


@require_safe
@city_page
def requests(request: HttpRequest, by: Actor) -> HttpResponse:
    rows = list(selectors.corrections(by=by)[:_SHOWN])
    names = unit_names([row.package.unit_code for row in rows])
    context = {
        "lines": [(row, names.get(row.package.unit_code, row.package.unit_code)) for row in rows]
    }
    return render(request, "city_corrections/requests.html", context)


@require_safe
@city_page
def case(request: HttpRequest, by: Actor, case_id: int) -> HttpResponse:
    """Reason and files beside the stored original; the reading is recorded."""
    return _case(request, by, case_id)


def _case(
    request: HttpRequest, by: Actor, case_id: int, problem: Refused | None = None
) -> HttpResponse:
    now = timezone.now()
    row = selectors.correction_by_id(by=by, case_id=case_id)
    opened = history = closing = None
    if row.record is not None:
        opened = open_record(
            by=by,
            at=now,
            record_uuid=row.record.record_uuid,
            purpose="xem xét yêu cầu chỉnh lý",
        )
        history, closing = history_of(opened.row), closing_of(opened.row, now)
    unit = row.package.unit_code
    context = {
        "case": row,
        "unit": unit_names([unit]).get(unit, unit),
        "files": list(selectors.files_of(row)),
        "opened": opened,
        "history": history,
        "closing": closing,
        "waiting": row.state == CaseState.WAITING,
        "problem": problem,
    }
    return render(request, "city_corrections/case.html", context)


@require_POST
@city_page
def decide(request: HttpRequest, by: Actor, case_id: int) -> HttpResponse:
    approve = request.POST.get("decision") == "approve"
    try:
        services.decide_correction(
            by=by,
            at=timezone.now(),
            case_id=case_id,
            approve=approve,
            sentence=request.POST.get("sentence", ""),
        )
    except Refused as refusal:
        if refusal.code in {"role", "not_found"}:
            raise
        if refusal.code == "reason":
            return _case(request, by, case_id, refusal)
        messages.error(request, in_page_language(refusal.sentence))
        return redirect("city_corrections:case", case_id)
    if approve:
        text = gettext("Đã đồng ý chỉnh lý. Bản cũ hết hiệu lực; trường nộp được một bản thay thế.")
    else:
        text = gettext("Đã từ chối; nhà trường sẽ đọc được lý do.")
    messages.success(request, text)
    return redirect("city_corrections:case", case_id)


@require_safe
@city_page
def file(_request: HttpRequest, by: Actor, case_id: int, position: int) -> HttpResponse:
    """A file that the school attached."""
    return _out(services.open_file(by=by, at=timezone.now(), case_id=case_id, position=position))


@require_safe
@city_page
def signed_request(_request: HttpRequest, by: Actor, case_id: int) -> HttpResponse:
    """The request exactly as the school signed it."""
    return _out(services.open_request(by=by, at=timezone.now(), case_id=case_id))


def _out(found: services.ReadFile) -> HttpResponse:
    return download(found.content, found.name, found.media_type)
