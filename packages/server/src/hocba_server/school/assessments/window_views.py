"""Pages of the head: when results may be entered, and who may change them afterwards."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from hocba.assessment.periods import Period
from hocba.errors import Refused
from hocba_server.school.assessments import window_services as services
from hocba_server.school.assessments.models import ChangePermission
from hocba_server.school.assessments.sheets import Sheet
from hocba_server.school.assessments.windows import permissions_of, windows_of
from hocba_server.school.pages import attempt, school_page
from hocba_server.school.registry.models import SchoolRole
from hocba_server.school.registry.permissions import deny_role, require
from hocba_server.school.registry.selectors import not_found, own_school, school_years
from hocba_server.web.accounts.actor import Actor


@school_page
def windows(request: HttpRequest, by: Actor) -> HttpResponse:
    require(deny_role(by, SchoolRole.PRINCIPAL, SchoolRole.SCHOOL_LEADER, SchoolRole.REGISTRAR))
    school = own_school(by)
    years = school_years(school)
    year = request.GET.get("nam", "") or (years[0] if years else "")
    if years and year not in years:
        raise not_found()
    context = {
        "school": school,
        "years": years,
        "year": year,
        "typed_period": request.GET.get("thoi-diem", ""),
        "typed_opens_on": request.GET.get("opens_on", "")[:20],
        "typed_closes_on": request.GET.get("closes_on", "")[:20],
        "lines": windows_of(school, year, timezone.now()) if year else [],
        "permissions": [_line(row) for row in permissions_of(school, year)] if year else [],
        "may_set": deny_role(by, SchoolRole.PRINCIPAL) is None,
        "may_decide": deny_role(by, SchoolRole.PRINCIPAL, SchoolRole.SCHOOL_LEADER) is None,
    }
    return render(request, "school_assessments/windows.html", context)


def _line(row: ChangePermission) -> dict[str, object]:
    in_force = row.valid_until is not None and row.valid_until > timezone.now()
    return {
        "row": row,
        "title": Sheet(row.sheet).title,
        "period": Period(row.period).label,
        "in_force": in_force and row.state == "granted",
    }


@require_POST
@school_page
def set_window(request: HttpRequest, by: Actor, school_year: str, period: str) -> HttpResponse:
    def work() -> bool:
        if period not in set(Period):
            raise not_found()
        services.set_window(
            by=by,
            at=timezone.now(),
            school_year=school_year,
            period=Period(period),
            opens_on=_day(request.POST.get("opens_on", "")),
            closes_on=_day(request.POST.get("closes_on", "")),
            closed_early=request.POST.get("do") == "close",
        )
        return True

    back = {"nam": school_year}
    if attempt(request, work) is not None:
        messages.success(request, gettext("Đã lưu thời hạn nhập."))
    else:  # what was typed stands there again, to be corrected
        typed = {name: request.POST.get(name, "")[:20] for name in ("opens_on", "closes_on")}
        back |= {"thoi-diem": period} | typed
    return redirect(f"{reverse('school_assessments:windows')}?{urlencode(back)}")


def _day(text: str) -> dt.date:
    for form in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return dt.datetime.strptime(text.strip(), form).date()  # noqa: DTZ007 - a calendar day
        except ValueError:
            continue
    raise Refused(
        "date", f"“{text[:20]}” không phải ngày. Ghi dạng dd/mm/yyyy.", "Not a date: dd/mm/yyyy."
    )


@require_POST
@school_page
def ask(
    request: HttpRequest, by: Actor, classroom_id: int, sheet: str, period: str
) -> HttpResponse:
    def work() -> int:
        if period not in set(Period):
            raise not_found()
        return services.ask_permission(
            by=by,
            at=timezone.now(),
            classroom_id=classroom_id,
            sheet=Sheet.parse(sheet),
            period=Period(period),
            reason=request.POST.get("reason", ""),
        )

    if attempt(request, work) is not None:
        messages.success(request, gettext("Đã gửi lý do đến hiệu trưởng."))
    return redirect("school_assessments:grid", classroom_id, sheet, period)


@require_POST
@school_page
def decide(request: HttpRequest, by: Actor, permission_id: int) -> HttpResponse:
    what = request.POST.get("do", "")
    days = request.POST.get("days", "3")

    def work() -> bool:
        if what == "end":
            services.end_permission(by=by, at=timezone.now(), permission_id=permission_id)
            return True
        services.decide_permission(
            by=by,
            at=timezone.now(),
            permission_id=permission_id,
            granted=what == "grant",
            answer=request.POST.get("answer", ""),
            days=int(days) if days.isascii() and days.isdigit() and len(days) < 4 else 0,
        )
        return True

    if attempt(request, work) is not None:
        messages.success(request, gettext("Đã ghi trả lời."))
    return redirect("school_assessments:windows")
