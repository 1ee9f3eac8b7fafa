"""Signed notes (C2SP signed-note) with Ed25519.

A note is text, an empty line, and lines `— <key name> <base64(key id || signature)>`. Signature
type 0x01 is a plain signature, 0x04 a witness's cosignature (`hocba.tlog.cosignature`).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hocba.errors import Malformed, NotTrusted

MAX_NOTE_SIZE = 100_000
MAX_SIGNATURES = 32

ED25519 = b"\x01"
"""Signature type: Ed25519 over the text of the note."""
COSIGNATURE = b"\x04"
"""Signature type: a witness's Ed25519 signature with its time (C2SP tlog-cosignature)."""
_KEY_ID_SIZE = 4
_NAME = re.compile(r"[^\s+]+")
_LINE = re.compile(r"— (?P<name>[^\s+]+) (?P<value>[A-Za-z0-9+/]+={0,2})")


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line."""

    name: str
    key_id: bytes
    signature: bytes

    def encode(self) -> str:
        """Return the line with its newline."""
        return f"— {self.name} {_base64(self.key_id + self.signature)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """The text (with its final newline) and the signatures, not yet verified."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def encode(self) -> bytes:
        """Return the bytes of the note."""
        lines = "".join(line.encode() for line in self.signatures)
        return f"{self.text}\n{lines}".encode()


def is_key_name(name: str) -> bool:
    """Tell whether a signature line can carry this name: no space, no plus, not empty."""
    return _NAME.fullmatch(name) is not None


def key_id(name: str, key: Ed25519PublicKey, kind: bytes = ED25519) -> bytes:
    """Return the four bytes SHA-256(name, newline, signature type, public key)[:4]."""
    whole = name.encode() + b"\n" + kind + key.public_bytes_raw()
    return hashlib.sha256(whole).digest()[:_KEY_ID_SIZE]


def verifier_key(name: str, key: Ed25519PublicKey, kind: bytes = ED25519) -> str:
    """Return the verifier key as one line: `<name>+<key id in hex>+<base64(type || key)>`."""
    return f"{name}+{key_id(name, key, kind).hex()}+{_base64(kind + key.public_bytes_raw())}"


def parse_verifier_key(line: str, kind: bytes = ED25519) -> tuple[str, Ed25519PublicKey]:
    """Read a verifier key of this type. Raises `Malformed` with code `verifier_key`."""
    name, _, rest = line.partition("+")
    raw = _debase64(rest.partition("+")[2])
    if raw is not None and len(raw) == 1 + 32 and raw[:1] == kind and is_key_name(name):
        key = Ed25519PublicKey.from_public_bytes(raw[1:])
        if verifier_key(name, key, kind) == line:
            return name, key
    raise Malformed(
        "verifier_key",
        "Khóa công khai của nhật ký không đọc được.",
        "The log's verifier key cannot be read.",
    )


def sign_note(text: str, name: str, key: Ed25519PublicKey, sign: Callable[[bytes], bytes]) -> Note:
    """Sign a text. `sign` returns the raw Ed25519 signature; the key never comes in here."""
    if not _is_text(text) or not _NAME.fullmatch(name):
        raise ValueError("not a text and name for a note")
    return Note(text, (NoteSignature(name, key_id(name, key), sign(text.encode())),))


def parse_note(data: bytes, *, max_size: int = MAX_NOTE_SIZE) -> Note:
    """Read a signed note. Raises `Malformed` with code `note`. Nothing is verified here."""
    if len(data) > max_size:
        raise _not_a_note()
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError:
        raise _not_a_note() from None
    body, blank, tail = whole.rpartition("\n\n")
    text = body + "\n"
    if not blank or not _is_text(text):
        raise _not_a_note()
    return Note(text, parse_signature_lines(tail.encode()))


def verify_note(note: Note, keys: Iterable[Ed25519PublicKey], *, name: str) -> Ed25519PublicKey:
    """Check the note's signature by `name` under one of `keys` and return that key.

    Lines of other names and unknown keys are ignored, as the specification wants. Raises
    `NotTrusted`: `note_key_unknown` when no line belongs to a known key, `note_signature` when a
    line of a known key is wrong.
    """
    known = {key_id(name, key): key for key in keys}
    verified: Ed25519PublicKey | None = None
    for line in note.signatures:
        key = known.get(line.key_id)
        if line.name != name or key is None:
            continue
        try:
            key.verify(line.signature, note.text.encode())
        except InvalidSignature:
            raise NotTrusted(
                "note_signature",
                "Chữ ký của nhật ký công khai không đúng.",
                "The signature of the public log is wrong.",
                where=name,
            ) from None
        verified = key
    if verified is None:
        raise NotTrusted(
            "note_key_unknown",
            "Điểm chốt của nhật ký không được ký bằng khóa đáng tin cậy.",
            "The checkpoint is not signed by a trusted log key.",
            where=name,
        )
    return verified


def parse_signature_lines(data: bytes) -> tuple[NoteSignature, ...]:
    """Read signature lines without a note, as witnesses answer them. Raises `Malformed`."""
    try:
        lines = data[: MAX_NOTE_SIZE + 1].decode("utf-8").split("\n")
    except UnicodeDecodeError:
        raise _not_a_note() from None
    if lines[-1] or not 1 < len(lines) <= MAX_SIGNATURES + 1:
        raise _not_a_note()
    return tuple(_parse_signature(line) for line in lines[:-1])


def _parse_signature(line: str) -> NoteSignature:
    found = _LINE.fullmatch(line)
    raw = _debase64(found["value"]) if found else None
    if not found or raw is None or len(raw) <= _KEY_ID_SIZE:
        raise _not_a_note()
    return NoteSignature(found["name"], raw[:_KEY_ID_SIZE], raw[_KEY_ID_SIZE:])


def _is_text(text: str) -> bool:
    return text.endswith("\n") and all(sign >= " " or sign == "\n" for sign in text)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _debase64(text: str) -> bytes | None:
    """Decode standard Base64 in its one canonical form, or return None."""
    try:
        raw = binascii.a2b_base64(text.encode("ascii"), strict_mode=True)
    except ValueError:
        return None
    return raw if _base64(raw) == text else None


def _not_a_note() -> Malformed:
    return Malformed("note", "Đây không phải một ghi chú có chữ ký.", "This is not a signed note.")
