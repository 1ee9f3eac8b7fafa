"""Signing sessions: one PIN, one stated purpose, so many signatures, so many minutes. Pure.

The desk decides; the caller works with the token and then tells the desk what happened. States
and transitions: docs/formats/signing-agent.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from hocba_agent.certificates import TokenCertificate
from hocba_agent.clock import Clock
from hocba_agent.pairing import Pairing
from hocba_agent.refusals import Refusal
from hocba_agent.settings import (
    DEFAULT_MINUTES,
    KEPT_SECONDS,
    MAX_OPENINGS,
    MAX_WRONG_PINS,
    PAUSE_SECONDS,
    PIN_WAIT_SECONDS,
)


class State(StrEnum):
    """Where a session is. All but the first two are final."""

    WAITING = "waiting-for-pin"
    OPEN = "open"
    USED = "used"
    EXPIRED = "expired"
    CLOSED = "closed"
    REFUSED = "refused"
    PIN_LOCKED = "pin-locked"
    TOKEN_REMOVED = "token-removed"  # noqa: S105 - the name of a state


LIVE = frozenset({State.WAITING, State.OPEN})

_STATE_OF = {
    "session-used": State.USED,
    "session-expired": State.EXPIRED,
    "session-closed": State.CLOSED,
    "session-replaced": State.CLOSED,
    "not-paired": State.CLOSED,
    "person-refused": State.REFUSED,
    "pin-wrong-often": State.REFUSED,
    "pin-locked": State.PIN_LOCKED,
    "token-removed": State.TOKEN_REMOVED,
}
"""The state that each reason for ending leads to; other reasons close a session."""

Wanted = tuple[str, bytes]
"""Algorithm and digest."""


@dataclass(slots=True)
class SigningSession:
    """One activation. `nonce` names the agent's own page that asks for the PIN, once."""

    id: str
    pairing_id: str
    origin: str
    certificate: TokenCertificate
    purpose: str
    count: int
    nonce: str
    expires: float
    state: State = State.WAITING
    reason: Refusal | None = None
    wrong_pins: int = 0
    checking_pin: bool = False
    reserved: int = 0
    finished: float | None = None
    signed: int = 0
    signatures: dict[Wanted, bytes] = field(default_factory=dict, repr=False)

    @property
    def left(self) -> int:
        """Signatures that may still be asked for."""
        return self.count - self.signed - self.reserved


