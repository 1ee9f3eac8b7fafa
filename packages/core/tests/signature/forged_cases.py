"""Every single fault that a forger with a valid key could put into a strict signature."""

from __future__ import annotations

import copy

from forge import Mutation, at, xml
from lxml import etree
from signature_world import DS, PSS, RSA, b64

Element = etree._Element
TRANSFORM = "ds:SignedInfo/ds:Reference/ds:Transforms/ds:Transform"
SHA1 = "http://www.w3.org/2000/09/xmldsig#sha1"


def _set(path: str, name: str, value: str) -> Mutation:
    def mutate(_root: Element, _slot: Element, signature: Element) -> None:
        at(signature, path).set(name, value)

    return mutate


def _text(path: str, value: str) -> Mutation:
    def mutate(_root: Element, _slot: Element, signature: Element) -> None:
        at(signature, path).text = value

    return mutate


def _append(path: str, fragment: str) -> Mutation:
    def mutate(_root: Element, _slot: Element, signature: Element) -> None:
        at(signature, path).append(xml(fragment))

    return mutate


def _remove(path: str) -> Mutation:
    def mutate(_root: Element, _slot: Element, signature: Element) -> None:
        found = at(signature, path)
        parent = found.getparent()
        assert parent is not None
        parent.remove(found)

    return mutate


def _extra_transform(uri: str) -> Mutation:
    def mutate(_root: Element, _slot: Element, signature: Element) -> None:
        transforms = at(signature, "ds:SignedInfo/ds:Reference/ds:Transforms")
        transforms.insert(0, xml(f'<ds:Transform Algorithm="{uri}"/>'))

    return mutate


def _reference(index: int, uri: str | None) -> Mutation:
    def mutate(_root: Element, _slot: Element, signature: Element) -> None:
        reference = at(signature, "ds:SignedInfo").findall(f"{DS}Reference")[index]
        if uri is None:
            del reference.attrib["URI"]
        else:
            reference.set("URI", uri)

    return mutate


def _drop_reference(index: int) -> Mutation:
    def mutate(_root: Element, _slot: Element, signature: Element) -> None:
        info = at(signature, "ds:SignedInfo")
        info.remove(info.findall(f"{DS}Reference")[index])

    return mutate


def _repeat_reference(_root: Element, _slot: Element, signature: Element) -> None:
    info = at(signature, "ds:SignedInfo")
    info.append(copy.deepcopy(info.findall(f"{DS}Reference")[0]))


def _one_of_two_data(_root: Element, _slot: Element, signature: Element) -> None:
    _drop_reference(1)(_root, _slot, signature)
    _repeat_reference(_root, _slot, signature)


def _sign_own_object(_root: Element, _slot: Element, signature: Element) -> None:
    at(signature, "ds:Object").set("Id", "own")
    _reference(1, "#own")(_root, _slot, signature)


def _property_twice(_root: Element, _slot: Element, signature: Element) -> None:
    holder = at(signature, "ds:Object/ds:SignatureProperties")
    second = copy.deepcopy(holder[0])
    del second.attrib["Id"]
    holder.append(second)


def _no_token(_root: Element, _slot: Element, signature: Element) -> None:
    qualifying = at(signature, "ds:Object/xa:QualifyingProperties")
    qualifying.append(
        xml(
            "<xa:UnsignedProperties><xa:UnsignedSignatureProperties><xa:SignatureTimeStamp>"
            f'<ds:CanonicalizationMethod Algorithm="{SHA1}"/>'
            "<xa:EncapsulatedTimeStamp>AAAA</xa:EncapsulatedTimeStamp></xa:SignatureTimeStamp>"
            "</xa:UnsignedSignatureProperties></xa:UnsignedProperties>"
        )
    )


def _counter_signature(_root: Element, _slot: Element, signature: Element) -> None:
    qualifying = at(signature, "ds:Object/xa:QualifyingProperties")
    qualifying.append(
        xml(
            "<xa:UnsignedProperties><xa:UnsignedSignatureProperties><xa:CompleteCertificateRefs/>"
            "</xa:UnsignedSignatureProperties></xa:UnsignedProperties>"
        )
    )


