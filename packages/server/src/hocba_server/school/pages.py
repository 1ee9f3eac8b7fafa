"""What every page of the school house does alike: who asks, and how a refusal is shown."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from hocba.errors import HocBaError, Refused
from hocba_server.web.accounts.actor import Actor, actor_of
from hocba_server.web.design.language import in_page_language

P = ParamSpec("P")
T = TypeVar("T")
Page = Callable[Concatenate[HttpRequest, Actor, P], HttpResponse]


def school_page(view: Page[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Give the view the person; a wrong role is a 403 with its reason, another school a 404."""

    @functools.wraps(view)
    def page(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect("/")
        by = actor_of(request)
        if by.house != "school":
            return _refused(request, "Trang này dành cho nhà trường.")
        try:
            return view(request, by, *args, **kwargs)
        except Refused as refusal:
            if refusal.code == "not_found":
                raise Http404(in_page_language(refusal.sentence)) from refusal
            if refusal.code == "role":
                return _refused(request, in_page_language(refusal.sentence))
            messages.error(request, in_page_language(refusal.sentence))
            return redirect(request.META.get("HTTP_REFERER") or "/truong/")

    return page


def _refused(request: HttpRequest, reason: str) -> HttpResponse:
    return render(request, "school_registry/refused.html", {"reason": reason}, status=403)


def attempt(request: HttpRequest, work: Callable[[], T]) -> T | None:
    """Do the work; a refusal that is no matter of role or place becomes a message on the page."""
    try:
        return work()
    except HocBaError as fault:
        if isinstance(fault, Refused) and fault.code in {"role", "not_found"}:
            raise
        messages.error(request, in_page_language(fault.sentence))
        return None
