"""Reading a request's body: never more than 10,000,000 bytes, whatever the sender announced."""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.http.request import UnreadablePostError

from hocba.packet.codes import ResponseCode
from hocba.packet.envelope import MAX_REQUEST
from hocba_server.city.api.problems import Problem

_CHUNK = 1 << 16
_KEPT = "_hocba_body"


def bounded_body(request: HttpRequest) -> bytes:
    """Return the body, read once. Raises `Problem` 413 before more than the limit is in memory."""
    kept: bytes | None = getattr(request, _KEPT, None)
    if kept is not None:
        return kept
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if not announced.isdecimal() or len(announced) > 12 or int(announced) > MAX_REQUEST:
        raise Problem(ResponseCode.TOO_LARGE)
    body = bytearray()
    try:
        while chunk := request.read(_CHUNK):
            body += chunk
            if len(body) > MAX_REQUEST:
                raise Problem(ResponseCode.TOO_LARGE)
    except (RequestDataTooBig, UnreadablePostError):
        raise Problem(ResponseCode.TOO_LARGE) from None
    setattr(request, _KEPT, bytes(body))
    return bytes(body)
