from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from hocba_server.web.accounts.models import User
from hocba_server.web.signin.models import CodeApp, Invitation, Passkey


@dataclass(frozen=True, slots=True)
class HeldKeys:
    """What a person can sign in with."""

    passkeys: tuple[Passkey, ...]
    code_app: CodeApp | None

    @property
    def count(self) -> int:
        """Means of signing in."""
        return len(self.passkeys) + (self.code_app is not None)


def keys_of(user: User) -> HeldKeys:
    """The passkeys and the app of a person."""
    return HeldKeys(
        tuple(Passkey.objects.filter(user=user)), CodeApp.objects.filter(user=user).first()
    )


def users_with_keys(usernames: Iterable[str]) -> set[str]:
    """Which of these accounts can sign in by themselves."""
    names = list(usernames)
    keys = Passkey.objects.filter(user__username__in=names).values_list("user__username", flat=True)
    apps = CodeApp.objects.filter(user__username__in=names).values_list("user__username", flat=True)
    return {*keys, *apps}


def letters_to_confirm(usernames: Iterable[str], at: dt.datetime) -> list[Invitation]:
    """Letters for new keys of these accounts that wait for a second person, the oldest first."""
    rows = Invitation.objects.filter(
        user__username__in=list(usernames),
        replaces_keys=True,
        confirmed_by=None,
        used_at=None,
        ended_at=None,
        expires_at__gt=at,
    )
    return list(rows.select_related("user").order_by("pk"))
