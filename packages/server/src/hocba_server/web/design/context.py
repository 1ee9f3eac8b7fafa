from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from hocba_server.web.accounts.models import User


def layout(request: HttpRequest) -> dict[str, Any]:
    """What the layout of every page needs: who is signed in, and which mode this is."""
    user = getattr(request, "user", None)
    return {
        "person": user if isinstance(user, User) else None,
        "mode": settings.HOCBA_MODE,
        "houses": settings.HOUSES,
    }
