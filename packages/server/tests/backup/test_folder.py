"""Names of segments, gaps, and what is forgotten."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from hocba.errors import Malformed
from hocba_server.backup.folder import Folder, segment_of, write_json
from hocba_server.backup.moments import read_moment

AT = datetime(2026, 11, 28, 2, tzinfo=UTC)


def folder_with(tmp_path: Path, *segments: str) -> Folder:
    folder = Folder(tmp_path / "backup")
    folder.prepare()
    place = folder.new_base(AT)
    place.mkdir()
    value = {"timeline": 1, "first_segment": "0000000100000000000000FE", "version": 18}
    write_json(place / "hocba.json", {**value, "ended_at": AT.isoformat(), "system": "7"})
    for name in segments:
        (folder.wal / name).touch()
    return folder


def test_names_of_segments() -> None:
    assert segment_of(1, "0/2000028") == "000000010000000000000002"
    assert segment_of(2, "1/FF000000") == "0000000200000001000000FF"


def test_a_gap_across_a_high_word(tmp_path: Path) -> None:
    names = ["0000000100000000000000FE", "000000010000000100000000.partial"]
    folder = folder_with(tmp_path, *names)
    base = folder.bases()[0]
    assert folder.gaps(base) == ["0000000100000000000000FF"]
    (folder.wal / "0000000100000000000000FF").touch()
    assert folder.gaps(base) == []


def test_what_no_backup_needs_is_forgotten(tmp_path: Path) -> None:
    names = ["0000000100000000000000FD", "0000000100000000000000FE", "00000002.history"]
    folder = folder_with(tmp_path, *names)
    assert folder.drop_before(folder.bases()[0]) == 1
    assert sorted(file.name for file in folder.wal.iterdir()) == sorted(names[1:])


def test_a_damaged_description(tmp_path: Path) -> None:
    folder = folder_with(tmp_path)
    next(folder.path.glob("base/*/hocba.json")).write_text("{}")
    with pytest.raises(Malformed):
        folder.bases()


def test_moments() -> None:
    assert read_moment("28/11/2026 09:00") == AT
    assert read_moment(" 28/11/2026 09:00:00 ") == AT
    for wrong in ("2026-11-28 09:00", "28/11/2026", "31/02/2026 09:00", ""):
        with pytest.raises(Malformed):
            read_moment(wrong)
