"""Pairings in one small file that only the person can read (mode 0600 in a folder of mode 0700)."""

from __future__ import annotations

import json
import os
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Final

from hocba_agent.origins import parse_origin
from hocba_agent.pairing import Pairing

_FORMAT: Final = 1


class PairingFile:
    """Reads the file each time: a pairing removed by a second agent command counts at once."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "pairings.json"

    def load(self) -> list[Pairing]:
        """All pairings. A file that cannot be read pairs nobody; it is put aside, not deleted."""
        try:
            text = self.path.read_text("utf-8")
        except FileNotFoundError:
            return []
        except (OSError, UnicodeDecodeError):
            return self._put_aside()
        try:
            return _read(json.loads(text))
        except (ValueError, TypeError, KeyError, RecursionError):
            return self._put_aside()

    def _put_aside(self) -> list[Pairing]:
        try:
            self.path.replace(self.path.with_suffix(".broken"))
        except OSError:
            return []
        return []

    def save(self, pairings: list[Pairing]) -> None:
        """Replace the file in one step."""
        folder = self.path.parent
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
        rows = [
            {
                "id": row.id,
                "origin": row.origin,
                "token_sha256": row.token_sha256,
                "paired_at": row.paired_at.isoformat(),
            }
            for row in pairings
        ]
        handle, name = tempfile.mkstemp(dir=folder, prefix="pairings-")  # made with mode 0600
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump({"format": _FORMAT, "pairings": rows}, file, indent=1)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self.path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise


def _read(value: object) -> list[Pairing]:
    if not isinstance(value, dict) or value.get("format") != _FORMAT:
        raise ValueError("unknown format")
    return [_row(row) for row in value["pairings"]]


def _row(row: dict[str, object]) -> Pairing:
    texts = [row["id"], row["origin"], row["token_sha256"], row["paired_at"]]
    identifier, origin, digest, moment = (text for text in texts if isinstance(text, str))
    if parse_origin(origin) is None or len(digest) != 64:
        raise ValueError("unreadable pairing")
    return Pairing(identifier, origin, digest, datetime.fromisoformat(moment))
