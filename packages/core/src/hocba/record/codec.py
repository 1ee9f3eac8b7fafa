"""The record as Ministry XML: write, parse, read (docs/formats/record.md).

`read_record` is for what handles primary school only, as the platform does; `read_any` is for what
handles every level: verification, prints, the command line.
"""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from hocba.errors import Sentence
from hocba.record.frame import grade_text
from hocba.record.model import AnnualRecord, FormatProfile
from hocba.record.reading import RecordReader
from hocba.record.safe_xml import parse_xml
from hocba.record.secondary.fields import GRADE_TEXTS
from hocba.record.secondary.model import AnyRecord, SecondaryRecord
from hocba.record.secondary.reading import SecondaryReader
from hocba.record.secondary.writing import write_secondary
from hocba.record.writing import write_data

__all__ = [
    "AnyRead",
    "AnyRecord",
    "ReadRecord",
    "ReadSecondary",
    "parse_xml",
    "read_any",
    "read_record",
    "write_any",
    "write_data",
]

MAX_BYTES = 10_000_000
"""Largest document that is read (CV 2088 II.1: 10 MB a transaction)."""


@dataclass(frozen=True, slots=True)
class ReadRecord:
    """A document as values, and what a careful reader should know about it."""

    record: AnnualRecord
    profile: FormatProfile
    warnings: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class ReadSecondary:
    """A document of secondary school as values, and what a careful reader should know about it."""

    record: SecondaryRecord
    profile: FormatProfile
    warnings: tuple[Sentence, ...]


AnyRead = ReadRecord | ReadSecondary
"""A document of whatever level as values."""


def read_any(
    document: bytes | etree._Element, *, max_bytes: int = MAX_BYTES, strict: bool = True
) -> AnyRead:
    """Read a HOC_BA document of any level; MA_KHOI tells which. Raises as `read_record`."""
    if isinstance(document, bytes):
        document = parse_xml(document, max_bytes=max_bytes)
    if grade_text(document) not in GRADE_TEXTS:
        return read_record(document, strict=strict)
    reader = SecondaryReader(strict=strict)
    record = reader.read(document)
    return ReadSecondary(record, record.profile, tuple(reader.warnings))


def write_any(record: AnyRecord) -> bytes:
    """Write the unsigned document of a record of any level. Raises `Malformed`."""
    return write_secondary(record) if isinstance(record, SecondaryRecord) else write_data(record)


def read_record(
    document: bytes | etree._Element, *, max_bytes: int = MAX_BYTES, strict: bool = True
) -> ReadRecord:
    """Read a HOC_BA document of primary school, signed or not; signatures are not looked at.

    `document` is a file or the root element that `parse_xml` made of one. Raises `Malformed`;
    `where` is the path of the tag. `strict=False` accepts the simple tags in any order and days
    without a time, with a warning for each.
    """
    if isinstance(document, bytes):
        document = parse_xml(document, max_bytes=max_bytes)
    reader = RecordReader(strict=strict)
    record = reader.read(document)
    return ReadRecord(record, record.profile, tuple(reader.warnings))
