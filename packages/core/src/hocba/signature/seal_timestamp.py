"""The RFC 3161 time-stamp on the school's seal: an unsigned XAdES property, outside all references.

Source: ETSI EN 319 132-1 clause 5.3 (SignatureTimeStamp): the time-stamp covers the canonical form
of SignatureValue.
"""

from __future__ import annotations

import hashlib

from hocba.record.codec import parse_xml
from hocba.record.model import SignerRole
from hocba.signature.canonical import canonical_bytes
from hocba.signature.faults import fault
from hocba.signature.names import DS, EXCLUSIVE_C14N, SIGNATURE, XA, XMLDSIG
from hocba.signature.slots import read_tree
from hocba.signature.splice import check_spliceable, element_span
from hocba.signature.xml_prepare import MAX_BYTES
from hocba.signature.xml_text import encode

_SEAL = SignerRole.ORGANISATION.value
_SIGNED_END = b"</xa:SignedProperties>"
_QUALIFYING_END = b"</xa:QualifyingProperties>"


def seal_timestamp_digest(document: bytes) -> bytes:
    """Return the SHA-256 digest that the time-stamp service has to stamp.

    Raises `Refused` (`not_sealed`, `already_stamped`), `Malformed` or `NotTrusted`.
    """
    root = parse_xml(document, max_bytes=MAX_BYTES)
    check_spliceable(document, root)
    for role, slot in read_tree(root).slots:
        if role is not SignerRole.ORGANISATION:
            continue
        if slot.find(f"{SIGNATURE}//{XA}SignatureTimeStamp") is not None:
            raise fault("already_stamped", _SEAL)
        value = slot.find(f"{SIGNATURE}/{DS}SignatureValue")
        if value is not None:
            return hashlib.sha256(canonical_bytes(value)).digest()
    raise fault("not_sealed", _SEAL)


def add_seal_timestamp(document: bytes, token: bytes) -> bytes:
    """Splice a DER TimeStampToken into the seal. Every signature of the record stays valid.

    Raises as `seal_timestamp_digest`.
    """
    seal_timestamp_digest(document)
    span = element_span(document, _SEAL)
    at = document.find(_SIGNED_END + _QUALIFYING_END, span.inside, span.inside_end)
    if at < 0:
        raise fault("not_sealed", _SEAL)
    at += len(_SIGNED_END)
    stamp = (
        "<xa:UnsignedProperties><xa:UnsignedSignatureProperties><xa:SignatureTimeStamp>"
        f'<CanonicalizationMethod xmlns="{XMLDSIG}" Algorithm="{EXCLUSIVE_C14N}"/>'
        f"<xa:EncapsulatedTimeStamp>{encode(token)}</xa:EncapsulatedTimeStamp>"
        "</xa:SignatureTimeStamp></xa:UnsignedSignatureProperties></xa:UnsignedProperties>"
    )
    return document[:at] + stamp.encode() + document[at:]
