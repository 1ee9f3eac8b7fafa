from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings

from hocba.errors import Refused
from hocba.ids import parse_personal_id
from hocba_server.web.accounts.memberships import keep_home, leave_unit
from hocba_server.web.accounts.models import User
from hocba_server.web.accounts.roles import role


def save_account(
    *,
    username: str,
    full_name: str,
    personal_id: str,
    house: str,
    unit_code: str,
    roles: Sequence[str],
    unit_name: str = "",
    title: str = "",
    next_step: str = "",
    demo: bool = False,
) -> User:
    """Make an account or bring it up to date; the username decides which.

    Raises `Refused`: a demo account outside demo mode, a role that does not exist.
    """
    if demo and settings.HOCBA_MODE != "demo":
        raise Refused(
            "demo_account",
            "Chỉ chế độ trình diễn mới có tài khoản mẫu.",
            "Demo accounts exist in demo mode only.",
        )
    unknown = [code for code in roles if role(code) is None]
    if unknown:
        raise Refused(
            "unknown_role",
            f"Không có vai trò {', '.join(unknown)}.",
            f"No such role: {', '.join(unknown)}.",
        )
    before = User.objects.filter(username=username).first()
    if before is not None and (before.house, before.unit_code) != (house, unit_code):
        leave_unit(before)
    user, _ = User.objects.update_or_create(
        username=username,
        defaults={
            "full_name": full_name,
            "personal_id": parse_personal_id(personal_id),
            "house": house,
            "unit_code": unit_code,
            "unit_name": unit_name,
            "title": title,
            "next_step": next_step,
            "roles": list(roles),
            "demo": demo,
        },
    )
    keep_home(user)
    return user


def demo_account(username: str) -> User:
    """An invented person, whom anybody may play. Raises `Refused` for any other account."""
    user = User.objects.filter(username=username, demo=True, is_active=True).first()
    if settings.HOCBA_MODE != "demo" or user is None:
        raise Refused(
            "demo_account",
            "Không có tài khoản mẫu này.",
            "There is no such demo account.",
        )
    return user
