"""Signing in, and opening the letter of invitation."""

from __future__ import annotations

import json
from typing import Any, Final

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from hocba.errors import Refused
from hocba_server.web.accounts.arriving import HOMES, arrive
from hocba_server.web.accounts.models import User
from hocba_server.web.design.language import in_page_language
from hocba_server.web.signin import codes, invitations, passkeys
from hocba_server.web.signin.traces import note

CEREMONY: Final = "passkey_state"
INVITED: Final = "invited"
"""In the session: number of the letter that was opened, and until when its holder may use it."""
ENROLMENT_SECONDS: Final = 15 * 60


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """A passkey, or the sign-in number and the code of the app."""
    if isinstance(request.user, User) and request.method != "POST":
        return redirect(HOMES[request.user.house])
    problem = ""
    number = request.POST.get("number", "")[:20]
    if request.method == "POST":
        at = timezone.now()
        try:
            user = codes.sign_in_with_code(number, request.POST.get("code", "")[:20], at=at)
        except Refused as refusal:
            problem = in_page_language(refusal.sentence)
        else:
            return redirect(_arrive(request, user, "code"))
    context = {"problem": problem, "number": number, "elsewhere": _other_address(request)}
    return render(request, "web_signin/sign_in.html", context)


@never_cache
@require_POST
def passkey_options(request: HttpRequest) -> HttpResponse:
    """What the browser asks the person's device for."""
    options, state = passkeys.begin_sign_in()
    request.session[CEREMONY] = state
    return JsonResponse(options)


@never_cache
@require_POST
def passkey_answer(request: HttpRequest) -> HttpResponse:
    """What the device answered; the browser goes where this says."""
    state = request.session.pop(CEREMONY, None)
    try:
        user = passkeys.complete_sign_in(state or {}, read_answer(request), at=timezone.now())
    except Refused as refusal:
        return JsonResponse({"problem": in_page_language(refusal.sentence)}, status=400)
    return JsonResponse({"to": _arrive(request, user, "passkey")})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def letter(request: HttpRequest) -> HttpResponse:
    """Open the letter: its code, and the personal number of the person to whom it was written."""
    problem = ""
    code = request.POST.get("code", "")[:40]
    if request.method == "POST":
        at = timezone.now()
        try:
            row = invitations.open_letter(code, request.POST.get("personal_id", "")[:20], at=at)
        except Refused as refusal:
            problem = in_page_language(refusal.sentence)
        else:
            logout(request)  # whoever sat here before
            request.session[INVITED] = [row.pk, at.timestamp() + ENROLMENT_SECONDS]
            return redirect("web_signin:first_key")
    return render(request, "web_signin/letter.html", {"problem": problem, "code": code})


def read_answer(request: HttpRequest) -> dict[str, Any]:
    """The JSON of a device's answer; an empty one for anything else."""
    try:
        answer = json.loads(request.body)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _arrive(request: HttpRequest, user: User, means: str) -> str:
    to = arrive(request, user)
    note(user, "sign_in", at=timezone.now(), detail={"means": means})
    return to


def _other_address(request: HttpRequest) -> str:
    """The same page by name, where it was opened by a bare address on which no passkey works."""
    host, _, port = request.get_host().partition(":")
    if passkeys.relying_party() != "localhost" or host == "localhost":
        return ""
    return f"http://localhost:{port}{request.path}" if port else f"http://localhost{request.path}"
