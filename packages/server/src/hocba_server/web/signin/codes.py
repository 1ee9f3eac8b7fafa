"""Codes of an app on a phone (RFC 6238, SHA-1, six digits, thirty seconds: what every app knows).

Six digits alone could be tried on many accounts at once. So they are asked for with a sign-in
number of forty random bits, which the app shows beside the code; without it there is nothing to
try, and nobody can shut another person out by guessing.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import secrets
from typing import Final
from urllib.parse import quote, urlencode

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken as WrongCode
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.conf import settings

from hocba.errors import Refused
from hocba_server.web.accounts.memberships import accounts_transaction
from hocba_server.web.accounts.models import User
from hocba_server.web.signin.models import CodeApp
from hocba_server.web.signin.typed_codes import digest_of_typed, in_groups, new_code

STEP: Final = 30
"""Seconds for which a code holds."""
DRIFT: Final = 1
"""Steps by which a phone's clock may be off, each way."""
WRONG_CODES: Final = 5
SHUT: Final = dt.timedelta(minutes=15)
_ISSUER: Final = "Học bạ số"


def new_secret() -> tuple[str, str]:
    """A sign-in number and the app's secret (base32), for a person who is about to set it up."""
    return new_code(8), base64.b32encode(secrets.token_bytes(20)).decode("ascii")


def app_address(number: str, secret: str) -> str:
    """What the app reads from the QR code."""
    query = urlencode({"secret": secret, "issuer": _ISSUER}, quote_via=quote)
    return f"otpauth://totp/{quote(f'{_ISSUER}:{in_groups(number)}')}?{query}"


def keep_code_app(user: User, number: str, secret: str, code: str, *, at: dt.datetime) -> CodeApp:
    """Set the app up once it has shown a right code; one before it ends.

    Raises `Refused` with code `code`.
    """
    step = _fitting_step(secret, code, at, after=0)
    if step is None:
        raise _wrong()
    with accounts_transaction():
        CodeApp.objects.filter(user=user).delete()
        return CodeApp.objects.create(
            user=user,
            number_sha256=digest_of_typed(number, "number"),
            secret=_cipher().encrypt(secret.encode()),
            last_step=step,
            created_at=at,
        )


def sign_in_with_code(number: str, code: str, *, at: dt.datetime) -> User:
    """The person with this number whose app shows this code.

    Raises `Refused`: `code`, or `code_shut` after five wrong codes.
    """
    with accounts_transaction():
        row = (
            CodeApp.objects.select_for_update()
            .filter(number_sha256=digest_of_typed(number, "number"), user__is_active=True)
            .first()
        )
        if row is None:
            raise _wrong()
        if row.shut_until is not None and row.shut_until > at:
            raise Refused(
                "code_shut",
                "Đã nhập sai mã nhiều lần. Chờ 15 phút rồi thử lại.",
                "Too many wrong codes. Wait for 15 minutes and try again.",
            )
        step = _fitting_step(_secret(row), code, at, after=row.last_step)
        if step is not None:
            row.last_step, row.wrong, row.shut_until, row.last_used_at = step, 0, None, at
        else:
            row.wrong += 1
            if row.wrong >= WRONG_CODES:
                row.wrong, row.shut_until = 0, at + SHUT
        row.save(update_fields=["last_step", "wrong", "shut_until", "last_used_at"])
    if step is None:
        raise _wrong()
    return row.user


def _fitting_step(secret: str, code: str, at: dt.datetime, *, after: int) -> int | None:
    """The step whose code this is, later than `after`; None when there is none."""
    typed = "".join(code.split()).encode("ascii", "replace")
    totp = TOTP(base64.b32decode(secret), 6, SHA1(), STEP, enforce_key_length=False)  # noqa: S303 - RFC 6238
    now = int(at.timestamp()) // STEP
    for step in range(max(now - DRIFT, after + 1), now + DRIFT + 1):
        try:
            totp.verify(typed, step * STEP)
        except WrongCode:
            continue
        return step
    return None


def _secret(row: CodeApp) -> str:
    try:
        return _cipher().decrypt(bytes(row.secret)).decode()
    except InvalidToken:
        raise _wrong() from None  # the installation's secret key was exchanged


def _cipher() -> Fernet:
    key = hashlib.sha256(f"web_signin.code_app/{settings.SECRET_KEY}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def _wrong() -> Refused:
    return Refused(
        "code",
        "Số đăng nhập hoặc mã không đúng. Mã đổi sau mỗi 30 giây và mỗi mã chỉ dùng một lần; xem "
        "lại giờ của điện thoại.",
        "The sign-in number or the code is wrong. A code changes every 30 seconds and is good for "
        "once; check your phone's clock.",
    )
