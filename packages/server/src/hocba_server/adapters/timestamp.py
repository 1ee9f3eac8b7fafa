"""RFC 3161 time-stamps over HTTP."""

from __future__ import annotations

import secrets

from django.conf import settings

from hocba.errors import Malformed, Unavailable
from hocba.ports import TimestampSource
from hocba.signature.timestamp import make_request, token_of_response
from hocba_server.adapters.http import exchange


class HttpTimestamp:
    """`hocba.ports.TimestampSource`: one request for each digest."""

    def __init__(self, url: str) -> None:
        self._url = url

    def timestamp(self, digest: bytes) -> bytes:
        """Return the DER TimeStampToken over a digest. Raises `Unavailable`."""
        request = make_request(digest, secrets.randbits(63))
        answer = exchange(
            self._url, request, content_type="application/timestamp-query", limit=100_000
        )
        try:
            return token_of_response(answer, request)
        except Malformed as fault:
            raise Unavailable(fault.code, fault.sentence.vi, fault.sentence.en) from fault


def timestamp_source() -> TimestampSource:
    """The service that the operator set. Raises `Unavailable` when there is none."""
    if not settings.TSA_URL:
        raise Unavailable(
            "no_tsa",
            "Chưa cài dịch vụ dấu thời gian (HOCBA_TSA_URL).",
            "No time-stamp service is set (HOCBA_TSA_URL).",
        )
    return HttpTimestamp(settings.TSA_URL)


def archive_timestamp_source() -> TimestampSource:
    """The service of archive time-stamps. Raises `Unavailable` when there is none."""
    if not settings.ARCHIVE_TSA_URL:
        raise Unavailable(
            "no_archive_tsa",
            "Chưa cài dịch vụ dấu thời gian cho lưu trữ (HOCBA_ARCHIVE_TSA_URL).",
            "No time-stamp service is set for the archive (HOCBA_ARCHIVE_TSA_URL).",
        )
    return HttpTimestamp(settings.ARCHIVE_TSA_URL)
