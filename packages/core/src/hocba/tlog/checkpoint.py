"""Checkpoints of the log (C2SP tlog-checkpoint): origin, size and root in a signed note.

Our one extension line is `time <UTC time>`: when the log says that this was its head.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hocba.errors import Malformed
from hocba.tlog.merkle import HASH_SIZE, MAX_TREE_SIZE
from hocba.tlog.note import Note, parse_note, sign_note, verify_note
from hocba.tlog.utc import format_utc, parse_utc

_ORIGIN = re.compile(r"[^\s+]{1,200}")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_TIME = "time "


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of the log at one moment."""

    origin: str
    size: int
    root: bytes
    at: datetime | None = None
    """UTC, whole seconds; None in checkpoints of logs that do not say it."""

    def text(self) -> str:
        """Return the text of the note."""
        if not _ORIGIN.fullmatch(self.origin) or len(self.root) != HASH_SIZE:
            raise ValueError("not an origin or a root")
        lines = [self.origin, str(self.size), base64.b64encode(self.root).decode("ascii")]
        if self.at is not None:
            lines.append(_TIME + format_utc(self.at))
        return "\n".join(lines) + "\n"

    def sign(self, key: Ed25519PublicKey, sign: Callable[[bytes], bytes]) -> bytes:
        """Return the signed checkpoint; the key's name is the origin."""
        return sign_note(self.text(), self.origin, key, sign).encode()


def parse_checkpoint_text(text: str) -> Checkpoint:
    """Read the text of a checkpoint strictly. Raises `Malformed` with code `checkpoint`.

    Extension lines of others are read over, as the specification wants; our own is checked.
    """
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] or not all(lines[:-1]):
        raise _not_a_checkpoint()
    origin, size, root_text, *extensions = lines[:-1]
    try:
        root = binascii.a2b_base64(root_text.encode("ascii"), strict_mode=True)
    except ValueError:
        raise _not_a_checkpoint() from None
    canonical = base64.b64encode(root).decode("ascii") == root_text
    if not _ORIGIN.fullmatch(origin) or not _SIZE.fullmatch(size) or int(size) > MAX_TREE_SIZE:
        raise _not_a_checkpoint()
    times = [line.removeprefix(_TIME) for line in extensions if line.startswith(_TIME)]
    if not canonical or len(root) != HASH_SIZE or len(times) > 1:
        raise _not_a_checkpoint()
    return Checkpoint(origin, int(size), root, parse_utc(times[0]) if times else None)


def open_checkpoint(
    data: bytes | Note, keys: Iterable[Ed25519PublicKey], *, origin: str | None = None
) -> Checkpoint:
    """Read a signed checkpoint and verify it under one of the log's keys.

    The signature line must carry the origin as its name. With `origin` given, only that log is
    accepted. Raises `Malformed` or `NotTrusted`.
    """
    note = parse_note(data) if isinstance(data, bytes) else data
    checkpoint = parse_checkpoint_text(note.text)
    if origin is not None and checkpoint.origin != origin:
        raise Malformed(
            "checkpoint_origin",
            "Điểm chốt thuộc một nhật ký khác.",
            "The checkpoint belongs to another log.",
            where=checkpoint.origin,
        )
    verify_note(note, keys, name=checkpoint.origin)
    return checkpoint


def _not_a_checkpoint() -> Malformed:
    return Malformed(
        "checkpoint",
        "Điểm chốt của nhật ký công khai không đọc được.",
        "The checkpoint of the public log cannot be read.",
    )
