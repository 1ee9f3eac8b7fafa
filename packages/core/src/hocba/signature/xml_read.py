"""Read one Signature element part by part. Nothing is verified here and nothing unknown is passed.

What the rules demand stands in docs/formats/signature.md.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from lxml import etree

from hocba.signature.certificates import KnownCertificate, certificate_from_der
from hocba.signature.facts import SignatureRules
from hocba.signature.faults import fault
from hocba.signature.names import DS, EXCLUSIVE_C14N, INCLUSIVE_C14N, XA
from hocba.trust.algorithms import SignatureAlgorithm

_ALGORITHMS: Final = {algorithm.xml_uri: algorithm for algorithm in SignatureAlgorithm}
_TIME = re.compile(
    r"(2[01][0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]{1,9})?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})"
)
_SPACE = re.compile(r"[ \t\r\n]+")
_MAX_CERTIFICATES = 5


@dataclass(frozen=True, slots=True)
class Properties:
    """The XAdES part of a signature."""

    signed: etree._Element
    signing_time: datetime
    certificate_digest: bytes
    digest_method: str
    timestamp_token: bytes | None


@dataclass(frozen=True, slots=True)
class ReadSignature:
    """A Signature element whose structure is as the rules demand."""

    rules: SignatureRules
    signed_info: etree._Element
    canonicalisation: str
    algorithm: SignatureAlgorithm
    references: tuple[etree._Element, ...]
    value_element: etree._Element
    value: bytes
    certificate: KnownCertificate
    time_holders: tuple[etree._Element, ...]
    """Elements that a reference to the signing time may name, the SignatureProperty first."""
    signing_time: datetime
    properties: Properties | None


def read_signature(element: etree._Element, rules: SignatureRules) -> ReadSignature:
    """Read a ds:Signature. Raises `Malformed` or `NotTrusted`; the codes are in `faults`."""
    has_xades = next(element.iter(f"{XA}*"), None) is not None
    if rules is SignatureRules.EITHER:
        rules = SignatureRules.STRICT if has_xades else SignatureRules.PLAIN
    strict = rules is SignatureRules.STRICT
    if has_xades is not strict:
        raise fault("missing_property" if strict else "unexpected_property")
    children = list(element)
    tags = [child.tag for child in children]
    if tags[:3] != [DS + "SignedInfo", DS + "SignatureValue", DS + "KeyInfo"]:
        raise fault("signature_form", "Signature")
    objects = children[3:]
    if not objects or any(item.tag != DS + "Object" for item in objects):
        raise fault("signature_form", "Signature")
    signed_info, value_element, key_info = children[:3]
    canonicalisation, algorithm, references = _signed_info(signed_info, strict=strict)
    target = f"#{element.get('Id')}"
    properties = None
    if strict:
        objects, properties = _take_properties(objects, target)
    time_property = _time_property(objects, target if strict else None)
    holder = time_property.getparent()
    above = holder.getparent() if holder is not None else None
    wider = () if strict else tuple(item for item in (holder, above) if item is not None)
    return ReadSignature(
        rules=rules,
        signed_info=signed_info,
        canonicalisation=canonicalisation,
        algorithm=algorithm,
        references=references,
        value_element=value_element,
        value=read_base64(value_element, strict=strict),
        certificate=_certificate(key_info, strict=strict),
        time_holders=(time_property, *wider),
        signing_time=read_time(time_property[0], strict=strict),
        properties=properties,
    )


def children_of(parent: etree._Element, tags: Sequence[str]) -> list[etree._Element]:
    """Return the children, which must be exactly these. Raises `Malformed` (`signature_form`)."""
    children = list(parent)
    if [child.tag for child in children] != list(tags):
        raise fault("signature_form", _local(parent))
    return children


def algorithm_of(element: etree._Element, code: str = "algorithm_not_allowed") -> str:
    """Return the Algorithm of an element without parameters; with any, refuse with `code`."""
    if len(element):
        raise fault(code, _local(element))
    return element.get("Algorithm") or ""


def read_base64(element: etree._Element, *, strict: bool) -> bytes:
    """Read Base64 text. Strict: one line, canonical padding. Raises `Malformed` (`base64`)."""
    if len(element):
        raise fault("signature_form", _local(element))
    text = element.text or ""
    if not strict:
        text = _SPACE.sub("", text)
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise fault("base64", _local(element)) from None
    if not value or (strict and base64.b64encode(value).decode("ascii") != text):
        raise fault("base64", _local(element))
    return value


def read_time(element: etree._Element, *, strict: bool) -> datetime:
    """Read a moment with its zone, in whole seconds. Raises `Malformed` (`signing_time`)."""
    text = element.text or ""
    found = _TIME.fullmatch(text if strict else text.strip())
    if len(element) or not found or (strict and found[2]):
        raise fault("signing_time", _local(element))
    try:
        return datetime.fromisoformat(found[1] + found[3])
    except ValueError:
        raise fault("signing_time", _local(element)) from None


def _signed_info(
    signed_info: etree._Element, *, strict: bool
) -> tuple[str, SignatureAlgorithm, tuple[etree._Element, ...]]:
    children = list(signed_info)
    tags = [child.tag for child in children]
    expected = [DS + "CanonicalizationMethod", DS + "SignatureMethod"]
    if tags[:2] != expected or any(tag != DS + "Reference" for tag in tags[2:]):
        raise fault("signature_form", "SignedInfo")
    canonicalisation = algorithm_of(children[0])
    allowed = (EXCLUSIVE_C14N,) if strict else (EXCLUSIVE_C14N, INCLUSIVE_C14N)
    algorithm = _ALGORITHMS.get(algorithm_of(children[1]))
    if canonicalisation not in allowed or algorithm is None:
        raise fault("algorithm_not_allowed", "SignedInfo")
    return canonicalisation, algorithm, tuple(children[2:])


def _certificate(key_info: etree._Element, *, strict: bool) -> KnownCertificate:
    """Read the signer's certificate; no other key material is ever used."""
    data = key_info.findall(DS + "X509Data")
    if len(data) != 1 or (strict and len(key_info) != 1):
        raise fault("key_info", "KeyInfo")
    elements = data[0].findall(DS + "X509Certificate")
    if strict:
        names = [DS + "X509SubjectName", DS + "X509Certificate"]
        if [child.tag for child in data[0]] != names:
            raise fault("key_info", "X509Data")
    if not 1 <= len(elements) <= _MAX_CERTIFICATES:
        raise fault("key_info", "X509Data")
    known = [certificate_from_der(read_base64(item, strict=strict)) for item in elements]
    issuers = {
        item.certificate.issuer
        for item in known
        if item.certificate.issuer != item.certificate.subject
    }
    leaves = [item for item in known if len(known) == 1 or item.certificate.subject not in issuers]
    if len(leaves) != 1:
        raise fault("key_info", "X509Data")
    return leaves[0]


