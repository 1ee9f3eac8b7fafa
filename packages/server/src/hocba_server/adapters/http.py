"""One bounded HTTP exchange with a service that the operator or a certificate names."""

from __future__ import annotations

from typing import Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, ProxyHandler, Request, build_opener

from hocba.errors import Unavailable

TIMEOUT_SECONDS: Final = 10
MAX_ANSWER: Final = 5_000_000


class _NoRedirect(HTTPRedirectHandler):
    """A service that sends us elsewhere is not the one that was asked."""

    def redirect_request(self, *_args: object) -> None:  # type: ignore[override]
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
    if urlsplit(url).scheme not in {"http", "https"}:
        raise _unavailable(url)
    headers = {"Content-Type": content_type} if body is not None else {}
    request = Request(url, data=body, headers=headers)  # noqa: S310 - the scheme is checked above
    try:
        with _opener().open(request, timeout=timeout) as answer:
            content: bytes = answer.read(limit + 1)
            complete = answer.status == 200
    except (HTTPError, URLError, OSError, ValueError) as error:
        raise _unavailable(url) from error
    if not complete or len(content) > limit:
        raise _unavailable(url)
    return content


def _unavailable(url: str) -> Unavailable:
    place = urlsplit(url).netloc or url[:60]
    return Unavailable(
        "network",
        f"Chưa kết nối được với dịch vụ tại {place}. Hệ thống sẽ thử lại.",
        f"The service at {place} cannot be reached.",
    )