SIGNED_PROPERTIES = "ds:Object/xa:QualifyingProperties/xa:SignedProperties"
SIGNATURE_PROPERTIES = f"{SIGNED_PROPERTIES}/xa:SignedSignatureProperties"
CERT = f"{SIGNATURE_PROPERTIES}/xa:SigningCertificateV2/xa:Cert"
TIME = "ds:Object/ds:SignatureProperties/ds:SignatureProperty"
FORGED: list[tuple[str, str, Mutation]] = [
    # what is referenced
    ("empty reference", "foreign_reference", _reference(0, "")),
    ("absent URI", "foreign_reference", _reference(0, None)),
    ("reference to a file", "foreign_reference", _reference(0, "hoc-ba.xml")),
    ("reference to a site", "foreign_reference", _reference(0, "http://127.0.0.1/x#data")),
    ("XPointer", "foreign_reference", _reference(0, "#xpointer(/)")),
    ("unknown fragment", "foreign_reference", _reference(0, "#nobody")),
    (
        "the part of another role",
        "wrong_reference",
        _reference(0, "#thongtinhocba-00000000-0000-4000-8000-000000000001"),
    ),
    (
        "one subject only",
        "wrong_reference",
        _reference(0, "#mon-02-00000000-0000-4000-8000-000000000001"),
    ),
    ("its own object", "wrong_reference", _sign_own_object),
    ("a fourth reference", "wrong_reference", _repeat_reference),
    ("data twice, time never", "wrong_reference", _one_of_two_data),
    ("no data", "missing_reference", _drop_reference(0)),
    ("no signing time", "missing_reference", _drop_reference(1)),
    ("no XAdES properties", "missing_reference", _drop_reference(2)),
    # algorithms
    (
        "XSLT",
        "extra_transform",
        _extra_transform("http://www.w3.org/TR/1999/REC-xslt-19991116"),
    ),
    (
        "XPath",
        "extra_transform",
        _extra_transform("http://www.w3.org/TR/1999/REC-xpath-19991116"),
    ),
    ("Base64", "extra_transform", _extra_transform("http://www.w3.org/2000/09/xmldsig#base64")),
    (
        "enveloped in strict",
        "extra_transform",
        _extra_transform("http://www.w3.org/2000/09/xmldsig#enveloped-signature"),
    ),
    (
        "C14N with comments",
        "extra_transform",
        _set(TRANSFORM, "Algorithm", "http://www.w3.org/2001/10/xml-exc-c14n#WithComments"),
    ),
    (
        "inclusive prefixes",
        "extra_transform",
        _append(TRANSFORM, '<i xmlns="http://www.w3.org/2001/10/xml-exc-c14n#"/>'),
    ),
    ("no transform", "extra_transform", _remove(TRANSFORM)),
    (
        "inclusive C14N in strict",
        "algorithm_not_allowed",
        _set(
            "ds:SignedInfo/ds:CanonicalizationMethod",
            "Algorithm",
            "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
        ),
    ),
    *(
        (f"SignatureMethod {name}", "algorithm_not_allowed", _set(path, "Algorithm", uri))
        for path in ("ds:SignedInfo/ds:SignatureMethod",)
        for name, uri in (
            ("none", ""),
            ("HMAC", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"),
            ("RSA with SHA-1", "http://www.w3.org/2000/09/xmldsig#rsa-sha1"),
            ("DSA", "http://www.w3.org/2009/xmldsig11#dsa-sha256"),
            ("RSA for an elliptic key", RSA.xml_uri),
            ("PSS for an elliptic key", PSS.xml_uri),
        )
    ),
    (
        "a parameter in SignatureMethod",
        "algorithm_not_allowed",
        _append("ds:SignedInfo/ds:SignatureMethod", "<ds:HMACOutputLength>8</ds:HMACOutputLength>"),
    ),
    (
        "SHA-1 digest",
        "algorithm_not_allowed",
        _set("ds:SignedInfo/ds:Reference/ds:DigestMethod", "Algorithm", SHA1),
    ),
    (
        "SHA-1 of the certificate",
        "algorithm_not_allowed",
        _set(f"{CERT}/xa:CertDigest/ds:DigestMethod", "Algorithm", SHA1),
    ),
    ("time-stamp over another form", "algorithm_not_allowed", _no_token),
    # key information
    (
        "a bare key",
        "key_info",
        _append("ds:KeyInfo", "<ds:KeyValue><ds:RSAKeyValue/></ds:KeyValue>"),
    ),
    ("a key name", "key_info", _append("ds:KeyInfo", "<ds:KeyName>hiệu trưởng</ds:KeyName>")),
    (
        "a key elsewhere",
        "key_info",
        _append("ds:KeyInfo", '<ds:RetrievalMethod URI="http://127.0.0.1/k"/>'),
    ),
    ("no certificate", "key_info", _remove("ds:KeyInfo/ds:X509Data/ds:X509Certificate")),
    ("no subject name", "key_info", _remove("ds:KeyInfo/ds:X509Data/ds:X509SubjectName")),
    (
        "second X509Data",
        "key_info",
        _append("ds:KeyInfo", "<ds:X509Data><ds:X509SKI>AAAA</ds:X509SKI></ds:X509Data>"),
    ),
    # properties
    ("counter-signature material", "unexpected_property", _counter_signature),
    (
        "a role of the signer",
        "unexpected_property",
        _append(SIGNATURE_PROPERTIES, "<xa:SignerRoleV2/>"),
    ),
    (
        "a policy",
        "unexpected_property",
        _append(SIGNATURE_PROPERTIES, "<xa:SignaturePolicyIdentifier/>"),
    ),
    (
        "properties of data objects",
        "unexpected_property",
        _append(SIGNED_PROPERTIES, "<xa:SignedDataObjectProperties/>"),
    ),
    ("something in Cert", "unexpected_property", _append(CERT, "<xa:IssuerSerialV2/>")),
    (
        "a second object",
        "unexpected_property",
        _append(TIME, "<Note>đã sửa</Note>"),
    ),
    (
        "no XAdES signing time",
        "missing_property",
        _remove(f"{SIGNATURE_PROPERTIES}/xa:SigningTime"),
    ),
    ("no certificate digest", "missing_property", _remove(f"{CERT}/xa:CertDigest")),
    ("no signed properties", "missing_property", _remove(SIGNATURE_PROPERTIES)),
    # what does not fit
    (
        "another certificate's digest",
        "certificate_digest_mismatch",
        _text(f"{CERT}/xa:CertDigest/ds:DigestValue", b64(bytes(32))),
    ),
    (
        "another time in the Ministry's property",
        "signing_time_mismatch",
        _text(f"{TIME}/SigningTime", "2026-05-29T14:30:08+07:00"),
    ),
    (
        "another time in XAdES",
        "signing_time_mismatch",
        _text(f"{SIGNATURE_PROPERTIES}/xa:SigningTime", "2026-05-29T14:30:06+07:00"),
    ),
    # form
    ("time without zone", "signing_time", _text(f"{TIME}/SigningTime", "2026-05-29T14:30:07")),
    ("a day that is none", "signing_time", _text(f"{TIME}/SigningTime", "2026-02-30T14:30:07Z")),
    (
        "zone that is none",
        "signing_time",
        _text(f"{TIME}/SigningTime", "2026-02-03T14:30:07+99:00"),
    ),
    ("fractions", "signing_time", _text(f"{TIME}/SigningTime", "2026-05-29T14:30:07.5+07:00")),
    ("property of another signature", "signature_form", _set(TIME, "Target", "#sig-gvcn-AAAAAAAB")),
    (
        "XAdES of another signature",
        "signature_form",
        _set("ds:Object/xa:QualifyingProperties", "Target", "#sig-gvcn-AAAAAAAB"),
    ),
    ("two signing times", "signature_form", _property_twice),
    ("no SignedInfo order", "signature_form", _append("ds:SignedInfo", "<ds:Object/>")),
    (
        "junk for a certificate",
        "certificate",
        _text("ds:KeyInfo//ds:X509Certificate", b64(b"0" * 99)),
    ),
    (
        "huge certificate",
        "certificate",
        _text("ds:KeyInfo//ds:X509Certificate", b64(bytes(20_000))),
    ),
    ("Base64 in two lines", "base64", _text("ds:KeyInfo//ds:X509Certificate", "AA\nAA")),
    ("loose Base64 bits", "base64", _text("ds:KeyInfo//ds:X509Certificate", "AB==")),
]