def _time_property(objects: Sequence[etree._Element], target: str | None) -> etree._Element:
    """Return the one SignatureProperty with the SigningTime; nothing else may be there."""
    found = []
    for holder in objects:
        for properties in holder:
            if properties.tag != DS + "SignatureProperties":
                raise fault("unexpected_property", "Object")
            for item in properties:
                child = item[0] if len(item) == 1 else None
                if item.tag != DS + "SignatureProperty" or child is None:
                    raise fault("unexpected_property", "SignatureProperties")
                if child.tag not in ("SigningTime", DS + "SigningTime"):
                    raise fault("unexpected_property", "SignatureProperty")
                found.append(item)
    if len(found) != 1 or len(objects) != 1:
        raise fault("signature_form", "SignatureProperty")
    if target is not None and (
        found[0].get("Target") != target or found[0][0].tag != "SigningTime"
    ):
        raise fault("signature_form", "SignatureProperty")
    return found[0]


def _take_properties(
    objects: Sequence[etree._Element], target: str
) -> tuple[list[etree._Element], Properties]:
    """Separate the XAdES object from the others and read it."""
    name = XA + "QualifyingProperties"
    holders = [item for item in objects if item.find(name) is not None]
    if len(holders) != 1:
        raise fault("missing_property" if not holders else "signature_form", "Object")
    qualifying = children_of(holders[0], [name])[0]
    if qualifying.get("Target") != target:
        raise fault("signature_form", "QualifyingProperties")
    others = [item for item in objects if item is not holders[0]]
    return others, _properties(qualifying)


def _properties(qualifying: etree._Element) -> Properties:
    names = [XA + "SignedProperties", XA + "UnsignedProperties"]
    children = list(qualifying)
    if [child.tag for child in children] not in (names[:1], names):
        raise fault("unexpected_property", "QualifyingProperties")
    signed = children[0]
    (own,) = _exactly(signed, "SignedSignatureProperties")
    time, named = _exactly(own, "SigningTime", "SigningCertificateV2")
    (certificate,) = _exactly(named, "Cert")
    (digest,) = _exactly(certificate, "CertDigest")
    method, value = children_of(digest, [DS + "DigestMethod", DS + "DigestValue"])
    return Properties(
        signed=signed,
        signing_time=read_time(time, strict=True),
        certificate_digest=read_base64(value, strict=True),
        digest_method=algorithm_of(method),
        timestamp_token=_timestamp(children[1]) if len(children) > 1 else None,
    )


def _exactly(parent: etree._Element, *names: str) -> list[etree._Element]:
    """Return the children, which must be these XAdES elements: no policy, no role, no more."""
    tags = [str(child.tag) for child in parent]
    expected = [XA + name for name in names]
    if tags != expected:
        missing = set(expected) - set(tags)
        raise fault("missing_property" if missing else "unexpected_property", _local(parent))
    return list(parent)


def _timestamp(unsigned: etree._Element) -> bytes:
    """Return the token of the only unsigned property that is accepted."""
    tags = ("UnsignedSignatureProperties", "SignatureTimeStamp")
    at = unsigned
    for tag in tags:
        if [child.tag for child in at] != [XA + tag]:
            raise fault("unexpected_property", _local(at))
        at = at[0]
    method, token = children_of(at, [DS + "CanonicalizationMethod", XA + "EncapsulatedTimeStamp"])
    if algorithm_of(method) != EXCLUSIVE_C14N:
        raise fault("algorithm_not_allowed", "SignatureTimeStamp")
    return read_base64(token, strict=True)


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname
