from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from hocba.errors import HocBaError, Malformed, Refused
from hocba.ids import SchoolYear
from hocba_server.city.closing import open_items, reopenings, selectors, services
from hocba_server.city.closing.calendar import dates_of, vietnam_day
from hocba_server.city.closing.comparison import compare
from hocba_server.city.closing.denials import deny_closing
from hocba_server.city.closing.models import ClosingCalendar
from hocba_server.city.pages import city_page
from hocba_server.city.permissions import CityRole, deny_role
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.design.downloads import download
from hocba_server.web.design.language import in_page_language

_SHOWN_STUCK = 5


@require_safe
@city_page
def newest(_request: HttpRequest, by: Actor) -> HttpResponse:
    """The newest year of which there are records."""
    years = open_items.school_years(by=by)
    today = vietnam_day(timezone.now())
    first = today.year if today.month >= 9 else today.year - 1
    return redirect("city_closing:year", years[0] if years else f"{first}-{first + 1}")


@require_safe
@city_page
def year(request: HttpRequest, by: Actor, school_year: str) -> HttpResponse:
    """What is open and closed of a year, school by school."""
    now = timezone.now()
    schools = open_items.open_schools(by=by, school_year=_year(school_year), at=now)
    context = {
        "school_year": school_year,
        "years": open_items.school_years(by=by),
        "dates": dates_of(school_year),
        "today": vietnam_day(now),
        "schools": [school for school in schools if school.classes],
        "without": [school for school in schools if not school.classes],
        "class_count": sum(len(school.classes) for school in schools),
        "closed_count": sum(school.closed_count for school in schools),
        "due_count": sum(school.due_count for school in schools),
        "may_close": deny_role(by, CityRole.OFFICER) is None,
    }
    return render(request, "city_closing/year.html", context)


@require_safe
@city_page
def school(request: HttpRequest, by: Actor, school_year: str, unit_code: str) -> HttpResponse:
    """The classes of one school."""
    found = open_items.open_schools(
        by=by, school_year=_year(school_year), at=timezone.now(), unit_code=unit_code
    )
    if not found:
        raise Http404
    context = {
        "school_year": school_year,
        "school": found[0],
        "may_close": deny_role(by, CityRole.OFFICER) is None,
    }
    return render(request, "city_closing/school.html", context)


@require_safe
@city_page
def classroom(
    request: HttpRequest, by: Actor, school_year: str, unit_code: str, classroom_name: str
) -> HttpResponse:
    """One class: what is open, its closings, and whether the repository agrees with the list."""
    return _classroom(request, by, (unit_code, _year(school_year), classroom_name))


def _classroom(
    request: HttpRequest, by: Actor, key: selectors.ClassKey, problem: Refused | None = None
) -> HttpResponse:
    now = timezone.now()
    unit_code, school_year, _ = key
    found = open_items.open_schools(by=by, school_year=school_year, at=now, unit_code=unit_code)
    rooms = [room for each in found for room in each.classes if room.key == key]
    if not rooms:
        raise Http404
    closings = list(selectors.closings_of(by=by, key=key))
    may_close = deny_role(by, CityRole.OFFICER) is None
    context = {
        "school_year": school_year,
        "school": found[0],
        "room": rooms[0],
        "denial": deny_closing(rooms[0], packages=found[0].packages > 0),
        "closings": closings,
        "comparison": compare(
            by=by, closing=selectors.signed_list_of(by=by, closing_id=closings[0].pk), at=now
        )
        if closings and not rooms[0].open
        else None,
        "may_close": may_close,
        "may_reopen": may_close and not rooms[0].open and not rooms[0].state.reopening
        if rooms[0].state
        else False,
        "typed": request.POST.dict(),
        "problem": problem,
    }
    return render(request, "city_closing/classroom.html", context)


@require_POST
@city_page
def close(request: HttpRequest, by: Actor, school_year: str, unit_code: str) -> HttpResponse:
    """Close the classes that were chosen; one class may come with a reason."""
    now, year_ = timezone.now(), _year(school_year)
    chosen = [(unit_code, year_, name) for name in request.POST.getlist("class")]
    reason = request.POST.get("reason", "")
    if len(chosen) == 1 and "one" in request.POST:
        try:
            services.close_class(by=by, at=now, key=chosen[0], reason=reason)
        except HocBaError as fault:
            if getattr(fault, "code", "") in {"role", "not_found"}:
                raise
            messages.error(request, in_page_language(fault.sentence))
        else:
            messages.success(request, gettext("Đã chốt lớp; bản kê đã ký và ghi vào sổ công khai."))
        return redirect("city_closing:classroom", school_year, unit_code, chosen[0][2])
    if not chosen:
        messages.error(request, gettext("Chưa chọn lớp nào."))
    else:
        _say(request, services.close_classes(by=by, at=now, keys=chosen))
    return redirect("city_closing:school", school_year, unit_code)


