"""Who has signing keys at the service, and who may ask on their behalf."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal, Protocol

from hocba_certworld.softkey import SoftKey

DEMO_PIN: Final = "246810"
DEMO_PASSWORD: Final = "demo"  # noqa: S105 - everybody may know it
DEMO_CLIENT: Final = "hocba-demo"
DEMO_SECRET: Final = "hocba-demo-secret"  # noqa: S105 - everybody may know it


@dataclass(frozen=True, slots=True)
class CscCredential:
    """A key at the service and how its owner allows a signature."""

    credential_id: str
    key: SoftKey
    pin: str = field(default=DEMO_PIN, repr=False)
    mode: Literal["explicit", "oauth2code"] = "explicit"
    otp: bool = False
    """A one-time code is sent to the owner and typed as well."""
    app: bool = False
    """The owner confirms in an app as well."""
    scal: Literal["1", "2"] = "2"
    multisign: int = 50
    enabled: bool = True
    status: Literal["valid", "expired", "revoked", "suspended"] = "valid"


@dataclass(frozen=True, slots=True)
class CscUser:
    """A customer of the service."""

    user_id: str
    credentials: tuple[CscCredential, ...]
    password: str = field(default=DEMO_PASSWORD, repr=False)

    def credential(self, credential_id: str) -> CscCredential | None:
        """One of the user's credentials."""
        return next((one for one in self.credentials if one.credential_id == credential_id), None)


@dataclass(frozen=True, slots=True)
class CscClient:
    """A program that may ask."""

    client_id: str
    redirect_uris: frozenset[str]
    secret: str = field(default=DEMO_SECRET, repr=False)
    name: str = "Học bạ số"


class People(Protocol):
    """The customers."""

    def user(self, user_id: str) -> CscUser | None:
        """A customer, or None."""

    def owner(self, credential_id: str) -> CscUser | None:
        """The customer who owns a credential, or None."""


class KnownPeople:
    """Customers that are known from the start."""

    def __init__(self, users: Iterable[CscUser]) -> None:
        self._users = {user.user_id: user for user in users}

    def user(self, user_id: str) -> CscUser | None:
        """A customer, or None."""
        return self._users.get(user_id)

    def owner(self, credential_id: str) -> CscUser | None:
        """The customer who owns a credential, or None."""
        return next((user for user in self._users.values() if user.credential(credential_id)), None)


class FolderPeople:
    """The demo's people: `person-<number>.p12` and `unit-<code>.p12` with `password` beside them.

    Files that come later are found as well. A person has three credentials on one key: with PIN
    (`<number>-pin`), with PIN and OTP (`-otp`), and on the service's page (`-web`); so has a unit,
    for more signatures at once.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def user(self, user_id: str) -> CscUser | None:
        """A customer, or None."""
        if not (user_id.isascii() and user_id.isalnum()):
            return None
        for kind, multisign in (("person", 50), ("unit", 2_000)):
            file = self._folder / f"{kind}-{user_id}.p12"
            if file.is_file():
                return _customer(user_id, _key(file, file.stat().st_mtime_ns), multisign)
        return None

    def owner(self, credential_id: str) -> CscUser | None:
        """The customer who owns a credential, or None."""
        return self.user(credential_id.rpartition("-")[0])


def _customer(user_id: str, key: SoftKey, multisign: int) -> CscUser:
    credentials = (
        CscCredential(f"{user_id}-pin", key, multisign=multisign),
        CscCredential(f"{user_id}-otp", key, otp=True, multisign=multisign),
        CscCredential(f"{user_id}-web", key, mode="oauth2code", multisign=multisign),
    )
    return CscUser(user_id, credentials)


@lru_cache(maxsize=512)
def _key(file: Path, _changed: int) -> SoftKey:
    password = (file.parent / "password").read_bytes()
    return SoftKey.from_pkcs12(file.read_bytes(), password)
