"""The agent as it runs: real sockets, a real soft token, from pairing to a checked signature."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from agent_world import OTHER, PAGE, PIN, MemoryStore, RecordingWindow
from cryptography.x509 import load_der_x509_certificate
from soft_token import DRIVER, SoftTokens, need_soft_token, soft_tokens, usual_keys

from hocba_agent.__main__ import CHANCE, EXIT_PORT, main
from hocba_agent.agent import Agent, Surroundings
from hocba_agent.certificates import ECDSA, RSA_PKCS1, RSA_PSS, TokenCertificate, TokenName
from hocba_agent.clock import SteadyClock
from hocba_agent.server import AgentServer
from hocba_agent.settings import Settings
from hocba_agent.tokens import Tokens

need_soft_token()

FORM = "application/x-www-form-urlencoded"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoftTokens]:
    with soft_tokens(tmp_path_factory.mktemp("softhsm")) as made:
        made.add("hocba-a", usual_keys())
        yield made


class Running:
    """A running agent and what its person sees."""

    def __init__(self, folder: Path) -> None:
        from agent_world import NOW

        self.port, self.window = free_port(), RecordingWindow()
        self.agent = Agent(
            Settings(modules=(DRIVER,), folder=folder, port=self.port),
            Tokens([DRIVER]),
            MemoryStore(),
            Surroundings(SteadyClock(), lambda: NOW, CHANCE, self.window),
        )
        self.server = AgentServer(self.agent)
        self.server.start()
        self.token = ""

    def call(
        self, method: str, path: str, value: object = None, **headers: str
    ) -> tuple[int, dict[str, str], Any]:
        sent = {"Origin": PAGE, "Authorization": f"Bearer {self.token}", **headers}
        body = None
        if value is not None:
            body = value if isinstance(value, bytes) else json.dumps(value).encode()
            sent.setdefault("Content-Type", "application/json")
        line = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            line.request(method, path, body, {k: v for k, v in sent.items() if v})
            answer = line.getresponse()
            raw = answer.read()
        finally:
            line.close()
        kind = answer.headers.get_content_type()
        shown = json.loads(raw) if kind == "application/json" and raw else raw.decode()
        return answer.status, dict(answer.headers), shown

    def pair(self) -> None:
        request = self.call("POST", "/v1/pair", {"origin": PAGE})[2]
        body = {"pairing": request["pairing"], "code": self.window.pairings[-1].code}
        self.token = self.call("POST", "/v1/pair/confirm", body)[2]["token"]

    def enter(self, pin: str) -> int:
        """The person fills in the PIN page."""
        return self.call(
            "POST",
            f"/pin/{self.window.sessions[-1].nonce}",
            f"answer=sign&pin={pin}".encode(),
            Origin=f"http://127.0.0.1:{self.port}",
            Authorization="",
            **{"Content-Type": FORM},
        )[0]


@pytest.fixture
def running(tokens: SoftTokens, tmp_path: Path) -> Iterator[Running]:
    made = Running(tmp_path)
    yield made
    made.server.stop()


@pytest.mark.parametrize("algorithm", [ECDSA, RSA_PKCS1, RSA_PSS])
def test_from_pairing_to_a_checked_signature(running: Running, algorithm: str) -> None:
    running.pair()
    rows = running.call("GET", "/v1/certificates")[2]["certificates"]
    row = next(row for row in rows if algorithm in row["algorithms"])
    asked = {"certificate": row["sha256"], "purpose": "Ký 3 học bạ", "count": 3}
    status, _, session = running.call("POST", "/v1/sessions", asked)
    assert status == 201
    assert running.enter("999999") == 403
    assert running.enter(PIN) == 200
    path = f"/v1/sessions/{session['session']}"
    assert running.call("GET", path)[2]["state"] == "open"
    digests = [hashlib.sha256(bytes([number])).digest() for number in range(3)]
    body = {
        "digests": [base64.b64encode(digest).decode() for digest in digests],
        "algorithm": algorithm,
    }
    status, _, signed = running.call("POST", f"{path}/sign", body)
    assert status == 200
    certificate = TokenCertificate(
        TokenName("", "", ""), "", b"", base64.b64decode(row["der"], validate=True)
    )
    assert load_der_x509_certificate(certificate.der).subject
    for digest, signature in zip(digests, signed["signatures"], strict=True):
        assert certificate.verify(algorithm, digest, base64.b64decode(signature, validate=True))
    assert running.call("GET", path)[2]["state"] == "used"
    more = {"digests": [base64.b64encode(bytes(32)).decode()], "algorithm": algorithm}
    assert running.call("POST", f"{path}/sign", more)[2]["error"]["code"] == "session-used"


def test_a_removed_token_ends_the_session_by_itself(tmp_path: Path) -> None:
    with soft_tokens(tmp_path) as made:
        made.add("hocba-x", usual_keys())
        running = Running(tmp_path)
        try:
            running.pair()
            row = running.call("GET", "/v1/certificates")[2]["certificates"][0]
            asked = {"certificate": row["sha256"], "purpose": "Ký", "count": 3}
            session = running.call("POST", "/v1/sessions", asked)[2]["session"]
            assert running.enter(PIN) == 200
            key = running.agent._keys[session]
            key.present = lambda: False  # type: ignore[method-assign] # a soft token has no plug
            end = time.monotonic() + 10
            state = ""
            while state != "token-removed" and time.monotonic() < end:
                state = running.call("GET", f"/v1/sessions/{session}")[2]["state"]
                time.sleep(0.1)
            assert state == "token-removed"
            assert running.agent._keys == {}
        finally:
            running.server.stop()


def test_it_listens_on_loopback_only(running: Running) -> None:
    assert running.server.server_address == ("127.0.0.1", running.port)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": ""},
        {"Origin": "null"},
        {"Origin": OTHER},
        {"Host": "la.example"},
        {"Host": "localhost:14500"},
    ],
)
def test_strangers_over_the_wire(running: Running, headers: dict[str, str]) -> None:
    running.pair()
    status, answered, shown = running.call("GET", "/v1/certificates", **headers)
    assert status == 403
    assert shown["error"]["vi"]
    assert "Access-Control-Allow-Origin" not in answered


def test_headers_of_an_answer(running: Running) -> None:
    _, headers, _ = running.call("GET", "/v1/status")
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Access-Control-Allow-Origin"] == PAGE
    assert headers["Vary"] == "Origin"
    assert "Server" not in headers


@pytest.mark.parametrize(
    "raw",
    [
        b"\r\n\r\n",
        b"nonsense\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET\x00 / HTTP/1.1\r\n\r\n",
        b"BREW /v1/status HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET /v1/status HTTP/1.1\r\n" + b"A: b\r\n" * 200 + b"\r\n",
        b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n",
        b"GET /v1/status HTTP/1.1\r\nOrigin \xff: x\r\n\r\n",
        b"POST /v1/pair HTTP/1.1\r\nHost: {host}\r\nOrigin: https://a.example\r\n"
        b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        b"GET /v1/status HTTP/1.1\r\nHost: {host}\r\nHost: la.example\r\n"
        b"Origin: https://a.example\r\n\r\n",
    ],
)
def test_unreadable_requests_are_answered_in_two_languages_or_not_at_all(
    running: Running, raw: bytes
) -> None:
    with socket.create_connection(("127.0.0.1", running.port), timeout=10) as line:
        line.sendall(raw.replace(b"{host}", f"127.0.0.1:{running.port}".encode()))
        line.shutdown(socket.SHUT_WR)
        answer = b""
        try:
            while part := line.recv(65536):
                answer += part
        except ConnectionResetError:
            pass
    assert b"Traceback" not in answer
    if answer:
        shown = json.loads(answer.rpartition(b"\r\n\r\n")[2])
        assert set(shown["error"]) == {"code", "vi", "en"}
    assert running.call("GET", "/v1/status")[0] == 200


def test_a_refused_body_does_not_pass_for_a_request(running: Running) -> None:
    """What follows a request that was refused unread must not be taken for the next one."""
    inner = f"GET /v1/status HTTP/1.1\r\nHost: 127.0.0.1:{running.port}\r\nOrigin: {PAGE}\r\n\r\n"
    outer = (
        f"POST /v1/pair HTTP/1.1\r\nHost: 127.0.0.1:{running.port}\r\nOrigin: null\r\n"
        f"Content-Length: {len(inner)}\r\n\r\n{inner}"
    )
    with socket.create_connection(("127.0.0.1", running.port), timeout=10) as line:
        line.sendall(outer.encode())
        answer = b""
        try:
            while part := line.recv(65536):
                answer += part
        except ConnectionResetError:
            pass
    assert answer.count(b"HTTP/1.1") == 1
    assert b"hocba-agent" not in answer


@pytest.fixture
def program(tokens: SoftTokens, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """`hocba-agent` as a person starts it."""
    port = free_port()
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "hocba_agent", "--module", DRIVER, "--port", str(port)),
            *("--no-browser", "--folder", str(tmp_path / "config")),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=dict(os.environ),
    )
    yield process, port
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)


def until(process: subprocess.Popen[str], pattern: str) -> re.Match[str]:
    assert process.stdout is not None
    seen = ""
    for line in process.stdout:
        seen += line
        found = re.search(pattern, line)
        if found:
            return found
    raise AssertionError(seen)


def test_the_program_pairs_signs_lists_forgets_and_stops(
    program: tuple[subprocess.Popen[str], int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    process, port = program
    until(process, r"\(ready\)")
    window = until(process, r"/window/(\S+)")[1]
    assert window
    folder = ["--folder", str(tmp_path / "config")]
    assert main(["--port", str(port), "--module", DRIVER, *folder]) == EXIT_PORT
    caller = Running.__new__(Running)
    caller.port, caller.token = port, ""
    request = caller.call("POST", "/v1/pair", {"origin": PAGE})[2]
    code = until(process, r"Mã ghép nối: (\d{3} \d{3})")[1]
    body = {"pairing": request["pairing"], "code": code}
    caller.token = caller.call("POST", "/v1/pair/confirm", body)[2]["token"]
    assert len(caller.call("GET", "/v1/certificates")[2]["certificates"]) == 2
    kept = (tmp_path / "config" / "pairings.json").read_text("utf-8")
    assert caller.token not in kept
    assert main(["--pairings", *folder]) == 0
    assert PAGE in capsys.readouterr().out
    assert main(["--forget", PAGE, *folder]) == 0
    assert caller.call("GET", "/v1/certificates")[0] == 403
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 0


@pytest.mark.parametrize(
    "arguments",
    [["--allow-origin", "http://a.example"], ["--port", "0"], ["--minutes", "61"]],
)
def test_wrong_arguments(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 64
    assert "Tham số sai" in capsys.readouterr().out
