"""A record document opened once: parsed, read and its signatures checked, for all who judge it."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from hocba.record.codec import MAX_BYTES, AnyRead, ReadRecord, parse_xml, read_record
from hocba.signature.xml_verify import SignatureFact, verify_signatures


@dataclass(frozen=True, slots=True)
class OpenedRecord:
    """What one pass over the bytes of a record found. Nothing is judged yet."""

    document: bytes
    """The exact bytes, from which everything else here was read."""
    root: etree._Element
    read: ReadRecord
    facts: tuple[SignatureFact, ...]


@dataclass(frozen=True, slots=True)
class OpenedDocument:
    """The same of a record of whatever level."""

    document: bytes
    root: etree._Element
    read: AnyRead
    facts: tuple[SignatureFact, ...]


def open_record(document: bytes) -> OpenedRecord:
    """Parse and read a record of primary school and check what each signature covers.

    Raises `Malformed` or `NotTrusted` for a document that is no signed record; a signature that
    does not hold is the `fault` of its fact.
    """
    root = parse_xml(document, max_bytes=MAX_BYTES)
    read = read_record(root)
    return OpenedRecord(document, root, read, verify_signatures(root, read.profile))
