"""`hocba witness`: a university or a parents' body watches that the log only ever grows.

An HTTP service of C2SP tlog-witness. It keeps one small folder: its key, the logs that it knows,
and for each of them the last checkpoint that it cosigned. `GET /` shows all of it to anybody.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import os
import re
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from hocba.cli import files
from hocba.errors import Malformed, Refused
from hocba.tlog.checkpoint import Checkpoint, open_checkpoint
from hocba.tlog.cosignature import cosign
from hocba.tlog.note import (
    COSIGNATURE,
    Note,
    is_key_name,
    parse_note,
    parse_verifier_key,
    verifier_key,
)
from hocba.tlog.witness import (
    ADD_CHECKPOINT,
    MAX_REQUEST,
    AddCheckpoint,
    Decision,
    decide,
)

DEFAULT_PORT = 8650
_KEY, _NAME, _LOGS, _LOCK = "key.pem", "name", "logs", ".lock"
_SECONDS = 20


@dataclass(slots=True)
class WitnessFolder:
    """The witness's memory. One process at a time; calls are serialised inside."""

    folder: Path
    name: str
    key: Ed25519PrivateKey
    logs: dict[str, list[Ed25519PublicKey]]
    seen: dict[str, Checkpoint] = field(default_factory=dict)
    turn: threading.Lock = field(default_factory=threading.Lock)

    @property
    def line(self) -> str:
        """The verifier key of this witness, for the policies of others."""
        return verifier_key(self.name, self.key.public_key(), COSIGNATURE)

    def kept(self, origin: str) -> Path:
        """File of the last cosigned checkpoint of a log."""
        return self.folder / f"{hashlib.sha256(origin.encode()).hexdigest()}.checkpoint"

    def add_checkpoint(self, body: bytes, now: datetime) -> tuple[Decision, bytes]:
        """Judge a request; for an accepted one also the cosignature line, durable by then."""
        request = AddCheckpoint.parse(body)
        with self.turn:  # comparing with what was seen and keeping the new head are one step
            decision = decide(request, self.logs, self.seen)
            if decision.accepted is None:
                return decision, decision.body
            note = parse_note(request.checkpoint)
            key = self.key
            line = cosign(note.text, self.name, key.public_key(), key.sign, now)
            origin = decision.accepted.origin
            mine = [each for each in note.signatures if each.name in {origin, self.name}]
            kept = [each for each in mine if each.key_id != line.key_id]
            # Durable before it is given away: a witness that forgot could be shown a fork.
            replace_file(self.kept(origin), Note(note.text, (*kept, line)).encode())
            self.seen[origin] = decision.accepted
            return decision, line.encode().encode()

    def page(self) -> bytes:
        """What anybody may read: the key, and the last cosigned heads with their signatures."""
        parts = [f"witness {self.line}\n"]
        parts += [
            f"\n{self.kept(origin).read_text('utf-8')}"
            for origin in sorted(self.seen)
            if self.kept(origin).is_file()
        ]
        return "".join(parts).encode()


