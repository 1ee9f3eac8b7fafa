"""Pages of one account at the gateway: its terms, its own keys, its tokens."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from hocba.errors import Malformed
from hocba_server.city.gateway.models import GatewayAccount
from hocba_server.city.pages import city_page
from hocba_server.city.permissions import CityRole, deny_role
from hocba_server.city.vendors import keys, selectors, services
from hocba_server.city.vendors.tokens import revoke_all_tokens
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.design.language import in_page_language

Action = Callable[[HttpRequest, Actor, GatewayAccount], str]


@require_safe
@city_page
def accounts(request: HttpRequest, by: Actor) -> HttpResponse:
    """Accounts, found by unit code or name."""
    asked = request.GET.get("tim", "").strip()[:150]
    found = selectors.accounts(by=by, words=asked)
    return render(
        request,
        "city_vendors/accounts.html",
        {"accounts": found[: selectors.MOST_SHOWN], "asked": asked, "count": found.count()},
    )


@require_safe
@city_page
def account(request: HttpRequest, by: Actor, account_id: int) -> HttpResponse:
    """One account."""
    row = selectors.account_by_id(by=by, account_id=account_id)
    context = {
        "account": row,
        "terms": selectors.terms_of(row),
        "keys": row.keys.all(),
        "tokens": selectors.tokens_of(row, at=timezone.now()),
        "may_change": deny_role(by, CityRole.ADMINISTRATOR) is None,
        "rate": settings.API_RATE,
        "token_required": settings.API_TOKEN_REQUIRED,
    }
    return render(request, "city_vendors/account.html", context)


def _action(action: Action) -> Callable[..., HttpResponse]:
    """A form on the account's page: does one thing, says what it did or why not, leads back."""

    @require_POST
    @city_page
    @wraps(action)
    def view(request: HttpRequest, by: Actor, account_id: int) -> HttpResponse:
        row = selectors.account_by_id(by=by, account_id=account_id)
        try:
            messages.success(request, action(request, by, row))
        except Malformed as error:
            messages.error(request, in_page_language(error.sentence))
        return redirect("city_vendors:account", account_id)

    return view


@_action
def set_terms(request: HttpRequest, by: Actor, row: GatewayAccount) -> str:
    """Set what holds for the account."""
    required, rate = services.read_terms(request.POST)
    services.set_terms(
        by=by,
        at=timezone.now(),
        user_name=row.user_name,
        token_required=required,
        requests_per_minute=rate,
    )
    return _("Đã đặt điều kiện của tài khoản.")


@_action
def add_key(request: HttpRequest, by: Actor, row: GatewayAccount) -> str:
    """Register a key of the unit itself."""
    keys.register_key(
        by=by,
        at=timezone.now(),
        key_id=request.POST.get("key_id", "").strip(),
        pem=request.POST.get("pem", ""),
        pkcs1=request.POST.get("pkcs1") == "on",
        account=row,
    )
    return _("Đã đăng ký khoá ký yêu cầu.")


@_action
def revoke_key(request: HttpRequest, by: Actor, row: GatewayAccount) -> str:
    """Revoke a key of this unit."""
    keys.revoke_key(by=by, at=timezone.now(), key_id=request.POST.get("key_id", ""), account=row)
    return _("Đã thu hồi khoá; yêu cầu ký bằng khoá này không được nhận nữa.")


@_action
def revoke_tokens(request: HttpRequest, by: Actor, row: GatewayAccount) -> str:
    """End every token of the account."""
    del request
    ended = revoke_all_tokens(by=by, at=timezone.now(), account=row)
    return ngettext("Đã huỷ %(n)s token.", "Đã huỷ %(n)s token.", ended) % {"n": ended}
