"""What every page of the department does alike: who asks, and how a refusal is shown."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from hocba.errors import Refused
from hocba_server.web.accounts.actor import Actor, actor_of
from hocba_server.web.design.language import in_page_language

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, Actor, P], HttpResponse]


def city_page(view: Page[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Give the view the person; a wrong role is a 403 with its reason."""

    @functools.wraps(view)
    def page(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect("/")
        by = actor_of(request)
        if by.house != "city":
            return _refused(request, "Trang này dành cho cán bộ của Sở.")
        try:
            return view(request, by, *args, **kwargs)
        except Refused as refusal:
            if refusal.code == "not_found":
                raise Http404(in_page_language(refusal.sentence)) from refusal
            if refusal.code == "role":
                return _refused(request, in_page_language(refusal.sentence))
            messages.error(request, in_page_language(refusal.sentence))
            return redirect(request.META.get("HTTP_REFERER") or "/so/")

    return page


def _refused(request: HttpRequest, reason: str) -> HttpResponse:
    return render(request, "web_design/403.html", {"reason": reason}, status=403)
