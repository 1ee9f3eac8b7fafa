"""Accounts and the places of work they are good for. Called by the house that owns the rights.

Roles come from the caller, which derives them from its own assignments; nobody types them here.
Each function works inside the caller's transaction on the database of accounts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from hocba.errors import Refused
from hocba.ids import parse_personal_id
from hocba_server.web.accounts.models import Membership, User
from hocba_server.web.accounts.roles import role

ACCOUNTS_DATABASE = "default"


@dataclass(frozen=True, slots=True)
class Unit:
    """A school or a department, as accounts know it."""

    house: str
    code: str
    name: str


def accounts_transaction() -> transaction.Atomic:
    """Open a transaction in the database of accounts."""
    return transaction.atomic(using=ACCOUNTS_DATABASE)


def keep_home(user: User) -> Membership:
    """Make the membership say what the account itself says about its unit."""
    row, _ = Membership.objects.update_or_create(
        user=user,
        house=user.house,
        unit_code=user.unit_code,
        defaults={
            "unit_name": user.unit_name,
            "title": user.title,
            "roles": list(user.roles),
            "is_active": user.is_active,
        },
    )
    return row


def leave_unit(user: User) -> None:
    """The account moves on: its place in the unit that it names now ends."""
    Membership.objects.filter(user=user, house=user.house, unit_code=user.unit_code).update(
        is_active=False
    )


def memberships_of(user: User) -> list[Membership]:
    """Where this person may work now."""
    return list(Membership.objects.filter(user=user, is_active=True))


def members_of(unit: Unit) -> list[Membership]:
    """Every account that has to do with a unit, locked ones too."""
    _adopt(unit)
    rows = Membership.objects.filter(house=unit.house, unit_code=unit.code)
    return list(rows.select_related("user").order_by("user__full_name", "pk"))


def places_of(unit: Unit, personal_id: str) -> list[Membership]:
    """The memberships of this person in a unit: one, unless old accounts were made twice."""
    _adopt(unit)
    rows = Membership.objects.filter(
        house=unit.house, unit_code=unit.code, user__personal_id=personal_id
    )
    return list(rows.select_related("user").order_by("pk"))


def join(
    *,
    unit: Unit,
    username: str,
    full_name: str,
    personal_id: str,
    title: str,
    roles: Sequence[str],
) -> Membership:
    """Give a person an account in a unit. Whoever has one elsewhere keeps it and gains a place.

    Raises `Refused`: `username_taken`, `unknown_role`; `Malformed` for the personal number.
    """
    _refuse_unknown(roles)
    parse_personal_id(personal_id)
    with accounts_transaction():
        user = (
            User.objects.select_for_update()
            .filter(personal_id=personal_id, house=unit.house)
            .order_by("pk")
            .first()
        )
        if user is None:
            user = _new_user(unit, username, full_name, personal_id, title, roles)
        elif user.unit_code != unit.code:
            keep_home(user)
        row, _ = Membership.objects.update_or_create(
            user=user,
            house=unit.house,
            unit_code=unit.code,
            defaults={
                "unit_name": unit.name,
                "title": title,
                "roles": list(roles),
                "is_active": True,
            },
        )
        _settle(user)
    return row


def set_member_roles(
    *, unit: Unit, personal_id: str, roles: Sequence[str], title: str | None = None
) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Set the roles of a person in one unit; the roles before and after, None when unchanged."""
    _refuse_unknown(roles)
    change = None
    with accounts_transaction():
        for row in places_of(unit, personal_id):
            before = tuple(row.roles)
            if sorted(before) == sorted(roles) and title in {None, row.title}:
                continue
            row.roles = list(roles)
            row.title = row.title if title is None else title
            row.save(update_fields=["roles", "title"])
            _settle(row.user)
            change = before, tuple(roles)
    return change


def lock_member(*, unit: Unit, personal_id: str) -> bool:
    """Lock a person out of one unit; other places of work go on. False when locked already."""
    return _switch(unit, personal_id, active=False)


def unlock_member(*, unit: Unit, personal_id: str) -> bool:
    """Let a person in again. False when the account was not locked."""
    return _switch(unit, personal_id, active=True)


def _switch(unit: Unit, personal_id: str, *, active: bool) -> bool:
    with accounts_transaction():
        rows = [row for row in places_of(unit, personal_id) if row.is_active is not active]
        for row in rows:
            row.is_active = active
            row.save(update_fields=["is_active"])
            _settle(row.user)
    return bool(rows)


def _new_user(
    unit: Unit,
    username: str,
    full_name: str,
    personal_id: str,
    title: str,
    roles: Sequence[str],
) -> User:
    if User.objects.filter(username=username).exists():
        raise Refused(
            "username_taken",
            f"Tên đăng nhập {username} đã có người dùng. Chọn tên khác.",
            f"The user name {username} is taken. Choose another one.",
        )
    return User.objects.create(
        username=username,
        full_name=full_name,
        personal_id=personal_id,
        house=unit.house,
        unit_code=unit.code,
        unit_name=unit.name,
        title=title,
        roles=list(roles),
    )


def _settle(user: User) -> None:
    """Let the account repeat an active membership: the one it repeats, else the oldest.

    Without any the account is locked.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    rows = list(Membership.objects.filter(user=user, is_active=True).order_by("pk"))
    own = [row for row in rows if (row.house, row.unit_code) == (user.house, user.unit_code)]
    home = next(iter([*own, *rows]), None)
    if home is None:
        user.is_active = False
        user.save(update_fields=["is_active"])
        return
    user.is_active = True
    user.house, user.unit_code, user.unit_name = home.house, home.unit_code, home.unit_name
    user.title, user.roles = home.title, list(home.roles)
    user.save()


def _adopt(unit: Unit) -> None:
    """Accounts made before places of work were kept get theirs."""
    known = Membership.objects.filter(house=unit.house, unit_code=unit.code)
    rows = User.objects.filter(house=unit.house, unit_code=unit.code)
    for user in rows.exclude(pk__in=known.values("user_id")):
        keep_home(user)


def _refuse_unknown(roles: Sequence[str]) -> None:
    unknown = [code for code in roles if role(code) is None]
    if unknown:
        raise Refused(
            "unknown_role",
            f"Không có vai trò {', '.join(unknown)}.",
            f"No such role: {', '.join(unknown)}.",
        )
