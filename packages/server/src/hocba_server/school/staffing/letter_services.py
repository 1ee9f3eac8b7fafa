"""Letters with which people of the school make their keys for signing in (decision 0037).

The administrator writes them, the head for administrators (QĐ 1789/QĐ-SGDĐT Đ5.3c, Đ33). New keys
for somebody who has keys need a second person: whoever manages accounts must not become another.
"""

from __future__ import annotations

import datetime as dt

from hocba.errors import Refused
from hocba.workflow.transitions import Denial
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.registry.models import School, SchoolRole
from hocba_server.school.registry.permissions import deny_role, require
from hocba_server.school.registry.selectors import not_found, own_school
from hocba_server.school.staffing.rights import deny_carrying_out
from hocba_server.school.staffing.role_sync import unit_of
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.accounts.memberships import members_of
from hocba_server.web.accounts.models import Membership
from hocba_server.web.audit.services import record_event
from hocba_server.web.signin.invitations import Letter, confirm, invite
from hocba_server.web.signin.models import Invitation
from hocba_server.web.signin.selectors import letters_to_confirm


def write_letter(*, by: Actor, at: dt.datetime, username: str) -> Letter:
    """Write a letter for an account of the own school.

    Raises `Refused`: `role`, `not_found`, `account_locked`, `self_invitation`.
    """
    place = _place(own_school(by), username)
    administrator = SchoolRole.ADMINISTRATOR.value in place.roles
    require(deny_carrying_out(by, place.user.personal_id, administrator=administrator))
    if not place.is_active:
        raise Refused(
            "account_locked",
            "Tài khoản đang khoá. Mở khoá trước rồi lập thư mời.",
            "The account is locked. Unlock it before writing a letter.",
        )
    with school_transaction():
        letter = invite(user=place.user, by=by, at=at)
        _audit(by, at, "write_letter", letter.invitation)
    return letter


def confirm_letter(*, by: Actor, at: dt.datetime, invitation_id: int) -> None:
    """The second person: the head, a deputy or another administrator of the same school.

    Raises `Refused`: `role`, `not_found`, `second_person`, `invitation_over`.
    """
    require(deny_confirming(by))
    row = {each.pk: each for each in waiting_letters(own_school(by), at)}.get(invitation_id)
    if row is None:
        raise not_found()
    with school_transaction():
        confirm(invitation=row, by=by, at=at)
        _audit(by, at, "confirm_letter", row)


def waiting_letters(school: School, at: dt.datetime) -> list[Invitation]:
    """Letters for new keys that wait for the second person."""
    names = [place.user.username for place in members_of(unit_of(school))]
    return letters_to_confirm(names, at)


def deny_confirming(by: Actor) -> Denial | None:
    """Who may be the second person."""
    return deny_role(by, SchoolRole.PRINCIPAL, SchoolRole.SCHOOL_LEADER, SchoolRole.ADMINISTRATOR)


def _place(school: School, username: str) -> Membership:
    for place in members_of(unit_of(school)):
        if place.user.username == username:
            return place
    raise not_found()


def _audit(by: Actor, at: dt.datetime, action: str, row: Invitation) -> None:
    record_event(
        using=SCHOOL_DATABASE,
        by=by,
        at=at,
        action=action,
        subject=f"account:{row.user.username}",
        detail={"replaces_keys": row.replaces_keys},
    )
