from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from hocba.errors import Refused
from hocba_server.city.certificates import ends, selectors, services
from hocba_server.city.certificates.expiry import days_left, successor_of
from hocba_server.city.certificates.models import CertificateRegistration, Level, Unit
from hocba_server.city.certificates.offices import deny_deciding, office_name
from hocba_server.city.certificates.units import listed_units, set_unit, unit_to_keep
from hocba_server.city.pages import city_page
from hocba_server.web.accounts.actor import Actor

_SHOWN = 200


@require_safe
@city_page
def registrations(request: HttpRequest, by: Actor) -> HttpResponse:
    """Every certificate of the units that the person sees, by where it stands."""
    now = timezone.now()
    shelves = selectors.shelves(by=by, at=now)
    wanted = request.GET.get("phan", "")
    shelf = next((each for each in shelves if each.name == wanted), None) or next(
        (each for each in shelves if each.count), shelves[0]
    )
    context = {
        "shelves": shelves,
        "shelf": shelf,
        "rows": [(row, days_left(row, now)) for row in shelf.rows[:_SHOWN]],
    }
    return render(request, "city_certificates/registrations.html", context)


@require_safe
@city_page
def registration(request: HttpRequest, by: Actor, registration_id: int) -> HttpResponse:
    return _registration(request, by, registration_id)


def _registration(
    request: HttpRequest, by: Actor, registration_id: int, problem: Refused | None = None
) -> HttpResponse:
    now = timezone.now()
    row = selectors.registration_by_id(by=by, registration_id=registration_id)
    others = CertificateRegistration.objects.filter(unit=row.unit).exclude(pk=row.pk)
    context = {
        "row": row,
        "warning": selectors.warning_of(row),
        "denial": deny_deciding(by, row.unit),
        "office": office_name(row.unit),
        "days": days_left(row, now),
        "over": row.valid_until < now,
        "soon": days_left(row, now) <= max(settings.CERTIFICATE_REMINDER_DAYS, default=0),
        "successor": successor_of(row, others),
        "levels": _levels(row.unit),
        "now": now,
        "typed": request.POST.dict(),
        "problem": problem,
    }
    return render(request, "city_certificates/registration.html", context)


@require_POST
@city_page
def approve(request: HttpRequest, by: Actor, registration_id: int) -> HttpResponse:
    services.approve(by=by, at=timezone.now(), registration_id=registration_id)
    messages.success(request, gettext("Đã phê duyệt chứng thư số; nhà trường dùng được ngay."))
    return redirect("city_home")


@require_POST
@city_page
def refuse(request: HttpRequest, by: Actor, registration_id: int) -> HttpResponse:
    reason = request.POST.get("reason", "")
    services.refuse(by=by, at=timezone.now(), registration_id=registration_id, reason=reason)
    messages.success(request, gettext("Đã từ chối; nhà trường sẽ đọc được lý do."))
    return redirect("city_home")


@require_POST
@city_page
def end(request: HttpRequest, by: Actor, registration_id: int) -> HttpResponse:
    """End the approval from a moment on; what was sealed before stays valid."""
    now = timezone.now()
    try:
        ends.end_approval(
            by=by,
            at=now,
            registration_id=registration_id,
            ended_from=_moment(request.POST.get("ended_from", ""), now),
            reason=request.POST.get("reason", ""),
        )
    except Refused as refusal:
        if refusal.where is None:
            raise
        return _registration(request, by, registration_id, refusal)
    messages.success(
        request, gettext("Đã chấm dứt phê duyệt. Học bạ đóng dấu trước lúc đó vẫn có giá trị.")
    )
    return redirect("city_certificates:registration", registration_id)


@require_safe
@city_page
def units(request: HttpRequest, by: Actor) -> HttpResponse:
    """The department's list of schools: levels, office, address."""
    words = request.GET.get("tim", "").strip()[:100]
    rows = listed_units(by=by, words=words)
    context = {
        "rows": [(row, office_name(row), _levels(row)) for row in rows[:_SHOWN]],
        "count": rows.count(),
        "most": _SHOWN,
        "words": words,
    }
    return render(request, "city_certificates/units.html", context)


@city_page
def unit(request: HttpRequest, by: Actor, code: str) -> HttpResponse:
    """Levels and address of one school."""
    row, problem = unit_to_keep(by=by, code=code), None
    levels, email = row.levels, row.email
    if request.method == "POST":
        levels, email = request.POST.getlist("levels"), request.POST.get("email", "")
        try:
            set_unit(by=by, at=timezone.now(), code=code, levels=levels, email=email)
        except Refused as refusal:
            if refusal.where is None:
                raise
            problem = refusal
        else:
            messages.success(request, gettext("Đã lưu đơn vị."))
            return redirect("city_certificates:units")
    context = {
        "row": row,
        "office": office_name(row),
        "levels": [(level.value, level.label, level.value in levels) for level in Level],
        "email": email,
        "problem": problem,
    }
    return render(request, "city_certificates/unit.html", context)


def _levels(row: Unit) -> list[str]:
    return [str(Level(level).label) for level in row.levels]


def _moment(text: str, now: dt.datetime) -> dt.datetime:
    """A moment as people type it, `HH:MM dd/mm/yyyy` or a day; empty means now."""
    text = " ".join(text.split())
    if not text:
        return now
    for form in ("%H:%M %d/%m/%Y", "%d/%m/%Y"):
        try:
            return timezone.make_aware(dt.datetime.strptime(text, form))  # noqa: DTZ007 - local
        except ValueError:
            continue
    raise Refused(
        "ended_from",
        "Ghi lúc chấm dứt như 08:30 01/06/2026, hoặc chỉ ngày 01/06/2026.",
        "Write the moment like 08:30 01/06/2026, or only the day.",
        where="ended_from",
    )
