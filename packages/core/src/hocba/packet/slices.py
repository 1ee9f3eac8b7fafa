"""The exact bytes of every record inside a package.

What was signed is what is kept: a record is cut out of the package byte for byte and is never
written again. Exclusive C14N makes its signatures independent of the package around it; the
comparison here makes sure that the cut bytes alone mean the same as they did inside.
"""

from __future__ import annotations

import re

from lxml import etree

from hocba.errors import Malformed, NotTrusted
from hocba.packet.canonical import EXCLUSIVE, canonical_bytes
from hocba.record.codec import parse_xml

RECORD_TAG = "HOC_BA"

_MARKUP = re.compile(rb"<!--|<!\[CDATA\[|<\?|</?HOC_BA(?=[\s/>])")
_REST_OF_TAG = re.compile(rb"(?:[^>\"']|\"[^\"]*\"|'[^']*')*+>")
_ENDS = {b"<!--": b"-->", b"<![CDATA[": b"]]>", b"<?": b"?>"}


def record_slices(document: bytes, records: list[etree._Element]) -> tuple[bytes, ...]:
    """Return the bytes of each of `records`, the HOC_BA children of the list in `document`.

    `document` is the UTF-8 text from which the elements were parsed. Raises `Malformed` with code
    `record_slice` when a slice read alone differs from the element inside the package.
    """
    slices = outermost_records(document)
    if len(slices) != len(records):
        raise _differs()
    for cut, element in zip(slices, records, strict=True):
        try:
            alone = canonical_bytes(parse_xml(cut, max_bytes=len(cut)), EXCLUSIVE)
            inside = canonical_bytes(element, EXCLUSIVE)
        except (Malformed, NotTrusted):
            raise _differs() from None
        if alone != inside:
            raise _differs()
    return slices


def outermost_records(document: bytes) -> tuple[bytes, ...]:
    """Cut out the outermost HOC_BA elements of a well-formed document without DOCTYPE.

    In such a document every `<` starts markup, so that only comments, CDATA sections and
    processing instructions have to be stepped over.
    """
    slices = []
    depth = start = at = 0
    while found := _MARKUP.search(document, at):
        mark = found[0]
        if mark in _ENDS:
            at = document.find(_ENDS[mark], found.end())
            if at < 0:
                raise _differs()
            continue
        tag = _REST_OF_TAG.match(document, found.end())
        if tag is None:
            raise _differs()
        at = tag.end()
        if mark.startswith(b"</"):
            depth -= 1
        else:
            start = found.start() if depth == 0 else start
            depth += 0 if document[at - 2 : at] == b"/>" else 1
        if depth == 0:
            slices.append(document[start:at])
    return tuple(slices)


def _differs() -> Malformed:
    return Malformed(
        "record_slice",
        "Một học bạ trong gói có ý nghĩa khác khi tách riêng ra khỏi gói.",
        "A record of the package does not mean the same when it is taken out of the package.",
        where=RECORD_TAG,
    )
