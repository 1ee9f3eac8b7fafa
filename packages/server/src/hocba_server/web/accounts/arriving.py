"""A person arrives: the session begins, and the first page is chosen."""

from __future__ import annotations

import time
from typing import Final

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest

from hocba_server.web.accounts.memberships import memberships_of
from hocba_server.web.accounts.models import User

HOMES: Final = {"school": "/truong/", "city": "/so/"}
_SINCE: Final = "signed_in_at"


def arrive(request: HttpRequest, user: User) -> str:
    """Begin the session of a person who proved who she is; answers the address to go to."""
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session[_SINCE] = time.time()
    return "/noi-lam-viec/" if len(memberships_of(user)) > 1 else HOMES[user.house]


def arrived_lately(request: HttpRequest, *, minutes: int) -> bool:
    """Did the person prove who she is within the last `minutes`?"""
    since = request.session.get(_SINCE)
    return isinstance(since, float) and 0 <= time.time() - since <= minutes * 60
