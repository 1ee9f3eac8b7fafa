"""Lose the database, go back to a moment, and go on: nothing acknowledged before it is lost."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from hocba.record.values import VIETNAM
from hocba_server.backup.folder import Folder
from hocba_server.config.places import REPOSITORY

STEP = Path(__file__).parent / "rehearsal.py"
BACKUP = [sys.executable, "-m", "hocba_server.backup"]


class Place:
    """A department's machine: its var folder, and what lies elsewhere."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.var = folder / "var"

    def environment(self) -> dict[str, str]:
        """The variables of an installation."""
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "hocba_server.config.settings",
            "HOCBA_DATABASE_ROLE": "worker",
            "HOCBA_VAR": str(self.var),
            "HOCBA_TRUST_DIR": str(self.folder / "trust"),
            "HOCBA_LOG_KEY_FILE": str(self.folder / "log-key.pem"),
            "HOCBA_LOG_DIR": str(self.folder / "public-log"),
        }

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a program there."""
        return subprocess.run(
            command,
            env=self.environment(),
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )

    def step(self, name: str) -> dict[str, Any]:
        """Run a step of the rehearsal."""
        done = self.run(sys.executable, str(STEP), name, str(self.folder))
        assert done.returncode == 0, done.stdout + done.stderr
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found

    def restore(self, to: str, into: Path) -> subprocess.CompletedProcess[str]:
        """Go back."""
        backup = str(self.folder / "backup")
        return self.run(*BACKUP, "restore", backup, "--to", to, "--into", str(into))


@pytest.fixture(scope="module")
def lost() -> Iterator[tuple[Place, dict[str, Any]]]:
    """Three records were acknowledged, the last after the moment; then the disk was lost."""
    # Beside the databases of the tests: PostgreSQL runs as a user of its own and may pass there.
    folder = Path(tempfile.mkdtemp(dir=settings.VAR_DIR, prefix="rehearsal-"))
    folder.chmod(0o755)
    place = Place(folder)
    place.var.mkdir()
    told = place.step("ingest")
    assert told["faults"] == []
    shutil.rmtree(place.var)
    yield place, told
    shutil.rmtree(folder, ignore_errors=True)


def written(moment: str) -> str:
    return datetime.fromisoformat(moment).astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M:%S")


def test_back_to_the_moment_and_on(lost: tuple[Place, dict[str, Any]]) -> None:
    place, told = lost
    place.var = place.folder / "back"
    done = place.restore(written(told["moment"]), place.var)
    assert done.returncode == 0, done.stderr
    assert "CẢNH BÁO" not in done.stderr
    assert not [*place.var.glob("pg/.s.*"), *place.var.glob("pg/.handle*")], "of the lost server"
    there = place.step("look")
    assert there["records"] == told["records"][:2]
    assert there["heads"] == told["heads"][: len(there["heads"])], "not one head is another"
    # The published log is ahead, which fsck names; nothing else is wrong.
    assert [fault.split()[0] for fault in there["faults"]] == ["published_wrong"]
    taken = place.run(sys.executable, "-m", "hocba_server.city.transparency")
    assert taken.returncode == 0, taken.stderr
    assert "issue: 1" in taken.stderr
    after = place.step("send")
    assert sorted(after["records"]) == sorted(told["records"])
    assert (after["faults"], after["adopted"]) == ([], 1)


def test_as_new_as_there_is(lost: tuple[Place, dict[str, Any]]) -> None:
    place, told = lost
    place.var = place.folder / "newest"
    done = place.restore("moi-nhat", place.var)
    assert done.returncode == 0, done.stderr
    there = place.step("look")
    assert there["records"] == told["records"]
    assert there["heads"] == told["heads"]


def test_a_moment_after_the_last_transaction(lost: tuple[Place, dict[str, Any]]) -> None:
    place, _ = lost
    reach = Folder(place.folder / "backup").reach()
    assert reach is not None
    into = place.folder / "later"
    done = place.restore(written((reach + timedelta(hours=1)).isoformat()), into)
    assert done.returncode == 0, done.stderr
    assert "CẢNH BÁO" in done.stderr, "the folder does not reach so far, and says so"


def test_what_is_refused(lost: tuple[Place, dict[str, Any]]) -> None:
    place, told = lost
    full = place.folder / "full"
    full.mkdir()
    (full / "something").touch()
    done = place.restore(written(told["moment"]), full)
    assert (done.returncode, "đã có nội dung" in done.stderr) == (2, True)
    done = place.restore("01/01/2020 00:00", place.folder / "early")
    assert (done.returncode, "không về được trước lúc đó" in done.stderr) == (2, True)
    done = place.restore("hôm qua", place.folder / "when")
    assert done.returncode == 64
    assert not (place.folder / "early").exists()
    done = place.run(*BACKUP, "restore", str(full), "--to", "moi-nhat", "--into", str(full / "x"))
    assert (done.returncode, "chưa có bản sao lưu" in done.stderr) == (2, True)


def test_the_folder_is_checked(lost: tuple[Place, dict[str, Any]], tmp_path: Path) -> None:
    place, _ = lost
    copy = tmp_path / "backup"
    shutil.copytree(place.folder / "backup", copy)

    def check() -> subprocess.CompletedProcess[str]:
        return place.run(*BACKUP, "backup", str(copy), "--check")

    assert check().returncode == 0
    base = Folder(copy).bases()[0]
    segment = copy / "wal" / base.first_segment
    segment = segment if segment.exists() else segment.with_name(segment.name + ".partial")
    segment.rename(tmp_path / "away")
    done = check()
    if any(file.name > segment.name for file in (copy / "wal").iterdir()):
        assert (done.returncode, "thiếu đoạn nhật ký" in done.stderr) == (1, True)
    (tmp_path / "away").rename(segment)
    with (base.folder / "base.tar.gz").open("r+b") as file:
        file.seek(5000)
        file.write(b"damage")
    done = check()
    assert (done.returncode, "không đúng với danh mục" in done.stderr) == (1, True)
