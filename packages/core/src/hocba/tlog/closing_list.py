"""The closing list of a class: which records were in force when its year was closed.

The department signs one list per class and closing (QĐ 1789/QĐ-SGDĐT Đ21.1-2) and appends an entry
of kind `close` to the public log that commits to the signed bytes. A record that goes missing from
the repository, or that slips in without a decision, differs from the list (docs/formats/
closing-list.md). A line names no pupil: it commits to number and file with the record's own salt,
so that only somebody who has the record can find its line.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hocba.errors import Malformed
from hocba.ids import SchoolYear, UnitCode
from hocba.tlog.entry import commit
from hocba.tlog.note import parse_note, sign_note, verify_note
from hocba.tlog.utc import format_utc, parse_utc

HEADER = "hocba-closing/v1"
MAX_SIZE = 2_000_000
"""Bytes of a signed list: fifteen thousand records, far more than a class has."""
NO_FORMER = "-"

_FIELDS = ("unit", "year", "class", "round", "number", "former", "open", "closed", "count")
_LINE = re.compile(r"[0-9a-f]{64} [0-9a-f]{64}")
_HEX = re.compile(r"[0-9a-f]{64}")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,8}")
_UNIT = re.compile(r"[A-Za-z0-9._-]{1,20}")


class ClosingRound(StrEnum):
    """Which of the two closings of a year. Values are signed and stored."""

    MAIN = "main"
    """All pupils (Đ21.1)."""
    REASSESSED = "reassessed"
    """With the pupils who were assessed again in summer (Đ21.2): nothing is open after it."""


@dataclass(frozen=True, slots=True, order=True)
class ClosingLine:
    """One record: commitments to its number and to its exact file."""

    number: bytes
    document: bytes

    @classmethod
    def of(cls, record_uuid: str, document: bytes, salt: bytes) -> ClosingLine:
        """The line of a record. `salt` is that of the log's entry about its issue."""
        return cls(commit(salt, record_uuid.encode("ascii")), commit(salt, document))


@dataclass(frozen=True, slots=True)
class ClosingList:
    """What the department signs about one class of one year."""

    unit_code: UnitCode
    school_year: SchoolYear
    classroom_name: str
    round: ClosingRound
    number: int
    """1 for the first closing of the class; a closing after it counts on."""
    former: str
    """SHA-256 of the signed list before this one, in hexadecimal; `-` for the first."""
    left_open: int
    """Records in force that wait for the second closing: pupils to be assessed again."""
    closed_at: datetime
    """UTC, whole seconds."""
    lines: tuple[ClosingLine, ...]
    """Sorted, none twice."""

    def __post_init__(self) -> None:
        """Bring lines and time into their one form; wrong values are a programmer's."""
        fault = _fault(self)
        if fault:
            raise ValueError(f"not a closing list: {fault}")
        object.__setattr__(self, "lines", tuple(sorted(self.lines)))
        moment = self.closed_at.astimezone(UTC).replace(microsecond=0)
        object.__setattr__(self, "closed_at", moment)

    def text(self) -> str:
        """Return the text that is signed."""
        values = (
            self.unit_code,
            str(self.school_year),
            self.classroom_name,
            self.round.value,
            str(self.number),
            self.former,
            str(self.left_open),
            format_utc(self.closed_at),
            str(len(self.lines)),
        )
        head = [f"{name} {value}" for name, value in zip(_FIELDS, values, strict=True)]
        body = [f"{line.number.hex()} {line.document.hex()}" for line in self.lines]
        return "\n".join([HEADER, *head, *body]) + "\n"

    def sign(self, name: str, key: Ed25519PublicKey, sign: Callable[[bytes], bytes]) -> bytes:
        """Return the signed list, a C2SP signed note by the key `name` of the log."""
        return sign_note(self.text(), name, key, sign).encode()

    def holds(self, record_uuid: str, document: bytes, salt: bytes) -> bool:
        """Is this record, byte for byte, on the list?"""
        return ClosingLine.of(record_uuid, document, salt) in self.lines


def open_closing_list(data: bytes, keys: Iterable[Ed25519PublicKey], *, name: str) -> ClosingList:
    """Read a signed list and verify its signature by the log `name`.

    Raises `Malformed` with code `closing_list` or `note`, `NotTrusted` as `verify_note` does.
    """
    note = parse_note(data, max_size=MAX_SIZE)
    verify_note(note, keys, name=name)
    return parse_closing_list(note.text)


def parse_closing_list(text: str) -> ClosingList:
    """Read the text of a list strictly: only what `ClosingList.text` writes. Raises `Malformed`."""
    lines = text.split("\n")
    head = lines[1 : len(_FIELDS) + 1]
    if lines[0] != HEADER or lines[-1] or len(head) != len(_FIELDS):
        raise _not_a_list()
    values = {}
    for name, line in zip(_FIELDS, head, strict=True):
        if not line.startswith(f"{name} "):
            raise _not_a_list()
        values[name] = line.removeprefix(f"{name} ")
    body = lines[len(_FIELDS) + 1 : -1]
    numbers = (values["number"], values["open"], values["count"])
    if not all(map(_LINE.fullmatch, body)) or not all(map(_NUMBER.fullmatch, numbers)):
        raise _not_a_list()
    try:
        found = ClosingList(
            UnitCode(values["unit"]),
            SchoolYear.parse(values["year"]),
            values["class"],
            ClosingRound(values["round"]),
            int(values["number"]),
            values["former"],
            int(values["open"]),
            parse_utc(values["closed"]),
            tuple(ClosingLine(*map(bytes.fromhex, line.split())) for line in body),
        )
    except ValueError:
        raise _not_a_list() from None
    if found.text() != text:
        raise _not_a_list()
    return found


def key_digest(key: Ed25519PublicKey) -> bytes:
    """SHA-256 of the DER SubjectPublicKeyInfo: what a `close` entry of the log has as `seal`."""
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).digest()


def _fault(listed: ClosingList) -> str:
    """What is wrong with the values of a list; empty when nothing is."""
    name = listed.classroom_name
    if not name.strip() or len(name) > 50 or any(sign < " " for sign in name):
        return "class"
    if not _UNIT.fullmatch(listed.unit_code) or listed.closed_at.tzinfo is None:
        return "unit or time"
    if listed.former != NO_FORMER and not _HEX.fullmatch(listed.former):
        return "former"
    if listed.number < 1 or (listed.number == 1) != (listed.former == NO_FORMER):
        return "number"
    if len({line.number for line in listed.lines}) != len(listed.lines):
        return "a record twice"
    return ""


def _not_a_list() -> Malformed:
    return Malformed(
        "closing_list",
        "Bản kê chốt học bạ không đọc được.",
        "The closing list cannot be read.",
    )
