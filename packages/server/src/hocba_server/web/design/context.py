from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from hocba_server.web.accounts.models import User
from hocba_server.web.accounts.workplace import workplaces
from hocba_server.web.design.help import page_help


def layout(request: HttpRequest) -> dict[str, Any]:
    """What the layout of every page needs: who is signed in, and which mode this is."""
    user = getattr(request, "user", None)
    match = request.resolver_match
    return {
        "person": user if isinstance(user, User) else None,
        "workplaces": workplaces(request),
        "mode": settings.HOCBA_MODE,
        "houses": settings.HOUSES,
        "in_store": settings.CITY_ROLE == "ministry",
        "page_help": page_help(match.view_name if match else None),
    }
