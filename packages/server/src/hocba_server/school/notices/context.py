from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import HttpRequest

from hocba_server.school.notices.selectors import unread_count
from hocba_server.web.accounts.actor import Actor, actor_of_user
from hocba_server.web.accounts.models import User


class Bell:
    """The bell in the header. It counts when it is drawn, once, and only then."""

    def __init__(self, by: Actor) -> None:
        self._by = by

    @cached_property
    def count(self) -> int:
        """Unread notices of this person."""
        return unread_count(self._by)


def bell(request: HttpRequest) -> dict[str, Any]:
    """Context of every page: the bell for people of a school, nothing for anybody else."""
    user = getattr(request, "user", None)
    if not isinstance(user, User) or user.house != "school":
        return {}
    return {"bell": Bell(actor_of_user(user))}
