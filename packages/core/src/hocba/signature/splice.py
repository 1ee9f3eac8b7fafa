"""Finding the bytes of an element, so that a document is changed by splicing and never rewritten.

Works on parsed, well-formed records without comments, CDATA sections and DOCTYPE: there every `<`
starts a tag, so that a search for the tag's name finds tags only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from hocba.signature.faults import fault

_TAG_END = re.compile(rb"(?:[^>\"']|\"[^\"]*\"|'[^']*')*+>")


@dataclass(frozen=True, slots=True)
class Span:
    """Offsets of one element: its start tag is [start, inside), its end tag [inside_end, end)."""

    start: int
    inside: int
    inside_end: int
    end: int

    @property
    def self_closed(self) -> bool:
        """Whether it is written `<TAG/>`."""
        return self.inside == self.end


def check_spliceable(document: bytes, root: etree._Element) -> None:
    """Refuse what this module cannot read safely. Raises `Malformed` with code `encoding`."""
    encoding = root.getroottree().docinfo.encoding
    if (encoding or "UTF-8").upper() not in ("UTF-8", "ASCII", "US-ASCII"):
        raise fault("encoding")
    if b"<![CDATA[" in document or b"\x00" in document:
        raise fault("encoding")
    # A comment or instruction outside HOC_BA could hold text that looks like a slot.
    for preceding in (True, False):
        if next(root.itersiblings(preceding=preceding), None) is not None:
            raise fault("comment_in_data")


def element_span(document: bytes, tag: str, start: int = 0, end: int | None = None) -> Span:
    """Find the one element `tag` in document[start:end]. Raises `Malformed` (`slot_container`)."""
    limit = len(document) if end is None else end
    starts = _starts(document, tag, start, limit)
    if len(starts) != 1:
        raise fault("slot_container", tag)
    return _span(document, tag, starts[0])


def element_at(document: bytes, tag: str, start: int) -> Span:
    """The element `tag` whose start tag begins at `start`. Raises `Malformed`."""
    return _span(document, tag, start)


def child_starts(document: bytes, tag: str, parent: Span) -> list[int]:
    """Return the offsets of the start tags `tag` inside `parent`."""
    return _starts(document, tag, parent.inside, parent.inside_end)


def _starts(document: bytes, tag: str, start: int, end: int) -> list[int]:
    pattern = re.compile(rb"<" + tag.encode() + rb"(?=[\s/>])")
    return [found.start() for found in pattern.finditer(document, start, end)]


def _span(document: bytes, tag: str, start: int) -> Span:
    name = tag.encode()
    opening = _TAG_END.match(document, start)
    if opening is None:
        raise fault("slot_container", tag)
    inside = opening.end()
    if document[inside - 2 : inside] == b"/>":
        return Span(start, inside, inside, inside)
    closing = re.compile(rb"</" + name + rb"\s*>").search(document, inside)
    if closing is None:
        raise fault("slot_container", tag)
    return Span(start, inside, closing.start(), closing.end())
