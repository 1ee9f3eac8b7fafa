"""Complete a prepared signature: check what the key answered and splice the slot into the bytes."""

from __future__ import annotations

import hashlib

from hocba.signature.faults import fault
from hocba.signature.slots import slot_name
from hocba.signature.value import check_value, to_xml
from hocba.signature.xml_prepare import PreparedSignature
from hocba.signature.xml_text import encode


def complete_signature(document: bytes, prepared: PreparedSignature, value: bytes) -> bytes:
    """Return the document with the signature in its slot; all other bytes stay as they are.

    `document` is the one that was prepared, `value` the key's answer (ECDSA as DER). Raises
    `Refused` (`document_changed`), or `NotTrusted` (`signature_mismatch`) when the key answered
    with a value that its own certificate does not verify: such a record must never leave.
    """
    if hashlib.sha256(document).digest() != prepared.document_sha256:
        raise fault("document_changed", slot_name(prepared.slot))
    xml_value = to_xml(value, prepared.algorithm)
    check_value(prepared.certificate, prepared.algorithm, prepared.digest, xml_value)
    start, end = prepared.place
    return b"".join(
        (
            document[:start],
            prepared.before,
            encode(xml_value).encode(),
            prepared.after,
            document[end:],
        )
    )
