"""A data folder of PostgreSQL with every table in it, from which embedded servers begin.

Setting up three empty databases is most of what a test run or a headless run would wait for. Tests
make the mold once for each state of the migrations (`HOCBA_MOLD=make`); it is copied wherever an
embedded server starts on a folder that does not exist. Without a mold everything works as well,
only later. An operator's own PostgreSQL never meets it.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from hocba.errors import Unavailable
from hocba_server.config.houses import HOUSE_APPS
from hocba_server.config.places import REPOSITORY, build_dir

WISH: Final = "HOCBA_MOLD"
MAKE: Final = "make"
NONE: Final = "none"
_MIGRATIONS: Final = "**/migrations/*.py"
_OF_A_RUN: Final = (".handle_pids.json", "log", "postmaster.opts", "postmaster.pid")


def place() -> Path:
    """Where the mold of these migrations lies, made or not."""
    digest = hashlib.sha256((REPOSITORY / "uv.lock").read_bytes())
    source = Path(__file__).resolve().parents[1]
    for file in sorted(source.glob(_MIGRATIONS)):
        digest.update(file.relative_to(source).as_posix().encode())
        digest.update(file.read_bytes())
    return build_dir() / "postgresql" / digest.hexdigest()[:16]


def pour(data: Path) -> None:
    """Make `data` a copy of the mold when there is a mold and no such folder yet."""
    if data.exists() or os.environ.get(WISH) == NONE:
        return
    mold = make() if os.environ.get(WISH) == MAKE else place()
    if not mold.is_dir():
        return
    unfinished = Path(tempfile.mkdtemp(prefix=".pouring-", dir=data.parent))
    try:
        _copy(mold, unfinished / "pg")
        (unfinished / "pg").rename(data)
    except OSError:
        if not data.exists():  # else another process was quicker
            raise
    finally:
        shutil.rmtree(unfinished)


def make() -> Path:
    """Make the mold unless it is there; older ones go. Others who want it wait."""
    mold = place()
    mold.parent.mkdir(parents=True, exist_ok=True)
    with (mold.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if mold.is_dir():
            return mold
        for older in mold.parent.glob("*/"):
            shutil.rmtree(older)
        with tempfile.TemporaryDirectory(dir=mold.parent) as folder:
            Path(folder).chmod(0o755)  # PostgreSQL runs as a user of its own and has to pass
            _set_up(folder)
            for name in _OF_A_RUN:
                (Path(folder) / "pg" / name).unlink(missing_ok=True)
            (Path(folder) / "pg").rename(mold)
    return mold


def _set_up(folder: str) -> None:
    """Migrate each database in a process of its own; the server stops with the last of them."""
    environment = {
        **os.environ,
        "HOCBA_VAR": folder,
        "HOCBA_HOUSES": ",".join(HOUSE_APPS),
        "DJANGO_SETTINGS_MODULE": "hocba_server.config.settings",
        WISH: NONE,
    }
    environment.pop("PYTEST_XDIST_WORKER", None)
    command = (sys.executable, "-m", "django", "migrate", "--no-input", "-v0", "--database")
    running = [
        subprocess.Popen([*command, alias], env=environment)  # noqa: S603 - our own program
        for alias in ("default", *HOUSE_APPS)
    ]
    codes = [each.wait() for each in running]
    if any(codes):
        raise Unavailable(
            "mold",
            "Không dựng được cơ sở dữ liệu mẫu; xem lỗi ở trên.",
            "The mold of the databases could not be made; see above.",
        )


def _copy(source: Path, target: Path) -> None:
    """Copy with owners, which `shutil` does not."""
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)  # noqa: S603, S607
