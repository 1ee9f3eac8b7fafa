"""Cosignatures of witnesses (C2SP tlog-cosignature, `cosignature/v1`, Ed25519).

A witness says: at this time, this is the largest tree of this log that I have seen, and it only
appended to every earlier one. A log that shows different trees to different people cannot have
both of them cosigned by an honest witness.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hocba.errors import NotTrusted
from hocba.tlog.note import COSIGNATURE, Note, NoteSignature, key_id

HEADER = "cosignature/v1"
_TIME_SIZE = 8
_SIZE = _TIME_SIZE + 64
_LAST_SECOND = 253_402_300_799
"""The end of the year 9999; the format allows more, our calendars do not."""


@dataclass(frozen=True, slots=True)
class WitnessKey:
    """Name and public key of a witness."""

    name: str
    key: Ed25519PublicKey


@dataclass(frozen=True, slots=True)
class Cosignature:
    """A verified cosignature: who saw the checkpoint, and when."""

    name: str
    at: datetime
    """UTC, whole seconds."""


def cosign(
    text: str,
    name: str,
    key: Ed25519PublicKey,
    sign: Callable[[bytes], bytes],
    at: datetime,
) -> NoteSignature:
    """Cosign the text of a checkpoint; the private key never comes in here."""
    seconds = int(at.timestamp())
    signature = sign(_message(text, seconds))
    value = seconds.to_bytes(_TIME_SIZE, "big") + signature
    return NoteSignature(name, key_id(name, key, COSIGNATURE), value)


def read_cosignatures(note: Note, witnesses: Iterable[WitnessKey]) -> tuple[Cosignature, ...]:
    """Verify every line of a known witness; answers each witness once, with its latest time.

    Lines of unknown names and keys are ignored, as the specification wants. Raises `NotTrusted`
    with code `cosignature` when a line of a known witness is wrong: the whole note is refused.
    """
    known = {(each.name, key_id(each.name, each.key, COSIGNATURE)): each.key for each in witnesses}
    found: dict[str, datetime] = {}
    for line in note.signatures:
        key = known.get((line.name, line.key_id))
        if key is None:
            continue
        at = _verify(note.text, line, key)
        found[line.name] = max(at, found.get(line.name, at))
    return tuple(Cosignature(name, at) for name, at in found.items())


def _verify(text: str, line: NoteSignature, key: Ed25519PublicKey) -> datetime:
    seconds = int.from_bytes(line.signature[:_TIME_SIZE], "big")
    if len(line.signature) != _SIZE or seconds > _LAST_SECOND:
        raise _wrong(line.name)
    try:
        key.verify(line.signature[_TIME_SIZE:], _message(text, seconds))
    except InvalidSignature:
        raise _wrong(line.name) from None
    return datetime.fromtimestamp(seconds, UTC)


def _message(text: str, seconds: int) -> bytes:
    return f"{HEADER}\ntime {seconds}\n{text}".encode()


def _wrong(name: str) -> NotTrusted:
    return NotTrusted(
        "cosignature",
        f"Chữ ký kèm của nhân chứng “{name}” không đúng.",
        f"The cosignature of the witness {name} is wrong.",
        where=name,
    )
