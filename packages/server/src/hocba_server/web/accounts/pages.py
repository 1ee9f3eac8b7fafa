"""What every page of a house does alike: who asks, and how a refusal is shown."""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from hocba.errors import Refused, Sentence
from hocba_server.web.accounts.actor import Actor, actor_of
from hocba_server.web.design.errors import refused
from hocba_server.web.design.language import in_page_language

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, Actor, P], HttpResponse]
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


@dataclass(frozen=True, slots=True)
class House:
    """A house as its pages know it: its name in accounts, its first page, and who works there."""

    name: str
    home: str
    only_for: Sentence
    scope: Callable[[Actor], AbstractContextManager[None]] | None = None
    """Opened around each page: for whom the house's database is asked."""

    def page(self, view: Page[P]) -> View[P]:
        """Give the view the person. Another house or a wrong role is a 403 with its reason,
        what the person may not know of is a 404, any other refusal a message on the page."""

        @functools.wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect(settings.LOGIN_URL)
            by = actor_of(request)
            if by.house != self.name:
                return refused(request, in_page_language(self.only_for))
            try:
                with self.scope(by) if self.scope else nullcontext():
                    return view(request, by, *args, **kwargs)
            except Refused as refusal:
                sentence = in_page_language(refusal.sentence)
                if refusal.code == "not_found":
                    raise Http404(sentence) from refusal
                if refusal.code == "role":
                    return refused(request, sentence)
                messages.error(request, sentence)
                return redirect(page_before(request) or self.home)

        return guarded


def page_before(request: HttpRequest) -> str | None:
    """The page that the person came from, if it is one of ours."""
    came_from = request.META.get("HTTP_REFERER", "")
    ours = url_has_allowed_host_and_scheme(came_from, allowed_hosts={request.get_host()})
    return came_from if ours else None