@require_POST
@city_page
def close_due(request: HttpRequest, by: Actor, school_year: str) -> HttpResponse:
    """Have everything that is due closed."""
    count = services.order_due(by=by, at=timezone.now(), school_year=_year(school_year))
    if count:
        text = ngettext(
            "Đang chốt %(count)d lớp đến hạn; tải lại trang để xem. Lớp chưa chốt được còn ở bảng.",
            "Đang chốt %(count)d lớp đến hạn; tải lại trang để xem. Lớp chưa chốt được còn ở bảng.",
            count,
        )
        messages.success(request, text % {"count": count})
    else:
        messages.info(request, gettext("Không có lớp nào đến hạn chốt."))
    return redirect("city_closing:year", school_year)


def _say(request: HttpRequest, done: services.Closed) -> None:
    if done.closed:
        text = ngettext("Đã chốt %(count)d lớp.", "Đã chốt %(count)d lớp.", done.closed)
        messages.success(request, text % {"count": done.closed})
    for key, sentence in done.stuck[:_SHOWN_STUCK]:
        line = f"{key[2]}: {in_page_language(sentence)}"
        messages.error(request, line)
    if len(done.stuck) > _SHOWN_STUCK:
        more = len(done.stuck) - _SHOWN_STUCK
        text = gettext("Và %(count)d lớp khác chưa chốt được; lý do ghi trong bảng.")
        messages.error(request, text % {"count": more})


@require_POST
@city_page
def reopen(
    request: HttpRequest, by: Actor, school_year: str, unit_code: str, classroom_name: str
) -> HttpResponse:
    """Open a closed class again by decision; what is wrong is said beside the form."""
    key = (unit_code, _year(school_year), classroom_name)
    file = request.FILES.get("file")
    try:
        reopenings.reopen_class(
            by=by,
            at=timezone.now(),
            key=key,
            decision=reopenings.Decision(
                number=request.POST.get("number", ""),
                date=_day(request.POST.get("date", ""), "date"),
                reason=request.POST.get("reason", ""),
                until=_day(request.POST.get("until", ""), "until"),
                filename=(file.name or "") if file else "",
                content=file.read() if file else b"",
            ),
        )
    except Refused as refusal:
        if refusal.code == "role":
            raise
        return _classroom(request, by, key, refusal)
    messages.success(request, gettext("Đã mở lại lớp theo quyết định."))
    return redirect("city_closing:classroom", school_year, unit_code, classroom_name)


@city_page
def dates(request: HttpRequest, by: Actor, school_year: str) -> HttpResponse:
    """The dates of a year; the officer sets them."""
    problem = None
    if request.method == "POST":
        try:
            reopenings.set_dates(
                by=by,
                at=timezone.now(),
                school_year=_year(school_year),
                main_on=_day(request.POST.get("main_on", ""), "main_on"),
                reassessed_on=_day(request.POST.get("reassessed_on", ""), "reassessed_on"),
                automatic="automatic" in request.POST,
                late_first="late_first" in request.POST,
            )
        except Refused as refusal:
            if refusal.code == "role":
                raise
            problem = refusal
        else:
            messages.success(request, gettext("Đã lưu ngày chốt của năm học."))
            return redirect("city_closing:dates", school_year)
    context = {
        "school_year": school_year,
        "dates": dates_of(_year(school_year)),
        "history": ClosingCalendar.objects.filter(school_year=school_year),
        "may_set": deny_role(by, CityRole.OFFICER) is None,
        "problem": problem,
        "typed": request.POST.dict(),
    }
    open_items.school_years(by=by)  # readers only
    return render(request, "city_closing/dates.html", context)


@require_safe
@city_page
def signed_list(_request: HttpRequest, by: Actor, closing_id: int) -> HttpResponse:
    """The signed list as a file."""
    row = selectors.signed_list_of(by=by, closing_id=closing_id)
    return download(bytes(row.signed_list), f"ban-ke-chot-{row.sha256[:12]}.txt", "text/plain")


@require_safe
@city_page
def decision(_request: HttpRequest, by: Actor, closing_id: int) -> HttpResponse:
    """The scanned decision of a reopening."""
    row = selectors.decision_file(by=by, closing_id=closing_id)
    return download(bytes(row.content), row.filename, row.media_type)


def _year(text: str) -> str:
    try:
        return str(SchoolYear.parse(text))
    except Malformed as fault:
        raise Http404(fault.sentence.vi) from fault


def _day(text: str, where: str) -> dt.date:
    """A day as people here write it. Raises `Refused` with the field."""
    try:
        return dt.datetime.strptime(text.strip(), "%d/%m/%Y").date()  # noqa: DTZ007 - a day
    except ValueError:
        raise Refused(
            "day",
            f"“{text.strip()[:20]}” không phải ngày dạng 30/06/2026.",
            "Not a day such as 30/06/2026.",
            where=where,
        ) from None
