"""What remote signing is about: credentials, how they are activated, what was activated.

Source: Cloud Signature Consortium, API v2 (2.0.0.2), sections 8.3, 11.4 to 11.9. Moments carry
their time zone. Secrets never show in a repr.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum

from cryptography import x509

from hocba.trust.algorithms import SignatureAlgorithm
from hocba_server.adapters.remote_signing.expression import holds


class AuthMode(Enum):
    """How a credential is authorised (`auth/mode`)."""

    EXPLICIT = "explicit"
    """We collect PIN and OTP and send them."""
    IMPLICIT = "implicit"
    """The service asks its user by itself."""
    OAUTH2_CODE = "oauth2code"
    """The user confirms on the service's own page."""


class FactorKind(Enum):
    """Type of an authentication object (section 8.3.1)."""

    PASSWORD = "Password"  # noqa: S105 - a word of the API
    PASSWORD_OUT_OF_BAND = "PasswordOOB"  # noqa: S105 - a word of the API
    CHALLENGE = "ChallengeResponse"
    CHALLENGE_OUT_OF_BAND = "ChallengeResponseOOB"

    @property
    def out_of_band(self) -> bool:
        """Whether the user answers elsewhere, e.g. in an app on a phone."""
        return self in {FactorKind.PASSWORD_OUT_OF_BAND, FactorKind.CHALLENGE_OUT_OF_BAND}


@dataclass(frozen=True, slots=True)
class Factor:
    """One thing that the user has to show."""

    factor_id: str
    kind: FactorKind
    label: str = ""
    description: str = ""
    numeric: bool = False
    """Only digits are typed (`format` N)."""
    generator: str = ""
    """What makes the value, e.g. `totp`; empty for what the user remembers."""

    @property
    def one_time(self) -> bool:
        """Whether this is an OTP that the user types."""
        if self.kind is FactorKind.CHALLENGE:
            return True
        return self.kind is FactorKind.PASSWORD and (
            bool(self.generator) or self.factor_id.upper() == "OTP"
        )


@dataclass(frozen=True, slots=True)
class CredentialAuth:
    """What authorises a credential."""

    mode: AuthMode
    factors: tuple[Factor, ...] = ()
    expression: str = ""
    """How the factors combine; all of them when empty."""

    @property
    def pin(self) -> Factor | None:
        """The secret that the user remembers and types."""
        return next(
            (f for f in self.factors if f.kind is FactorKind.PASSWORD and not f.one_time), None
        )

    @property
    def otp(self) -> Factor | None:
        """The one-time code that the user types; one of kind CHALLENGE has to be sent first."""
        return next((factor for factor in self.factors if factor.one_time), None)

    @property
    def elsewhere(self) -> tuple[Factor, ...]:
        """What the user confirms on another device."""
        return tuple(factor for factor in self.factors if factor.kind.out_of_band)

    def enough(self, shown: frozenset[str]) -> bool:
        """Whether the factors with these identifiers suffice."""
        if self.expression:
            return holds(self.expression, shown)
        return all(factor.factor_id in shown for factor in self.factors)


@dataclass(frozen=True, slots=True)
class Credential:
    """A signing key held by the service, with its certificate."""

    credential_id: str
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    """Intermediate certificates, nearest issuer first, without the root."""
    algorithm: SignatureAlgorithm
    sign_algo: str
    """The identifier out of `key/algo` that stands for `algorithm`."""
    auth: CredentialAuth
    scal: int
    """Sole control assurance level: 2 binds the activation to the digests (EN 419 241-1)."""
    multisign: int
    """Signatures that one authorisation may allow, at least 1."""
    description: str = ""


@dataclass(frozen=True, slots=True)
class ServiceToken:
    """What opens the service; it does not sign."""

    value: str = field(repr=False)
    expires_at: datetime
    refresh_token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Grant:
    """One authorisation of the service: its SAD, until when, and the digests it is for."""

    sad: str = field(repr=False)
    expires_at: datetime
    digests: tuple[bytes, ...] = field(repr=False)
    """SHA-256 digests that are still to be signed."""
    used: bool = False
    """Some of its digests are signed; the next call has to extend the transaction first."""


@dataclass(frozen=True, slots=True)
class Activation:
    """What one act of the user allows: digests, until a moment. Kept only sealed."""

    credential_id: str
    mode: AuthMode
    service_token: str = field(repr=False)
    """Opens the service during the session; empty where the grant itself does (oauth2code)."""
    grants: tuple[Grant, ...]

    @property
    def open_grants(self) -> tuple[Grant, ...]:
        """Those with digests left."""
        return tuple(grant for grant in self.grants if grant.digests)

    @property
    def expires_at(self) -> datetime:
        """When the first of the open grants ends; of all where none is open."""
        return min(grant.expires_at for grant in self.open_grants or self.grants)

    @property
    def remaining(self) -> int:
        """Digests still to be signed."""
        return sum(len(grant.digests) for grant in self.grants)

    def exchanged(self, index: int, grant: Grant) -> Activation:
        """With another grant at `index`."""
        grants = (*self.grants[:index], grant, *self.grants[index + 1 :])
        return replace(self, grants=grants)

    def without(self, index: int, signed: frozenset[bytes]) -> Activation:
        """After some digests of the grant at `index` were signed."""
        grant = self.grants[index]
        left = tuple(digest for digest in grant.digests if digest not in signed)
        return self.exchanged(index, replace(grant, digests=left, used=True))


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """A visit to the service's own page; keep it in the user's session until they come back."""

    url: str
    state: str
    verifier: str = field(repr=False)
    """PKCE secret (RFC 7636)."""
    details: str = ""
    """`authorization_details` as sent, empty where the parameters were used."""


@dataclass(frozen=True, slots=True)
class ServiceInfo:
    """What the service says of itself."""

    name: str
    specs: str
    auth_types: frozenset[str]
    methods: frozenset[str]
    oauth2: str = ""
    oauth2_issuer: str = ""
    asynchronous: bool = False
    supports_details: bool = False
    """`supportsRar` of v2.1: the service reads `authorization_details` (RFC 9396)."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to ask again for what the user confirms elsewhere or the service still makes."""

    attempts: int = 40
    pause: float = 1.5
    """Seconds between two questions."""
