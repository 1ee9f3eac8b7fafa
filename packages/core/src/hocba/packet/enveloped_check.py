"""Reading and checking the signature over a whole document.

Says whether the bytes are those that the holder of the certificate signed. Whether the certificate
is trusted and is the approved one of that unit is the caller's question (CV 2088 III.1).

Strict where attacks live: the Signature stands in one place, references only its document and its
own properties, and uses nothing but the listed transforms.
"""

from __future__ import annotations

import binascii
import hashlib
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from lxml import etree

from hocba.errors import NotTrusted
from hocba.packet.canonical import EXCLUSIVE, INCLUSIVE, canonical_bytes
from hocba.packet.enveloped import ECDSA_SIZE, ENVELOPED, SHA256, XMLDSIG
from hocba.trust.algorithms import SignatureAlgorithm, verify_digest
from hocba.trust.parsing import UNREADABLE, load_certificate

_DS = f"{{{XMLDSIG}}}"
SIGNATURE_TAG = f"{_DS}Signature"

_ID_NAMES = ("id", "Id", "ID")
_DIGESTS = {
    SHA256: "sha256",
    "http://www.w3.org/2001/04/xmldsig-more#sha384": "sha384",
    "http://www.w3.org/2001/04/xmlenc#sha512": "sha512",
}
_MAX_REFERENCES = 4
_YEARS = range(2000, 9999)
_MAX_CERTIFICATE = 20_000


@dataclass(frozen=True, slots=True)
class EnvelopedFact:
    """What the signature over a document says. With a `fault`, the rest is only a claim."""

    certificate: x509.Certificate | None
    signing_time: datetime | None
    """From the signed SignatureProperty; None when the sender signed no time."""
    algorithm: SignatureAlgorithm | None
    fault: NotTrusted | None


@dataclass(frozen=True, slots=True)
class _Reference:
    element: etree._Element
    method: str
    digest_name: str
    digest: bytes


def check_enveloped(signed: etree._Element, signature: etree._Element | None) -> EnvelopedFact:
    """Check `signature` over the element `signed`: inside it as a child, or beside it.

    Never raises for a bad signature: the fault is part of the answer. **Changes the tree**: an
    enveloped signature is taken out of it.
    """
    certificate = algorithm = signing_time = None
    try:
        if signature is None:
            raise _fault("signature_missing", "Gói tin không có chữ ký giao dịch.", "is missing")
        certificate = _certificate(signature)
        algorithm = _algorithm(signature)
        references = _references(signed, signature)
        signing_time = _signing_time([reference.element for reference in references])
        # SignedInfo first: nothing is believed before the key has signed the digests.
        _check_value(signature, certificate, algorithm)
        for reference in references:
            _check_digest(reference, signed, signature)
    except NotTrusted as fault:
        return EnvelopedFact(certificate, signing_time, algorithm, fault)
    return EnvelopedFact(certificate, signing_time, algorithm, None)


def _references(signed: etree._Element, signature: etree._Element) -> list[_Reference]:
    nodes = _one(signature, "SignedInfo").findall(f"{_DS}Reference")
    if not 1 <= len(nodes) <= _MAX_REFERENCES:
        raise _fault("wrong_reference", "Chữ ký giao dịch tham chiếu sai.", "has odd references")
    own = {
        value: element
        for holder in signature.findall(f"{_DS}Object")
        for element in holder.iter(etree.Element)
        if (value := _identifier(element))
    }
    references = [_read_reference(node, signed, signature, own) for node in nodes]
    covered = [reference.element for reference in references]
    if len({id(element) for element in covered}) != len(covered) or signed not in covered:
        raise _fault(
            "missing_reference",
            "Chữ ký giao dịch không ký lên danh sách học bạ.",
            "does not cover the document exactly once",
        )
    return references


def _read_reference(
    node: etree._Element,
    signed: etree._Element,
    signature: etree._Element,
    own: dict[str, etree._Element],
) -> _Reference:
    uri = node.get("URI")
    inside = signature.getparent() is signed
    if uri is not None and uri == f"#{_identifier(signed)}" and len(uri) > 1:
        _refuse_double(signed, uri[1:])
        target = signed
    elif uri == "" and inside and signed.getparent() is None:
        target = signed
    elif uri is not None and uri[:1] == "#" and uri[1:] in own:
        _refuse_double(signature, uri[1:])
        target = own[uri[1:]]
    else:
        raise _fault(
            "foreign_reference",
            "Chữ ký giao dịch tham chiếu ra ngoài gói tin.",
            "references something else",
        )
    digest_name = _DIGESTS.get(_algorithm_of(_one(node, "DigestMethod")))
    if digest_name is None:
        raise _not_allowed()
    method = _transforms(node, enveloped=target is signed and inside)
    return _Reference(target, method, digest_name, _base64(_one(node, "DigestValue")))


def _transforms(node: etree._Element, *, enveloped: bool) -> str:
    """Return the canonicalisation of a reference; refuse every other transform."""
    holder = node.find(f"{_DS}Transforms")
    uris = [] if holder is None else [_algorithm_of(child) for child in holder]
    if ENVELOPED in uris[:1]:
        uris = uris[1:]
    elif enveloped:
        raise _fault(
            "extra_transform", "Thiếu phép biến đổi enveloped-signature.", "is not enveloped"
        )
    # Without a canonicalisation the standard says: inclusive (XML Signature 4.4.3.2).
    uris = uris or [INCLUSIVE]
    if len(uris) != 1 or uris[0] not in {EXCLUSIVE, INCLUSIVE}:
        raise _fault(
            "extra_transform", "Phép biến đổi không được chấp nhận.", "has other transforms"
        )
    return uris[0]


