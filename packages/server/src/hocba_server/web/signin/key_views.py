"""A person's own keys: the first one, more of them, fewer of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hocba.errors import Refused
from hocba_server.web.accounts.arriving import arrive, arrived_lately
from hocba_server.web.accounts.models import User
from hocba_server.web.design.language import in_page_language
from hocba_server.web.signin import codes, passkeys, selectors, services
from hocba_server.web.signin.models import Invitation, Passkey
from hocba_server.web.signin.pictures import qr_picture
from hocba_server.web.signin.traces import note
from hocba_server.web.signin.typed_codes import in_groups
from hocba_server.web.signin.views import CEREMONY, INVITED, read_answer

_NEW_APP: Final = "new_code_app"
LATELY_MINUTES: Final = 15
"""Keys change only so soon after signing in: a browser left open must not give them away."""


@never_cache
@require_safe
def first_key(request: HttpRequest) -> HttpResponse:
    """After the letter: make a passkey, or set an app up."""
    row = _invited(request)
    if row is None:
        return redirect("web_signin:letter")
    return render(request, "web_signin/first_key.html", {"invited": row})


@never_cache
@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """What the person signs in with."""
    user = _person(request)
    if user is None:
        return redirect("web_signin:sign_in")
    context = {"held": selectors.keys_of(user), "lately": _lately(request)}
    return render(request, "web_signin/keys.html", context)


@never_cache
@require_POST
def add_options(request: HttpRequest) -> HttpResponse:
    """What the browser asks a device for, to make a passkey."""
    user = _may_add(request)
    if user is None:
        return _json_problem(_again())
    try:
        options, state = passkeys.begin_registration(user)
    except Refused as refusal:
        return _json_problem(refusal)
    request.session[CEREMONY] = state
    return JsonResponse(options)


@never_cache
@require_POST
def add_answer(request: HttpRequest) -> HttpResponse:
    """Keep the passkey that the device made."""
    user, state = _may_add(request), request.session.pop(CEREMONY, None)
    if user is None:
        return _json_problem(_again())
    answer, at = read_answer(request), timezone.now()
    try:
        services.add_passkey(
            user=user,
            invitation=_invited(request),
            state=state or {},
            answer=answer,
            name=str(answer.get("name", "")),
            at=at,
        )
    except Refused as refusal:
        return _json_problem(refusal)
    messages.success(request, gettext("Đã thêm khoá truy cập. Lần sau đăng nhập bằng khoá này."))
    return JsonResponse({"to": _onward(request, user)})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code_app(request: HttpRequest) -> HttpResponse:
    """Set an app up: scan, then type the code that it shows."""
    user = _may_add(request)
    if user is None:
        return redirect("web_signin:keys" if _person(request) else "web_signin:letter")
    number, secret = request.session.get(_NEW_APP) or codes.new_secret()
    request.session[_NEW_APP] = [number, secret]
    problem = ""
    if request.method == "POST":
        try:
            services.add_code_app(
                user=user,
                invitation=_invited(request),
                number=number,
                secret=secret,
                code=request.POST.get("code", "")[:20],
                at=timezone.now(),
            )
        except Refused as refusal:
            problem = in_page_language(refusal.sentence)
        else:
            del request.session[_NEW_APP]
            messages.success(request, gettext("Đã đặt ứng dụng mã. Lần sau đăng nhập bằng mã."))
            return redirect(_onward(request, user))
    context = {
        "problem": problem,
        "number": in_groups(number),
        "secret": in_groups(secret).replace("-", " "),
        "picture": qr_picture(codes.app_address(number, secret)),
        "invited": _invited(request) is not None,
    }
    return render(request, "web_signin/code_app.html", context)


@require_POST
def remove_passkey(request: HttpRequest, passkey_id: int) -> HttpResponse:
    """Take a passkey away; never the last means of signing in."""
    user = _person(request)
    if user is None or not Passkey.objects.filter(user=user, pk=passkey_id).exists():
        raise Http404
    _try(request, lambda: services.remove_passkey(user=user, passkey_id=passkey_id, at=_now()))
    return redirect("web_signin:keys")


@require_POST
def remove_code_app(request: HttpRequest) -> HttpResponse:
    """Take the app away; never the last means of signing in."""
    user = _person(request)
    if user is not None:
        _try(request, lambda: services.remove_code_app(user=user, at=_now()))
    return redirect("web_signin:keys")


@require_POST
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """End this session and every other one of the person."""
    user = _person(request)
    if user is not None:
        services.sign_out_everywhere(user=user, at=_now())
        logout(request)
    return redirect("web_signin:sign_in")


_now = timezone.now


def _try(request: HttpRequest, change: Callable[[], None]) -> None:
    if not _lately(request):
        messages.error(request, in_page_language(_again().sentence))
        return
    try:
        change()
    except Refused as refusal:
        messages.error(request, in_page_language(refusal.sentence))
    else:
        messages.success(request, gettext("Đã xoá."))


def _person(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def _lately(request: HttpRequest) -> bool:
    return arrived_lately(request, minutes=LATELY_MINUTES)


def _invited(request: HttpRequest) -> Invitation | None:
    """The letter that was opened in this session, while it holds."""
    kept = request.session.get(INVITED)
    if not kept or _person(request) is not None or time.time() > kept[1]:
        return None
    return Invitation.objects.select_related("user").filter(pk=kept[0], used_at=None).first()


def _may_add(request: HttpRequest) -> User | None:
    """Whose key may be made here: of the letter's holder, or of a person who signed in lately."""
    user = _person(request)
    if user is not None:
        return user if _lately(request) else None
    row = _invited(request)
    return row.user if row else None


def _onward(request: HttpRequest, user: User) -> str:
    if _person(request) is not None:
        return "/tai-khoan/"
    to = arrive(request, user)
    note(user, "sign_in", at=_now(), detail={"means": "letter"})
    return to


def _again() -> Refused:
    return Refused(
        "sign_in_again",
        f"Chỉ đổi khoá trong {LATELY_MINUTES} phút sau khi đăng nhập. Đăng xuất rồi đăng nhập lại.",
        f"Keys change within {LATELY_MINUTES} minutes of signing in. Sign out and in again.",
    )


def _json_problem(refusal: Refused) -> HttpResponse:
    return JsonResponse({"problem": in_page_language(refusal.sentence)}, status=400)
