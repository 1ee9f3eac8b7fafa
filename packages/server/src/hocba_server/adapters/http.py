"""One bounded HTTP exchange with a service that the operator or a certificate names."""

from __future__ import annotations

import time
from http.client import HTTPException, HTTPResponse, IncompleteRead
from typing import Final
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
    try:
        if urlsplit(url).scheme not in {"http", "https"}:
            raise _unavailable(url)
        request = Request(url, data=body, headers=headers)  # noqa: S310 - the scheme is checked
        with _opener().open(request, timeout=timeout) as answer:
            content = _read(answer, limit + 1, time.monotonic() + timeout)
            complete = answer.status == 200
    except HTTPError as error:
        error.close()
        raise _unavailable(url) from error
    except (URLError, HTTPException, OSError, ValueError) as error:
        raise _unavailable(url) from error
    if not complete or len(content) > limit:
        raise _unavailable(url)
    return content


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
