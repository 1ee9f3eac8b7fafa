"""Passkeys: W3C Web Authentication Level 3, with the device's own check of the person (PIN, finger,
face). The challenge lives in the session between the two steps of a ceremony.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac
from fido2.rpid import verify_rp_id
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from hocba.errors import Refused
from hocba_server.web.accounts.memberships import ACCOUNTS_DATABASE
from hocba_server.web.accounts.models import User
from hocba_server.web.signin.models import Passkey

MOST_PASSKEYS: Final = 10
"""Of one person."""
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_UNREADABLE: Final = (ValueError, TypeError, KeyError, AttributeError)
"""What the library raises for an answer that is not what it should be."""

State = dict[str, Any]


def relying_party() -> str:
    """The host to which keys belong. A browser makes none for a bare address, so that a trial on
    this machine uses the name `localhost`."""
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    return "localhost" if host in _LOOPBACK else host


def begin_registration(user: User) -> tuple[dict[str, Any], State]:
    """Options for `navigator.credentials.create`, and what to keep until the answer comes."""
    known = [_data(row) for row in Passkey.objects.filter(user=user)]
    if len(known) >= MOST_PASSKEYS:
        raise Refused(
            "passkeys_many",
            f"Một người dùng nhiều nhất {MOST_PASSKEYS} khoá truy cập. Xoá khoá không dùng nữa.",
            f"A person has at most {MOST_PASSKEYS} passkeys. Remove one that you no longer use.",
        )
    options, state = _server().register_begin(
        PublicKeyCredentialUserEntity(
            id=salted_hmac("web_signin.user_handle", str(user.pk), algorithm="sha256").digest(),
            name=user.username,
            display_name=user.full_name,
        ),
        credentials=known,
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return dict(options), dict(state)


def complete_registration(
    user: User, state: State, answer: Mapping[str, Any], *, name: str, at: dt.datetime
) -> Passkey:
    """Keep a new passkey. Raises `Refused` with code `passkey`."""
    try:
        made = _server().register_complete(state, answer)
        credential = made.credential_data
        if credential is None:
            raise ValueError("no credential")
        with transaction.atomic(using=ACCOUNTS_DATABASE):
            return Passkey.objects.create(
                user=user,
                credential_id=credential.credential_id,
                credential=bytes(credential),
                sign_count=made.counter,
                name=name.strip()[:60] or "Khoá truy cập",
                created_at=at,
            )
    except (*_UNREADABLE, IntegrityError):
        raise _refused() from None


def begin_sign_in() -> tuple[dict[str, Any], State]:
    """Options for `navigator.credentials.get`: the device says whose key it has."""
    options, state = _server().authenticate_begin(
        user_verification=UserVerificationRequirement.REQUIRED
    )
    return dict(options), dict(state)


def complete_sign_in(state: State, answer: Mapping[str, Any], *, at: dt.datetime) -> User:
    """The person whose passkey answered. Raises `Refused` with code `passkey`."""
    try:
        parsed = AuthenticationResponse.from_dict(answer)
        with transaction.atomic(using=ACCOUNTS_DATABASE):
            row = Passkey.objects.select_for_update().get(credential_id=parsed.raw_id)
            _server().authenticate_complete(state, [_data(row)], answer)
            count = parsed.response.authenticator_data.counter
            if row.sign_count and count <= row.sign_count:
                raise ValueError("the key was copied: its counter went back")
            row.sign_count, row.last_used_at = count, at
            row.save(update_fields=["sign_count", "last_used_at"])
            user = User.objects.filter(pk=row.user_id, is_active=True).first()
    except (*_UNREADABLE, Passkey.DoesNotExist):
        raise _refused() from None
    if user is None:
        raise _refused()
    return user


def _server() -> Fido2Server:
    party = PublicKeyCredentialRpEntity(id=relying_party(), name="Học bạ số")
    return Fido2Server(party, verify_origin=_is_ours)


def _is_ours(origin: str) -> bool:
    public = urlsplit(settings.PUBLIC_URL)
    if origin == f"{public.scheme}://{public.netloc}":
        return True
    return relying_party() == "localhost" and verify_rp_id("localhost", origin)


def _data(row: Passkey) -> AttestedCredentialData:
    return AttestedCredentialData(bytes(row.credential))


def _refused() -> Refused:
    return Refused(
        "passkey",
        "Không nhận ra khoá truy cập này. Thử lại, hoặc đăng nhập bằng mã; nếu vẫn không được, "
        "nhờ quản trị của đơn vị lập thư mời mới.",
        "This passkey is not known here. Try again or use a code; if that fails, ask your "
        "administrator for a new letter.",
    )
