from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from hocba_server.city.certificates import selectors, services
from hocba_server.city.pages import city_page
from hocba_server.web.accounts.actor import Actor


@city_page
def registration(request: HttpRequest, by: Actor, registration_id: int) -> HttpResponse:
    row = selectors.registration_by_id(by=by, registration_id=registration_id)
    context = {"row": row, "warning": selectors.warning_of(row)}
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
