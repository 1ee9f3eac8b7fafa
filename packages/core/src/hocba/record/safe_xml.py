"""The one XML parser of the project: bounded, UTF-8, no DOCTYPE, no entities, no network.

Source: CV 2088/BGDĐT-GDTH II.1 (UTF-8); W3C XML Signature Best Practices (2013) on entity
expansion; record format, own choice: documents with a DOCTYPE are refused, never repaired.
"""

from __future__ import annotations

import codecs
import re
from typing import Final

from lxml import etree

from hocba.errors import Malformed

MAX_DEPTH: Final = 32
"""Levels of elements. A record inside a package with all its signatures needs 17."""

_SMALL = 10_000_000
_MAX_NODES, _MAX_NODES_HUGE = 150_000, 700_000
"""Elements, and signs of equality (attributes), of a document: a parsed element takes 250 bytes of
memory however short it is. A record has 900 of them at most, a package has at most 500 records."""
_CHUNK: Final = 1 << 20
_UTF_8: Final = frozenset({"utf-8", "utf8"})
_BOM: Final = b"\xef\xbb\xbf"
_SPACE: Final = b" \t\r\n"
_DECLARED_ENCODING = re.compile(rb"""<\?xml\s[^?>]*?\bencoding\s*=\s*["']([^"']*)["']""")
_TOO_DEEP = etree.XPath(f"boolean(/*{'/*' * MAX_DEPTH})")


def parse_xml(document: bytes, *, max_bytes: int = _SMALL) -> etree._Element:
    """Parse a document and return its root element.

    Comments and processing instructions stay in the tree, so that the caller can refuse them.
    Raises `Malformed`: `too_large`, `too_many`, `empty`, `encoding`, `doctype`, `entity`,
    `depth` or `xml`.
    """
    if len(document) > max_bytes:
        raise Malformed(
            "too_large",
            f"Tệp có {len(document)} byte, vượt giới hạn {max_bytes} byte.",
            f"The document has {len(document)} bytes; the limit is {max_bytes}.",
        )
    if not document.strip():
        raise Malformed("empty", "Tệp rỗng.", "The document is empty.")
    _refuse_encoding(document)
    _refuse_doctype(document)
    _refuse_too_many(document, _MAX_NODES_HUGE if max_bytes > _SMALL else _MAX_NODES)
    try:
        root = etree.fromstring(document, _parser(huge=max_bytes > _SMALL))
    except etree.XMLSyntaxError as error:
        raise _syntax(error) from None
    except (etree.LxmlError, ValueError) as error:
        raise Malformed("xml", "Tệp không phải XML hợp lệ.", f"Not XML: {error}") from None
    info = root.getroottree().docinfo
    if info.internalDTD is not None:
        raise _doctype()
    if (info.encoding or "utf-8").lower() not in _UTF_8:
        raise _encoding()
    if next(root.iter(etree.Entity), None) is not None:
        raise Malformed(
            "entity",
            "Tệp dùng thực thể XML, không được chấp nhận.",
            "The document uses XML entities, which are not accepted.",
        )
    if _TOO_DEEP(root):
        raise _depth()
    return root


def is_utf8(data: bytes) -> bool:
    """Tell whether the bytes are UTF-8, without holding the whole text in memory beside them."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(data), _CHUNK):
            decoder.decode(data[start : start + _CHUNK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _parser(*, huge: bool) -> etree.XMLParser:
    # A parser keeps state between documents (its error log), so each document gets its own.
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        strip_cdata=False,
        huge_tree=huge,
    )


def _refuse_encoding(document: bytes) -> None:
    declared = _DECLARED_ENCODING.match(document.removeprefix(_BOM))
    named = declared[1].decode("ascii", "replace").lower() if declared else "utf-8"
    if not is_utf8(document) or named not in _UTF_8 or b"\0" in document:
        raise _encoding()


def _refuse_doctype(document: bytes) -> None:
    """Step over the prolog, where alone a DOCTYPE can stand, before any parser sees it."""
    at = len(_BOM) if document.startswith(_BOM) else 0
    while at < len(document):
        if document[at : at + 1] in _SPACE and document[at : at + 1]:
            at += 1
        elif document.startswith((b"<?", b"<!--"), at):
            # "<!-->" opens a comment and does not close it, hence the different first places.
            end, first = (b"?>", 2) if document.startswith(b"<?", at) else (b"-->", 4)
            found = document.find(end, at + first)
            if found < 0:
                return  # not well-formed: the parser says where
            at = found + len(end)
        else:
            if document[at : at + 9].upper() == b"<!DOCTYPE":
                raise _doctype()
            return


def _refuse_too_many(document: bytes, limit: int) -> None:
    """Bound the memory of the tree before there is one."""
    elements = document.count(b"<") - document.count(b"</")
    if elements > limit or document.count(b"=") > limit:
        raise Malformed(
            "too_many",
            f"Tệp có quá {limit} thẻ hoặc thuộc tính.",
            f"The document has more than {limit} elements or attributes.",
        )


def _encoding() -> Malformed:
    return Malformed(
        "encoding", "Tệp phải dùng bảng mã UTF-8.", "The document must be encoded in UTF-8."
    )


def _depth() -> Malformed:
    return Malformed(
        "depth",
        f"Các thẻ lồng nhau quá {MAX_DEPTH} tầng.",
        f"Elements are nested more than {MAX_DEPTH} levels deep.",
    )


def _doctype() -> Malformed:
    return Malformed(
        "doctype",
        "Tệp có khai báo DOCTYPE, không được chấp nhận.",
        "The document has a DOCTYPE, which is not accepted.",
    )


def _syntax(error: etree.XMLSyntaxError) -> Malformed:
    if "Excessive depth" in (error.msg or ""):  # the parser's own limit, far above ours
        return _depth()
    line, column = error.position
    return Malformed(
        "xml",
        f"Tệp không phải XML hợp lệ (dòng {line}, cột {column}).",
        f"The document is not well-formed XML (line {line}, column {column}).",
        where=f"dòng {line}",
    )
