from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from hocba.errors import HocBaError, Malformed, Refused
from hocba_server.city.access import selectors, services
from hocba_server.city.access.purposes import Reason, drop_purpose, state_purpose, stated_purpose
from hocba_server.city.access.readings import Wanted, shown
from hocba_server.city.access.readings import readings as found_readings
from hocba_server.city.pages import city_page
from hocba_server.city.permissions import READERS, CityRole, deny_role, require
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.accounts.roles import role as account_role
from hocba_server.web.signin.selectors import users_with_keys

_PAGE = 50
_SHOWN = 200


@city_page
def purpose(request: HttpRequest, by: Actor) -> HttpResponse:
    """Say what the records are opened for; then on to where the person wanted to go."""
    require(deny_role(by, *READERS))
    now = timezone.now()
    onward = _ours(request, request.POST.get("den") or request.GET.get("den") or "/so/")
    problem = None
    if request.method == "POST":
        try:
            state_purpose(
                request,
                by=by,
                at=now,
                code=request.POST.get("reason", ""),
                words=request.POST.get("words", ""),
            )
            return redirect(onward)
        except Refused as refusal:
            problem = refusal
    context = {
        "reasons": [(reason.code, reason.value) for reason in Reason],
        "onward": onward,
        "typed": request.POST.dict(),
        "problem": problem,
        "minutes": settings.PURPOSE_MINUTES,
        "stated": stated_purpose(request, by=by, at=now),
    }
    return render(request, "city_access/purpose.html", context)


@require_POST
@city_page
def done(request: HttpRequest, by: Actor) -> HttpResponse:  # noqa: ARG001 - the page needs a person
    """The person is done with the records."""
    drop_purpose(request)
    messages.success(request, gettext("Đã kết thúc. Lần sau mở học bạ cần nêu mục đích lại."))
    return redirect("city_home")


@city_page
def readings(request: HttpRequest, by: Actor) -> HttpResponse:
    """Who looked at what, when and why. The filter is posted: it may hold personal numbers, which
    never stand in an address."""
    asked = request.POST
    problem, since, before = "", None, None
    try:
        since, until = _day(asked.get("tu", "")), _day(asked.get("den", ""))
        before = until + dt.timedelta(days=1) if until else None
    except ValueError:
        problem = gettext("Ngày viết như 01/06/2026.")
    wanted = Wanted(
        person=asked.get("nguoi", "").strip()[:120],
        record=asked.get("hoc-ba", "").strip()[:36],
        since=since,
        before=before,
        public="cong" in asked,
    )
    pages = Paginator(found_readings(by=by, wanted=wanted), _PAGE)
    page = pages.get_page(asked.get("trang"))
    context = {
        "page": page,
        "lines": shown(page.object_list),
        "typed": asked.dict(),
        "record_typed": wanted.record,
        "problem": problem,
    }
    return render(request, "city_access/readings.html", context)


@city_page
def people(request: HttpRequest, by: Actor) -> HttpResponse:
    """Everybody with a role, and the form that gives one."""
    problem: HocBaError | None = None
    require(deny_role(by, CityRole.ADMINISTRATOR))
    if request.method == "POST":
        try:
            services.give_role(by=by, at=timezone.now(), appointment=_appointment(request))
        except (Refused, Malformed) as fault:
            problem = fault
        else:
            messages.success(request, gettext("Đã giao vai trò; người đó dùng được ngay."))
            return redirect("city_access:people")
    found = selectors.people(by=by)
    context = {
        "people": found,
        "ended": selectors.ended_grants(by=by)[:_SHOWN],
        "roles": [(role.value, account_role(role.value)) for role in CityRole],
        "wards": selectors.wards(),
        "typed": request.POST.dict(),
        "problem": problem,
        "where": _where(problem),
        "with_keys": users_with_keys(person.username for person in found),
    }
    return render(request, "city_access/people.html", context)


@require_POST
@city_page
def end(request: HttpRequest, by: Actor, grant_id: int) -> HttpResponse:
    services.end_role(
        by=by, at=timezone.now(), grant_id=grant_id, reason=request.POST.get("reason", "")
    )
    messages.success(request, gettext("Đã thu hồi vai trò; có hiệu lực ngay."))
    return redirect("city_access:people")


def _appointment(request: HttpRequest) -> services.Appointment:
    def typed(name: str) -> str:
        return " ".join(request.POST.get(name, "").split())

    try:
        decided = _day(typed("decision_date"))
    except ValueError:
        decided = None
    return services.Appointment(
        full_name=typed("full_name"),
        personal_id=typed("personal_id"),
        username=typed("username").lower(),
        role=typed("role"),
        decision_number=typed("decision_number"),
        decision_date=timezone.localdate(decided) if decided else None,
        ward_code=typed("ward"),
    )


def _where(problem: HocBaError | None) -> str:
    if problem is None:
        return ""
    if isinstance(problem, Malformed):
        return "personal_id"
    return {"username_taken": "username"}.get(problem.code, problem.where or "form")


def _day(text: str) -> dt.datetime | None:
    """Midnight of a day dd/mm/yyyy, None when nothing is written. Raises ValueError."""
    text = text.strip()
    if not text:
        return None
    return timezone.make_aware(dt.datetime.strptime(text, "%d/%m/%Y"))  # noqa: DTZ007 - local


def _ours(request: HttpRequest, address: str) -> str:
    ours = url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()})
    return address if ours and address.startswith("/so/") else "/so/"
