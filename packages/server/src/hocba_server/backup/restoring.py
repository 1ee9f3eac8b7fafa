"""Going back to a moment, always into a new folder: what runs or lies elsewhere stays as it is."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import tarfile
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from hocba.errors import Refused, Unavailable
from hocba.record.values import VIETNAM
from hocba_server.backup.folder import PARTIAL, Base, Folder
from hocba_server.backup.programs import program, system_user

_LAST = re.compile(r"last completed transaction was at log time (\S+ \S+)")
_ENDED_BEFORE = "recovery ended before configured recovery target was reached"
_HOURS = 24
_OF_A_RUN = (".s.PGSQL.*", ".handle_pids.json", "log", "postmaster.*")
"""What the running server had in its folder for itself; another one would not start over it."""
_OURS = ("restore_command", "recovery_target_time", "recovery_target_action")


@dataclass(frozen=True, slots=True)
class Restored:
    """What was brought back."""

    data: Path
    base: Base
    last_commit: str
    """Time of the last transaction, as PostgreSQL writes it; empty when the base had the last."""
    complete: bool
    """Everything that was committed until the wished moment is there: the folder reached so far."""


def restore(folder: Folder, into: Path, target: datetime | None) -> Restored:
    """Bring the server back as it was at `target`, or as new as the folder allows.

    `into` becomes a var folder of this platform: the data lies in `into/pg`. Raises `Refused`
    (`restore_not_empty`, `restore_too_early`, `restore_no_backup`, `restore_other_version`,
    `restore_gap`) before anything is written, `Unavailable` (`restore_failed`) afterwards.
    """
    base = _choose(folder, target)
    _check_target(into)
    gaps = folder.gaps(base)
    if gaps:
        raise _refused(
            "restore_gap",
            f"Thiếu đoạn nhật ký {gaps[0]}, không khôi phục được qua chỗ đó.",
            f"The log segment {gaps[0]} is missing; nothing behind it can be restored.",
        )
    data, wal = into / "pg", into / "restore-wal"
    into.mkdir(parents=True, exist_ok=True)
    _unpack(base, data)
    _lay_out_log(folder, wal)
    log = into / "restore.log"
    _configure(data, wal, target)
    _hand_over(into, [data, wal])
    try:
        _replay(data, log)
    except _EndedBefore:
        # Nothing was committed between the last transaction here and the wished moment, as far as
        # the folder reaches; so the end of the log is that moment.
        _configure(data, wal, None)
        _hand_over(into, [data])
        _replay(data, log)
    found = _LAST.findall(log.read_text("utf-8", "replace"))
    shutil.rmtree(wal)
    reach = folder.reach()
    wished = target or reach
    complete = reach is not None and wished is not None and wished <= reach
    return Restored(data, base, found[-1] if found else "", complete)


class _EndedBefore(Exception):
    """The log holds no transaction after the wished moment."""


def _choose(folder: Folder, target: datetime | None) -> Base:
    bases = folder.bases()
    if not bases:
        raise _refused(
            "restore_no_backup",
            f"Thư mục {folder.path} chưa có bản sao lưu nào.",
            f"{folder.path} holds no backup.",
        )
    fitting = [base for base in bases if target is None or base.ended_at <= target]
    if not fitting:
        first = bases[0].ended_at.astimezone(VIETNAM)
        raise _refused(
            "restore_too_early",
            f"Bản sao lưu đầu tiên xong lúc {first:%H:%M:%S %d/%m/%Y}; không về được trước lúc đó.",
            f"The first backup ended at {first:%H:%M:%S %d/%m/%Y}: nothing earlier is there.",
        )
    return fitting[-1]


def _check_target(into: Path) -> None:
    if into.exists() and any(into.iterdir()):
        raise _refused(
            "restore_not_empty",
            f"Thư mục {into} đã có nội dung. Chọn một thư mục mới: khôi phục không bao giờ ghi đè.",
            f"{into} is not empty. Choose a new folder: a restore never overwrites anything.",
        )


def _unpack(base: Base, data: Path) -> None:
    done = subprocess.run(  # noqa: S603
        [program("postgres"), "--version"], capture_output=True, text=True, check=True
    )
    if f") {base.version}." not in done.stdout:
        raise _refused(
            "restore_other_version",
            f"Bản sao lưu là của PostgreSQL {base.version}, ở đây có {done.stdout.strip()}.",
            f"The backup is of PostgreSQL {base.version}; here is {done.stdout.strip()}.",
        )
    data.mkdir(mode=0o700)
    for file in sorted(base.folder.glob("*.tar.gz")):
        with tarfile.open(file) as archive:
            archive.extractall(data, filter="tar")
    for pattern in _OF_A_RUN:
        for left in data.glob(pattern):
            left.unlink()


def _lay_out_log(folder: Folder, wal: Path) -> None:
    """Copy the log to where the new server may read it; the last segment is not whole yet."""
    wal.mkdir(mode=0o700)
    for file in sorted(folder.wal.iterdir()):
        name = file.name.removesuffix(PARTIAL)
        if not (wal / name).exists():
            shutil.copyfile(file, wal / name)


def _configure(data: Path, wal: Path, target: datetime | None) -> None:
    command = f"cp {shlex.quote(str(wal))}/%f %p".replace("%", "%%")
    command = command.replace("%%f", "%f").replace("%%p", "%p")
    wishes = {"restore_command": command, "recovery_target_action": "promote"}
    if target is not None:
        wishes["recovery_target_time"] = target.isoformat(sep=" ")
    file = data / "postgresql.auto.conf"
    kept = [
        line
        for line in (file.read_text("utf-8").splitlines() if file.exists() else [])
        if not line.startswith(_OURS)
    ]
    own = [f"{name} = '{_quoted(value)}'" for name, value in wishes.items()]
    file.write_text("\n".join([*kept, *own]) + "\n", "utf-8")
    (data / "recovery.signal").touch()


def _quoted(value: str) -> str:
    return value.replace("'", "''")


def _hand_over(into: Path, folders: list[Path]) -> None:
    """PostgreSQL does not run as root: give the data to its user and let it pass to there."""
    user = system_user()
    if user is None:
        return
    for place in folders:
        shutil.chown(place, user, user)
        for each in place.rglob("*"):
            shutil.chown(each, user, user)
    for above in (into, *into.parents):
        mode = above.stat().st_mode
        if not mode & 0o001:
            above.chmod(mode | 0o001)


def _replay(data: Path, log: Path) -> None:
    """Start the server on the new folder alone, wait until it is at the wished moment, stop it."""
    log.touch()
    log.chmod(0o666)
    with tempfile.TemporaryDirectory(prefix="hocba-restore-") as socket:
        Path(socket).chmod(0o777)
        began = log.stat().st_size
        control = [program("pg_ctl"), "-D", str(data), "-w", "-t", str(_HOURS * 3600)]
        options = f"-h '' -k {shlex.quote(socket)} -c archive_mode=off"
        done = subprocess.run(  # noqa: S603 - PostgreSQL's program with our own arguments
            [*control, "-o", options, "-l", str(log), "start"],
            user=system_user(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            cwd="/",
        )
        try:
            if done.returncode or not _promoted(socket):
                raise _failed(log, began, done.stderr)
            _forget_wishes(socket)
        finally:
            subprocess.run(  # noqa: S603
                [*control, "-m", "fast", "stop"],
                user=system_user(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=False,
                cwd="/",
            )


def _promoted(socket: str) -> bool:
    """Wait until the server left recovery; false when it ended before."""
    end = time.monotonic() + _HOURS * 3600
    while time.monotonic() < end:
        try:
            with _connect(socket) as connection:
                row = connection.execute("SELECT pg_is_in_recovery()").fetchone()
        except psycopg.OperationalError:
            return False
        if row is not None and not row[0]:
            return True
        time.sleep(0.2)
    return False


def _forget_wishes(socket: str) -> None:
    with _connect(socket) as connection:
        for name in _OURS:
            connection.execute(f"ALTER SYSTEM RESET {name}")
        connection.execute("CHECKPOINT")


def _connect(socket: str) -> psycopg.Connection[Any]:
    return psycopg.connect(host=socket, user="postgres", dbname="postgres", autocommit=True)


def _failed(log: Path, began: int, control: str) -> Exception:
    said = log.read_bytes()[began:].decode("utf-8", "replace")
    if _ENDED_BEFORE in said:
        return _EndedBefore()
    lines = [line for line in said.splitlines() if "FATAL" in line or "PANIC" in line]
    why = lines[-1] if lines else (said or control).strip()[-300:]
    return Unavailable(
        "restore_failed",
        f"PostgreSQL không khôi phục được: {why} (xem {log}).",
        f"PostgreSQL could not restore: {why} (see {log}).",
    )


def _refused(code: str, vi: str, en: str) -> Refused:
    return Refused(code, vi, en)