def open_folder(folder: Path, name: str | None, logs: Sequence[str]) -> WitnessFolder:
    """Open the witness's folder, or make it when a name is given.

    Raises `Refused` (`witness_name`, `no_logs`, `witness_busy`), `Malformed` for damaged files.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _only_one(folder)
    if not (folder / _KEY).is_file():
        if name is None or not is_key_name(name):
            raise Refused(
                "witness_name",
                "Lần đầu cần --name, ví dụ dai-hoc.example/nhan-chung (không dấu cách, không “+”).",
                "The first start needs --name, e.g. university.example/witness.",
            )
        pem = Ed25519PrivateKey.generate().private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        )
        replace_file(folder / _NAME, f"{name}\n".encode())
        replace_file(folder / _KEY, pem)
    _add_logs(folder / _LOGS, logs)
    key = load_pem_private_key(files.read_bounded(folder / _KEY, 10_000), password=None)
    known: dict[str, list[Ed25519PublicKey]] = {}
    for line in _lines(folder / _LOGS):
        origin, public = parse_verifier_key(line)
        known.setdefault(origin, []).append(public)
    if not isinstance(key, Ed25519PrivateKey):
        raise Malformed("witness_key", "Khoá của nhân chứng sai loại.", "Not an Ed25519 key.")
    if not known:
        raise Refused(
            "no_logs",
            "Chưa biết sổ nào: thêm --log với dòng khoá mà Sở công bố.",
            "No log is known: add --log with the key line that the department publishes.",
        )
    witness = WitnessFolder(folder, _lines(folder / _NAME)[0], key, known)
    for origin, keys in known.items():
        if witness.kept(origin).is_file():
            kept = files.read_bounded(witness.kept(origin), MAX_REQUEST)
            witness.seen[origin] = open_checkpoint(kept, keys, origin=origin)
    return witness


_held: list[int] = []
"""Descriptors of lock files: a lock lives as long as the process."""


def _only_one(folder: Path) -> None:
    """Two processes with one key could cosign a fork between them."""
    lock = os.open(folder / _LOCK, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise Refused(
            "witness_busy",
            "Nhân chứng này đang chạy ở một chương trình khác.",
            "This witness is already running.",
        ) from None
    _held.append(lock)


def _add_logs(file: Path, lines: Sequence[str]) -> None:
    known = _lines(file)
    for line in lines:
        parse_verifier_key(line)
    whole = list(dict.fromkeys([*known, *lines]))
    if whole != known:
        replace_file(file, "".join(f"{line}\n" for line in whole).encode())


def _lines(file: Path) -> list[str]:
    if not file.is_file():
        return []
    return files.read_bounded(file, 100_000).decode("utf-8").split()


def replace_file(file: Path, content: bytes) -> None:
    """Replace a file so that a crash leaves the old or the new content, durably."""
    draft = file.with_name(f".{file.name}.new")
    with open(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as target:  # noqa: PTH123 - with rights
        target.write(content)
        target.flush()
        os.fsync(target.fileno())
    draft.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def make_server(witness: WitnessFolder, host: str, port: int) -> ThreadingHTTPServer:
    """The service; tests run it in a thread."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout: ClassVar[int] = _SECONDS
        server_version, sys_version = "hocba-witness", ""

        def do_GET(self) -> None:
            """Show the key and the last heads."""
            if self.path == "/":
                self._answer(200, witness.page(), "text/plain; charset=utf-8")
            else:
                self._answer(404, b"not found\n", "text/plain; charset=utf-8")

        def do_POST(self) -> None:
            """C2SP tlog-witness: add-checkpoint."""
            length = self.headers.get("Content-Length") or ""
            if not re.fullmatch(r"[0-9]{1,7}", length) or int(length) > MAX_REQUEST:
                self.close_connection = True
                self._answer(413, b"too large\n", "text/plain; charset=utf-8")
                return
            body = self.rfile.read(int(length))
            if self.path != f"/{ADD_CHECKPOINT}":
                self._answer(404, b"not found\n", "text/plain; charset=utf-8")
                return
            try:
                decision, content = witness.add_checkpoint(body, datetime.now(UTC))
            except Malformed as fault:
                text = f"{fault.sentence.en}\n".encode()
                self._answer(400, text, "text/plain; charset=utf-8")
                return
            done = decision.accepted is not None
            kind = "text/plain; charset=utf-8" if done else decision.content_type
            self._answer(decision.status, content, kind)

        def _answer(self, status: int, content: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(content)

    return ThreadingHTTPServer((host, port), Handler)


def run(arguments: argparse.Namespace) -> int:
    """Run the witness until it is stopped."""
    try:
        witness = open_folder(arguments.folder, arguments.name, arguments.log)
    except (Refused, Malformed) as fault:
        print(f"hocba: {files.sentence(fault)}", file=sys.stderr)
        return 64
    server = make_server(witness, arguments.host, arguments.port)
    host, port = server.server_address[:2]
    print(f"nhân chứng (witness): {witness.line}")
    print(f"địa chỉ (address): http://{host!s}:{port}/", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print("hocba: đã dừng (stopped)", file=sys.stderr)
    finally:
        server.server_close()
    return 0
