"""The entry of the public log: the department's receipt without personal data.

An entry is seven lines of text (docs/formats/log-entry.md). It commits to a record with a random
salt, so that the public log alone tells nothing about any pupil; the salt travels in the proof.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from hocba.errors import Malformed
from hocba.ids import SchoolYear, UnitCode
from hocba.tlog.utc import format_utc, parse_utc

HEADER = "hocba-log-entry/v1"
MAX_SIZE = 1000
SALT_SIZE = 32
"""Size of the salts we make, in bytes. Salts of 16 to 64 bytes are read."""

_COMMITMENT = b"hocba-commitment/v1\0"
_UNIT = re.compile(r"[A-Za-z0-9._-]{1,20}")
_HEX = re.compile(r"[0-9a-f]{64}")
_FIELDS = ("kind", "unit", "year", "seal", "commitment", "accepted")


class EntryKind(StrEnum):
    """What the department did. Values stand in the log for ever."""

    ISSUE = "issue"
    RECALL = "recall"
    REPLACE = "replace"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One act of the department on one record, or the closing of a class of the year."""

    kind: EntryKind
    unit_code: UnitCode
    school_year: SchoolYear
    seal_sha256: bytes
    """SHA-256 of the DER of the approved organisation certificate that sealed the record; for a
    closing, of the DER public key of the log, which signed the closing list."""
    commitment: bytes
    """`commit(salt, record)`; for a closing, over the signed list instead of a record."""
    accepted_at: datetime
    """When the department decided: UTC, whole seconds."""

    def __post_init__(self) -> None:
        """Bring the kind and the time into their one form; wrong values are a programmer's."""
        hashes = (self.seal_sha256, self.commitment)
        if any(len(value) != hashlib.sha256().digest_size for value in hashes):
            raise ValueError("hashes of an entry have 32 bytes")
        if not _UNIT.fullmatch(self.unit_code) or self.accepted_at.tzinfo is None:
            raise ValueError("unit code or time of an entry")
        object.__setattr__(self, "kind", EntryKind(self.kind))
        object.__setattr__(self, "school_year", SchoolYear.parse(self.school_year))
        moment = self.accepted_at.astimezone(UTC).replace(microsecond=0)
        object.__setattr__(self, "accepted_at", moment)

    def encode(self) -> bytes:
        """Return the bytes that the log keeps and hashes."""
        values = (
            self.kind.value,
            self.unit_code,
            str(self.school_year),
            self.seal_sha256.hex(),
            self.commitment.hex(),
            format_utc(self.accepted_at),
        )
        lines = [f"{name} {value}" for name, value in zip(_FIELDS, values, strict=True)]
        return ("\n".join([HEADER, *lines]) + "\n").encode("ascii")

    @classmethod
    def parse(cls, data: bytes) -> LogEntry:
        """Read an entry strictly: only the bytes `encode` writes. Raises `Malformed`."""
        try:
            lines = data[: MAX_SIZE + 1].decode("ascii").split("\n")
        except UnicodeDecodeError:
            raise _not_an_entry() from None
        if len(lines) != len(_FIELDS) + 2 or lines[0] != HEADER or lines[-1]:
            raise _not_an_entry()
        values = [
            line.removeprefix(f"{name} ") for name, line in zip(_FIELDS, lines[1:-1], strict=True)
        ]
        kind, unit, year, seal, commitment, accepted = values
        if kind not in {member.value for member in EntryKind} or not _UNIT.fullmatch(unit):
            raise _not_an_entry()
        if not _HEX.fullmatch(seal) or not _HEX.fullmatch(commitment):
            raise _not_an_entry()
        entry = cls(
            EntryKind(kind),
            UnitCode(unit),
            SchoolYear.parse(year),
            bytes.fromhex(seal),
            bytes.fromhex(commitment),
            parse_utc(accepted),
        )
        if entry.encode() != data:
            raise _not_an_entry()
        return entry


def commit(salt: bytes, record_xml: bytes) -> bytes:
    """Return SHA-256("hocba-commitment/v1", 0x00, salt, SHA-256(record)).

    `salt` comes from a random source, 32 bytes, new for every entry. Raises `Malformed` with
    code `salt` outside 16 to 64 bytes.
    """
    if not 16 <= len(salt) <= 64:
        raise Malformed(
            "salt",
            "Số muối của bằng chứng có độ dài sai.",
            "The salt of the proof has a wrong length.",
        )
    return hashlib.sha256(_COMMITMENT + salt + hashlib.sha256(record_xml).digest()).digest()


def _not_an_entry() -> Malformed:
    return Malformed(
        "log_entry",
        "Mục nhật ký công khai không đọc được.",
        "The entry of the public log cannot be read.",
    )
