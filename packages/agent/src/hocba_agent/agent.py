"""The agent: pairings, sessions and tokens together, for many threads at once.

Rules are decided by the desks under one short lock; work with tokens, which takes seconds, is done
outside it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from hocba_agent.certificates import TokenCertificate, TokenName
from hocba_agent.clock import Clock
from hocba_agent.pairing import (
    Chance,
    Paired,
    Pairing,
    PairingDesk,
    PairingRequest,
    PairingStore,
)
from hocba_agent.refusals import Refusal
from hocba_agent.sessions import SessionDesk, SigningSession, State
from hocba_agent.settings import Settings


class Key(Protocol):
    """A private key on a token that is logged in."""

    def sign(self, algorithm: str, digests: Sequence[bytes]) -> list[bytes]:
        """All signatures, or a `Refusal`."""

    def present(self) -> bool:
        """Whether the token is plugged in."""

    def close(self) -> None:
        """Log out."""


class TokenBox(Protocol):
    """The tokens of this computer."""

    def certificates(self) -> list[TokenCertificate]:
        """All certificates."""

    def find(self, sha256: str) -> TokenCertificate:
        """One of them, or a `Refusal`."""

    def pin_state(self, name: TokenName) -> str:
        """What the token tells about its PIN."""

    def log_in(self, certificate: TokenCertificate, pin: str) -> Key:
        """Open a key, or a `Refusal`."""


class Window(Protocol):
    """Where the agent shows things to the person; must not block."""

    def pairing_asked(self, request: PairingRequest) -> None:
        """A page asks to be paired."""

    def pin_wanted(self, session: SigningSession) -> None:
        """A session waits for the PIN."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Clock, dates, randomness and the person's window."""

    clock: Clock
    today: Callable[[], datetime]
    chance: Chance
    window: Window


