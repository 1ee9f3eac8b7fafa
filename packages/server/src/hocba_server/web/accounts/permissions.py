"""Guards for views: a wrong role gets a page that says why, never a silent redirect."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from hocba_server.web.accounts.actor import actor_of
from hocba_server.web.accounts.roles import role_names

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def require_role(*codes: str) -> Callable[[View[P]], View[P]]:
    """Let only people with one of these roles in; everybody else gets a 403 that says why."""

    def decorate(view: View[P]) -> View[P]:
        @functools.wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not request.user.is_authenticated:
                return refuse(request, _("Trang này cần đăng nhập."))
            if not actor_of(request).has(*codes):
                names = role_names(codes)
                return refuse(request, _("Trang này dành cho: %(names)s.") % {"names": names})
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def refuse(request: HttpRequest, reason: str) -> HttpResponse:
    """The page of a refusal: status 403, the reason, and where to go from there."""
    return render(request, "web_design/403.html", {"reason": reason}, status=403)
