"""The signed code of a printed page: its data as CBOR in COSE_Sign1, deflated, in Base45.

    HB1:<Base45 of zlib of COSE_Sign1 of the claims>

The claims are a CWT (RFC 8392): 1 issuer (unit code), 6 issued at, and ours with the page. Whoever
holds the key of the issuer reads the page back from a photocopy, with no network. The format stands
in docs/formats/print-code.md, the reasons in decision 0031.
"""

from __future__ import annotations

import hashlib
import uuid
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import cbor2
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

from hocba.errors import Malformed, Refused
from hocba.ids import RecordUuid, SchoolYear, UnitCode
from hocba.ports import Key
from hocba.record.model import AnnualRecord
from hocba.rendition import base45
from hocba.rendition.print_lines import Line, PrintPage, print_lines
from hocba.rendition.print_words import NUMBERS, WORDS
from hocba.signature.cose import (
    MAX_BYTES,
    Sign1,
    decode,
    malformed,
    read_sign1,
    sign_many,
    verify_sign1,
)

PREFIX: Final = "HB1:"
MAX_LETTERS: Final = 1_700
"""Longest text of a code that is read; ours are shorter."""
_MOST_BYTES: Final = {"ECDSA_P256_SHA256": 560, "RSA_PKCS1_SHA256": 760, "RSA_PSS_SHA256": 760}
"""Of one code before Base45: QR codes of version 19 and 23 at level M, 93 and 109 modules. An RSA
signature alone has 256 bytes, so its codes are larger, else a page would need many of them."""
MAX_CODES: Final = 24
"""Of one record."""
_ISSUER, _ISSUED_AT, _PAGE = 1, 6, -65537
_Fits = Callable[[PrintPage, Sequence[Line]], bool]
_ROOM: Final = {"ECDSA_P256_SHA256": 64, "RSA_PKCS1_SHA256": 256, "RSA_PSS_SHA256": 256}
_ENVELOPE: Final = 45
"""Bytes of COSE around payload and signature, with zlib's own."""


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """What one code says; the page it stands on shows the same."""

    unit_code: UnitCode
    issued_at: datetime
    record_uuid: RecordUuid
    document_sha256: bytes
    """Of the signed XML: ties the paper to exactly one file."""
    school_year: SchoolYear
    full_name: str
    classroom_name: str
    page: PrintPage
    part: int
    """This code among all codes of the record, counted from 1."""
    parts: int
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class ReadCode:
    """A code that was read and is not verified yet."""

    text: str
    message: Sign1

    @property
    def key_id(self) -> bytes:
        """Short name of the signer's certificate."""
        return self.message.key_id


def sign_codes(
    records: Sequence[tuple[AnnualRecord, bytes]], key: Key, at: datetime
) -> list[tuple[str, ...]]:
    """Sign the codes of records, each with its signed XML, with one call of the key.

    The issuer is the school of the record. Raises `Refused` with code `print_code` when a record
    has more text than codes can hold, and what the key raises.
    """
    return _signed(
        [(each, document, each.school.school_code) for each, document in records], key, at
    )


def sign_codes_as(
    unit_code: UnitCode, record: AnnualRecord, document: bytes, key: Key, at: datetime
) -> tuple[str, ...]:
    """Sign the codes of one record as another unit: the department that keeps the record."""
    return _signed([(record, document, unit_code)], key, at)[0]


def code_count(record: AnnualRecord, document: bytes) -> int:
    """How many codes a record has at most, whichever key signs them. Raises as `sign_codes`."""
    room = min(map(_room, _ROOM))
    unit = record.school.school_code
    return len(_payloads(record, document, unit, at=record.terms.issued_on, room=room))


def _signed(
    wanted: Sequence[tuple[AnnualRecord, bytes, UnitCode]], key: Key, at: datetime
) -> list[tuple[str, ...]]:
    room = _room(key.algorithm)
    payloads = [_payloads(*each, at=at, room=room) for each in wanted]
    messages = iter(sign_many([payload for each in payloads for payload in each], key))
    return [tuple(_text(next(messages)) for _ in each) for each in payloads]


def _room(algorithm: str) -> int:
    """Bytes that the claims of one code may have."""
    return _MOST_BYTES[algorithm] - _ROOM[algorithm] - _ENVELOPE


def _text(message: bytes) -> str:
    return PREFIX + base45.encode(zlib.compress(message, 9))


def _payloads(
    record: AnnualRecord, document: bytes, unit_code: UnitCode, *, at: datetime, room: int
) -> list[bytes]:
    head = [
        uuid.UUID(record.record_uuid).bytes,
        hashlib.sha256(document).digest(),
        record.school_year.first,
        record.pupil.full_name,
        record.classroom_name,
    ]

    def payload(page: PrintPage, lines: Sequence[Line], part: int, parts: int) -> bytes:
        body = [*head, int(page), part, parts, [[_packed(each) for each in line] for line in lines]]
        claims = {_ISSUER: unit_code, _ISSUED_AT: int(at.timestamp()), _PAGE: body}
        written: bytes = cbor2.dumps(claims, canonical=True)
        return written

    def fits(page: PrintPage, lines: Sequence[Line]) -> bool:
        whole = payload(page, lines, MAX_CODES, MAX_CODES)
        # What deflating gains is measured, as the letters of names gain more than digests do.
        return len(zlib.compress(whole, 9)) <= room

    chunks: list[tuple[PrintPage, list[Line]]] = []
    for page, lines in print_lines(record).items():
        chunks += [(page, chunk) for chunk in _chunks(page, lines, fits)]
    if len(chunks) > MAX_CODES:
        raise _too_long()
    return [
        payload(page, lines, part, len(chunks))
        for part, (page, lines) in enumerate(chunks, start=1)
    ]


