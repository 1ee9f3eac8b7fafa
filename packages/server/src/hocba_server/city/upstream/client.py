"""How the department reaches the Ministry's store: JSON over HTTPS, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

from hocba.errors import Unavailable
from hocba_server.adapters.http import exchange

Json = dict[str, Any]
_TIMEOUT_SECONDS = 120
_MAX_ANSWER = 10_000_000


class StoreClient(Protocol):
    """The two addresses of the store. The same message may always be sent again."""

    def send(self, request: Json) -> Json:
        """One of the six transactions. Raises `Unavailable` when there is no answer."""

    def send_extra(self, request: Json) -> Json:
        """A supplementary message. Raises `Unavailable` when there is no answer."""


class HttpStore:
    """The store behind `UPSTREAM_URL` and `UPSTREAM_EXTRA_URL`."""

    def send(self, request: Json) -> Json:
        """POST to the address of the transactions."""
        return _post(settings.UPSTREAM_URL, request)

    def send_extra(self, request: Json) -> Json:
        """POST to the address of the supplementary messages."""
        return _post(settings.UPSTREAM_EXTRA_URL, request)


def http_store() -> StoreClient:
    """The store that the settings name."""
    return HttpStore()


def store_client() -> StoreClient:
    """The client that `UPSTREAM_CLIENT` names."""
    make = cast(Callable[[], StoreClient], import_string(settings.UPSTREAM_CLIENT))
    return make()


def is_connected() -> bool:
    """Is there a store to report to?"""
    return bool(settings.UPSTREAM_URL)


def takes_supplements() -> bool:
    """Does the store take rows, closings and questions about its holdings?"""
    return bool(settings.UPSTREAM_URL and settings.UPSTREAM_EXTRA_URL)


def _post(url: str, request: Json) -> Json:
    body = json.dumps(request, ensure_ascii=False, separators=(",", ":")).encode()
    answer = exchange(
        url, body, content_type="application/json", timeout=_TIMEOUT_SECONDS, limit=_MAX_ANSWER
    )
    try:
        read = json.loads(answer)
    except ValueError:
        read = None
    if not isinstance(read, dict):
        raise Unavailable(
            "store_answer",
            "Kho học bạ số của Bộ trả lời sai dạng. Hệ thống sẽ thử lại.",
            "The Ministry's store gave no readable answer.",
        )
    return read
