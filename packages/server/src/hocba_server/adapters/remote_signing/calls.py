"""Calls of one service's methods, and the answers that take time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from hocba.ports import Clock
from hocba_server.adapters.remote_signing import faults, fields
from hocba_server.adapters.remote_signing.fields import Json
from hocba_server.adapters.remote_signing.transport import SMALL, Channel
from hocba_server.adapters.remote_signing.values import Grant, Patience

PENDING: Final = frozenset({202})
"""The service is not done: the user has not confirmed, or the signatures are not made."""


@dataclass(frozen=True)
class Calls:
    """One service at `base`."""

    base: str
    channel: Channel
    clock: Clock
    patience: Patience = field(default_factory=Patience)
    sleep: Callable[[float], None] = time.sleep

    def call(
        self,
        method: str,
        payload: Json,
        *,
        authorization: str = "",
        limit: int = SMALL,
        also: frozenset[int] = frozenset(),
    ) -> tuple[int, Json]:
        """Status and object of an answer. `also` are statuses that are no fault beside 200."""
        return self.channel.post_json(
            f"{self.base}/{method}", payload, authorization=authorization, limit=limit, also=also
        )

    def confirmed(self, answer: Json, authorization: str) -> Json:
        """Ask until the user has confirmed elsewhere (`credentials/authorizeCheck`).

        Raises `Unavailable` with code `remote_unconfirmed` when patience ends.
        """
        for _ in range(self.patience.attempts):
            self.sleep(self.patience.pause)
            handle = {"handle": fields.token(answer, "handle")}
            status, answer = self.call(
                "credentials/authorizeCheck", handle, authorization=authorization, also=PENDING
            )
            if status == 200:
                return answer
        raise faults.unconfirmed()

    def fetched(self, response_id: str, authorization: str, limit: int) -> Json:
        """Fetch signatures that are made in the background (`signatures/signPolling`).

        Raises `Unavailable` with code `remote_unconfirmed` when patience ends.
        """
        asked = {"requestID": response_id}
        for _ in range(self.patience.attempts):
            status, answer = self.call(
                "signatures/signPolling",
                asked,
                authorization=authorization,
                limit=limit,
                also=PENDING,
            )
            if status == 200:
                return answer
            self.sleep(self.patience.pause)
        raise faults.unconfirmed()

    def grant(self, answer: Json, digests: Sequence[bytes]) -> Grant:
        """The SAD in an answer, for these digests."""
        lifetime = timedelta(seconds=fields.seconds(answer, "expiresIn"))
        return Grant(fields.token(answer, "SAD"), self.clock.now() + lifetime, tuple(digests))

    def in_time(self, grant: Grant) -> None:
        """Raises `Refused` with code `activation_expired` when the grant is over."""
        if self.clock.now() >= grant.expires_at:
            raise faults.activation_expired()
