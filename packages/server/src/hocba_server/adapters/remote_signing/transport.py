"""One request to the service: JSON or a form out, JSON in, everything else a fault."""

from __future__ import annotations

import base64
import ipaddress
import json
import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import SplitResult, urlencode, urlsplit

from hocba.errors import HocBaError, Unavailable
from hocba_server.adapters.http import Answer, ask
from hocba_server.adapters.remote_signing import fields
from hocba_server.adapters.remote_signing.faults import not_configured, refusal, wrong_answer
from hocba_server.adapters.remote_signing.fields import Json

TIMEOUT: Final = 30.0
"""Seconds. A service signs a class in one call, in hardware."""
SMALL: Final = 200_000
"""Bytes of an answer that holds no signatures."""
ERROR_LIMIT: Final = 20_000
_VISIBLE: Final = re.compile(r"[\x21-\x7e]+\Z")


def checked_address(url: str) -> str:
    """The address without a slash at its end; only TLS leaves this machine.

    Raises `Unavailable` with code `remote_settings`.
    """
    try:
        parts = urlsplit(url)
        good = parts.scheme == "https" or (parts.scheme == "http" and _loopback(parts))
        good = good and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or not _VISIBLE.match(url) or any((parts.username, parts.query, parts.fragment)):
        raise not_configured(
            "Địa chỉ dịch vụ ký số từ xa (HOCBA_CSC_URL) phải bắt đầu bằng https://.",
            "The address of the signing service (HOCBA_CSC_URL) has to be an https address.",
        )
    return url.rstrip("/")


def origin(url: str) -> tuple[str, str | None, int | None]:
    """Scheme, host and port."""
    parts = urlsplit(url)
    port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    return parts.scheme, parts.hostname, port


def _loopback(parts: SplitResult) -> bool:
    if parts.hostname == "localhost":
        return True
    try:
        return ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False


def basic(username: str, password: str) -> str:
    """The Authorization header of HTTP Basic (RFC 7617, UTF-8)."""
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()


def bearer(token: str) -> str:
    """The Authorization header of RFC 6750. Raises `Refused` `remote_session` without a token."""
    if not token or not _VISIBLE.match(token):
        raise refusal(401, "", "")
    return f"Bearer {token}"


class Channel:
    """Requests to one service."""

    def __init__(self, *, timeout: float = TIMEOUT) -> None:
        self._timeout = timeout

    def post_json(
        self,
        url: str,
        payload: Json,
        *,
        authorization: str = "",
        limit: int = SMALL,
        also: frozenset[int] = frozenset(),
    ) -> tuple[int, Json]:
        """POST an object and read one; `also` are statuses that are no fault beside 200."""
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if authorization:
            headers["Authorization"] = authorization
        body = json.dumps(payload, ensure_ascii=False).encode()
        return self._exchange(url, body, headers, limit, also | {200})

    def post_form(
        self, url: str, form: Mapping[str, str], *, allowed: frozenset[int] = frozenset({200})
    ) -> tuple[int, Json]:
        """POST a form, as OAuth 2.0 does, and read an object."""
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
        }
        return self._exchange(url, urlencode(form).encode(), headers, SMALL, allowed)

    def get(self, url: str) -> Json:
        """GET an object."""
        return self._exchange(url, None, {"Accept": "application/json"}, SMALL, frozenset({200}))[1]

    def _exchange(
        self,
        url: str,
        body: bytes | None,
        headers: Mapping[str, str],
        limit: int,
        allowed: frozenset[int],
    ) -> tuple[int, Json]:
        answer = ask(url, body, headers=headers, limit=limit, timeout=self._timeout)
        if answer.status >= 400:
            raise _fault(answer)
        if answer.status not in allowed:
            raise wrong_answer(f"HTTP {answer.status}")
        if answer.status == 204:
            return 204, {}
        return answer.status, fields.read_object(answer.content)


def _fault(answer: Answer) -> HocBaError:
    error = description = ""
    if len(answer.content) <= ERROR_LIMIT:
        try:
            read = fields.read_object(answer.content)
        except Unavailable:  # an error page of a proxy is no JSON; its status says enough
            read = {}
        error, description = (
            value if isinstance(value, str) else ""
            for value in (read.get("error"), read.get("error_description"))
        )
    return refusal(answer.status, error, description)
