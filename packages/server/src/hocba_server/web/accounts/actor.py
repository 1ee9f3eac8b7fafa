"""The person behind a request or a job, as services take it: `by=`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from django.http import HttpRequest

from hocba.errors import Refused
from hocba.ids import PersonalId, UnitCode
from hocba_server.web.accounts.models import User

NO_ACCOUNT: Final = 0
"""Rows that name who and when need a number; no account has this one."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. `user_id` is `NO_ACCOUNT` for the platform itself and for other software."""

    user_id: int
    name: str
    personal_id: PersonalId | str
    unit_code: UnitCode | str
    roles: tuple[str, ...]
    house: str

    def to_json(self) -> dict[str, Any]:
        """Plain values, for a job or an outbox row that goes on in this person's name."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Actor:
        """Read what `to_json` wrote."""
        return cls(**{**value, "roles": tuple(value["roles"])})

    def has(self, *codes: str) -> bool:
        """Tell whether the person holds one of these roles."""
        return not set(codes).isdisjoint(self.roles)


def actor_of(request: HttpRequest) -> Actor:
    """The signed-in person. Raises `Refused` with code `role` when nobody is signed in."""
    user = request.user
    if not isinstance(user, User):
        raise Refused("role", "Hãy đăng nhập để mở trang này.", "Sign in to open this page.")
    return actor_of_user(user)


def actor_of_user(user: User) -> Actor:
    """The account as an actor."""
    return Actor(
        user_id=user.pk,
        name=user.full_name,
        personal_id=user.personal_id,
        unit_code=user.unit_code,
        roles=tuple(user.roles),
        house=user.house,
    )


def platform_actor(house: str) -> Actor:
    """The platform itself, for work that nobody asked for by hand."""
    return Actor(NO_ACCOUNT, "Hệ thống", "", "", ("HE_THONG",), house)


EVERYBODY: Final = Actor(NO_ACCOUNT, "Khách", "", "", (), "")
"""Somebody who is not signed in, e.g. on the public verification page."""
