from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from hocba.assessment.periods import REGULAR_PERIODS, Period
from hocba_server.school.assessments.entry_progress import entry_progress
from hocba_server.school.assessments.grid import period_in_view
from hocba_server.school.issuing.models import ISSUED_STATES
from hocba_server.school.issuing.selectors import deny_return
from hocba_server.school.issuing.views import return_choices
from hocba_server.school.pages import school_page
from hocba_server.school.registry.models import School, SchoolRole
from hocba_server.school.registry.permissions import deny_role, require
from hocba_server.school.registry.selectors import (
    classrooms_of_school,
    not_found,
    own_school,
    school_years,
)
from hocba_server.school.reviewing import proofs
from hocba_server.school.reviewing.people import people_waited_for
from hocba_server.school.reviewing.selectors import STEPS, class_progress, step_totals
from hocba_server.web.accounts.actor import Actor

VIEWS = ("lop", "nguoi", "buoc", "nhap")


@require_safe
@school_page
def board(request: HttpRequest, by: Actor) -> HttpResponse:
    """Where every class stands, who is waited for, and since when."""
    require(
        deny_role(
            by,
            SchoolRole.PRINCIPAL,
            SchoolRole.SCHOOL_LEADER,
            SchoolRole.REGISTRAR,
            SchoolRole.SCHOOL_CLERK,
        )
    )
    school = own_school(by)
    years = school_years(school)
    year = request.GET.get("nam", "") or (years[0] if years else "")
    if years and year not in years:
        raise not_found()
    view = request.GET.get("xem", VIEWS[0])
    progress = class_progress(school, year, timezone.now()) if year else []
    grade = request.GET.get("khoi", "")
    step = request.GET.get("buoc", "")
    if view == "nhap":
        return _entry_board(request, by, school, year)
    shown = [
        line
        for line in progress
        if (not grade or str(line.classroom.grade) == grade) and (not step or line.counts.get(step))
    ]
    context = {
        "school": school,
        "years": years,
        "year": year,
        "view": view if view in VIEWS else VIEWS[0],
        "steps": STEPS,
        "lines": shown,
        "grades": sorted({line.classroom.grade for line in progress}),
        "grade": grade,
        "totals": step_totals(progress),
        "people": people_waited_for(school, year, progress) if view == "nguoi" else [],
        "me": by.personal_id,
        "may_remind": deny_role(by, SchoolRole.PRINCIPAL, SchoolRole.SCHOOL_LEADER) is None,
        "pupils": sum(line.pupils for line in progress),
        "done": sum(line.counts.get("done", 0) for line in progress),
    }
    return render(request, "school_reviewing/board.html", context)


def _entry_board(request: HttpRequest, by: Actor, school: School, year: str) -> HttpResponse:
    """How far entry is in one period: which sheets are open, and whose they are."""
    rooms = sorted(classrooms_of_school(school, year), key=lambda room: (room.grade, room.name))
    asked = request.GET.get("thoi-diem", "")
    now = period_in_view(rooms[0], timezone.now()) if rooms else Period.YEAR_END
    period = Period(asked) if asked in set(REGULAR_PERIODS) else now
    entries = entry_progress(rooms, period)
    context = {
        "school": school,
        "years": school_years(school),
        "year": year,
        "view": "nhap",
        "period": period,
        "periods": REGULAR_PERIODS,
        "entries": entries,
        "complete": sum(each.complete for each in entries),
        "sheets": sum(len(each.sheets) for each in entries),
        "me": by.personal_id,
        "may_remind": deny_role(by, SchoolRole.PRINCIPAL, SchoolRole.SCHOOL_LEADER) is None,
    }
    return render(request, "school_reviewing/entry.html", context)


@require_safe
@school_page
def proof(request: HttpRequest, by: Actor, record_uuid: str) -> HttpResponse:
    """One pupil's record as the finished pages."""
    found = proofs.open_proof(by=by, at=timezone.now(), record_uuid=record_uuid)
    row = found.record
    context = {
        "proof": found,
        "row": row,
        "pages": range(1, found.pages + 1),
        "issued": row.state in {state.value for state in ISSUED_STATES},
        "may_return": deny_return(by, row.batch, [row]) is None,
        "sheets": return_choices(row),
    }
    return render(request, "school_reviewing/proof.html", context)


@require_safe
@school_page
def proof_page(_request: HttpRequest, by: Actor, record_uuid: str, page: int) -> HttpResponse:
    picture = proofs.proof_page(by=by, at=timezone.now(), record_uuid=record_uuid, page=page)
    if picture is None:
        raise Http404
    return HttpResponse(picture, content_type="image/png")
