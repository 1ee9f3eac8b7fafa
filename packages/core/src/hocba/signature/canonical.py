"""Canonical XML: exclusive C14N for our own signatures, inclusive C14N 1.0 for other vendors'.

Comments are never kept. Sources: W3C Exclusive XML Canonicalization 1.0; Canonical XML 1.0.
"""

from __future__ import annotations

import copy
import hashlib
from typing import Any, cast

from lxml import etree

from hocba.signature.faults import fault
from hocba.signature.names import EXCLUSIVE_C14N, INCLUSIVE_C14N, SHA256, SHA384, SHA512

_XML = "{http://www.w3.org/XML/1998/namespace}"
DIGESTS = {SHA256: "sha256", SHA384: "sha384", SHA512: "sha512"}


def canonical_bytes(element: etree._Element, method: str = EXCLUSIVE_C14N) -> bytes:
    """Return the canonical form of an element in its place.

    Raises `NotTrusted` with code `extra_transform` for other methods, and where no canonical form
    exists (relative namespace names) or other readers would disagree (inherited `xml:` attributes).
    """
    if method == INCLUSIVE_C14N:
        element = _with_inherited(element)
    elif method != EXCLUSIVE_C14N:
        raise fault("extra_transform")
    try:
        return etree.tostring(
            element, method="c14n", exclusive=method == EXCLUSIVE_C14N, with_comments=False
        )
    except (etree.LxmlError, ValueError):
        raise fault("extra_transform") from None


def _with_inherited(element: etree._Element) -> etree._Element:
    """Return the element, or a copy with the namespaces that inclusive C14N takes from outside."""
    parent = element.getparent()
    if parent is None:
        return element
    for above in element.iterancestors():
        if any(str(name).startswith(_XML) for name in above.attrib):
            raise fault("extra_transform")
    if all(element.nsmap.get(prefix) != uri for prefix, uri in parent.nsmap.items()):
        return element
    alone = etree.Element(
        element.tag,
        attrib={str(name): str(value) for name, value in element.attrib.items()},
        nsmap=cast("Any", element.nsmap),
    )
    alone.text = element.text
    alone.extend(copy.deepcopy(child) for child in element)
    return alone


class Digester:
    """Digests of one record: what several signatures cover is made canonical once."""

    def __init__(self) -> None:
        self._canonical: dict[tuple[etree._Element, str], bytes] = {}

    def digest(
        self, element: etree._Element, method: str = EXCLUSIVE_C14N, digest_name: str = "sha256"
    ) -> bytes:
        """Return the digest of the canonical form of `element`."""
        key = (element, method)
        canonical = self._canonical.get(key)
        if canonical is None:
            canonical = self._canonical[key] = canonical_bytes(element, method)
        return hashlib.new(digest_name, canonical).digest()