class SessionDesk:
    """Rules of sessions. Callers keep other threads out."""

    def __init__(
        self, clock: Clock, secret: Callable[[], str], *, minutes: int = DEFAULT_MINUTES
    ) -> None:
        self._clock, self._secret, self._seconds = clock, secret, minutes * 60
        self._sessions: dict[str, SigningSession] = {}
        self._openings: list[tuple[float, str]] = []
        self._released: list[str] = []

    def open(
        self, pairing: Pairing, certificate: TokenCertificate, purpose: str, count: int
    ) -> SigningSession:
        """A page asks for a session; it replaces one of the same page that still waits.

        Raises `too-many-requests`: each opening shows the person a page.
        """
        now = self.sweep()
        self._openings = [(at, who) for at, who in self._openings if now - at < PAUSE_SECONDS]
        if sum(1 for _, who in self._openings if who == pairing.id) >= MAX_OPENINGS:
            raise Refusal("too-many-requests", minutes=PAUSE_SECONDS // 60)
        self._openings.append((now, pairing.id))
        for row in self._sessions.values():
            if row.pairing_id == pairing.id and row.state is State.WAITING:
                self._end(row, Refusal("session-replaced"))
        session = SigningSession(
            id=self._secret(),
            pairing_id=pairing.id,
            origin=pairing.origin,
            certificate=certificate,
            purpose=purpose,
            count=count,
            nonce=self._secret(),
            expires=now + PIN_WAIT_SECONDS,
        )
        self._sessions[session.id] = session
        return session

    def of_pairing(self, pairing_id: str, session_id: str) -> SigningSession:
        """A session of this page. Raises `session-not-found`, also for those of other pages."""
        self.sweep()
        session = self._sessions.get(session_id)
        if session is None or session.pairing_id != pairing_id:
            raise Refusal("session-not-found")
        return session

    def live(self) -> list[SigningSession]:
        """Sessions that wait or are open, in the order in which they were asked for."""
        self.sweep()
        return [row for row in self._sessions.values() if row.state in LIVE]

    def seconds_left(self, session: SigningSession) -> int:
        """Whole seconds until a live session expires."""
        return max(0, int(session.expires - self._clock())) if session.state in LIVE else 0

    # the PIN

    def by_nonce(self, nonce: str) -> SigningSession | None:
        """The session that the agent's own page is about, while it waits for the PIN."""
        self.sweep()
        found = (row for row in self._sessions.values() if row.nonce == nonce)
        return next((row for row in found if row.state is State.WAITING), None)

    def begin_pin(self, nonce: str) -> SigningSession:
        """The person has given the PIN: the page's name is used up, the token's others end.

        A token is logged in once for a whole program; a second login would not check the PIN.
        Raises `page-used`.
        """
        session = self.by_nonce(nonce)
        if session is None or session.checking_pin:
            raise Refusal("page-used")
        session.nonce = self._secret()
        session.checking_pin = True
        for row in self._sessions.values():
            same = row.certificate.token == session.certificate.token
            if same and row.state is State.OPEN:
                self._end(row, Refusal("session-replaced"))
        return session

    def pin_accepted(self, session: SigningSession) -> bool:
        """The token is open. False when the session ended meanwhile: log out at once."""
        now = self.sweep()
        session.checking_pin = False
        if session.state is not State.WAITING:
            return False
        session.state = State.OPEN
        session.expires = now + self._seconds
        return True

    def pin_failed(self, session: SigningSession, refusal: Refusal) -> None:
        """The token did not open; a wrong PIN may be tried again a few times."""
        session.checking_pin = False
        if session.state is not State.WAITING or refusal.code == "pin-form":
            return
        if refusal.code != "pin-wrong":
            self._end(session, refusal)
            return
        session.wrong_pins += 1
        if session.wrong_pins >= MAX_WRONG_PINS:
            self._end(session, Refusal("pin-wrong-often", tries=session.wrong_pins))

    # signing

    def begin_signing(self, session: SigningSession, wanted: Sequence[Wanted]) -> list[Wanted]:
        """What the token must sign now; room for it is set aside until `end_signing`.

        What was signed in this session before is not signed or counted again, so that an answer
        lost on the way can be asked for once more. Raises `session-waiting`, `count-exceeded` and
        the reason for which the session ended.
        """
        self.sweep()
        new = [item for item in dict.fromkeys(wanted) if item not in session.signatures]
        if session.state is State.USED and not new:
            return []
        if session.state is State.WAITING:
            raise Refusal("session-waiting")
        if session.state is not State.OPEN:
            raise session.reason or Refusal("session-closed")
        if len(new) > session.left:
            raise Refusal("count-exceeded", left=session.left)
        session.reserved += len(new)
        return new

    def end_signing(
        self, session: SigningSession, new: Sequence[Wanted], signatures: Sequence[bytes] | None
    ) -> None:
        """The token has signed all, or (None) nothing counts. Raises why the session ended."""
        session.reserved -= len(new)
        self.sweep()
        if signatures is None or not new:
            return
        if session.state is not State.OPEN:
            raise session.reason or Refusal("session-closed")
        session.signatures.update(zip(new, signatures, strict=True))
        session.signed = len(session.signatures)
        if session.signed >= session.count:
            self._end(session, Refusal("session-used"))

    # the end

    def end(self, session: SigningSession, refusal: Refusal) -> None:
        """End a session for a reason; one that has ended stays as it is."""
        if session.state in LIVE:
            self._end(session, refusal)

    def end_all_of(self, pairing_id: str) -> None:
        """A pairing was removed: its sessions end."""
        for row in self._sessions.values():
            if row.pairing_id == pairing_id:
                self.end(row, Refusal("not-paired"))

    def sweep(self) -> float:
        """End what has expired, forget what ended long ago; answers the present moment."""
        now = self._clock()
        for row in list(self._sessions.values()):
            if row.state in LIVE and row.expires <= now:
                self._end(row, Refusal("session-expired"))
            elif row.finished is not None and now - row.finished >= KEPT_SECONDS:
                del self._sessions[row.id]
        return now

    def take_released(self) -> list[str]:
        """Names of sessions that ended since the last call: their keys are to be closed."""
        released, self._released = self._released, []
        return released

    def _end(self, session: SigningSession, refusal: Refusal) -> None:
        session.state = _STATE_OF.get(refusal.code, State.CLOSED)
        session.reason = refusal
        session.finished = self._clock()
        if session.state is not State.USED:
            session.signatures.clear()
        self._released.append(session.id)
