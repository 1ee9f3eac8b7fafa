"""The place of work that a person has chosen: one account, several units, one at a time.

The choice lives in the session and is checked against the memberships at every request, so that a
lock counts at once and rights of one school never reach into another.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

from hocba.errors import Refused
from hocba_server.web.accounts.memberships import memberships_of
from hocba_server.web.accounts.models import Membership, User

SESSION_KEY: Final = "workplace"


class ChosenWorkplace:
    """Middleware: `request.user` is the person at the chosen place, in memory only."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request for that place."""
        chosen = request.session.get(SESSION_KEY)
        if chosen is not None and isinstance(request.user, User):
            row = Membership.objects.filter(pk=chosen, user_id=request.user.pk, is_active=True)
            place = row.first()
            if place is None:
                del request.session[SESSION_KEY]
            else:
                _stand_at(request.user, place)
        return self.get_response(request)


def workplaces(request: HttpRequest) -> list[Membership]:
    """Where the signed-in person may work; empty when there is nothing to choose."""
    user = getattr(request, "user", None)
    rows = memberships_of(user) if isinstance(user, User) else []
    return rows if len(rows) > 1 else []


def choose_workplace(request: HttpRequest, membership_id: int) -> Membership:
    """Go to another place of work. Raises `Refused` with code `workplace` for any other one."""
    user = request.user
    row = Membership.objects.filter(pk=membership_id, is_active=True).first()
    if row is None or row.user_id != user.pk:
        raise Refused(
            "workplace",
            "Tài khoản của Thầy/Cô không làm việc ở nơi này.",
            "Your account does not work at this place.",
        )
    request.session.cycle_key()
    request.session[SESSION_KEY] = row.pk
    return row


def _stand_at(user: User, place: Membership) -> None:
    user.house, user.unit_code, user.unit_name = place.house, place.unit_code, place.unit_name
    user.title, user.roles = place.title, list(place.roles)
    user.next_step = ""
