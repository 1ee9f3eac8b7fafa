from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from hocba_server.city.closing.selectors import closing_of
from hocba_server.city.pages import city_page
from hocba_server.city.repository import selectors, services
from hocba_server.web.accounts.actor import Actor


@city_page
def classroom(
    request: HttpRequest, by: Actor, unit_code: str, school_year: str, classroom_name: str
) -> HttpResponse:
    rows = selectors.records_of_class(
        by=by, unit_code=unit_code, school_year=school_year, classroom_name=classroom_name
    )
    context = {"rows": rows, "classroom_name": classroom_name, "school_year": school_year}
    return render(request, "city_repository/classroom.html", context)


@city_page
def record(request: HttpRequest, by: Actor, record_uuid: str) -> HttpResponse:
    now = timezone.now()
    opened = services.open_record(by=by, at=now, record_uuid=record_uuid, purpose="xem")
    context = {
        "closing": closing_of(opened.row, now),
        "opened": opened,
        "row": opened.row,
        "history": selectors.history_of(opened.row),
    }
    return render(request, "city_repository/record.html", context)


@city_page
def download_xml(_request: HttpRequest, by: Actor, record_uuid: str) -> HttpResponse:
    opened = services.open_record(
        by=by, at=timezone.now(), record_uuid=record_uuid, purpose="tải XML"
    )
    response = HttpResponse(opened.document, content_type="application/xml")
    response["Content-Disposition"] = f'attachment; filename="hoc-ba-{record_uuid}.xml"'
    return response
