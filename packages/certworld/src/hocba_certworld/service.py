"""The world's services on loopback: `/ocsp`, `/crl/<authority>.crl`, `/tsa`, `/csc/v2/`.

For the demo and training only; a city uses the services of real authorities.
"""

from __future__ import annotations

import argparse
import re
import signal
import sys
from datetime import UTC, datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import FrameType
from typing import Any, Final

from hocba.errors import HocBaError
from hocba_certworld.csc.application import MAX_BODY, PREFIX, CscService
from hocba_certworld.csc.people import DEMO_CLIENT, CscClient, FolderPeople
from hocba_certworld.csc.protocol import Asked
from hocba_certworld.world import CertWorld

MAX_REQUEST: Final = 10_000
_AUTHORITIES: Final = frozenset({"root", "government", "public"})


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 10

    def __init__(self, world: CertWorld, csc: CscService | None, *args: Any) -> None:
        self.world = world
        self.csc = csc
        super().__init__(*args)

    def do_POST(self) -> None:
        signing = self.csc is not None and self.path.startswith(PREFIX)
        announced = self.headers.get("Content-Length") or ""
        length = int(announced) if re.fullmatch(r"[0-9]{1,9}", announced) else 0
        if not 0 < length <= (MAX_BODY if signing else MAX_REQUEST):
            self.close_connection = True
            self._answer(413, "text/plain", b"")
            return
        body = self.rfile.read(length)
        now = datetime.now(UTC)
        if signing:
            self._sign_remotely(body)
            return
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
        if self.csc is not None and self.path.startswith(PREFIX):
            self._sign_remotely(b"")
            return
        name = self.path.removeprefix("/crl/").removesuffix(".crl")
        if self.path == "/health":
            self._answer(200, "text/plain", b"ok")
        elif self.path == f"/crl/{name}.crl" and name in _AUTHORITIES:
            self._answer(200, "application/pkix-crl", self.world.crl(name, datetime.now(UTC)))
        else:
            self._answer(404, "text/plain", b"")

    def _sign_remotely(self, body: bytes) -> None:
        path, _, query = self.path.removeprefix(PREFIX).partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        assert self.csc is not None  # noqa: S101 - the callers looked
        answer = self.csc.answer(Asked(self.command, path, query, headers, body))
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status != 204:  # which has no body (RFC 9110 section 8.6)
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
        """Say nothing: requests are many and uninteresting."""


def make_server(
    world: CertWorld, host: str = "127.0.0.1", port: int = 8010, *, csc: CscService | None = None
) -> ThreadingHTTPServer:
    """Make the server; call `serve_forever`, from a thread in tests. `csc` signs remotely."""
    server = ThreadingHTTPServer((host, port), partial(_Handler, world, csc))
    server.daemon_threads = True
    return server


def main() -> None:
    """Serve a world that lies in a folder: `python -m hocba_certworld.service FOLDER`."""
    parser = argparse.ArgumentParser(prog="hocba_certworld.service")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, default=8010)
    parser.add_argument("--keys", type=Path, help="folder of people's keys; serves /csc/v2/")
    parser.add_argument("--redirect", action="append", default=[], help="address to send back to")
    arguments = parser.parse_args()
    csc = None
    if arguments.keys:
        base_url = f"http://127.0.0.1:{arguments.port}"
        csc = _demo_signing(arguments.keys, frozenset(arguments.redirect), base_url)
    server = make_server(CertWorld.open(arguments.folder), port=arguments.port, csc=csc)
    signal.signal(signal.SIGTERM, _stop)
    server.serve_forever()


def _demo_signing(keys: Path, redirects: frozenset[str], base_url: str) -> CscService:
    """A signing service for the demo's people; one-time codes are shown on standard error."""

    def send(user_id: str, code: str) -> None:
        sys.stderr.write(f"OTP {user_id}: {code}\n")
        sys.stderr.flush()

    client = CscClient(DEMO_CLIENT, redirects)
    return CscService(FolderPeople(keys), [client], base_url=base_url, send=send)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


if __name__ == "__main__":
    main()
