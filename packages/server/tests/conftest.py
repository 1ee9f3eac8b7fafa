"""Fixtures of the shared rooms: a certificate world, a tiny service, signed-in people."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from hocba_certworld.service import make_server
from hocba_certworld.world import CertWorld
from hocba_server.web.accounts.models import User
from hocba_server.web.accounts.services import save_account


@dataclass
class TinyService:
    """An HTTP service that answers what the test says and remembers what it was asked."""

    url: str = ""
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, str, str, bytes]] = field(default_factory=list)

    def handler(self) -> type[BaseHTTPRequestHandler]:
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                kind = self.headers.get("Content-Type") or ""
                service.asked.append((self.command, self.path, kind, self.rfile.read(length)))
                self.send_response(service.status)
                headers = {"Content-Length": str(len(service.body)), **service.headers}
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(service.body)

            do_POST = do_GET  # noqa: N815 - the base's name

            def log_message(self, *_args: Any) -> None:
                return

        return Handler


def serve(server: ThreadingHTTPServer) -> Iterator[str]:
    """Run a server on loopback for as long as a test needs it."""
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def service() -> Iterator[TinyService]:
    tiny = TinyService()
    for url in serve(ThreadingHTTPServer(("127.0.0.1", 0), tiny.handler())):
        tiny.url = url
        yield tiny


@pytest.fixture(scope="session")
def served_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[CertWorld, str]]:
    """A demo certificate world whose OCSP, CRL and time-stamps answer on loopback."""
    folder: Path = tmp_path_factory.mktemp("world") / "world"
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    address = f"http://127.0.0.1:{server.server_address[1]}"
    server.server_close()
    world = CertWorld.create(folder, dt.datetime.now(dt.UTC), base_url=address)
    port = int(address.rpartition(":")[2])
    for url in serve(make_server(world, port=port)):
        yield world, url


@pytest.fixture(scope="session")
def world(served_world: tuple[CertWorld, str]) -> CertWorld:
    return served_world[0]


Person = Callable[..., User]


@pytest.fixture
def person(db: None) -> Person:
    """Make an invented account."""

    def make(*roles: str, username: str = "mau", house: str = "school", demo: bool = True) -> User:
        return save_account(
            username=username,
            full_name="Nguyễn Thị Mẫu",
            personal_id="000012345678",
            house=house,
            unit_code="79000001",
            unit_name="Trường Tiểu học Mẫu",
            roles=roles,
            demo=demo,
        )

    return make


@pytest.fixture
def sign_in(client: Client) -> Callable[[User], Client]:
    """Sign in as somebody through the demo's own door."""

    def enter(user: User) -> Client:
        answer = client.post("/vao/", {"username": user.username})
        assert answer.status_code == 302
        return client

    return enter
