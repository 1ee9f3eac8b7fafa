"""Which records are in force no more: one signed file, so that verifying asks nobody anything.

The list holds, of every record that was recalled, replaced or corrected, ten bytes of a salted
digest over its number and the SHA-256 of its file (decision 0032). Who has the file can look it
up; to others the entries are random. A signed note (C2SP signed-note) by the key of the public log:

    hocba-ended-records/v1
    made 2026-06-02T00:00:00Z
    salt <32 hexadecimal digits>
    count 2
    <Base64 of the sorted entries, 76 letters a line>

Not to be listed is no proof that the department ever accepted a record: the log's proof is.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hocba.errors import Malformed
from hocba.tlog.note import parse_note, sign_note, verify_note
from hocba.tlog.utc import format_utc, parse_utc

HEADER: Final = "hocba-ended-records/v1"
MAX_SIZE: Final = 60_000_000
"""Bytes of a list: four million ended records."""
SALT_SIZE: Final = 16
_ENTRY: Final = 10
"""Bytes of an entry: among a million entries one record in 10^18 is named by mistake."""
_LINE: Final = 76
_HEAD: Final = 4


@dataclass(frozen=True, slots=True)
class EndedRecords:
    """The list, verified."""

    made_at: datetime
    salt: bytes
    entries: frozenset[bytes]

    def has(self, record_uuid: str, document_sha256: bytes) -> bool:
        """Is this very file listed as ended?"""
        return entry_of(self.salt, record_uuid, document_sha256) in self.entries


def entry_of(salt: bytes, record_uuid: str, document_sha256: bytes) -> bytes:
    """What stands in the list for a file."""
    whole = HEADER.encode() + b"\0" + salt + record_uuid.encode("utf-8") + b"\0" + document_sha256
    return hashlib.sha256(whole).digest()[:_ENTRY]


def sign_ended_records(
    listed: EndedRecords, *, name: str, key: Ed25519PublicKey, sign: Callable[[bytes], bytes]
) -> bytes:
    """Write and sign the list as `name`; the private key stays with the caller."""
    letters = base64.b64encode(b"".join(sorted(listed.entries))).decode("ascii")
    lines = [letters[at : at + _LINE] for at in range(0, len(letters), _LINE)]
    head = (
        HEADER,
        f"made {format_utc(listed.made_at)}",
        f"salt {listed.salt.hex()}",
        f"count {len(listed.entries)}",
    )
    return sign_note("".join(f"{line}\n" for line in (*head, *lines)), name, key, sign).encode()


def is_ended_records(data: bytes) -> bool:
    """Does this file say that it is such a list?"""
    return data.startswith(HEADER.encode() + b"\n")


def read_ended_records(data: bytes, log_keys: Iterable[Ed25519PublicKey]) -> EndedRecords:
    """Verify and read a list.

    Raises `Malformed` (`ended_records`, `note`, `utc_time`) and `NotTrusted`.
    """
    note = parse_note(data, max_size=MAX_SIZE)
    verify_note(note, log_keys, name=note.signatures[0].name)
    lines = note.text.removesuffix("\n").split("\n")
    if len(lines) < _HEAD or lines[0] != HEADER:
        raise _malformed()
    try:
        made, salt, count = (
            _value(line, name)
            for line, name in zip(lines[1:_HEAD], ("made", "salt", "count"), strict=True)
        )
        packed = base64.b64decode("".join(lines[_HEAD:]), validate=True)
        found = [packed[at : at + _ENTRY] for at in range(0, len(packed), _ENTRY)]
        listed = EndedRecords(parse_utc(made), bytes.fromhex(salt), frozenset(found))
        number = int(count)
    except (ValueError, binascii.Error):
        raise _malformed() from None
    whole = len(packed) == number * _ENTRY and found == sorted(listed.entries)
    if not whole or len(listed.salt) != SALT_SIZE:
        raise _malformed()
    return listed


def _value(line: str, name: str) -> str:
    found, _, value = line.partition(" ")
    if found != name:
        raise ValueError(line)
    return value


def _malformed() -> Malformed:
    return Malformed(
        "ended_records",
        "Danh sách học bạ không còn lưu hành không đúng dạng. Tải lại từ cổng của Sở.",
        "The list of ended records is malformed. Get it again from the department's portal.",
    )
