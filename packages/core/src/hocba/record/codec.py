"""The record as Ministry XML: write, parse, read (docs/formats/record.md)."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from hocba.errors import Sentence
from hocba.record.model import AnnualRecord, FormatProfile
from hocba.record.reading import RecordReader
from hocba.record.safe_xml import parse_xml
from hocba.record.writing import write_data

__all__ = ["ReadRecord", "parse_xml", "read_record", "write_data"]

MAX_BYTES = 10_000_000
"""Largest document that is read (CV 2088 II.1: 10 MB a transaction)."""


@dataclass(frozen=True, slots=True)
class ReadRecord:
    """A document as values, and what a careful reader should know about it."""

    record: AnnualRecord
    profile: FormatProfile
    warnings: tuple[Sentence, ...]


def read_record(
    document: bytes | etree._Element, *, max_bytes: int = MAX_BYTES, strict: bool = True
) -> ReadRecord:
    """Read a HOC_BA document, signed or not. The signatures themselves are not looked at.

    `document` is a file or the root element that `parse_xml` made of one. Raises `Malformed`;
    `where` is the path of the tag. `strict=False` accepts the simple tags in any order and days
    without a time, with a warning for each.
    """
    if isinstance(document, bytes):
        document = parse_xml(document, max_bytes=max_bytes)
    reader = RecordReader(strict=strict)
    record = reader.read(document)
    return ReadRecord(record, record.profile, tuple(reader.warnings))
