"""How a school reaches the department: the Ministry's transactions as JSON, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

from hocba.errors import Unavailable
from hocba_server.adapters.clock import SystemClock
from hocba_server.adapters.http import exchange

Message = dict[str, Any]


class GatewayClient(Protocol):
    """Sends one request of the six transactions and returns its answer."""

    def send(self, request: Message) -> Message:
        """Raises `Unavailable` when there is no answer; the same message may be sent again."""


class HttpGateway:
    """A gateway behind an address."""

    def __init__(self, url: str) -> None:
        self._url = url

    def send(self, request: Message) -> Message:
        """POST the request as JSON."""
        body = json.dumps(request, ensure_ascii=False).encode()
        answer = exchange(self._url, body, content_type="application/json", timeout=60)
        try:
            read = json.loads(answer)
        except ValueError:
            read = None
        if not isinstance(read, dict):
            raise Unavailable(
                "gateway_answer",
                "Cổng tiếp nhận của Sở trả lời sai dạng. Hệ thống sẽ thử lại.",
                "The department's gateway gave no readable answer.",
            )
        return read


class LoopbackGateway:
    """A gateway in this same process: `GATEWAY_HANDLER` names the function that answers.

    The houses still speak JSON only; what cannot be written as JSON cannot cross.
    """

    def __init__(self, handler: str = "") -> None:
        self._handler = handler

    def send(self, request: Message) -> Message:
        """Hand the request over and take the answer."""
        name = self._handler or settings.GATEWAY_HANDLER
        handler = cast(Callable[..., Message], import_string(name))
        crossing = json.loads(json.dumps(request))
        answer = handler(crossing, at=SystemClock().now())
        return cast(Message, json.loads(json.dumps(answer)))


def http_gateway() -> GatewayClient:
    """The gateway at `GATEWAY_URL`."""
    return HttpGateway(settings.GATEWAY_URL)


def loopback_gateway() -> GatewayClient:
    """The gateway of the city house in this same process."""
    return LoopbackGateway()


def extra_gateway_client() -> GatewayClient:
    """The way for supplementary messages: by the same means as the six transactions."""
    if gateway_client_is_loopback():
        return LoopbackGateway(settings.GATEWAY_EXTRA_HANDLER)
    return HttpGateway(settings.GATEWAY_EXTRA_URL)


def gateway_client_is_loopback() -> bool:
    """Do both houses run in this process?"""
    return settings.GATEWAY_CLIENT.rpartition(".")[2] == loopback_gateway.__name__


def gateway_client() -> GatewayClient:
    """The client that `GATEWAY_CLIENT` names."""
    return cast(GatewayClient, import_string(settings.GATEWAY_CLIENT)())
