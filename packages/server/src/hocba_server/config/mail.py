"""Where e-mail goes, from one address: `HOCBA_EMAIL_URL`.

    smtp://user:password@host:587     TLS is asked for before anything is said (STARTTLS)
    smtps://user:password@host:465    TLS from the first byte
    smtp://host:25?tls=no             a relay on the same machine or wire, without TLS

Signs like `@` in a user name or password are written as %40.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

_BACKENDS: Final = "django.core.mail.backends"
_DEFAULT_PORTS: Final = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class MailSettings:
    """Django's e-mail settings; `enabled` is false where no mail is to be written at all."""

    enabled: bool
    backend: str
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = ""
    starttls: bool = False
    tls: bool = False
    folder: Path | None = None


def mail_settings(url: str, *, demo_folder: Path | None) -> MailSettings:
    """Read the address. Empty: no mail, or files in `demo_folder` where one is given.

    Raises ValueError when it is no such address; the message names no password.
    """
    if not url:
        if demo_folder is None:
            return MailSettings(enabled=False, backend=f"{_BACKENDS}.dummy.EmailBackend")
        backend = f"{_BACKENDS}.filebased.EmailBackend"
        return MailSettings(enabled=True, backend=backend, folder=demo_folder)
    wrong = "HOCBA_EMAIL_URL: phải có dạng smtp://user:password@host:587 hoặc smtps://…"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ValueError(wrong) from error
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or parts.path.strip("/"):
        raise ValueError(wrong)
    if parts.query not in {"", "tls=no"} or (parts.query and parts.scheme == "smtps"):
        raise ValueError(wrong)
    return MailSettings(
        enabled=True,
        backend=f"{_BACKENDS}.smtp.EmailBackend",
        host=parts.hostname,
        port=port or _DEFAULT_PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        starttls=parts.scheme == "smtp" and not parts.query,
        tls=parts.scheme == "smtps",
    )
