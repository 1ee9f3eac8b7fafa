"""Where this installation keeps things. Read at the moment of use, so that tests can move them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

REPOSITORY: Final = Path(__file__).resolve().parents[5]
FRONTEND_SOURCE: Final = REPOSITORY / "packages" / "server" / "frontend"
LOCALE_SOURCE: Final = Path(__file__).resolve().parents[1] / "locale"


def var_dir() -> Path:
    """Folder of everything that this installation makes: database, demo keys (env `HOCBA_VAR`)."""
    return Path(os.environ.get("HOCBA_VAR") or REPOSITORY / "var")


def build_dir() -> Path:
    """Folder of the built front end and fonts (env `HOCBA_BUILD`)."""
    return Path(os.environ.get("HOCBA_BUILD") or REPOSITORY / "build")


def demo_dir() -> Path:
    """Folder of the demo world: its certificates, its keys, its log key."""
    return var_dir() / "demo"
