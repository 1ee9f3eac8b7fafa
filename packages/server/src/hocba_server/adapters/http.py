"""One bounded HTTP exchange with a service that the operator or a certificate names."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPResponse, IncompleteRead
from typing import Final, cast
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, ProxyHandler, Request, build_opener

from hocba.errors import Unavailable

TIMEOUT_SECONDS: Final = 10
MAX_ANSWER: Final = 5_000_000


class _NoRedirect(HTTPRedirectHandler):
    """A service that sends us elsewhere is not the one that was asked."""

    def redirect_request(self, *_args: object) -> None:
        return None


def _opener() -> OpenerDirector:
    # No proxy for loopback: the demo's services live on this machine.
    return build_opener(_NoRedirect, ProxyHandler({}))


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer, whatever its status below 600; redirects never become one."""

    status: int
    content: bytes = field(repr=False)


def exchange(
    url: str,
    body: bytes | None,
    *,
    content_type: str = "application/octet-stream",
    limit: int = MAX_ANSWER,
    timeout: float = TIMEOUT_SECONDS,
) -> bytes:
    """POST `body` (GET when None) and return the answer's bytes.

    Raises `Unavailable` with code `network` for everything but a complete answer of status 200.
    """
    headers = {"Content-Type": content_type} if body is not None else {}
    answer = ask(url, body, headers=headers, limit=limit, timeout=timeout)
    if answer.status != 200:
        raise _unavailable(url)
    return answer.content


def ask(
    url: str,
    body: bytes | None,
    *,
    headers: Mapping[str, str],
    limit: int = MAX_ANSWER,
    timeout: float = TIMEOUT_SECONDS,
) -> Answer:
    """POST `body` (GET when None) and return the answer of any status, for services whose refusals
    say why in their body.

    Raises `Unavailable` with code `network` when there is no complete answer of at most `limit`
    bytes within `timeout` seconds, and for every redirect.
    """
    try:
        if urlsplit(url).scheme not in {"http", "https"}:
            raise _unavailable(url)
        request = Request(url, data=body, headers=dict(headers))  # noqa: S310 - the scheme is checked
        answer = _open(request, limit, timeout)
    except (URLError, HTTPException, OSError, ValueError) as error:
        raise _unavailable(url) from error
    if 300 <= answer.status < 400 or len(answer.content) > limit:
        raise _unavailable(url)
    return answer


def _open(request: Request, limit: int, timeout: float) -> Answer:
    deadline = time.monotonic() + timeout
    try:
        with _opener().open(request, timeout=timeout) as answer:
            return Answer(answer.status, _read(answer, limit + 1, deadline))
    except HTTPError as error:
        with error:
            return Answer(error.code, _read(cast(HTTPResponse, error.fp), limit + 1, deadline))


def _read(answer: HTTPResponse, limit: int, deadline: float) -> bytes:
    """Read at most `limit` bytes. The deadline is for the whole answer: a drip is not an answer."""
    content = bytearray()
    while len(content) < limit:
        part = answer.read1(min(65_536, limit - len(content)))
        if not part:
            if answer.length:
                raise IncompleteRead(bytes(content), answer.length)
            break
        content += part
        if time.monotonic() > deadline:
            raise TimeoutError
    return bytes(content)


def _unavailable(url: str) -> Unavailable:
    try:
        place = urlsplit(url).netloc.rpartition("@")[2] or url[:60]
    except ValueError:
        place = url[:60]
    return Unavailable(
        "network",
        f"Chưa kết nối được với dịch vụ tại {place}. Hệ thống sẽ thử lại.",
        f"The service at {place} cannot be reached.",
    )
