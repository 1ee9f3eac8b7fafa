"""Making the signature over a whole document: the transaction and the certificate registration.

Enveloped XML Signature as the last child of the root: one Reference to the root (transform
enveloped-signature and exclusive C14N) and one to the signing time. As everywhere, the library
prepares a digest, a key outside signs it, and the document is completed by splicing bytes.

Sources: CV 2088/BGDĐT-GDTH II.2.2 (organisation signature on each transaction); place and form of
the Signature are our choice (docs/formats/envelope.md).
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from hocba.packet.canonical import EXCLUSIVE, canonical_bytes
from hocba.trust.algorithms import SignatureAlgorithm

XMLDSIG = "http://www.w3.org/2000/09/xmldsig#"
ENVELOPED = XMLDSIG + "enveloped-signature"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
ECDSA_SIZE = 32
"""Bytes of r and of s of a P-256 signature in XML (RFC 4050, RFC 6931)."""

_NAMESPACE = f' xmlns="{XMLDSIG}"'


@dataclass(frozen=True, slots=True)
class PreparedTransaction:
    """A document waiting for its signature: sign `digest` (SHA-256), then complete."""

    digest: bytes
    algorithm: SignatureAlgorithm
    _before: bytes
    """Everything up to the text of SignatureValue."""
    _after: bytes
    """Everything behind it."""


def prepare_enveloped(
    document: bytes,
    root: etree._Element,
    *,
    name: str,
    certificate: x509.Certificate,
    algorithm: SignatureAlgorithm,
    signing_time: datetime,
) -> PreparedTransaction:
    """Prepare the signature over `document`, which was parsed to `root` and ends with its end tag.

    `root` carries the attribute `id`; `name` makes the identifiers `sig-<name>` and `time-<name>`.
    """
    if signing_time.tzinfo is None:
        raise ValueError("a signing time without time zone")
    prop = _signing_time_property(name, signing_time)
    references = _reference(root.get("id") or "", canonical_bytes(root, EXCLUSIVE), ENVELOPED)
    references += _reference(f"time-{name}", _in_namespace(prop))
    signed_info = (
        f'<SignedInfo><CanonicalizationMethod Algorithm="{EXCLUSIVE}"></CanonicalizationMethod>'
        f'<SignatureMethod Algorithm="{algorithm.xml_uri}"></SignatureMethod>'
        f"{references}</SignedInfo>"
    )
    subject = escape(certificate.subject.rfc4514_string())
    der = base64.b64encode(certificate.public_bytes(Encoding.DER)).decode("ascii")
    end_tag = f"</{root.tag}>".encode()
    if not document.endswith(end_tag):
        raise ValueError("the document does not end with the end tag of its root")
    before = f'<Signature{_NAMESPACE} Id="sig-{name}">{signed_info}<SignatureValue>'
    after = (
        f"</SignatureValue><KeyInfo><X509Data><X509SubjectName>{subject}</X509SubjectName>"
        f"<X509Certificate>{der}</X509Certificate></X509Data></KeyInfo>"
        f"<Object><SignatureProperties>{prop}</SignatureProperties></Object></Signature>"
    )
    return PreparedTransaction(
        hashlib.sha256(_in_namespace(signed_info)).digest(),
        algorithm,
        document[: -len(end_tag)] + before.encode(),
        after.encode() + end_tag,
    )


def complete_enveloped(prepared: PreparedTransaction, value: bytes) -> bytes:
    """Return the signed document. `value` is what the key answered (ECDSA as DER)."""
    if prepared.algorithm is SignatureAlgorithm.ECDSA_P256_SHA256:
        r, s = decode_dss_signature(value)
        value = r.to_bytes(ECDSA_SIZE, "big") + s.to_bytes(ECDSA_SIZE, "big")
    return prepared._before + base64.b64encode(value) + prepared._after


def _signing_time_property(name: str, signing_time: datetime) -> str:
    return (
        f'<SignatureProperty Id="time-{name}" Target="#sig-{name}"><SigningTime xmlns="">'
        f"{signing_time.isoformat(timespec='seconds')}</SigningTime></SignatureProperty>"
    )


def _reference(identifier: str, canonical: bytes, *transforms: str) -> str:
    chain = "".join(
        f'<Transform Algorithm="{uri}"></Transform>' for uri in (*transforms, EXCLUSIVE)
    )
    digest = base64.b64encode(hashlib.sha256(canonical).digest()).decode("ascii")
    return (
        f'<Reference URI="#{identifier}"><Transforms>{chain}</Transforms>'
        f'<DigestMethod Algorithm="{SHA256}"></DigestMethod>'
        f"<DigestValue>{digest}</DigestValue></Reference>"
    )


def _in_namespace(fragment: str) -> bytes:
    """Return the exclusive canonical form of a fragment that was written canonically."""
    tag_end = min(fragment.index(end) for end in " >" if end in fragment)
    return f"{fragment[:tag_end]}{_NAMESPACE}{fragment[tag_end:]}".encode()
