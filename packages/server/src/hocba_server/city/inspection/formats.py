"""Is every kept file of the format that it is kept as? Nobody can read what follows no format."""

from __future__ import annotations

from cryptography import x509
from cryptography.x509 import ocsp
from lxml import etree

from hocba.record.codec import ReadRecord
from hocba.record.schema import validate_schema
from hocba.trust.parsing import UNREADABLE, load_certificate
from hocba_server.city.repository.models import EvidenceKind


def evidence_format(kind: str, data: bytes) -> bool:
    """Is this a certificate (RFC 5280), an OCSP answer (RFC 6960) or a CRL, as it says?"""
    try:
        if kind == EvidenceKind.CERTIFICATE:
            load_certificate(data)
        elif kind == EvidenceKind.OCSP:
            ocsp.load_der_ocsp_response(data)
        else:
            x509.load_der_x509_crl(data)
    except UNREADABLE:
        return False
    return True


def record_format(root: etree._Element, read: ReadRecord) -> str:
    """What is wrong with a parsed original under the schema of its profile; empty: nothing."""
    faults = validate_schema(root, read.profile)
    return f"{faults[0].path}: {faults[0].sentence.vi}" if faults else ""