class Agent:
    """Everything that the API, the agent's pages and the terminal may do."""

    def __init__(
        self, settings: Settings, tokens: TokenBox, store: PairingStore, around: Surroundings
    ) -> None:
        self.settings = settings
        self.window_key = around.chance.secret()
        """Name of the agent's own window for this run; known to the person's terminal only."""
        self._tokens, self._window = tokens, around.window
        self._lock = threading.RLock()
        self._pairing = PairingDesk(store, around.clock, around.today, around.chance)
        self._sessions = SessionDesk(
            around.clock, around.chance.secret, minutes=settings.session_minutes
        )
        self._keys: dict[str, Key] = {}

    # pairing

    def is_paired(self, origin: str) -> bool:
        """Whether the page has been paired on this computer."""
        with self._lock:
            return self._pairing.is_paired(origin)

    def pairing_of(self, origin: str, token: str | None) -> Pairing | None:
        """The pairing that the page proves with its token."""
        with self._lock:
            return self._pairing.find(origin, token) if token else None

    def ask_pairing(self, origin: str) -> PairingRequest:
        """A page asks to be paired; the person sees a code."""
        with self._lock:
            request = self._pairing.ask(origin)
        self._window.pairing_asked(request)
        return request

    def confirm_pairing(self, origin: str, request_id: str, code: str | None) -> Paired | None:
        """The page brings the code, or asks whether the person has agreed."""
        with self._lock:
            return self._pairing.confirm(origin, request_id, code)

    def pairing_request(self, nonce: str) -> PairingRequest | None:
        """What the agent's own page about a pairing shows."""
        with self._lock:
            return self._pairing.by_nonce(nonce)

    def answer_pairing(self, nonce: str, *, agreed: bool) -> PairingRequest:
        """The person agrees or refuses on the agent's own page."""
        with self._lock:
            return self._pairing.answer(nonce, agreed=agreed)

    def pairings(self) -> list[Pairing]:
        """All pages that are paired."""
        with self._lock:
            return self._pairing.pairings()

    def remove_pairing(self, pairing_id: str) -> None:
        """Forget a page; its sessions end at once."""
        with self._lock:
            self._pairing.remove(pairing_id)
            self._sessions.end_all_of(pairing_id)
        self._settle()

    # sessions

    def certificates(self) -> list[TokenCertificate]:
        """Certificates on all tokens."""
        return self._tokens.certificates()

    def open_session(
        self, pairing: Pairing, sha256: str, purpose: str, count: int
    ) -> SigningSession:
        """A page asks for a session; the person is asked for the PIN.

        Raises `no-certificate`, `key-not-allowed`, `pin-locked`, `too-many-requests`.
        """
        certificate = self._tokens.find(sha256)
        if not certificate.algorithms:
            raise Refusal("key-not-allowed")
        if self._tokens.pin_state(certificate.token) == "locked":
            raise Refusal("pin-locked")
        with self._lock:
            session = self._sessions.open(pairing, certificate, purpose, count)
        self._settle()
        self._window.pin_wanted(session)
        return session

    def session(self, pairing: Pairing, session_id: str) -> SigningSession:
        """A session of this page. Raises `session-not-found`."""
        with self._lock:
            found = self._sessions.of_pairing(pairing.id, session_id)
        self._settle()
        return found

    def seconds_left(self, session: SigningSession) -> int:
        """Until a live session expires."""
        with self._lock:
            return self._sessions.seconds_left(session)

    def live_sessions(self) -> list[SigningSession]:
        """Sessions that wait or are open."""
        with self._lock:
            found = self._sessions.live()
        self._settle()
        return found

    def session_of_page(self, nonce: str) -> SigningSession | None:
        """What the agent's own page that asks for a PIN is about."""
        with self._lock:
            return self._sessions.by_nonce(nonce)

    def pin_state(self, session: SigningSession) -> str:
        """What the token tells about its PIN."""
        return self._tokens.pin_state(session.certificate.token)

    def enter_pin(self, nonce: str, pin: str) -> tuple[SigningSession, Refusal | None]:
        """The person gives the PIN: the session, and why it did not open if it did not.

        The PIN goes to the driver and is kept nowhere. Raises `page-used`.
        """
        with self._lock:
            session = self._sessions.begin_pin(nonce)
        self._settle()  # the token's earlier session is logged out, so that the PIN is checked
        failure = Refusal("agent-failed")
        key = None
        try:
            key = self._tokens.log_in(session.certificate, pin)
        except Refusal as refusal:
            failure = refusal
        finally:
            if key is None:
                with self._lock:
                    self._sessions.pin_failed(session, failure)
                self._settle()
        if key is None:
            return session, (session.reason or failure)
        with self._lock:
            accepted = self._sessions.pin_accepted(session)
            if accepted:
                self._keys[session.id] = key
        if not accepted:
            key.close()
        self._settle()
        return session, (None if accepted else session.reason)

    def refuse_session(self, nonce: str) -> SigningSession:
        """The person will not sign. Raises `page-used`."""
        with self._lock:
            session = self._sessions.by_nonce(nonce)
            if session is None:
                raise Refusal("page-used")
            self._sessions.end(session, Refusal("person-refused"))
        self._settle()
        return session

    def sign(
        self, session: SigningSession, algorithm: str, digests: Sequence[bytes]
    ) -> list[bytes]:
        """Signatures for all digests in their order, or none.

        Raises `algorithm-not-for-key`, `count-exceeded`, why the session is not open, or why the
        token could not sign.
        """
        if algorithm not in session.certificate.algorithms:
            raise Refusal("algorithm-not-for-key", algorithm=algorithm)
        wanted = [(algorithm, digest) for digest in digests]
        with self._lock:
            new = self._sessions.begin_signing(session, wanted)
            key = self._keys.get(session.id)
            known = dict(session.signatures)
        made: list[bytes] | None = None
        try:
            if new:
                made = self._sign_new(session, key, algorithm, [digest for _, digest in new])
        finally:
            with self._lock:
                self._sessions.end_signing(session, new, made)
            self._settle()
        known.update(zip(new, made or (), strict=True))
        return [known[item] for item in wanted]

    def _sign_new(
        self, session: SigningSession, key: Key | None, algorithm: str, digests: list[bytes]
    ) -> list[bytes]:
        if key is None:
            raise session.reason or Refusal("session-closed")
        try:
            return key.sign(algorithm, digests)
        except Refusal as refusal:
            if refusal.code == "session-closed" and session.reason is not None:
                raise session.reason from None
            if refusal.code in {"token-removed", "pin-each-time"}:
                with self._lock:
                    self._sessions.end(session, refusal)
            raise

    def close_session(self, session: SigningSession) -> None:
        """The page needs the session no more; closing twice is the same as once."""
        with self._lock:
            self._sessions.end(session, Refusal("session-closed"))
        self._settle()

    def close_session_here(self, session_id: str) -> None:
        """The person closes a session in the agent's own window."""
        with self._lock:
            for session in self._sessions.live():
                if session.id == session_id:
                    self._sessions.end(session, Refusal("person-refused"))
        self._settle()

    # the passing of time

    def tick(self) -> None:
        """Every second or two: end what expired, whose token or pairing is gone; log out."""
        with self._lock:
            paired = {row.id for row in self._pairing.pairings()}
            live = self._sessions.live()
            for session in live:
                if session.pairing_id not in paired:
                    self._sessions.end(session, Refusal("not-paired"))
            opened = [(row, self._keys.get(row.id)) for row in live if row.state is State.OPEN]
        for session, key in opened:
            if key is not None and not key.present():
                with self._lock:
                    self._sessions.end(session, Refusal("token-removed"))
        self._settle()

    def close(self) -> None:
        """The agent stops: every token is logged out."""
        with self._lock:
            for session in self._sessions.live():
                self._sessions.end(session, Refusal("session-closed"))
        self._settle()

    def _settle(self) -> None:
        """Log out the tokens of sessions that have ended."""
        with self._lock:
            ended = [self._keys.pop(name, None) for name in self._sessions.take_released()]
        for key in ended:
            if key is not None:
                key.close()
