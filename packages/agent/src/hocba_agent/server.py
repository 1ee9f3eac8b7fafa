"""The HTTP side: loopback only, small bodies, short patience, nothing written to a log.

Order of checks for each request: Host, then Origin, then everything else; the body is read last.
"""

from __future__ import annotations

import os
import socket
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from hocba_agent.agent import Agent
from hocba_agent.api import Api
from hocba_agent.messages import Answer, Head, refusal_answer
from hocba_agent.origins import check_host
from hocba_agent.pages import Pages
from hocba_agent.refusals import Refusal
from hocba_agent.settings import MAX_BODY_BYTES, MAX_FORM_BYTES

_PATIENCE_SECONDS: Final = 10
_MAX_CONNECTIONS: Final = 64
_MAX_LENGTH_DIGITS: Final = 10
_TICK_SECONDS: Final = 2.0


class Front:
    """Host, origin, body, answer. Knows requests, not sockets."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self._api, self._pages = Api(agent), Pages(agent)

    def answer(self, head: Head, lengths: list[str], read: Any) -> Answer:
        """Answer one request; `read(n)` gives its body. Never raises."""
        try:
            check_host(head.hosts, self._agent.settings.port)
            if head.is_api:
                caller = self._api.admit(head)
                body = _body(lengths, MAX_BODY_BYTES, read)
                return self._api.answer(head, caller, body)
            self._pages.admit(head)
            return self._pages.answer(head, _body(lengths, MAX_FORM_BYTES, read))
        except Refusal as refusal:
            return refusal_answer(refusal)
        except OSError:
            return refusal_answer(Refusal("bad-request"))
        except Exception:  # noqa: BLE001 - the page gets a sentence, never a traceback
            return refusal_answer(Refusal("agent-failed"))


def _body(lengths: list[str], longest: int, read: Any) -> bytes:
    if not lengths:
        return b""
    length = lengths[0]
    if len(lengths) > 1 or not (length.isascii() and length.isdigit()):
        raise Refusal("bad-request")
    if len(length) > _MAX_LENGTH_DIGITS or int(length) > longest:
        raise Refusal("too-large")
    body: bytes = read(int(length))
    if len(body) != int(length):
        raise Refusal("bad-request")
    return body


class _Handler(BaseHTTPRequestHandler):
    server: AgentServer
    protocol_version = "HTTP/1.1"
    timeout = _PATIENCE_SECONDS

    def _handle(self) -> None:
        lengths = self.headers.get_all("Content-Length", [])
        if self.headers.get_all("Transfer-Encoding"):
            lengths = ["chunked"]
        head = Head(
            method=self.command,
            path=self.path if self.path.isascii() else "/?",
            hosts=tuple(self.headers.get_all("Host", [])),
            origins=tuple(self.headers.get_all("Origin", [])),
            authorization=self.headers.get("Authorization"),
            content_type=self.headers.get("Content-Type", "").lower(),
            private_network=self.headers.get("Access-Control-Request-Private-Network") == "true",
        )
        self._taken = 0
        answer = self.server.front.answer(head, lengths, self._read)
        if self._taken == 0 and lengths not in ([], ["0"]):
            self.close_connection = True  # a body that nobody read would pass for a request
        self._send(answer)

    def _read(self, length: int) -> bytes:
        self._taken = length
        return self.rfile.read(length)

    do_GET = do_POST = do_DELETE = do_OPTIONS = do_HEAD = do_PUT = do_PATCH = _handle  # noqa: N815

    def _send(self, answer: Answer) -> None:
        self.send_response_only(answer.status)
        headers = [
            *answer.headers,
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        for name, value in headers:
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        if answer.status != 204:
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def handle_expect_100(self) -> bool:
        """Nobody is invited to send a body before it is known who asks."""
        return True

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What http.server itself refuses (an unreadable request line) is answered as JSON too."""
        del code, message, explain
        self.close_connection = True
        self.request_version = self.request_version or "HTTP/1.1"
        self.command = self.command or "GET"
        self._send(refusal_answer(Refusal("bad-request")))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Nothing is logged: addresses hold one-time names."""


class AgentServer(ThreadingHTTPServer):
    """Listens on 127.0.0.1. Raises `OSError` when the port is taken."""

    daemon_threads = True
    # on Windows address reuse would let another program take the port over
    allow_reuse_address = os.name != "nt"

    def __init__(self, agent: Agent) -> None:
        self.agent, self.front = agent, Front(agent)
        self._room = threading.BoundedSemaphore(_MAX_CONNECTIONS)
        self._stopped = threading.Event()
        super().__init__(("127.0.0.1", agent.settings.port), _Handler)

    def server_bind(self) -> None:
        """Take the port for this program alone."""
        exclusive = getattr(socket, "SO_EXCLUSIVEADDRUSE", None)
        if exclusive is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, exclusive, 1)
        super().server_bind()

    def process_request(self, request: Any, client_address: Any) -> None:
        """One thread for a connection, so many and no more."""
        if not self._room.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer the requests of one connection."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that breaks off is nobody's concern."""

    def start(self) -> None:
        """Answer and watch the tokens in threads of their own."""
        threading.Thread(target=self.serve_forever, args=(0.2,), daemon=True).start()
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while not self._stopped.wait(_TICK_SECONDS):
            with suppress(Exception):  # whatever a driver does, the next look must come
                self.agent.tick()

    def stop(self) -> None:
        """Stop answering and log every token out."""
        self._stopped.set()
        self.shutdown()
        self.server_close()
        self.agent.close()
