"""The department's signed list of the keys whose codes on prints are to be believed: one file.

A signed note (C2SP signed-note) by the key of the public log, so that whoever trusts the log needs
nothing else. Text lines:

    hocba-print-keys/v1
    made 2026-05-29T08:00:00Z
    <short name> <unit> <from> <until> <used|ended> <Base64 of SubjectPublicKeyInfo> <unit's name>

The short name is the first eight bytes of the certificate's SHA-256 in hexadecimal; `until` is the
moment from which nothing new may be signed with it. `ended` says that the department ended the use
before the certificate's time: then a date that a code claims proves nothing, because the key may
be in other hands (decision 0026). See docs/formats/print-code.md.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
)

from hocba.errors import HocBaError, Malformed, NotTrusted
from hocba.ids import UnitCode
from hocba.signature.cose import KEY_ID_BYTES
from hocba.tlog.note import parse_note, sign_note, verify_note
from hocba.tlog.utc import format_utc, parse_utc

HEADER: Final = "hocba-print-keys/v1"
MAX_SIZE: Final = 8_000_000
"""Bytes of a list: ten thousand RSA keys."""
_FIELDS: Final = 7
_USED, _ENDED = "used", "ended"
_PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey


@dataclass(frozen=True, slots=True)
class PrintKey:
    """The key of one certificate, whose it is, and when codes could be signed with it."""

    key_id: bytes
    unit_code: UnitCode
    valid_from: datetime
    valid_until: datetime
    public_key: _PublicKey
    name: str
    ended: bool = False
    """Its use was ended before the time of the certificate."""

    def line(self) -> str:
        """As it stands in the list."""
        key = self.public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        times = f"{format_utc(self.valid_from)} {format_utc(self.valid_until)}"
        name = " ".join(self.name.split())
        letters = base64.b64encode(key).decode("ascii")
        state = _ENDED if self.ended else _USED
        return f"{self.key_id.hex()} {self.unit_code} {times} {state} {letters} {name}"


@dataclass(frozen=True, slots=True)
class PrintKeys:
    """The list, verified."""

    made_at: datetime
    keys: tuple[PrintKey, ...]

    def find(self, key_id: bytes) -> PrintKey | None:
        """The key of this short name."""
        return next((each for each in self.keys if each.key_id == key_id), None)


def sign_print_keys(
    listed: PrintKeys, *, name: str, key: Ed25519PublicKey, sign: Callable[[bytes], bytes]
) -> bytes:
    """Write and sign the list as `name`; the private key stays with the caller."""
    lines = sorted(each.line() for each in listed.keys)
    text = "".join(f"{line}\n" for line in (HEADER, f"made {format_utc(listed.made_at)}", *lines))
    return sign_note(text, name, key, sign).encode()


def is_print_keys(data: bytes) -> bool:
    """Does this file say that it is such a list?"""
    return data.startswith(HEADER.encode() + b"\n")


def read_print_keys(data: bytes, log_keys: Iterable[Ed25519PublicKey]) -> PrintKeys:
    """Verify and read a list.

    Raises `Malformed` (`print_keys`, `note`, `utc_time`) and `NotTrusted` (`note_key_unknown`,
    `note_signature`).
    """
    note = parse_note(data, max_size=MAX_SIZE)
    verify_note(note, log_keys, name=note.signatures[0].name)
    header, made, *lines = note.text.removesuffix("\n").split("\n")
    if header != HEADER or not made.startswith("made "):
        raise _malformed()
    keys = tuple(_key(line) for line in lines)
    if len({each.key_id for each in keys}) != len(keys):
        raise _malformed()
    return PrintKeys(parse_utc(made.removeprefix("made ")), keys)


def _key(line: str) -> PrintKey:
    fields = line.split(" ", _FIELDS - 1)
    try:
        short, unit, since, until, state, letters, name = fields
        key_id = bytes.fromhex(short)
        public_key = load_der_public_key(base64.b64decode(letters, validate=True))
    except (ValueError, binascii.Error, UnsupportedAlgorithm):
        raise _malformed() from None
    if len(key_id) != KEY_ID_BYTES or state not in {_USED, _ENDED}:
        raise _malformed()
    if not isinstance(public_key, _PublicKey):
        raise _malformed()
    times = (parse_utc(since), parse_utc(until))
    return PrintKey(key_id, UnitCode(unit), *times, public_key, name, state == _ENDED)


def _malformed() -> HocBaError:
    return Malformed(
        "print_keys",
        "Danh sách khoá của bản in không đúng dạng. Tải lại từ cổng của Sở.",
        "The list of print keys is malformed. Get it again from the department's portal.",
    )


def unknown_key() -> NotTrusted:
    """Said when a code is signed with a key that the list does not have."""
    return NotTrusted(
        "print_key_unknown",
        "Khoá đã ký mã này không có trong danh sách của Sở: mã không phải của trường nào.",
        "The key of this code is not in the department's list: it is no school's.",
    )
