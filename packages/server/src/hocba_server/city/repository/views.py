from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from hocba.errors import Refused
from hocba_server.city.access.purposes import stated_purpose
from hocba_server.city.closing.selectors import closing_of
from hocba_server.city.pages import city_page
from hocba_server.city.permissions import READERS, deny_role, require
from hocba_server.city.repository import selectors, services
from hocba_server.city.repository.looking_up import look_up
from hocba_server.web.accounts.actor import Actor


@require_safe
@city_page
def classroom(
    request: HttpRequest, by: Actor, unit_code: str, school_year: str, classroom_name: str
) -> HttpResponse:
    """The records of a class; names are shown to whoever has said what for."""
    now = timezone.now()
    rows = list(
        selectors.records_of_class(
            by=by, unit_code=unit_code, school_year=school_year, classroom_name=classroom_name
        )
    )
    purpose = stated_purpose(request, by=by, at=now)
    if purpose is not None and rows:
        services.note_list_read(
            by=by,
            at=now,
            subject=f"class:{unit_code}/{school_year}/{classroom_name}",
            school=rows[0].school_name,
            purpose=f"{purpose.sentence} (danh sách lớp {classroom_name}, {school_year})",
        )
    context = {
        "rows": rows,
        "classroom_name": classroom_name,
        "school_year": school_year,
        "named": purpose is not None,
    }
    return render(request, "city_repository/classroom.html", context)


@require_safe
@city_page
def record(request: HttpRequest, by: Actor, record_uuid: str) -> HttpResponse:
    """One record, for a purpose that stands beside the reading."""
    now = timezone.now()
    purpose = stated_purpose(request, by=by, at=now)
    if purpose is None:
        return ask_for_purpose(request)
    opened = services.open_record(by=by, at=now, record_uuid=record_uuid, purpose=purpose.sentence)
    context = {
        "closing": closing_of(opened.row, now),
        "opened": opened,
        "row": opened.row,
        "history": selectors.history_of(opened.row),
    }
    return render(request, "city_repository/record.html", context)


@require_safe
@city_page
def download_xml(request: HttpRequest, by: Actor, record_uuid: str) -> HttpResponse:
    """The exact signed bytes; a download is a reading of its own."""
    now = timezone.now()
    purpose = stated_purpose(request, by=by, at=now)
    if purpose is None:
        return ask_for_purpose(request)
    opened = services.open_record(
        by=by, at=now, record_uuid=record_uuid, purpose=f"{purpose.sentence} (tải XML)"
    )
    response = HttpResponse(opened.document, content_type="application/xml")
    response["Content-Disposition"] = f'attachment; filename="hoc-ba-{record_uuid}.xml"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@city_page
def find(request: HttpRequest, by: Actor) -> HttpResponse:
    """Records by number. The number is posted, so that it stands in no address and no log."""
    require(deny_role(by, *READERS))
    now = timezone.now()
    purpose = stated_purpose(request, by=by, at=now)
    if purpose is None:
        return ask_for_purpose(request)
    context: dict[str, object] = {"typed": "", "rows": [], "problem": None}
    status = 200
    if request.method == "POST":
        typed = request.POST.get("number", "")[:100]
        context["typed"] = typed
        try:
            context["rows"] = look_up(by=by, at=now, number=typed, purpose=purpose.sentence)
        except Refused as fault:
            context["problem"], status = fault, 422
    return render(request, "city_repository/find.html", context, status=status)


def ask_for_purpose(request: HttpRequest) -> HttpResponse:
    """First the purpose, then back to this page."""
    return redirect(f"{reverse('city_access:purpose')}?{urlencode({'den': request.path})}")
