"""Canonical XML as far as transactions need it: exclusive C14N and, for other vendors, inclusive.

Comments are never kept (the variants "WithComments" are refused). Source: W3C Exclusive XML
Canonicalization 1.0, Canonical XML 1.0; the exclusive form is our choice for signing.
"""

from __future__ import annotations

from lxml import etree

from hocba.errors import NotTrusted

EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"


def canonical_bytes(element: etree._Element, method: str) -> bytes:
    """Return the canonical form. Raises `NotTrusted` for other methods or when there is none.

    Inclusive C14N would also take namespaces from outside the element; where there are any, it is
    refused rather than computed differently from other readers.
    """
    if method == INCLUSIVE:
        parent = element.getparent()
        around = {} if parent is None else dict(parent.nsmap)
        around.pop(element.prefix, None)
        if around:
            raise _refused()
    elif method != EXCLUSIVE:
        raise _refused()
    try:
        return etree.tostring(
            element, method="c14n", exclusive=method == EXCLUSIVE, with_comments=False
        )
    except etree.C14NError:
        # Relative namespace names have no canonical form.
        raise _refused() from None


def _refused() -> NotTrusted:
    return NotTrusted(
        "extra_transform",
        "Chữ ký dùng phép biến đổi hoặc chuẩn hóa XML không được chấp nhận.",
        "The signature uses a transform or canonicalisation that is not accepted.",
    )
