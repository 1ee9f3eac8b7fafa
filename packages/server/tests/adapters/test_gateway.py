from __future__ import annotations

import datetime as dt
import json
import socket
import threading
import time
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from hocba.errors import Unavailable
from hocba_server.adapters.gateway import gateway_client
from hocba_server.adapters.http import exchange

HTTP = "hocba_server.adapters.gateway.http_gateway"
LOOPBACK = "hocba_server.adapters.gateway.loopback_gateway"
SEEN: list[tuple[Any, dt.datetime]] = []


def answer(request: dict[str, Any], *, at: dt.datetime) -> dict[str, Any]:
    """A department in this process, for the loopback client."""
    SEEN.append((request, at))
    return {"Code": 0, "pair": (1, 2)}


def test_a_request_crosses_as_json(service: Any, settings: Settings) -> None:
    settings.GATEWAY_CLIENT, settings.GATEWAY_URL = HTTP, f"{service.url}/api/v1/giao-dich"
    service.body = json.dumps({"message": "Tiếp nhận"}).encode()
    assert gateway_client().send({"type": 1, "tên": "Mẫu"}) == {"message": "Tiếp nhận"}
    ((method, path, kind, body),) = service.asked
    assert (method, path, kind) == ("POST", "/api/v1/giao-dich", "application/json")
    assert json.loads(body) == {"type": 1, "tên": "Mẫu"}


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (500, b"{}", "network"),
        (404, b"{}", "network"),
        (204, b"", "network"),
        (200, b"<html>", "gateway_answer"),
        (200, b"[]", "gateway_answer"),
        (200, b"\xff\xfe", "gateway_answer"),
        (200, b"x" * 5_000_001, "network"),
    ],
)
def test_no_proper_answer_is_unavailable(
    service: Any, settings: Settings, status: int, body: bytes, code: str
) -> None:
    settings.GATEWAY_CLIENT, settings.GATEWAY_URL = HTTP, service.url
    service.status, service.body = status, body
    with pytest.raises(Unavailable) as fault:
        gateway_client().send({})
    assert fault.value.code == code


def test_a_redirect_is_not_followed(service: Any) -> None:
    service.status, service.headers = 302, {"Location": f"{service.url}/elsewhere"}
    with pytest.raises(Unavailable):
        exchange(service.url, b"x")
    assert len(service.asked) == 1


def test_an_answer_cut_short_is_not_an_answer(service: Any) -> None:
    service.body, service.headers = b"half", {"Content-Length": "8", "Connection": "close"}
    with pytest.raises(Unavailable):
        exchange(service.url, None)


def test_nobody_there_is_unavailable() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with pytest.raises(Unavailable) as fault:
        exchange(f"http://127.0.0.1:{port}/", None)
    assert f"127.0.0.1:{port}" in fault.value.sentence.vi


def test_silence_and_drips_end_with_the_time_allowed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
                try:
                    for _ in range(100):
                        connection.sendall(b"x")
                        time.sleep(0.05)
                except OSError:
                    return

        thread = threading.Thread(target=drip)
        thread.start()
        began = time.monotonic()
        with pytest.raises(Unavailable):
            exchange(f"http://127.0.0.1:{listener.getsockname()[1]}/", None, timeout=0.3)
        assert time.monotonic() - began < 2
        thread.join()


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://a.test/x", "//a", "http://[", ""])
def test_only_web_addresses_are_asked(url: str) -> None:
    with pytest.raises(Unavailable):
        exchange(url, None)


def test_a_password_in_an_address_is_not_shown() -> None:
    with pytest.raises(Unavailable) as fault:
        exchange("http://nguoi:matkhau@127.0.0.1:1/", None, timeout=1)
    assert "matkhau" not in str(fault.value)


def test_loopback_speaks_json_only(settings: Settings) -> None:
    settings.GATEWAY_CLIENT, settings.GATEWAY_HANDLER = LOOPBACK, f"{__name__}.answer"
    SEEN.clear()
    assert gateway_client().send({"type": 2}) == {"Code": 0, "pair": [1, 2]}
    ((request, at),) = SEEN
    assert request == {"type": 2}
    assert at.tzinfo is not None
    with pytest.raises(TypeError):
        gateway_client().send({"bytes": b"x"})


def test_the_default_handler_is_the_city_gateway() -> None:
    from django.conf import settings
    from django.utils.module_loading import import_string

    assert callable(import_string(settings.GATEWAY_HANDLER))
