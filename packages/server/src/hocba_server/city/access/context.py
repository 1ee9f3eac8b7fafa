from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from hocba_server.city.access.purposes import stated_purpose
from hocba_server.web.accounts.actor import actor_of_user
from hocba_server.web.accounts.models import User


def reading_purpose(request: HttpRequest) -> dict[str, Any]:
    """The purpose that the person has stated, for the bar on every page of the department."""
    user = getattr(request, "user", None)
    if not isinstance(user, User) or user.house != "city":
        return {}
    return {"reading_purpose": stated_purpose(request, by=actor_of_user(user), at=timezone.now())}