def _check_value(
    signature: etree._Element, certificate: x509.Certificate, algorithm: SignatureAlgorithm
) -> None:
    info = _one(signature, "SignedInfo")
    method = _algorithm_of(_one(info, "CanonicalizationMethod"))
    digest = hashlib.sha256(canonical_bytes(info, method)).digest()
    value = _base64(_one(signature, "SignatureValue"))
    if algorithm is SignatureAlgorithm.ECDSA_P256_SHA256:
        if len(value) != 2 * ECDSA_SIZE:
            raise _mismatch()
        r, s = value[:ECDSA_SIZE], value[ECDSA_SIZE:]
        value = encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big"))
    try:
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        raise _not_allowed() from None
    verify_digest(key, algorithm, digest, value)


def _check_digest(reference: _Reference, signed: etree._Element, signature: etree._Element) -> None:
    if reference.element is signed and signature.getparent() is signed:
        _take_out(signature)
    content = canonical_bytes(reference.element, reference.method)
    if hashlib.new(reference.digest_name, content).digest() != reference.digest:
        raise _fault(
            "digest_mismatch",
            "Gói tin đã bị thay đổi sau khi ký giao dịch.",
            "does not match: the document was changed after signing",
        )


def _take_out(signature: etree._Element) -> None:
    """Remove the signature and keep the text behind it, as the enveloped transform does."""
    parent, tail = signature.getparent(), signature.tail
    if parent is None:
        return
    before = signature.getprevious()
    if tail and before is not None:
        before.tail = (before.tail or "") + tail
    elif tail:
        parent.text = (parent.text or "") + tail
    signature.tail = None
    parent.remove(signature)


def _signing_time(covered: list[etree._Element]) -> datetime | None:
    times = [
        child.text or ""
        for element in covered
        if element.tag == f"{_DS}SignatureProperty"
        for child in element
        if etree.QName(child).localname == "SigningTime"
    ]
    if not times:
        return None
    try:
        moment = datetime.fromisoformat(times[0].strip())
    except ValueError:
        moment = None
    if len(times) > 1 or moment is None or moment.tzinfo is None or moment.year not in _YEARS:
        raise _fault("signing_time", "Thời điểm ký giao dịch sai.", "has a wrong signing time")
    return moment


def _certificate(signature: etree._Element) -> x509.Certificate:
    nodes = signature.findall(f"{_DS}KeyInfo/{_DS}X509Data/{_DS}X509Certificate")
    der = _base64(nodes[0]) if nodes else b""
    try:
        if 0 < len(der) <= _MAX_CERTIFICATE:
            return load_certificate(der)
    except UNREADABLE:
        pass
    raise _fault("certificate", "Chữ ký giao dịch không có chứng thư số.", "has no certificate")


def _algorithm(signature: etree._Element) -> SignatureAlgorithm:
    uri = _algorithm_of(_one(_one(signature, "SignedInfo"), "SignatureMethod"))
    for algorithm in SignatureAlgorithm:
        if algorithm.xml_uri == uri:
            return algorithm
    raise _not_allowed()


def _algorithm_of(node: etree._Element) -> str:
    """Return the Algorithm of a node without parameters (parameters are extra transforms)."""
    if len(node):
        raise _fault(
            "extra_transform", "Phép biến đổi không được chấp nhận.", "has other transforms"
        )
    return node.get("Algorithm") or ""


def _one(parent: etree._Element, name: str) -> etree._Element:
    found = parent.findall(_DS + name)
    if len(found) != 1:
        raise _fault("signature_form", f"Chữ ký giao dịch sai cấu trúc ({name}).", f"lacks {name}")
    return found[0]


def _identifier(element: etree._Element) -> str | None:
    return next((value for name in _ID_NAMES if (value := element.get(name)) is not None), None)


def _refuse_double(scope: etree._Element, identifier: str) -> None:
    count = scope.xpath(
        "count(descendant-or-self::*/@*[name()='id' or name()='Id' or name()='ID'][. = $value])",
        value=identifier,
    )
    if count != 1:
        raise _fault("duplicate_id", "Mã Id trong gói tin bị lặp lại.", "names an Id twice")


def _base64(node: etree._Element) -> bytes:
    try:
        return binascii.a2b_base64("".join((node.text or "").split()).encode(), strict_mode=True)
    except ValueError:
        raise _fault(
            "signature_form", "Chữ ký giao dịch có Base64 sai.", "has bad Base64"
        ) from None


def _not_allowed() -> NotTrusted:
    return _fault(
        "algorithm_not_allowed",
        "Chữ ký giao dịch dùng thuật toán không được chấp nhận.",
        "uses an algorithm that is not accepted",
    )


def _other_transforms() -> NotTrusted:
    return _fault(
        "extra_transform",
        "Chữ ký giao dịch thiếu hoặc thừa phép biến đổi.",
        "lacks the enveloped transform or has other ones",
    )


def _mismatch() -> NotTrusted:
    return _fault("signature_mismatch", "Chữ ký giao dịch không đúng.", "is wrong")


def _fault(code: str, vi: str, en: str) -> NotTrusted:
    return NotTrusted(code, vi, f"The transaction signature {en}.", where="Signature")
