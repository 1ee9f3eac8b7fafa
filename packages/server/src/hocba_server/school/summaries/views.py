from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from hocba.assessment.class_summary import body_row, head_cells
from hocba.assessment.periods import REGULAR_PERIODS, Period
from hocba_server.school.pages import attempt, school_page
from hocba_server.school.registry.permissions import require
from hocba_server.school.registry.selectors import classroom_by_id, not_found
from hocba_server.school.summaries.selectors import class_summary, deny_summary
from hocba_server.school.summaries.services import summary_file
from hocba_server.web.accounts.actor import Actor

KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}


def _period(text: str) -> Period:
    if text not in {period.value for period in REGULAR_PERIODS}:
        raise not_found()
    return Period(text)


@require_safe
@school_page
def summary(request: HttpRequest, by: Actor, classroom_id: int, period: str) -> HttpResponse:
    """The summary of a class on the screen."""
    room = classroom_by_id(by, classroom_id)
    require(deny_summary(by, room))
    found = class_summary(room, _period(period))
    heading = head_cells(found.form)
    context = {
        "room": room,
        "period": _period(period),
        "periods": REGULAR_PERIODS,
        "form": found.form,
        "heading": [[cell for cell in heading if cell.row == row] for row in range(3)],
        "rows": [
            body_row(found.form, number, pupil)
            for number, pupil in enumerate(found.pupils, start=1)
        ],
    }
    return render(request, "school_summaries/summary.html", context)


@require_safe
@school_page
def download(
    request: HttpRequest, by: Actor, classroom_id: int, period: str, kind: str
) -> HttpResponse:
    """The summary as a file."""
    if kind not in KINDS:
        raise not_found()
    moment = _period(period)
    content = attempt(
        request,
        lambda: summary_file(
            by=by, at=timezone.now(), classroom_id=classroom_id, period=moment, kind=kind
        ),
    )
    if content is None:
        return redirect("school_summaries:summary", classroom_id, period)
    response = HttpResponse(content, content_type=KINDS[kind])
    name = f"bang-tong-hop-lop-{classroom_id}-{period}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
