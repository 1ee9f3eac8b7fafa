"""The folder of backups: base backups, the write-ahead log, and how far it is known to reach.

base/<UTC time>/    base.tar.gz, backup_manifest (PostgreSQL's), hocba.json (ours)
wal/                segments of the write-ahead log as the server writes them
reach.json          everything that was committed until this moment is in the folder
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from hocba.errors import Malformed

SEGMENT_SIZE: Final = 16 * 1024 * 1024
_SEGMENT = re.compile(r"([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})")
_STAMP: Final = "%Y%m%dT%H%M%SZ"
PARTIAL: Final = ".partial"


@dataclass(frozen=True, slots=True)
class Base:
    """One base backup that was finished and verified."""

    folder: Path
    ended_at: datetime
    """A restore can go to this moment or later."""
    timeline: int
    first_segment: str
    """The write-ahead log is needed from this segment on."""
    version: int
    """PostgreSQL's main version."""
    system: str
    """Which server it is of (its system identifier)."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of backups of one server."""

    path: Path

    @property
    def wal(self) -> Path:
        """Where the write-ahead log comes in."""
        return self.path / "wal"

    def prepare(self) -> None:
        """Make the folder; only its owner may read it: it holds every pupil's record."""
        for each in (self.path, self.wal, self.path / "base"):
            each.mkdir(parents=True, exist_ok=True)
        self.path.chmod(0o700)

    def bases(self) -> list[Base]:
        """The finished base backups, oldest first. Raises `Malformed` with code `backup`."""
        found = [_read_base(file) for file in sorted(self.path.glob("base/*/hocba.json"))]
        return sorted(found, key=lambda base: base.ended_at)

    def new_base(self, at: datetime) -> Path:
        """A place for a base backup; without its hocba.json it counts as unfinished."""
        return self.path / "base" / at.astimezone(UTC).strftime(_STAMP)

    def reach(self) -> datetime | None:
        """Everything that was committed until then is here; None when nothing is known."""
        file = self.path / "reach.json"
        if not file.is_file():
            return None
        return datetime.fromisoformat(_read(file)["at"])

    def note_reach(self, at: datetime) -> None:
        """Write down how far the folder reaches, all or nothing."""
        write_json(self.path / "reach.json", {"at": at.astimezone(UTC).isoformat()})

    def segments(self) -> list[str]:
        """Names of the whole segments, in order."""
        return sorted(file.name for file in self.wal.iterdir() if _SEGMENT.fullmatch(file.name))

    def gaps(self, since: Base) -> list[str]:
        """Segments that are missing between a base backup and the newest one of its timeline."""
        prefix = f"{since.timeline:08X}"
        names = [
            name.removesuffix(PARTIAL)
            for name in (file.name for file in self.wal.iterdir())
            if name.startswith(prefix) and _SEGMENT.fullmatch(name.removesuffix(PARTIAL))
        ]
        last = max(map(_number, names), default=_number(since.first_segment) - 1)
        there = set(map(_number, names))
        wanted = range(_number(since.first_segment), last + 1)
        return [_name(since.timeline, number) for number in wanted if number not in there]

    def drop_before(self, oldest: Base) -> int:
        """Forget segments that no base backup needs any more; answers how many."""
        first, gone = _number(oldest.first_segment), 0
        for name in self.segments():
            if _number(name) < first:
                (self.wal / name).unlink()
                gone += 1
        return gone


def segment_of(timeline: int, lsn: str) -> str:
    """Name of the segment that holds a place of the write-ahead log, e.g. "0/3000028"."""
    high, _, low = lsn.partition("/")
    return _name(timeline, (int(high, 16) << 32 | int(low, 16)) // SEGMENT_SIZE)


def write_json(file: Path, value: dict[str, Any]) -> None:
    """Write durably: a crash leaves the old or the new file."""
    draft = file.with_name(f".{file.name}.new")
    with draft.open("w", encoding="utf-8") as target:
        json.dump(value, target, indent=1)
        target.flush()
        os.fsync(target.fileno())
    draft.replace(file)
    handle = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _number(name: str) -> int:
    found = _SEGMENT.fullmatch(name)
    if found is None:
        raise ValueError(name)
    return int(found[2], 16) * (2**32 // SEGMENT_SIZE) + int(found[3], 16)


def _name(timeline: int, number: int) -> str:
    high, low = divmod(number, 2**32 // SEGMENT_SIZE)
    return f"{timeline:08X}{high:08X}{low:08X}"


def _read_base(file: Path) -> Base:
    value = _read(file)
    try:
        return Base(
            folder=file.parent,
            ended_at=datetime.fromisoformat(value["ended_at"]),
            timeline=int(value["timeline"]),
            first_segment=str(value["first_segment"]),
            version=int(value["version"]),
            system=str(value["system"]),
        )
    except (KeyError, ValueError, TypeError):
        raise _damaged(file) from None


def _read(file: Path) -> dict[str, Any]:
    try:
        value: dict[str, Any] = json.loads(file.read_text("utf-8"))
    except ValueError:
        raise _damaged(file) from None
    return value


def _damaged(file: Path) -> Malformed:
    return Malformed("backup", f"Tệp {file} bị hỏng.", f"The file {file} is damaged.")
