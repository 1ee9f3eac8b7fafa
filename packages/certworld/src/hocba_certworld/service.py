"""The world's services on loopback: `/ocsp`, `/crl/<authority>.crl`, `/tsa`.

For the demo and training only; a city uses the services of real authorities.
"""

from __future__ import annotations

import argparse
import re
import signal
from datetime import UTC, datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import FrameType
from typing import Any, Final

from hocba.errors import HocBaError
from hocba_certworld.world import CertWorld

MAX_REQUEST: Final = 10_000
_AUTHORITIES: Final = frozenset({"root", "government", "public"})


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 10

    def __init__(self, world: CertWorld, *args: Any) -> None:
        self.world = world
        super().__init__(*args)

    def do_POST(self) -> None:
        announced = self.headers.get("Content-Length") or ""
        length = int(announced) if re.fullmatch(r"[0-9]{1,9}", announced) else 0
        if not 0 < length <= MAX_REQUEST:
            self.close_connection = True
            self._answer(413, "text/plain", b"")
            return
        body = self.rfile.read(length)
        now = datetime.now(UTC)
        try:
            if self.path == "/ocsp":
                answer = self.world.ocsp_response(body, now)
                self._answer(200, "application/ocsp-response", answer)
            elif self.path == "/tsa":
                self._answer(200, "application/timestamp-reply", self.world.timestamp(body, now))
            else:
                self._answer(404, "text/plain", b"")
        except HocBaError as fault:
            self._answer(400, "text/plain; charset=utf-8", fault.sentence.en.encode())

    def do_GET(self) -> None:
        name = self.path.removeprefix("/crl/").removesuffix(".crl")
        if self.path == "/health":
            self._answer(200, "text/plain", b"ok")
        elif self.path == f"/crl/{name}.crl" and name in _AUTHORITIES:
            self._answer(200, "application/pkix-crl", self.world.crl(name, datetime.now(UTC)))
        else:
            self._answer(404, "text/plain", b"")

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
        """Say nothing: requests are many and uninteresting."""


def make_server(world: CertWorld, host: str = "127.0.0.1", port: int = 8010) -> ThreadingHTTPServer:
    """Make the server; call `serve_forever`, from a thread in tests."""
    server = ThreadingHTTPServer((host, port), partial(_Handler, world))
    server.daemon_threads = True
    return server


def main() -> None:
    """Serve a world that lies in a folder: `python -m hocba_certworld.service FOLDER`."""
    parser = argparse.ArgumentParser(prog="hocba_certworld.service")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, default=8010)
    arguments = parser.parse_args()
    server = make_server(CertWorld.open(arguments.folder), port=arguments.port)
    signal.signal(signal.SIGTERM, _stop)
    server.serve_forever()


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


if __name__ == "__main__":
    main()
