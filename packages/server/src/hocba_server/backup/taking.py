"""Taking base backups, and fetching every change as the server writes it."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from hocba.errors import Malformed, NotTrusted, Unavailable
from hocba_server.backup.folder import Base, Folder, segment_of, write_json
from hocba_server.backup.manifest import verify_base
from hocba_server.backup.programs import libpq_environment, program, run
from hocba_server.backup.server import SLOT, Identity, connected, identity, moment, slot_has

Say = Callable[[str], None]
_POLL = 0.2
RECEIVER_LOG = "receiver.log"


@contextmanager
def receiving(folder: Folder, arguments: dict[str, Any]) -> Iterator[subprocess.Popen[bytes]]:
    """Fetch the write-ahead log into the folder, each change made durable as it comes."""
    environment = libpq_environment(arguments)
    receiver = program("pg_receivewal")
    own = ["--directory", str(folder.wal), "--slot", SLOT]
    run(
        [receiver, *own, "--create-slot", "--if-not-exists"],
        environment,
        what="Không tạo được chỗ giữ nhật ký trên máy chủ PostgreSQL",
    )
    with (folder.path / RECEIVER_LOG).open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - PostgreSQL's program with our own arguments
            [receiver, *own, "--synchronous", "--no-password", "--no-loop"],
            env=environment,
            stderr=log,
        )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGINT)  # it ends cleanly: the slot then knows what is durable
        process.wait()


def why_it_ended(folder: Folder) -> Unavailable:
    """What the receiver said last, when it ended by itself."""
    said = (folder.path / RECEIVER_LOG).read_text("utf-8", "replace").strip()[-400:]
    return Unavailable(
        "receiver",
        f"Không nhận được nhật ký thay đổi từ PostgreSQL: {said}",
        f"The log of changes cannot be fetched: {said}",
    )


def catch_up(folder: Folder, arguments: dict[str, Any], *, timeout: float) -> datetime:
    """Wait until the folder holds everything that is committed now; answers which moment that was.

    Raises `Unavailable` with code `backup_behind`.
    """
    end = time.monotonic() + timeout
    with connected(arguments) as connection:
        at, lsn = moment(connection)
        while not slot_has(connection, lsn):
            if time.monotonic() > end:
                raise Unavailable(
                    "backup_behind",
                    "Bản sao lưu chưa nhận kịp các thay đổi của cơ sở dữ liệu.",
                    "The backup does not keep up with the database.",
                )
            time.sleep(_POLL)
    folder.note_reach(at)
    return at


def take_base(folder: Folder, arguments: dict[str, Any]) -> Base:
    """Take a base backup and verify it; while it runs everybody goes on working.

    The log must be fetched at the same time (`receiving`). Raises `Unavailable` or `NotTrusted`
    (`backup_other_server`, `backup_wrong`); an unfinished backup counts as none.
    """
    with connected(arguments) as connection:
        server, (began, _) = identity(connection), moment(connection)
    _check_server(folder, server)
    place = folder.new_base(began)
    run(
        [
            program("pg_basebackup"),
            *("--pgdata", str(place), "--format=tar", "--gzip", "--compress=1"),
            "--no-password",
            *("--wal-method=fetch", "--checkpoint=fast", "--manifest-checksums=SHA256"),
        ],
        libpq_environment(arguments),
        what="Không sao lưu được cơ sở dữ liệu",
    )
    manifest = verify_base(place)
    with connected(arguments) as connection:
        ended, _ = moment(connection)
    range_ = manifest["WAL-Ranges"][0]
    timeline = int(range_["Timeline"])
    write_json(
        place / "hocba.json",
        {
            "ended_at": ended.isoformat(),
            "timeline": timeline,
            "first_segment": segment_of(timeline, range_["Start-LSN"]),
            "version": server.version,
            "system": server.system,
        },
    )
    return next(base for base in folder.bases() if base.folder == place)


def forget_old(folder: Folder, keep: int) -> tuple[int, int]:
    """Keep the newest base backups and what they need; answers how many bases and segments went."""
    bases = folder.bases()
    old = bases[:-keep] if len(bases) > keep else []
    for base in old:
        shutil.rmtree(base.folder)
    _drop_unfinished(folder, bases)
    left = folder.bases()
    return len(old), folder.drop_before(left[0]) if left else 0


def check(folder: Folder) -> list[str]:
    """What is wrong with the folder: for a person, empty when nothing is."""
    bases = folder.bases()
    if not bases:
        return ["chưa có bản sao lưu nào (no base backup)"]
    wrong: list[str] = []
    for base in bases:
        try:
            verify_base(base.folder)
        except NotTrusted as fault:
            wrong.append(f"{fault.sentence.vi} ({fault.sentence.en})")
    wrong += [f"thiếu đoạn nhật ký (missing log segment) {name}" for name in folder.gaps(bases[0])]
    return wrong


def _drop_unfinished(folder: Folder, bases: list[Base]) -> None:
    """Backups that a kill cut short; one that runs now is newer than every finished one."""
    if not bases:
        return
    for place in (folder.path / "base").iterdir():
        if not (place / "hocba.json").is_file() and place.name < bases[-1].folder.name:
            shutil.rmtree(place)


def _check_server(folder: Folder, server: Identity) -> None:
    others = [base for base in folder.bases() if base.system != server.system]
    if others:
        raise NotTrusted(
            "backup_other_server",
            f"Thư mục {folder.path} giữ bản sao lưu của máy chủ khác. Chọn thư mục khác.",
            f"{folder.path} holds backups of another server. Choose another folder.",
        )
    if server.segment_size != 16 * 1024 * 1024:
        raise Malformed(
            "segment_size",
            "Máy chủ PostgreSQL dùng cỡ đoạn nhật ký khác 16 MB; hãy dùng pgBackRest.",
            "The server uses another segment size than 16 MB: use pgBackRest.",
        )
