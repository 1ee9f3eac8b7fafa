"""`hocba witness` and `hocba monitor` as their operators use them, on a log that is a folder."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.client import HTTPConnection
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hocba.cli.main import main
from hocba.cli.witness import WitnessFolder, make_server, open_folder
from hocba.errors import Malformed, Refused
from hocba.ids import SchoolYear, UnitCode
from hocba.tlog.checkpoint import Checkpoint
from hocba.tlog.cosignature import WitnessKey, read_cosignatures
from hocba.tlog.entry import EntryKind, LogEntry
from hocba.tlog.merkle import HashTree, leaf_hash
from hocba.tlog.note import COSIGNATURE, Note, parse_note, parse_signature_lines, verifier_key
from hocba.tlog.note import parse_verifier_key as read_key
from hocba.tlog.tiles import TILE_WIDTH, encode_entries, hash_tile, tiles_of
from hocba.tlog.witness import AddCheckpoint

SECRET = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
ORIGIN = "nhatky.hocba.example/2026"
KEY = verifier_key(ORIGIN, SECRET.public_key())
NAME = "dai-hoc.example/nhan-chung"


def tree_of(size: int, name: str = "a") -> tuple[HashTree, list[bytes]]:
    entries = [
        LogEntry(
            EntryKind.ISSUE,
            UnitCode("00000401"),
            SchoolYear("2025-2026"),
            b"\1" * 32,
            f"{name} {place}".encode().ljust(32, b"."),
            datetime(2026, 6, 1, tzinfo=UTC),
        ).encode()
        for place in range(size)
    ]
    return HashTree(leaf_hash(entry) for entry in entries), entries


def head(size: int, name: str = "a", at: datetime | None = None) -> bytes:
    root = tree_of(size, name)[0].root()
    return Checkpoint(ORIGIN, size, root, at).sign(SECRET.public_key(), SECRET.sign)


def write_log(folder: Path, size: int, name: str = "a", at: datetime | None = None) -> Path:
    tree, entries = tree_of(size, name)
    for tile in tiles_of(size):
        first = tile.index * TILE_WIDTH
        whole = tile.level is None
        content = (
            encode_entries(entries[first : first + tile.width])
            if whole
            else hash_tile(tile, tree.node)
        )
        (folder / tile.path).parent.mkdir(parents=True, exist_ok=True)
        (folder / tile.path).write_bytes(content)
    folder.mkdir(exist_ok=True)
    (folder / "checkpoint").write_bytes(head(size, name, at or datetime.now(UTC)))
    return folder


@pytest.fixture
def witness(tmp_path: Path) -> WitnessFolder:
    return open_folder(tmp_path / "witness", NAME, [KEY])


@pytest.fixture
def address(witness: WitnessFolder) -> Iterator[tuple[str, int]]:
    server = make_server(witness, "127.0.0.1", 0)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    host, port = server.server_address[:2]
    yield str(host), int(port)
    server.shutdown()
    thread.join()
    server.server_close()


def ask(
    address: tuple[str, int], method: str, path: str, body: bytes = b"", **headers: str
) -> tuple[int, str, bytes]:
    connection = HTTPConnection(*address, timeout=10)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, answer.headers["Content-Type"], content


def add(address: tuple[str, int], old: int, new: int, name: str = "a") -> tuple[int, str, bytes]:
    proof = tuple(tree_of(new, name)[0].consistency(old)) if old <= new else ()
    body = AddCheckpoint(old, proof, head(new, name)).encode()
    return ask(address, "POST", "/add-checkpoint", body)


def test_a_witness_cosigns_what_grows_and_nothing_else(
    witness: WitnessFolder, address: tuple[str, int]
) -> None:
    key = WitnessKey(*read_key(witness.line, COSIGNATURE))
    for old, new in ((0, 3), (3, 3), (3, 300)):
        status, kind, content = add(address, old, new)
        assert (status, kind) == (200, "text/plain; charset=utf-8")
        note = Note(parse_note(head(new)).text, parse_signature_lines(content))
        assert [each.name for each in read_cosignatures(note, [key])] == [NAME]
    assert add(address, 3, 400) == (409, "text/x.tlog.size", b"300\n")
    assert add(address, 300, 300, "b")[0] == 409
    assert add(address, 300, 400, "b")[0] == 422
    page = ask(address, "GET", "/")[2].decode()
    assert witness.line in page
    assert f"\n{ORIGIN}\n300\n" in page


def test_a_witness_remembers_over_a_restart(
    witness: WitnessFolder, address: tuple[str, int], tmp_path: Path
) -> None:
    assert add(address, 0, 5)[0] == 200
    with pytest.raises(Refused, match="đang chạy"):
        open_folder(tmp_path / "witness", None, [])
    copy = tmp_path / "copy"
    copy.mkdir()
    for file in (tmp_path / "witness").iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
    again = open_folder(copy, None, [])
    assert again.line == witness.line
    assert again.seen[ORIGIN].size == 5
    assert (tmp_path / "witness/key.pem").stat().st_mode & 0o777 == 0o600


def test_a_damaged_memory_does_not_start(witness: WitnessFolder, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("key.pem", "name", "logs"):
        (copy / name).write_bytes((tmp_path / "witness" / name).read_bytes())
    (copy / witness.kept(ORIGIN).name).write_bytes(b"nothing")
    with pytest.raises(Malformed):
        open_folder(copy, None, [])


def test_requests_that_are_none(address: tuple[str, int]) -> None:
    assert ask(address, "POST", "/add-checkpoint", b"nothing")[0] == 400
    assert ask(address, "POST", "/other", b"x")[0] == 404
    assert ask(address, "GET", "/other")[0] == 404
    assert ask(address, "POST", "/add-checkpoint", b"", **{"Content-Length": "999999"})[0] == 413


def test_the_first_start_needs_a_name_and_a_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["witness", str(tmp_path / "a")]) == 64
    assert "--name" in capsys.readouterr().err
    assert main(["witness", str(tmp_path / "b"), "--name", "hai chữ"]) == 64
    assert main(["witness", str(tmp_path / "c"), "--name", NAME]) == 64
    assert "--log" in capsys.readouterr().err
    assert main(["witness", str(tmp_path / "d"), "--name", NAME, "--log", "x"]) == 64


def monitor(log: object, state: Path, *more: str) -> int:
    return main(["monitor", str(log), "--state", str(state), "--key", KEY, *more])


def test_a_monitor_follows_and_shouts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log, state = tmp_path / "log", tmp_path / "state"
    for size in (3, 3, 300):
        assert monitor(write_log(log, size), state) == 0
    shown = capsys.readouterr().out
    assert "issue 3" in shown
    assert "issue 297" in shown
    assert monitor(write_log(tmp_path / "fork", 310, "b"), state) == 1
    assert "rẽ nhánh" in capsys.readouterr().out
    [kept] = state.glob("evidence-*")
    assert (kept / "seen-before.checkpoint").read_bytes() != b""
    assert (kept / "shown-now.checkpoint").read_bytes() == head_of(tmp_path / "fork")
    assert json.loads((kept / "findings.json").read_text("utf-8"))[0]["alarm"] == "fork"
    assert monitor(write_log(tmp_path / "short", 200), state) == 1
    assert "ngắn lại" in capsys.readouterr().out
    assert monitor(write_log(log, 301), state) == 0, "what was seen is not forgotten"
    (log / "tile/entries/000").write_bytes((log / "tile/entries/000").read_bytes()[:-1])
    assert monitor(log, tmp_path / "new") == 1
    assert "cắt ngắn" in capsys.readouterr().out


def head_of(folder: Path) -> bytes:
    return (folder / "checkpoint").read_bytes()


def test_silence_and_absence_are_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = write_log(tmp_path / "log", 3, at=datetime(2026, 6, 1, tzinfo=UTC))
    assert monitor(log, tmp_path / "state", "--silence", "1") == 2
    assert "im lặng" in capsys.readouterr().out
    assert monitor(tmp_path / "nowhere", tmp_path / "state") == 2
    assert monitor("http://127.0.0.1:9/log", tmp_path / "state") == 2


def test_a_log_behind_a_plain_web_server(tmp_path: Path) -> None:
    log = write_log(tmp_path / "log", 300)

    class Files(SimpleHTTPRequestHandler):
        def __init__(self, *arguments: object, **named: object) -> None:
            super().__init__(*arguments, directory=str(log), **named)  # type: ignore[arg-type]

        def log_message(self, *_arguments: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Files)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        assert monitor(f"http://127.0.0.1:{server.server_address[1]}/", tmp_path / "state") == 0
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_monitor_that_demands_witnesses(witness: WitnessFolder, tmp_path: Path) -> None:
    log = write_log(tmp_path / "log", 3)
    policy = tmp_path / "policy"
    policy.write_text(f"log {KEY}\nwitness W {witness.line}\nquorum W\n", "utf-8")
    arguments = ["monitor", str(log), "--state", str(tmp_path / "s"), "--policy", str(policy)]
    assert main(arguments) == 2
    served = head_of(log)
    _, line = witness.add_checkpoint(AddCheckpoint(0, (), served).encode(), datetime.now(UTC))
    (log / "checkpoint").write_bytes(served + line)
    assert main(arguments) == 0
    policy.write_text("quorum nobody\n", "utf-8")
    assert main(arguments) == 64


def test_a_damaged_state_or_no_key_is_wrong_usage(tmp_path: Path) -> None:
    log, state = write_log(tmp_path / "log", 3), tmp_path / "state"
    assert main(["monitor", str(log), "--state", str(state)]) == 64
    assert monitor(log, state) == 0
    for content in (b"{}", b"nothing", b'{"checkpoint": "AAAA", "tiles": []}'):
        (state / "state.json").write_bytes(content)
        assert monitor(log, state) == 64
