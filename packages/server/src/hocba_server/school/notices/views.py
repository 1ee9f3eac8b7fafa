from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hocba_server.school.notices import services
from hocba_server.school.notices.models import ByMail
from hocba_server.school.notices.reminding import remind as remind_of
from hocba_server.school.notices.selectors import notices_of, preference_of
from hocba_server.school.notices.words import KINDS, RHYTHMS, notice_line
from hocba_server.school.pages import attempt, school_page
from hocba_server.web.accounts.actor import Actor

ON_ONE_PAGE = 30


@require_GET
@school_page
def notices(request: HttpRequest, by: Actor) -> HttpResponse:
    page = Paginator(notices_of(by), ON_ONE_PAGE).get_page(request.GET.get("trang"))
    context = {"page": page, "lines": [notice_line(row) for row in page.object_list]}
    return render(request, "school_notices/notices.html", context)


@require_GET
@school_page
def open_notice(_request: HttpRequest, by: Actor, notice_id: int) -> HttpResponse:
    """Go to the page of a notice; who follows the link has read it, and twice is once."""
    notice = services.mark_read(by=by, at=timezone.now(), notice_id=notice_id)
    return redirect(notice.url)


@require_POST
@school_page
def mark_read(_request: HttpRequest, by: Actor, notice_id: int) -> HttpResponse:
    services.mark_read(by=by, at=timezone.now(), notice_id=notice_id)
    return redirect("school_notices:notices")


@require_POST
@school_page
def mark_all_read(request: HttpRequest, by: Actor) -> HttpResponse:
    count = services.mark_all_read(by=by, at=timezone.now())
    messages.success(request, _("Đã đánh dấu đọc %(n)d thông báo.") % {"n": count})
    return redirect("school_notices:notices")


@school_page
def preferences(request: HttpRequest, by: Actor) -> HttpResponse:
    kept = preference_of(by)
    chosen = {
        "email": kept.email if kept else "",
        "kinds": kept.kinds if kept else [],
        "rhythm": kept.rhythm if kept else ByMail.AT_ONCE.value,
    }
    if request.method == "POST":
        chosen = {
            "email": request.POST.get("email", ""),
            "kinds": request.POST.getlist("kinds"),
            "rhythm": request.POST.get("rhythm", ""),
        }
        done = attempt(
            request,
            lambda: services.set_preference(by=by, at=timezone.now(), **chosen),
        )
        if done is not None:
            messages.success(request, _("Đã lưu cách nhận thông báo."))
            return redirect("school_notices:preferences")
    context = {
        "chosen": chosen,
        "kinds": KINDS,
        "rhythms": RHYTHMS,
        "refused": kept.refused_at if kept else None,
        "mail_enabled": settings.MAIL_ENABLED,
    }
    return render(request, "school_notices/preferences.html", context)


@require_POST
@school_page
def remind(request: HttpRequest, by: Actor, classroom_id: int) -> HttpResponse:
    """A form of another page: `staff` (row number), `step`, `next` (where to go back to)."""
    staff = request.POST.get("staff", "")
    done = attempt(
        request,
        lambda: remind_of(
            by=by,
            at=timezone.now(),
            classroom_id=classroom_id,
            staff_id=int(staff) if staff.isascii() and staff.isdigit() and len(staff) < 18 else 0,
            step=request.POST.get("step", ""),
        ),
    )
    if done is not None:
        messages.success(request, _("Đã gửi lời nhắc."))
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return redirect(back)
    return redirect("school_registry:classroom", classroom_id)
