from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from hocba.errors import Refused
from hocba_server.web.accounts.memberships import accounts_transaction
from hocba_server.web.accounts.models import User
from hocba_server.web.signin import codes, invitations, passkeys
from hocba_server.web.signin.models import CodeApp, Invitation, Passkey
from hocba_server.web.signin.selectors import keys_of
from hocba_server.web.signin.traces import note


def add_passkey(
    *,
    user: User,
    invitation: Invitation | None,
    state: passkeys.State,
    answer: Mapping[str, Any],
    name: str,
    at: dt.datetime,
) -> None:
    """Keep a new passkey; the letter, when there is one, is spent with it.

    Raises `Refused`: `passkey`, `invitation_over`.
    """
    with accounts_transaction():
        if invitation is not None:
            invitations.use_letter(invitation.pk, at=at)
        passkeys.complete_registration(user, state, answer, name=name, at=at)
    note(user, "add_passkey", at=at, detail={"by_letter": invitation is not None})


def add_code_app(
    *,
    user: User,
    invitation: Invitation | None,
    number: str,
    secret: str,
    code: str,
    at: dt.datetime,
) -> None:
    """Keep the app; the letter, when there is one, is spent with it.

    Raises `Refused`: `code`, `invitation_over`.
    """
    with accounts_transaction():
        if invitation is not None:
            invitations.use_letter(invitation.pk, at=at)
        codes.keep_code_app(user, number, secret, code, at=at)
    note(user, "add_code_app", at=at, detail={"by_letter": invitation is not None})


def remove_passkey(*, user: User, passkey_id: int, at: dt.datetime) -> None:
    """Take a passkey away. Raises `Refused` with code `last_key`."""
    with accounts_transaction():
        _refuse_last(user)
        Passkey.objects.filter(user=user, pk=passkey_id).delete()
    note(user, "remove_passkey", at=at)


def remove_code_app(*, user: User, at: dt.datetime) -> None:
    """Take the app away. Raises `Refused` with code `last_key`."""
    with accounts_transaction():
        _refuse_last(user)
        CodeApp.objects.filter(user=user).delete()
    note(user, "remove_code_app", at=at)


def sign_out_everywhere(*, user: User, at: dt.datetime) -> None:
    """End every session of the person."""
    with accounts_transaction():
        invitations.end_sessions(User.objects.select_for_update().get(pk=user.pk))
    note(user, "sign_out_everywhere", at=at)


def _refuse_last(user: User) -> None:
    User.objects.select_for_update().get(pk=user.pk)
    if keys_of(user).count < 2:
        raise Refused(
            "last_key",
            "Đây là cách đăng nhập duy nhất còn lại. Thêm cách khác trước rồi mới xoá.",
            "This is the only means of signing in that is left. Add another one first.",
        )
