"""The signing secret of sessions and forms."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def secret_key(mode: str, folder: Path) -> str:
    """Take `SECRET_KEY` from the environment; outside production make one under `folder` once.

    Raises ImproperlyConfigured in production mode without a key of at least 32 characters.
    """
    given = os.environ.get("SECRET_KEY", "")
    if mode == "production" and len(given) < 32:
        raise ImproperlyConfigured(
            "HOCBA_MODE=production cần biến môi trường SECRET_KEY dài ít nhất 32 ký tự "
            "(SECRET_KEY of at least 32 characters is required)."
        )
    return given or _own_key(folder / "secret-key")


def _own_key(file: Path) -> str:
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=".secret-key-")
        with os.fdopen(handle, "w", encoding="ascii") as target:
            target.write(secrets.token_urlsafe(48))
        try:
            os.link(name, file)  # all or nothing: two processes starting at once agree on one key
        except FileExistsError:
            pass
        finally:
            Path(name).unlink()
    return file.read_text(encoding="ascii")
