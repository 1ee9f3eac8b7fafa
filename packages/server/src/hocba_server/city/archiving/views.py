from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from hocba_server.city.archiving import selectors, services
from hocba_server.city.pages import city_page
from hocba_server.web.accounts.actor import Actor


@require_safe
@city_page
def state(request: HttpRequest, by: Actor) -> HttpResponse:
    """What is protected until when, and what needs somebody."""
    found = selectors.archive_state(by=by, at=timezone.now())
    return render(request, "city_archiving/state.html", {"archive": found})


@require_POST
@city_page
def run(request: HttpRequest, by: Actor) -> HttpResponse:
    """Do now what would be done at night."""
    services.order_run(by=by, at=timezone.now())
    messages.success(
        request, gettext("Đã giao việc. Tải lại trang sau ít phút để xem kết quả ở cuối trang.")
    )
    return redirect("city_archiving:state")
