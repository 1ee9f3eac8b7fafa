from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from hocba.assessment.catalogue import TRAITS
from hocba.errors import Refused
from hocba_server.school.issuing import services
from hocba_server.school.issuing.models import ISSUED_STATES
from hocba_server.school.issuing.selectors import (
    batch_by_id,
    deny_reading,
    read_document,
    record_by_uuid,
    stamps_of,
)
from hocba_server.school.pages import attempt, school_page
from hocba_server.school.registry.permissions import require
from hocba_server.web.accounts.actor import Actor


@require_POST
@school_page
def open_batch(request: HttpRequest, by: Actor, classroom_id: int) -> HttpResponse:
    def work() -> int:
        return services.open_batch(
            by=by,
            at=timezone.now(),
            classroom_id=classroom_id,
            signing_leader_id=int(request.POST.get("signing_leader") or 0),
            issued_on=_day(request.POST.get("issued_on", "")),
            issue_place=request.POST.get("issue_place", "").strip(),
        )

    if attempt(request, work) is not None:
        messages.success(request, "Đã mở đợt phát hành.")
    return redirect("school_signing:batch", classroom_id)


def _day(text: str) -> dt.date:
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return dt.datetime.strptime(text.strip(), form).date()  # noqa: DTZ007 - a calendar day
        except ValueError:
            continue
    raise Refused(
        "date", f"“{text[:20]}” không phải ngày. Ghi dạng dd/mm/yyyy.", "Not a date: dd/mm/yyyy."
    )


@require_POST
@school_page
def create(request: HttpRequest, by: Actor, batch_id: int) -> HttpResponse:
    batch = batch_by_id(by, batch_id)
    count = attempt(
        request, lambda: services.create_records(by=by, at=timezone.now(), batch_id=batch_id)
    )
    if count is not None:
        messages.success(request, f"Đã khởi tạo {count} học bạ.")
    return redirect("school_signing:batch", batch.classroom_id)


@require_POST
@school_page
def return_class(request: HttpRequest, by: Actor, batch_id: int) -> HttpResponse:
    batch = batch_by_id(by, batch_id)
    count = attempt(
        request,
        lambda: services.return_records(
            by=by, at=timezone.now(), batch_id=batch_id, reason=request.POST.get("reason", "")
        ),
    )
    if count is not None:
        messages.success(request, f"Đã trả lại lớp; {count} học bạ được bỏ để làm lại.")
    return redirect("school_signing:batch", batch.classroom_id)


@school_page
def record(request: HttpRequest, by: Actor, record_uuid: str) -> HttpResponse:
    row = record_by_uuid(by, record_uuid)
    require(deny_reading(by, row))
    services.note_reading(by=by, at=timezone.now(), record=row, purpose="xem")
    read = read_document(row)
    context = {
        "row": row,
        "record": read.record,
        "traits": [
            (trait.name, read.record.traits.levels[trait.code])
            for trait in TRAITS
            if trait.code in read.record.traits.levels
        ],
        "stamps": stamps_of(row),
        "issued": row.state in {state.value for state in ISSUED_STATES},
    }
    return render(request, "school_issuing/record.html", context)


@school_page
def download_xml(_request: HttpRequest, by: Actor, record_uuid: str) -> HttpResponse:
    row = record_by_uuid(by, record_uuid)
    require(deny_reading(by, row))
    services.note_reading(by=by, at=timezone.now(), record=row, purpose="tải XML")
    response = HttpResponse(bytes(row.document), content_type="application/xml")
    response["Content-Disposition"] = f'attachment; filename="hoc-ba-{record_uuid}.xml"'
    return response
