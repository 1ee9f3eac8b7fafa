"""Error pages: what is wrong and what to do, never a trace."""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request cannot be read; a file over the limit is the usual reason."""
    too_big = isinstance(exception, RequestDataTooBig)
    return render(request, "web_design/400.html", {"too_big": too_big}, status=400)


def refused(request: HttpRequest, reason: str) -> HttpResponse:
    """The page of a refusal: status 403, the reason, and where to go from there."""
    return render(request, "web_design/403.html", {"reason": reason}, status=403)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: the person may not; the exception's own words are the reason when it has any."""
    reason = str(exception) or _("Tài khoản của Thầy/Cô không có quyền mở trang này.")
    return refused(request, reason)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form is too old or was sent from another page."""
    del reason  # for programmers; the person needs to know what to do
    words = _("Biểu mẫu đã hết hạn. Quay lại trang trước, tải lại trang rồi gửi lần nữa.")
    return refused(request, words)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: no such page; nothing is said about what exists for others."""
    del exception
    return render(request, "web_design/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault. Uses no database and no context, which may be what failed."""
    del request
    return HttpResponse(render_to_string("web_design/500.html"), status=500)