def _chunks(page: PrintPage, lines: Sequence[Line], fits: _Fits) -> list[list[Line]]:
    """Cut the lines of a page so that each piece fits into one code."""
    chunks: list[list[Line]] = [[]]
    waiting = list(reversed(lines))
    while waiting:
        line = waiting.pop()
        if fits(page, [*chunks[-1], line]):
            chunks[-1].append(line)
        elif chunks[-1]:
            chunks.append([])
            waiting.append(line)
        else:
            waiting += reversed(_halves(line))
    return chunks


def _halves(line: Line) -> tuple[Line, Line]:
    """Cut a line that is too long for a code of its own at a blank near its middle."""
    label, text = line[0], line[-1]
    middle = text.rfind(" ", 0, len(text) // 2)
    if middle <= 0:
        middle = len(text) // 2
    if len(line) != 2 or middle == 0:
        raise _too_long()
    return (label, text[:middle]), (label, text[middle:].strip())


def _too_long() -> Refused:
    return Refused(
        "print_code",
        "Học bạ có đoạn chữ quá dài nên không đưa được vào mã xác thực của bản in.",
        "The record has a text that is too long for the codes of a print.",
    )


def _packed(text: str) -> int | str:
    return NUMBERS.get(text, text)


def read_code(text: str) -> ReadCode:
    """Read the text of a code; nothing is verified. Raises `Malformed`: `print_code`, `base45`,
    `cose`."""
    text = text.strip()
    if not text.startswith(PREFIX) or len(text) > MAX_LETTERS:
        raise Malformed(
            "print_code",
            "Đây không phải mã xác thực của bản in học bạ (mã bắt đầu bằng HB1:).",
            "This is no code of a printed record (they begin with HB1:).",
        )
    packed = base45.decode(text[len(PREFIX) :])
    try:
        unpacker = zlib.decompressobj()
        message = unpacker.decompress(packed, MAX_BYTES)
    except zlib.error:
        raise malformed() from None
    if not unpacker.eof or unpacker.unused_data:
        raise malformed()
    return ReadCode(text, read_sign1(message))


def open_code(code: ReadCode, public_key: PublicKeyTypes) -> PrintedPage:
    """Verify a code under a key and return what it says.

    Raises `NotTrusted` (`signature_mismatch`, `algorithm_not_allowed`) and `Malformed` (`cose`).
    """
    return _page(verify_sign1(code.message, public_key))


def peek(code: ReadCode) -> PrintedPage:
    """What a code claims, unverified: to lay it out or to say whose key is missing."""
    return _page(code.message.payload)


def _page(payload: bytes) -> PrintedPage:
    try:
        return _claims(decode(payload))
    except (TypeError, ValueError, KeyError, IndexError, OverflowError, OSError):
        raise malformed() from None


def _claims(claims: Any) -> PrintedPage:
    if not isinstance(claims, dict) or set(claims) != {_ISSUER, _ISSUED_AT, _PAGE}:
        raise malformed()
    number, digest, first, full_name, classroom, page, part, parts, lines = claims[_PAGE]
    texts = (claims[_ISSUER], full_name, classroom)
    counts = (claims[_ISSUED_AT], first, page, part, parts)
    whole = (
        all(isinstance(each, str) for each in texts)
        and all(type(each) is int for each in counts)
        and isinstance(number, bytes)
        and isinstance(digest, bytes)
        and len(digest) == hashlib.sha256().digest_size
        and 1 <= part <= parts <= MAX_CODES
    )
    if not whole:
        raise malformed()
    return PrintedPage(
        unit_code=UnitCode(claims[_ISSUER]),
        issued_at=datetime.fromtimestamp(claims[_ISSUED_AT], UTC),
        record_uuid=RecordUuid(str(uuid.UUID(bytes=number))),
        document_sha256=digest,
        school_year=SchoolYear.parse(f"{first}-{first + 1}"),
        full_name=full_name,
        classroom_name=classroom,
        page=PrintPage(page),
        part=part,
        parts=parts,
        lines=tuple(_line(line) for line in lines),
    )


def _line(line: Any) -> Line:
    if not isinstance(line, list) or not 2 <= len(line) <= 8:
        raise malformed()
    return tuple(_word(each) for each in line)


def _word(packed: Any) -> str:
    if type(packed) is int and 0 <= packed < len(WORDS):
        return WORDS[packed]
    if not isinstance(packed, str):
        raise malformed()
    return packed
