"""Letters with which people of the department and the wards make their keys (decision 0037).

The administrator writes them; new keys for somebody who has keys need a second person.
"""

from __future__ import annotations

import datetime as dt

from hocba.errors import Refused
from hocba.workflow.transitions import Denial
from hocba_server.city.database import CITY_DATABASE, city_transaction
from hocba_server.city.permissions import CityRole, deny_role, require
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.accounts.models import User
from hocba_server.web.audit.services import record_event
from hocba_server.web.signin.invitations import Letter, confirm, invite
from hocba_server.web.signin.models import Invitation
from hocba_server.web.signin.selectors import letters_to_confirm


def write_letter(*, by: Actor, at: dt.datetime, username: str) -> Letter:
    """Write a letter for an account of the department or a ward.

    Raises `Refused`: `role`, `not_found`, `self_invitation`.
    """
    require(deny_role(by, CityRole.ADMINISTRATOR))
    user = User.objects.filter(username=username, house="city", is_active=True).first()
    if user is None:
        raise _not_found()
    with city_transaction():
        letter = invite(user=user, by=by, at=at)
        _audit(by, at, "write_letter", letter.invitation)
    return letter


def confirm_letter(*, by: Actor, at: dt.datetime, invitation_id: int) -> None:
    """The second person: an officer or another administrator.

    Raises `Refused`: `role`, `not_found`, `second_person`, `invitation_over`.
    """
    require(deny_confirming(by))
    row = next((row for row in waiting_letters(at) if row.pk == invitation_id), None)
    if row is None:
        raise _not_found()
    with city_transaction():
        confirm(invitation=row, by=by, at=at)
        _audit(by, at, "confirm_letter", row)


def waiting_letters(at: dt.datetime) -> list[Invitation]:
    """Letters for new keys that wait for the second person."""
    return letters_to_confirm(_names(), at)


def deny_confirming(by: Actor) -> Denial | None:
    """Who may be the second person."""
    return deny_role(by, CityRole.ADMINISTRATOR, CityRole.OFFICER)


def _names() -> list[str]:
    users = User.objects.filter(house="city", is_active=True)
    return list(users.values_list("username", flat=True))


def _audit(by: Actor, at: dt.datetime, action: str, row: Invitation) -> None:
    record_event(
        using=CITY_DATABASE,
        by=by,
        at=at,
        action=action,
        subject=f"account:{row.user.username}",
        detail={"replaces_keys": row.replaces_keys},
    )


def _not_found() -> Refused:
    return Refused(
        "not_found",
        "Không tìm thấy người này hoặc thư mời này.",
        "There is no such person or letter.",
    )
