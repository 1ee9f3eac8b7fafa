"""What the service remembers, and the checks that several methods share. All in memory."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal

from hocba_certworld.csc.people import CscClient, CscCredential, CscUser, People
from hocba_certworld.csc.protocol import Asked, CscError, Json
from hocba_certworld.local import Now, utc_now

MOST_WRONG: Final = 3
Outbox = Callable[[str, str], None]
"""Gets a customer and the one-time code sent to them."""


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long things last."""

    token: timedelta = timedelta(hours=1)
    activation: timedelta = timedelta(minutes=5)
    code: timedelta = timedelta(minutes=1)
    form: timedelta = timedelta(minutes=10)
    otp: timedelta = timedelta(minutes=5)


@dataclass
class Activated:
    """Signatures that were authorised."""

    credential_id: str
    remaining: int
    digests: set[bytes] | None
    """The only ones that may be signed; None where any may (SCAL1 without hashes)."""
    expires: datetime
    one_call: bool = True
    """A SAD is for one call of signHash; extendTransaction gives the next."""
    spent: bool = False


@dataclass
class Token:
    """An access or refresh token."""

    scope: Literal["service", "credential", "refresh"]
    client_id: str
    user_id: str
    """Empty where the token is the client's own."""
    expires: datetime
    activated: Activated | None = None


@dataclass
class Code:
    """An authorization code with what it was given for."""

    parameters: dict[str, str]
    user_id: str
    activated: Activated | None
    expires: datetime


@dataclass
class Form:
    """A page that was shown and may be sent back once."""

    cookie: str
    parameters: dict[str, str]
    expires: datetime


@dataclass
class Waiting:
    """An authorisation that the owner has not confirmed in the app."""

    activated: Activated
    approved: bool = False


@dataclass
class Response:
    """Signatures that are fetched later."""

    user_id: str
    content: Json
    polls: int


@dataclass
class Office:
    """State and settings of one service."""

    people: People
    clients: dict[str, CscClient]
    base_url: str
    now: Now = utc_now
    lifetimes: Lifetimes = field(default_factory=Lifetimes)
    send: Outbox = lambda _user, _code: None
    asynchronous: bool = False
    polls: int = 1
    """Questions that are answered with "not yet" before signatures are handed out."""
    names_wrong_factor: bool = False
    """Say whether the PIN or the OTP was wrong (v1 did, v2 does not)."""
    tokens: dict[str, Token] = field(default_factory=dict)
    activations: dict[str, Activated] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    pushed: dict[str, tuple[dict[str, str], datetime]] = field(default_factory=dict)
    forms: dict[str, Form] = field(default_factory=dict)
    otps: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    wrong: dict[str, int] = field(default_factory=dict)
    waiting: dict[str, Waiting] = field(default_factory=dict)
    responses: dict[str, Response] = field(default_factory=dict)

    def bearer(self, asked: Asked, *, scopes: tuple[str, ...] = ("service",)) -> Token:
        """The token in the Authorization header (RFC 6750)."""
        scheme, _, value = asked.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or not value or " " in value:
            raise CscError("Malformed authorization header")
        token = self.tokens.get(value)
        if token is None or token.scope == "refresh":
            raise CscError("The access token is not valid", "invalid_token", 401)
        if self.now() >= token.expires:
            raise CscError("The access token is expired", "expired_token", 401)
        if token.scope not in scopes:
            raise CscError("The token's scope does not allow this", "access_denied", 403)
        return token

    def credential(self, token: Token, credential_id: str) -> CscCredential:
        """A credential that the token reaches."""
        owner = self.people.user(token.user_id) if token.user_id else None
        owner = owner or (self.people.owner(credential_id) if not token.user_id else None)
        found = owner.credential(credential_id) if owner else None
        bound = token.activated.credential_id if token.activated else credential_id
        if found is None or bound != credential_id:
            raise CscError("Invalid parameter credentialID")
        return found

    def issue(self, token: Token) -> str:
        """Give out a token."""
        value = secrets.token_urlsafe(32)
        self.tokens[value] = token
        return value

    def issue_service(self, client_id: str, user_id: str, *, refresh: bool) -> Json:
        """A service token, with a refresh token where one is asked for."""
        expires = self.now() + self.lifetimes.token
        content: Json = {
            "access_token": self.issue(Token("service", client_id, user_id, expires)),
            "token_type": "Bearer",
            "expires_in": int(self.lifetimes.token.total_seconds()),
        }
        if refresh:
            later = self.now() + 24 * self.lifetimes.token
            content["refresh_token"] = self.issue(Token("refresh", client_id, user_id, later))
        return content

    def issue_activation(self, activated: Activated) -> Json:
        """A SAD."""
        value = secrets.token_urlsafe(32)
        self.activations[value] = activated
        left = activated.expires - self.now()
        return {"SAD": value, "expiresIn": int(left.total_seconds())}

    def send_otp(self, user: CscUser, credential: CscCredential) -> None:
        """Send a new one-time code; the one before is worthless."""
        code = f"{secrets.randbelow(1_000_000):06d}"
        self.otps[credential.credential_id] = (code, self.now() + self.lifetimes.otp)
        self.send(user.user_id, code)

    def refuse_unusable(self, credential: CscCredential) -> None:
        """Disabled and locked credentials authorise nothing."""
        if not credential.enabled:
            raise CscError("The credential identified by credentialID is disabled")
        if self.wrong.get(credential.credential_id, 0) >= MOST_WRONG:
            raise CscError("Credential locked")

    def check_factors(self, credential: CscCredential, pin: str, otp: str) -> None:
        """PIN and OTP; the third wrong entry locks the credential, a right one forgives."""
        self.refuse_unusable(credential)
        if not _same(pin, credential.pin):
            raise self._wrong_factor(credential, "invalid_pin", "The PIN is invalid")
        if credential.otp and not self._otp_holds(credential, otp):
            raise self._wrong_factor(credential, "invalid_otp", "The OTP is invalid")
        self.wrong.pop(credential.credential_id, None)

    def _otp_holds(self, credential: CscCredential, otp: str) -> bool:
        sent, until = self.otps.get(credential.credential_id, ("", self.now()))
        good = bool(sent) and self.now() < until and _same(otp, sent)
        if good:
            del self.otps[credential.credential_id]  # once
        return good

    def _wrong_factor(self, credential: CscCredential, error: str, description: str) -> CscError:
        count = self.wrong.get(credential.credential_id, 0) + 1
        self.wrong[credential.credential_id] = count
        if count >= MOST_WRONG:
            return CscError("Credential locked")
        if self.names_wrong_factor:
            return CscError(description, error)
        return CscError("The authentication data is invalid", "invalid_authentication_data")


def _same(one: str, other: str) -> bool:
    return secrets.compare_digest(one.encode(), other.encode())
