from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from hocba.assessment.periods import REGULAR_PERIODS, Period
from hocba_server.school.assessments import returns, services
from hocba_server.school.assessments.entry_progress import entry_progress
from hocba_server.school.assessments.finding_places import check_line
from hocba_server.school.assessments.grid import period_in_view
from hocba_server.school.assessments.selectors import class_findings
from hocba_server.school.assessments.windows import vietnam_day
from hocba_server.school.pages import attempt, school_page
from hocba_server.school.registry.models import Classroom, SchoolRole
from hocba_server.school.registry.permissions import (
    deny_homeroom_teacher,
    deny_results_reader,
    deny_role,
    require,
)
from hocba_server.school.registry.selectors import classroom_by_id, enrolment_by_id
from hocba_server.web.accounts.actor import Actor

EARLIER_PERIODS = frozenset(REGULAR_PERIODS) - {Period.YEAR_END}
"""Periods that no record carries; what they lack hinders nobody from issuing."""
CHECK_VIEWS = ("thieu", "du")
"""Which pupils the check page shows, as in its address: who lacks something, who is complete."""


@school_page
def check(request: HttpRequest, by: Actor, classroom_id: int) -> HttpResponse:
    """What the class lacks in the period that is asked for, else in the one of the season."""
    room = classroom_by_id(by, classroom_id)
    at = timezone.now()
    require(deny_results_reader(by, room, on=vietnam_day(at)))
    # Who asks for pupils by what the record lacks means the year's end.
    asked = request.GET.get("thoi-diem", "CN" if "xem" in request.GET else "")
    period = Period(asked) if asked in set(Period) else period_in_view(room, at)
    if period in EARLIER_PERIODS:
        return _check_period(request, by, room, period)
    return _check_year(request, by, room)


def year_check(classroom_id: int) -> str:
    """The address of what a class lacks at the year's end, whatever the season is."""
    page = reverse("school_assessments:check", args=[classroom_id])
    return f"{page}?thoi-diem={Period.YEAR_END.value}"


def _check_period(request: HttpRequest, by: Actor, room: Classroom, period: Period) -> HttpResponse:
    [entry] = entry_progress([room], period)
    context = {
        "room": room,
        "entry": entry,
        "period": period,
        "periods": REGULAR_PERIODS,
        "is_homeroom": deny_homeroom_teacher(by, room) is None,
    }
    return render(request, "school_assessments/check_period.html", context)


def _check_year(request: HttpRequest, by: Actor, room: Classroom) -> HttpResponse:
    checks = class_findings(room)
    view = request.GET.get("xem", "")
    context = {
        "room": room,
        "period": Period.YEAR_END,
        "periods": REGULAR_PERIODS,
        "checks": checks,
        "shown": [
            check_line(room, item)
            for item in checks
            if view not in CHECK_VIEWS or bool(item.year.errors) == (view == "thieu")
        ],
        "view": view if view in CHECK_VIEWS else "",
        "wrong": sum(1 for item in checks if item.year.errors),
        "complete": sum(1 for item in checks if not item.year.errors),
        "warned": sum(1 for item in checks if item.year.warnings),
        "may_decide": deny_role(by, SchoolRole.PRINCIPAL) is None,
        "is_homeroom": deny_homeroom_teacher(by, room) is None,
    }
    return render(request, "school_assessments/check.html", context)


@require_POST
@school_page
def promotion(request: HttpRequest, by: Actor, enrolment_id: int) -> HttpResponse:
    row = enrolment_by_id(by, enrolment_id)

    def work() -> bool:
        services.decide_promotion(
            by=by,
            at=timezone.now(),
            enrolment_id=enrolment_id,
            promoted=request.POST.get("promoted") == "1",
            reason=request.POST.get("reason", ""),
        )
        return True

    if attempt(request, work) is not None:
        messages.success(
            request, gettext("Đã ghi quyết định cho em %(name)s.") % {"name": row.pupil.full_name}
        )
    return redirect(year_check(row.classroom_id))


@require_POST
@school_page
def reassessment(request: HttpRequest, by: Actor, enrolment_id: int) -> HttpResponse:
    row = enrolment_by_id(by, enrolment_id)
    planned = request.POST.get("planned") == "1"

    def work() -> bool:
        services.plan_reassessment(
            by=by, at=timezone.now(), enrolment_id=enrolment_id, planned=planned
        )
        return True

    if attempt(request, work) is not None:
        name = row.pupil.full_name
        messages.success(
            request,
            gettext("Học bạ của %(name)s chờ đánh giá bổ sung.") % {"name": name}
            if planned
            else gettext("%(name)s không còn chờ đánh giá bổ sung.") % {"name": name},
        )
    return redirect(year_check(row.classroom_id))


@require_POST
@school_page
def finish_return(request: HttpRequest, by: Actor, reopened_id: int) -> HttpResponse:
    def work() -> bool:
        returns.finish_reopened(by=by, at=timezone.now(), reopened_id=reopened_id)
        return True

    if attempt(request, work):
        messages.success(
            request, gettext("Đã báo sửa xong; nhân viên học vụ sẽ khởi tạo lại học bạ.")
        )
    return redirect("school_home")
