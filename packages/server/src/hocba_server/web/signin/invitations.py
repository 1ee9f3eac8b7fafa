"""Letters with which people make their keys: who may write one is decided by the house."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet
from django.utils.crypto import constant_time_compare

from hocba.errors import Refused
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.accounts.memberships import accounts_transaction
from hocba_server.web.accounts.models import User
from hocba_server.web.signin.models import CodeApp, Invitation, Passkey
from hocba_server.web.signin.typed_codes import digest_of_typed, in_groups, new_code

LIFE: Final = dt.timedelta(days=7)
WRONG_NUMBERS: Final = 5


@dataclass(frozen=True, slots=True)
class Letter:
    """An invitation just made; its code is shown this once and kept by nobody."""

    invitation: Invitation
    code: str
    """Sixteen letters, eighty random bits."""

    @property
    def shown_code(self) -> str:
        """In groups of four."""
        return in_groups(self.code)


def has_keys(user: User) -> bool:
    """Can this person sign in by herself?"""
    return Passkey.objects.filter(user=user).exists() or CodeApp.objects.filter(user=user).exists()


def invite(*, user: User, by: Actor, at: dt.datetime) -> Letter:
    """Write a letter; earlier ones that nobody used end.

    For a person with keys it holds only after a second person has confirmed it, and using it ends
    the old keys. Raises `Refused` with code `self_invitation`.
    """
    if by.user_id == user.pk and by.user_id:
        raise Refused(
            "self_invitation",
            "Không ai tự lập thư mời cho mình.",
            "Nobody writes a letter for themselves.",
        )
    code = new_code(16)
    with accounts_transaction():
        User.objects.select_for_update().get(pk=user.pk)
        open_invitations(user, at).update(ended_at=at)
        row = Invitation.objects.create(
            user=user,
            code_sha256=digest_of_typed(code, "invitation"),
            made_by=by.user_id,
            made_by_name=by.name[:150],
            made_at=at,
            expires_at=at + LIFE,
            replaces_keys=has_keys(user),
        )
    return Letter(row, code)


def confirm(*, invitation: Invitation, by: Actor, at: dt.datetime) -> None:
    """The second person agrees that somebody gets new keys.

    Raises `Refused`: `invitation_over`, `second_person`.
    """
    with accounts_transaction():
        row = Invitation.objects.select_for_update().get(pk=invitation.pk)
        if not _is_open(row, at):
            raise _over()
        if by.user_id in {row.made_by, row.user_id}:
            raise Refused(
                "second_person",
                "Cần một người khác duyệt: không phải người lập thư, không phải chủ tài khoản.",
                "Another person has to confirm: not the writer, not the owner of the account.",
            )
        row.confirmed_by, row.confirmed_by_name, row.confirmed_at = by.user_id, by.name[:150], at
        row.save(update_fields=["confirmed_by", "confirmed_by_name", "confirmed_at"])


def open_letter(code: str, personal_id: str, *, at: dt.datetime) -> Invitation:
    """The invitation that a person holds, who also has to know her own personal number.

    Raises `Refused`: `invitation` (unknown, over, or another person's; after five wrong numbers it
    is over), `invitation_waits` (the second person has not confirmed).
    """
    with accounts_transaction():
        row = (
            Invitation.objects.select_for_update()
            .select_related("user")
            .filter(code_sha256=digest_of_typed(code, "invitation"), user__is_active=True)
            .first()
        )
        if row is None or not _is_open(row, at):
            raise _unknown()
        right = constant_time_compare(row.user.personal_id, personal_id.strip())
        if not right:
            row.wrong += 1
            if row.wrong >= WRONG_NUMBERS:
                row.ended_at = at
            row.save(update_fields=["wrong", "ended_at"])
    if not right:
        raise _unknown()
    if row.replaces_keys and row.confirmed_by is None:
        raise Refused(
            "invitation_waits",
            "Thư mời cấp lại khoá cần người thứ hai duyệt. Nhờ lãnh đạo đơn vị duyệt rồi mở lại.",
            "A letter for new keys has to be confirmed by a second person first.",
        )
    return row


def use_letter(invitation_id: int, *, at: dt.datetime) -> User:
    """Spend the letter: old keys end where it replaces them. Joins the open transaction.

    Call it before the new key is kept. Raises `Refused` with code `invitation_over`.
    """
    with accounts_transaction():
        row = Invitation.objects.select_for_update().select_related("user").get(pk=invitation_id)
        waits = row.replaces_keys and row.confirmed_by is None
        if not _is_open(row, at) or waits or not row.user.is_active:
            raise _over()
        if row.replaces_keys:
            Passkey.objects.filter(user=row.user).delete()
            CodeApp.objects.filter(user=row.user).delete()
            end_sessions(row.user)
        row.used_at = at
        row.save(update_fields=["used_at"])
    return row.user


def end_sessions(user: User) -> None:
    """Sign the person out everywhere: sessions carry a digest of this field, nothing else uses it.

    No password is ever set.
    """
    user.set_unusable_password()
    user.save(update_fields=["password"])


def open_invitations(user: User, at: dt.datetime) -> QuerySet[Invitation]:
    """Letters that can still be used."""
    return Invitation.objects.filter(user=user, used_at=None, ended_at=None, expires_at__gt=at)


def _is_open(row: Invitation, at: dt.datetime) -> bool:
    return row.used_at is None and row.ended_at is None and row.expires_at > at


def _unknown() -> Refused:
    return Refused(
        "invitation",
        "Mã thư mời hoặc số định danh không đúng, hoặc thư đã hết hạn. Nhờ quản trị của đơn vị lập "
        "thư mới.",
        "The code of the letter or the personal number is wrong, or the letter is over. Ask your "
        "administrator for a new one.",
    )


def _over() -> Refused:
    return Refused(
        "invitation_over",
        "Thư mời này đã dùng, đã huỷ hoặc hết hạn.",
        "This letter was used, ended or ran out.",
    )
