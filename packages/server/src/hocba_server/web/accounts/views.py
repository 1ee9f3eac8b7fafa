from __future__ import annotations

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from hocba.errors import Refused
from hocba_server.web.accounts.arriving import HOMES, arrive
from hocba_server.web.accounts.models import User
from hocba_server.web.accounts.selectors import demo_units
from hocba_server.web.accounts.services import demo_account
from hocba_server.web.accounts.workplace import choose_workplace
from hocba_server.web.design.errors import refused
from hocba_server.web.design.language import in_page_language


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """The start page: who to be in the demo, and the way to public verification."""
    return render(request, "web_accounts/start.html", {"units": demo_units()})


@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Become one of the invented people and go to where they work."""
    try:
        user = demo_account(request.POST.get("username", ""))
    except Refused as refusal:
        return refused(request, in_page_language(refusal.sentence))
    return redirect(arrive(request, user))


def workplace(request: HttpRequest) -> HttpResponse:
    """Choose where to work now, for a person with more than one school."""
    if not isinstance(request.user, User):
        return redirect("/")
    if request.method != "POST":
        return render(request, "web_accounts/workplace.html")
    asked = request.POST.get("noi-lam-viec", "")
    try:
        place = choose_workplace(request, int(asked) if asked.isdecimal() else 0)
    except Refused as refusal:
        return refused(request, in_page_language(refusal.sentence))
    return redirect(HOMES[place.house])


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Leave."""
    logout(request)
    return redirect("/")
