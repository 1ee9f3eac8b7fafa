from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hocba.errors import HocBaError, Refused
from hocba_server.city.closing.calendar import vietnam_day
from hocba_server.city.oversight import reporting
from hocba_server.city.oversight.boards import has_numbers, years_of
from hocba_server.city.oversight.choosing import year_of
from hocba_server.city.oversight.models import DailyReader, ReportKind
from hocba_server.city.oversight.services import set_daily_mail
from hocba_server.city.oversight.tallying import current_year
from hocba_server.city.oversight.workbook import MEDIA_TYPE
from hocba_server.city.pages import city_page
from hocba_server.city.permissions import deny_role
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.design.downloads import download
from hocba_server.web.design.language import in_page_language

_PAGE = 50


def _archive(request: HttpRequest, by: Actor, problem: Refused | None = None) -> HttpResponse:
    page = Paginator(reporting.reports(by=by), _PAGE).get_page(request.GET.get("trang"))
    years = years_of(by=by, this_year=current_year(vietnam_day(timezone.now())))
    reader = DailyReader.objects.filter(user_id=by.user_id).first()
    context = {
        "page": page,
        "rows": [(row, _(row.get_kind_display())) for row in page.object_list],
        "kinds": [(kind.value, _(kind.label)) for kind in ReportKind],
        "years": years,
        "year": next((each for each in years if has_numbers(by=by, school_year=each)), years[0]),
        "may_make": deny_role(by, *reporting.MAKERS) is None,
        "reader": reader,
        "typed": request.POST.dict(),
        "problem": problem,
    }
    return render(request, "city_oversight/reports.html", context)


@require_safe
@city_page
def archive(request: HttpRequest, by: Actor) -> HttpResponse:
    """Reports that the office made, the form for a new one, and the daily letter."""
    return _archive(request, by)


@require_POST
@city_page
def make(request: HttpRequest, by: Actor) -> HttpResponse:
    """Make a report and sign it off."""
    try:
        row = reporting.make_report(
            by=by,
            at=timezone.now(),
            kind=request.POST.get("kind", ""),
            school_year=year_of(request.POST.get("year", "")),
            note=request.POST.get("note", ""),
        )
    except Refused as refusal:
        if refusal.code == "role":
            raise
        return _archive(request, by, refusal)
    messages.success(request, _("Đã lập báo cáo. Số liệu được giữ nguyên như lúc này."))
    return redirect("city_oversight:report", row.pk)


@require_POST
@city_page
def daily_mail(request: HttpRequest, by: Actor) -> HttpResponse:
    """Have the day's progress sent, or no more."""
    email = request.POST.get("email", "") if "stop" not in request.POST else ""
    try:
        set_daily_mail(by=by, at=timezone.now(), email=email)
    except Refused as refusal:
        if refusal.code == "role":
            raise
        return _archive(request, by, refusal)
    text = _("Sẽ gửi báo cáo tiến độ mỗi sáng.") if email else _("Sẽ không gửi báo cáo nữa.")
    messages.success(request, text)
    return redirect("city_oversight:reports")


@require_safe
@city_page
def report(request: HttpRequest, by: Actor, report_id: int) -> HttpResponse:
    """One report as it was made; it can be printed as it stands."""
    row = reporting.report_by_id(by=by, report_id=report_id)
    context = {
        "report": row,
        "kind": _(row.get_kind_display()),
        "tables": reporting.report_tables(row),
    }
    return render(request, "city_oversight/report.html", context)


@require_safe
@city_page
def workbook(_request: HttpRequest, by: Actor, report_id: int) -> HttpResponse:
    """The report as Excel."""
    name, content = reporting.report_workbook(by=by, at=timezone.now(), report_id=report_id)
    return download(content, name, MEDIA_TYPE)


@require_safe
@city_page
def pdf(request: HttpRequest, by: Actor, report_id: int) -> HttpResponse:
    """The report as PDF."""
    try:
        name, content = reporting.report_pdf(by=by, at=timezone.now(), report_id=report_id)
    except HocBaError as fault:
        if fault.code in {"role", "not_found"}:
            raise
        messages.error(request, in_page_language(fault.sentence))
        return redirect("city_oversight:report", report_id)
    return download(content, name, "application/pdf")
