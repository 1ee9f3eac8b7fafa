from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hocba.errors import HocBaError, Malformed
from hocba_server.city.pages import city_page
from hocba_server.city.permissions import CityRole, deny_role
from hocba_server.city.vendors import keys, selectors, services
from hocba_server.city.vendors.switches import FIXED
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.design.language import in_page_language

_FIELDS = ("name", "software", "contact_name", "contact_email")
Action = Callable[[HttpRequest, Actor, str], str]


@require_http_methods(["GET", "HEAD", "POST"])
@city_page
def vendors(request: HttpRequest, by: Actor) -> HttpResponse:
    """Every vendor, and the form that registers one."""
    typed = {name: request.POST.get(name, "") for name in _FIELDS}
    problem: HocBaError | None = None
    if request.method == "POST":
        try:
            code = services.register_vendor(by=by, at=timezone.now(), **typed)
            messages.success(request, _("Đã đăng ký nhà cung cấp."))
            return redirect("city_vendors:vendor", code)
        except Malformed as error:
            problem = error
    context = {
        "vendors": selectors.vendors(by=by),
        "may_change": deny_role(by, CityRole.ADMINISTRATOR) is None,
        "typed": typed,
        "problem": problem,
    }
    return render(request, "city_vendors/vendors.html", context)


@require_safe
@city_page
def vendor(request: HttpRequest, by: Actor, code: str) -> HttpResponse:
    """One vendor: accounts, keys, switches."""
    row = selectors.vendor_by_code(by=by, code=code)
    context = {
        "vendor": row,
        "accounts": selectors.accounts_of(by=by, vendor=row),
        "free": selectors.free_accounts(by=by)[:200],
        "keys": selectors.keys_of(by=by, vendor=row),
        "switches": selectors.switches_of(row),
        "fixed": FIXED,
        "sandbox_units": row.sandbox_units.all(),
        "history": selectors.history_of(by=by, vendor=row),
        "may_change": deny_role(by, CityRole.ADMINISTRATOR) is None,
        "rate": settings.API_RATE,
        "token_required": settings.API_TOKEN_REQUIRED,
    }
    return render(request, "city_vendors/vendor.html", context)


def _action(place: str) -> Callable[[Action], Callable[..., HttpResponse]]:
    """A form on the vendor's page: does one thing, says what it did or why not, leads back."""

    def decorate(action: Action) -> Callable[..., HttpResponse]:
        @require_POST
        @city_page
        @wraps(action)
        def view(request: HttpRequest, by: Actor, code: str) -> HttpResponse:
            try:
                messages.success(request, action(request, by, code))
            except Malformed as error:
                messages.error(request, in_page_language(error.sentence))
            return redirect(f"/so/nha-cung-cap/{code}/#{place}")

        return view

    return decorate


@_action("cong-tac")
def switch(request: HttpRequest, by: Actor, code: str) -> str:
    """Set one switch."""
    services.set_switch(
        by=by,
        at=timezone.now(),
        code=code,
        name=request.POST.get("name", ""),
        value=request.POST.get("value", ""),
    )
    return _("Đã đặt công tắc.")


@_action("tai-khoan")
def give_account(request: HttpRequest, by: Actor, code: str) -> str:
    """Give the vendor an account."""
    services.give_account(by=by, at=timezone.now(), code=code, user_name=_user_name(request))
    return _("Đã giao tài khoản cho phần mềm này.")


@_action("tai-khoan")
def take_account(request: HttpRequest, by: Actor, code: str) -> str:
    """Take an account away."""
    del code  # an account has one vendor at most
    services.take_account(by=by, at=timezone.now(), user_name=_user_name(request))
    return _("Đã gỡ tài khoản.")


@_action("tai-khoan")
def terms(request: HttpRequest, by: Actor, code: str) -> str:
    """Set what holds for one account."""
    del code
    required, rate = services.read_terms(request.POST)
    services.set_terms(
        by=by,
        at=timezone.now(),
        user_name=_user_name(request),
        token_required=required,
        requests_per_minute=rate,
    )
    return _("Đã đặt điều kiện của tài khoản.")


@_action("khoa")
def add_key(request: HttpRequest, by: Actor, code: str) -> str:
    """Register a key."""
    keys.register_key(
        by=by,
        at=timezone.now(),
        key_id=request.POST.get("key_id", "").strip(),
        pem=request.POST.get("pem", ""),
        pkcs1=request.POST.get("pkcs1") == "on",
        vendor=selectors.vendor_by_code(by=by, code=code),
    )
    return _("Đã đăng ký khoá ký yêu cầu.")


@_action("khoa")
def revoke_key(request: HttpRequest, by: Actor, code: str) -> str:
    """Revoke a key."""
    keys.revoke_key(
        by=by,
        at=timezone.now(),
        key_id=request.POST.get("key_id", ""),
        vendor=selectors.vendor_by_code(by=by, code=code),
    )
    return _("Đã thu hồi khoá; yêu cầu ký bằng khoá này không được nhận nữa.")


@_action("")
def set_active(request: HttpRequest, by: Actor, code: str) -> str:
    """Cut the vendor off, or let it in again."""
    active = request.POST.get("active") == "yes"
    services.set_vendor_active(by=by, at=timezone.now(), code=code, active=active)
    return _("Đã mở lại kết nối.") if active else _("Đã ngắt kết nối của nhà cung cấp.")


def _user_name(request: HttpRequest) -> str:
    return request.POST.get("user_name", "").strip()[:150]
