"""Pairing a page with this agent: a code on the agent's side, typed on the page's side. Pure.

Clock, dates and randomness come in. The page gets a random token; only its SHA-256 is kept.
"""

from __future__ import annotations

import hashlib
import hmac
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from hocba_agent.clock import Clock
from hocba_agent.refusals import Refusal
from hocba_agent.settings import (
    CODE_SECONDS,
    MAX_ASKS,
    MAX_ASKS_OF_ORIGIN,
    MAX_PAIRINGS,
    MAX_WRONG_CODES,
    MAX_WRONG_CODES_OF_ALL,
    PAUSE_SECONDS,
)


@dataclass(frozen=True, slots=True)
class Pairing:
    """A page that may use this agent. The token itself is known to the page alone."""

    id: str
    origin: str
    token_sha256: str
    paired_at: datetime


class PairingStore(Protocol):
    """Where pairings are kept."""

    def load(self) -> list[Pairing]:
        """All pairings."""

    def save(self, pairings: list[Pairing]) -> None:
        """Replace all pairings."""


@dataclass(frozen=True, slots=True)
class Chance:
    """Where codes, tokens and names come from."""

    code: Callable[[], str]
    secret: Callable[[], str]


@dataclass(slots=True)
class PairingRequest:
    """A page asks; `nonce` is the name of the agent's own page about it."""

    id: str
    origin: str
    nonce: str
    expires: float
    code: str = field(repr=False)
    answer: bool | None = None


@dataclass(frozen=True, slots=True)
class Paired:
    """The answer to the page that has been paired."""

    token: str = field(repr=False)
    origin: str


def digest_of(token: str) -> str:
    """What is kept of a token: it has 256 random bits, so a plain digest cannot be reversed."""
    return hashlib.sha256(token.encode()).hexdigest()


class PairingDesk:
    """Rules of pairing. Callers keep other threads out."""

    def __init__(
        self, store: PairingStore, clock: Clock, today: Callable[[], datetime], chance: Chance
    ) -> None:
        self._store, self._clock, self._today, self._chance = store, clock, today, chance
        self._requests: dict[str, PairingRequest] = {}
        self._asks: list[tuple[float, str]] = []
        self._wrong: dict[str, int] = {}
        self._paused: dict[str, float] = {}
        self._all_paused = -math.inf

    def ask(self, origin: str) -> PairingRequest:
        """A page asks to be paired; a later request of the same page replaces the earlier.

        Raises `too-many-codes` in the pause after wrong codes, `too-many-requests`,
        `pairings-full`.
        """
        now = self._clock()
        self._tidy(now)
        self._check_pause(origin, now)
        asked = sum(1 for _, who in self._asks if who == origin)
        if asked >= MAX_ASKS_OF_ORIGIN or len(self._asks) >= MAX_ASKS:
            raise Refusal("too-many-requests", minutes=PAUSE_SECONDS // 60)
        if len(self._store.load()) >= MAX_PAIRINGS:
            raise Refusal("pairings-full")
        self._asks.append((now, origin))
        for old in [row.id for row in self._requests.values() if row.origin == origin]:
            del self._requests[old]
        request = PairingRequest(
            id=self._chance.secret(),
            origin=origin,
            nonce=self._chance.secret(),
            expires=now + CODE_SECONDS,
            code=self._chance.code(),
        )
        self._requests[request.id] = request
        return request

    def confirm(self, origin: str, request_id: str, code: str | None) -> Paired | None:
        """The page brings the code, or asks without one whether the person has agreed.

        None while the person has not answered. Raises `code-wrong`, `code-expired`,
        `too-many-codes`, `pairing-refused`.
        """
        now = self._clock()
        self._tidy(now)
        self._check_pause(origin, now)
        request = self._requests.get(request_id)
        if request is None or request.origin != origin:
            raise Refusal("code-expired")
        if request.answer is False:
            del self._requests[request_id]
            raise Refusal("pairing-refused")
        if request.answer is None:
            if code is None:
                return None
            if not hmac.compare_digest(code.encode(), request.code.encode()):
                self._count_wrong(request, now)
        del self._requests[request_id]
        self._wrong.pop(origin, None)
        return self._pair(origin)

    def _count_wrong(self, request: PairingRequest, now: float) -> None:
        wrong = self._wrong.get(request.origin, 0) + 1
        self._wrong[request.origin] = wrong
        left_of_all = MAX_WRONG_CODES_OF_ALL - sum(self._wrong.values())
        left = min(MAX_WRONG_CODES - wrong, left_of_all)
        if left > 0:
            raise Refusal("code-wrong", left=left)
        del self._requests[request.id]
        self._paused[request.origin] = now + PAUSE_SECONDS
        if left_of_all <= 0:
            self._requests.clear()
            self._all_paused = now + PAUSE_SECONDS
        raise Refusal("too-many-codes", minutes=PAUSE_SECONDS // 60)

    def _check_pause(self, origin: str, now: float) -> None:
        until = max(self._paused.get(origin, now), self._all_paused)
        if until > now:
            raise Refusal("too-many-codes", minutes=max(1, math.ceil((until - now) / 60)))

    def _pair(self, origin: str) -> Paired:
        token = self._chance.secret()
        row = Pairing(self._chance.secret(), origin, digest_of(token), self._today())
        self._store.save([*self._store.load(), row])
        return Paired(token, origin)

    def by_nonce(self, nonce: str) -> PairingRequest | None:
        """The request that the agent's own page is about, while it is open."""
        self._tidy(self._clock())
        return next((row for row in self._requests.values() if row.nonce == nonce), None)

    def answer(self, nonce: str, *, agreed: bool) -> PairingRequest:
        """The person agrees or refuses on the agent's own page. Raises `code-expired`."""
        request = self.by_nonce(nonce)
        if request is None or request.answer is not None:
            raise Refusal("code-expired")
        request.answer = agreed
        return request

    def find(self, origin: str, token: str) -> Pairing | None:
        """The pairing of this page with this token."""
        wanted = digest_of(token)
        return next(
            (
                row
                for row in self._store.load()
                if row.origin == origin and hmac.compare_digest(row.token_sha256, wanted)
            ),
            None,
        )

    def is_paired(self, origin: str) -> bool:
        """Whether any browser on this computer is paired with this page."""
        return any(row.origin == origin for row in self._store.load())

    def pairings(self) -> list[Pairing]:
        """All pairings, oldest first."""
        return self._store.load()

    def remove(self, pairing_id: str) -> None:
        """Forget a pairing; forgetting twice is the same as once."""
        self._store.save([row for row in self._store.load() if row.id != pairing_id])

    def _tidy(self, now: float) -> None:
        for expired in [row.id for row in self._requests.values() if row.expires <= now]:
            del self._requests[expired]
        self._asks = [(at, who) for at, who in self._asks if now - at < PAUSE_SECONDS]
        for origin in [who for who, until in self._paused.items() if until <= now]:
            del self._paused[origin]
            self._wrong.pop(origin, None)
        asking = {who for _, who in self._asks} | self._paused.keys()
        self._wrong = {who: count for who, count in self._wrong.items() if who in asking}
