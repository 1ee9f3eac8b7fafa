"""The plain rules: records that other vendors' software signed."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from forge import codes
from lxml import etree
from plain_world import (
    ENVELOPED_ROOT,
    EXCLUSIVE,
    Style,
    add_slot,
    pairs,
    plain_record,
    seal_again,
    sign_plain,
)
from signature_world import DS, PSS, RSA, V1, V2, b64, person
from signature_world import root as root_ca

from hocba.errors import HocBaError
from hocba.signature.facts import SignatureRules
from hocba.signature.names import ENVELOPED, EXCLUSIVE_C14N, INCLUSIVE_C14N, SHA512
from hocba.signature.xml_verify import verify_signatures

SIGNERS = "DANH_SACH_THONG_TIN_KY"
IN_DATA = f"DU_LIEU_HOC_BA/{SIGNERS}"
ISSUE = "PHAT_HANH_HOC_BA"
STYLES = {
    "inclusive C14N": Style(),
    "exclusive C14N": EXCLUSIVE,
    "no transforms": Style(transforms=()),
    "enveloped named needlessly": Style(
        transforms=(ENVELOPED, EXCLUSIVE_C14N), time_transforms=(EXCLUSIVE_C14N,)
    ),
    "mixed": Style(c14n=EXCLUSIVE_C14N, transforms=(INCLUSIVE_C14N,)),
    "time on SignatureProperties": Style(time_in="SignatureProperties"),
    "time on Object": Style(time_in="Object"),
    "time in the signature's namespace": Style(time_namespace="http://www.w3.org/2000/09/xmldsig#"),
    "certificate in lines": Style(lines=True),
}


def _v1(style: Style | None = None, uri: str = "#data") -> etree._Element:
    root = plain_record(V1)
    sign_plain(add_slot(root, SIGNERS, "CBQL"), uri, style)
    return root


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_forms_of_other_vendors(style: Style) -> None:
    root = _v1(style)
    fact = verify_signatures(etree.tostring(root))[0]
    assert fact.fault is None
    assert fact.rules is SignatureRules.PLAIN
    assert fact.covered_ids == ("data", "s0-time")
    root[0].set("X", "y")
    assert codes(etree.tostring(root)) == ["digest_mismatch"]


def test_xmlsec1_agrees(tmp_path: Path) -> None:
    (tmp_path / "root.pem").write_bytes(root_ca().certificate.public_bytes(Encoding.PEM))
    for name, style in STYLES.items():
        (tmp_path / "x.xml").write_bytes(etree.tostring(_v1(style)))
        ids = ["DU_LIEU_HOC_BA"]
        ids += [f"http://www.w3.org/2000/09/xmldsig#:{tag}" for tag in (style.time_in,)]
        command = ["xmlsec1", "--verify", "--trusted-pem", "root.pem"]
        command += ["--verification-time", "2026-05-29 07:30:07"]
        for tag in ids:
            command += ["--id-attr:Id", tag]
        done = subprocess.run(
            [*command, "x.xml"], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, (name, done.stderr)


def test_a_whole_record_with_constant_ids_and_doubled_gvbm_ids() -> None:
    root = plain_record(V2)
    for number, code in enumerate(("02", "01"), start=1):
        slot = add_slot(root, f"{IN_DATA}/DANH_SACH_GVBM", "GVBM", number)
        sign_plain(slot, f"#mon-{code}", signer=person(number, RSA))
    pairs(root)
    sign_plain(add_slot(root, IN_DATA, "GVCN", 3), "#thongtinhocba", signer=person(3, PSS))
    sign_plain(add_slot(root, ISSUE, "CBQL", 4), "#data", signer=person(4))
    sign_plain(add_slot(root, ISSUE, "KY_PHAT_HANH"), "#data")
    facts = verify_signatures(etree.tostring(root))
    assert [fact.fault for fact in facts] == [None] * 5
    assert [fact.slot.subject for fact in facts] == ["02", "01", None, None, None]
    ids = [element.get("Id") for element in root.iter("GVBM")]
    assert ids.count("gvbm-02") == 2


def test_a_pair_that_a_reference_names() -> None:
    root = plain_record(V2)
    slot = add_slot(root, f"{IN_DATA}/DANH_SACH_GVBM", "GVBM")
    sign_plain(slot, "#gvbm-02")
    slot.set("Id", "gvbm-02")
    assert codes(etree.tostring(root)) == ["duplicate_id"]


def test_other_pairs_are_refused() -> None:
    root = _v1()
    for element in list(root.iter("DIEM_TONG_KET"))[:2]:
        element.set("Id", "twice")
    seal_again(root, next(root.iter(f"{DS}Signature")), person(1, RSA))
    assert codes(etree.tostring(root)) == ["duplicate_id"]


def test_two_slots_of_one_subject() -> None:
    root = plain_record(V2)
    for number in (1, 2):
        slot = add_slot(root, f"{IN_DATA}/DANH_SACH_GVBM", "GVBM", number)
        sign_plain(slot, "#mon-02", signer=person(number, RSA))
    assert codes(etree.tostring(root)) == ["unexpected_signature"]


def test_namespaces_from_above_are_part_of_what_is_signed() -> None:
    root = etree.fromstring(
        etree.tostring(plain_record(V1)).replace(b"<HOC_BA>", b'<HOC_BA xmlns:q="urn:q">', 1)
    )
    sign_plain(add_slot(root, SIGNERS, "CBQL"), "#data")
    document = etree.tostring(root)
    assert b'xmlns:q="urn:q"' in document
    assert codes(document) == []


def test_the_whole_document_enveloped() -> None:
    root = _v1(ENVELOPED_ROOT, "")
    signature = next(root.iter(f"{DS}Signature"))
    _seal_enveloped(root, signature)
    document = etree.tostring(root)
    fact = verify_signatures(document)[0]
    assert fact.fault is None
    assert fact.covered_ids == ("", "s0-time")
    assert codes(document.replace(b">T</MUC", b">C</MUC", 1)) == ["digest_mismatch"]
    assert codes(document, SignatureRules.STRICT) == ["missing_property"]
    # Inside a package the empty reference would mean the package.
    package = etree.fromstring(b"<L>" + document + b"</L>")
    with pytest.raises(HocBaError) as caught:
        verify_signatures(package[0])
    assert caught.value.code == "foreign_reference"


def test_the_whole_document_without_taking_the_signature_out() -> None:
    assert codes(etree.tostring(_v1(Style(), ""))) == ["wrong_reference"]


def test_a_teacher_may_not_sign_the_whole_document() -> None:
    root = plain_record(V2)
    slot = add_slot(root, f"{IN_DATA}/DANH_SACH_GVBM", "GVBM")
    sign_plain(slot, "", ENVELOPED_ROOT)
    _seal_enveloped(root, slot[-1])
    assert codes(etree.tostring(root)) == ["wrong_reference"]


def test_sha512_digests() -> None:
    root = _v1(Style(digest_method=SHA512))
    for reference in root.iter(f"{DS}Reference"):
        target = root[0] if reference.get("URI") == "#data" else _time(root)
        value = etree.tostring(_alone(target), method="c14n")
        reference[-1].text = b64(hashlib.sha512(value).digest())
    _sign_info(root)
    assert codes(etree.tostring(root)) == []


@pytest.mark.parametrize(
    ("code", "style"),
    [
        ("extra_transform", Style(transforms=("http://www.w3.org/TR/1999/REC-xpath-19991116",))),
        ("extra_transform", Style(transforms=(INCLUSIVE_C14N, EXCLUSIVE_C14N))),
        ("extra_transform", Style(time_transforms=(ENVELOPED, EXCLUSIVE_C14N))),
        ("extra_transform", Style(transforms=(INCLUSIVE_C14N, ENVELOPED))),
        ("extra_transform", Style(transforms=(INCLUSIVE_C14N + "#WithComments",))),
        ("algorithm_not_allowed", Style(c14n="http://www.w3.org/2006/12/xml-c14n11")),
        (
            "algorithm_not_allowed",
            Style(digest_method="http://www.w3.org/2000/09/xmldsig#sha1"),
        ),
        ("key_info", Style(certificates=0)),
        ("key_info", Style(certificates=6)),
    ],
)
def test_refusals(code: str, style: Style) -> None:
    assert codes(etree.tostring(_v1(style))) == [code]


def test_namespaces_and_xml_attributes_around_inclusive_c14n() -> None:
    """Inclusive C14N takes what stands above: namespaces count, `xml:` attributes are refused."""
    document = etree.tostring(_v1())
    spaced = document.replace(b"<HOC_BA>", b'<HOC_BA xmlns:q="urn:q">', 1)
    assert codes(spaced) == ["signature_mismatch"]
    languages = document.replace(b"<HOC_BA>", b'<HOC_BA xml:lang="vi">', 1)
    assert codes(languages) == ["extra_transform"]


def test_a_chain_in_key_info_finds_the_signer() -> None:
    root = _v1()
    data = next(root.iter(f"{DS}X509Data"))
    authority = etree.SubElement(data, f"{DS}X509Certificate")
    authority.text = b64(root_ca().certificate.public_bytes(Encoding.DER))
    assert codes(etree.tostring(root)) == []
    data.insert(0, data[-1])
    assert codes(etree.tostring(root)) == []


def _time(root: etree._Element) -> etree._Element:
    return next(root.iter(f"{DS}SignatureProperty"))


def _alone(element: etree._Element) -> etree._Element:
    return etree.fromstring(etree.tostring(element, with_tail=False))


def _sign_info(root: etree._Element) -> None:
    info = next(root.iter(f"{DS}SignedInfo"))
    digest = hashlib.sha256(etree.tostring(_alone(info), method="c14n")).digest()
    value = person(1, RSA).sign_digests([digest])[0]
    next(root.iter(f"{DS}SignatureValue")).text = b64(value)


def _seal_enveloped(root: etree._Element, signature: etree._Element) -> None:
    """Digest of the document without the signature, then the value, as xmlsec would."""
    reference = next(signature.iter(f"{DS}Reference"))
    slot = signature.getparent()
    assert slot is not None
    slot.remove(signature)
    digest = hashlib.sha256(etree.tostring(root, method="c14n")).digest()
    slot.append(signature)
    reference[-1].text = b64(digest)
    _sign_info(root)
