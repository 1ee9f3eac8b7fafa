"""The text of a signature, byte by byte, and what independent programs say about it."""

from __future__ import annotations

import base64
import hashlib
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from lxml import etree
from signature_world import (
    AT,
    CBQL,
    DS,
    GVCN,
    P256,
    PSS,
    RSA,
    SEAL,
    V1,
    V2,
    gvbm,
    person,
    personal_id,
    school,
    sign_one,
    signature_elements,
    signed,
    slots_of,
    unsigned,
)

from hocba.errors import HocBaError, Refused
from hocba.record.model import FormatProfile
from hocba.signature.canonical import canonical_bytes
from hocba.signature.certificates import known_certificate
from hocba.signature.sign import prepare_signature
from hocba.signature.xml_text import SignatureText, canonical_ds, canonical_xades
from hocba.signature.xml_verify import verify_signatures

PROFILES = [V1, V2]
ALGORITHMS = [(P256, P256), (P256, RSA), (RSA, RSA), (RSA, PSS), (PSS, PSS)]


def test_what_each_role_covers() -> None:
    uuid = "00000000-0000-4000-8000-000000000001"
    covered = {fact.slot: fact.covered_ids for fact in verify_signatures(signed())}
    assert covered[gvbm("02")] == (
        f"mon-02-{uuid}",
        "time-gvbm-02-AAAAAAAB",
        "xa-gvbm-02-AAAAAAAB",
    )
    assert covered[GVCN][0] == f"thongtinhocba-{uuid}"
    assert covered[CBQL][0] == covered[SEAL][0] == f"data-{uuid}"
    assert covered[SEAL][1:] == ("time-seal-AAAAAAAB", "xa-seal-AAAAAAAB")
    in_v1 = [fact.covered_ids[0] for fact in verify_signatures(signed(V1))]
    assert in_v1 == [f"data-{uuid}"] * 3


def test_openssl_verifies_pss(tmp_path: Path) -> None:
    """xmlsec1 1.2.37 knows no RSASSA-PSS: libxml2 makes SignedInfo canonical, openssl checks."""
    for element in signature_elements(signed(V1, PSS, PSS)):
        signed_info, value = element[0], element.findtext(f"{DS}SignatureValue") or ""
        alone = etree.fromstring(etree.tostring(signed_info, with_tail=False))
        certificate = element.findtext(f".//{DS}X509Certificate") or ""
        der = tmp_path / "signer.der"
        der.write_bytes(_unbase64(certificate))
        public = school(PSS) if "seal" in str(element.get("Id")) else None
        number = ["gvcn", "cbql"].index(str(element.get("Id"))[4:8]) + 1 if public is None else 0
        key = (public or person(number, PSS)).certificate.public_key()
        assert der.read_bytes() == (public or person(number, PSS)).certificate.public_bytes(
            Encoding.DER
        )
        (tmp_path / "key.pem").write_bytes(
            key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        )
        (tmp_path / "data").write_bytes(etree.tostring(alone, method="c14n", exclusive=True))
        (tmp_path / "value").write_bytes(_unbase64(value))
        options = ["rsa_padding_mode:pss", "rsa_pss_saltlen:32", "rsa_mgf1_md:sha256"]
        command = ["openssl", "dgst", "-sha256", "-verify", "key.pem", "-signature", "value"]
        for option in options:
            command += ["-sigopt", option]
        done = subprocess.run(
            [*command, "data"], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.stdout.strip() == "Verified OK", done.stderr


@pytest.mark.parametrize("profile", PROFILES)
def test_all_other_bytes_stay(profile: FormatProfile) -> None:
    document = unsigned(profile)
    for number, slot in enumerate(slots_of(profile), start=1):
        after = sign_one(document, slot, number)
        tag = slot.role.value.encode()
        start = next(
            i for i, pair in enumerate(zip(document, after, strict=False)) if pair[0] != pair[1]
        )
        end = 1
        while document[-end] == after[-end]:
            end += 1
        inserted = after[start - 20 : len(after) - end + 21]
        assert inserted.count(b"<" + tag) >= 1
        # Nothing is taken away but the `/>` of an empty container that now has content.
        removed = document[start : len(document) - end + 1]
        assert removed in (b"", b"/")
        document = after


def test_own_canonical_text_is_that_of_libxml2() -> None:
    known = known_certificate(person(1).certificate)
    text = SignatureText(
        "cbql-AAAAAAAB", "data-x", bytes(32), "2026-05-29T14:30:07+07:00", known, P256
    )
    info = text.signed_info(b"a" * 32, b"b" * 32)
    signature = etree.fromstring(text.before_value(info) + "AAAA" + text.after_value())
    parts = {
        canonical_ds(info): signature[0],
        canonical_ds(text.time_property()): next(signature.iter(f"{DS}SignatureProperty")),
        canonical_xades(text.signed_properties()): next(
            signature.iter("{http://uri.etsi.org/01903/v1.3.2#}SignedProperties")
        ),
    }
    for own, element in parts.items():
        alone = etree.fromstring(etree.tostring(element, with_tail=False))
        assert own == etree.tostring(alone, method="c14n", exclusive=True)
        assert own == canonical_bytes(element)


def test_a_slot_of_other_software_is_filled_too() -> None:
    document = sign_one(unsigned(), gvbm("02"))
    renamed = document.replace(b"ky-gvbm-02", b"KY02")
    assert _code(lambda: sign_one(renamed, gvbm("02"))) == "slot_filled"
    assert sign_one(renamed, gvbm("01")).count(b"<SignatureValue>") == 2


def test_a_key_and_an_algorithm_that_do_not_fit() -> None:
    certificate = person(1, P256).certificate
    for algorithm in (RSA, PSS):
        code = _code(
            lambda a=algorithm: prepare_signature(
                unsigned(), GVCN, certificate, a, AT, personal_id(1)
            )
        )
        assert code == "algorithm_not_allowed"


@pytest.mark.parametrize(
    ("code", "old", "new"),
    [
        ("encoding", b"<HO_VA_TEN>Nguy", b"<HO_VA_TEN><![CDATA[x]]>Nguy"),
        ("comment_in_data", b"<HOC_BA>", b"<!-- <GVCN> --><HOC_BA>"),
        ("comment_in_data", b"<HO_VA_TEN>", b"<HO_VA_TEN><?x y?>"),
        ("identifier", b' Id="thongtinhocba', b' Id="0 thongtinhocba'),
        ("identifier", b' Id="thongtinhocba', b' id="thongtinhocba" Id="data'),
        ("identifier", b' Id="thongtinhocba-00000000-0000-4000-8000-000000000001"', b""),
        ("slot_container", b"<TONG_KET>", b"<DANH_SACH_THONG_TIN_KY/><TONG_KET>"),
        ("record_structure", b"<PHAT_HANH_HOC_BA></PHAT_HANH_HOC_BA>", b""),
        ("record_structure", b"<DU_LIEU_HOC_BA ", b"stray<DU_LIEU_HOC_BA "),
        ("slot_form", b"<DANH_SACH_GVBM/>", b"<DANH_SACH_GVBM/><KY_NHAY/>"),
    ],
)
def test_documents_that_cannot_be_signed(code: str, old: bytes, new: bytes) -> None:
    document = unsigned()
    changed = document.replace(old, new, 1)
    assert changed != document
    assert _code(lambda: sign_one(changed, GVCN)) == code


def test_the_digest_is_over_libxml2s_canonical_data() -> None:
    root = etree.fromstring(signed(V1))
    data = etree.fromstring(etree.tostring(root[0], with_tail=False))
    digest = hashlib.sha256(etree.tostring(data, method="c14n", exclusive=True)).digest()
    values = [
        _unbase64(e.findtext(f".//{DS}DigestValue") or "") for e in signature_elements(signed(V1))
    ]
    assert values == [digest] * 3


def _code(call: object) -> str:
    assert callable(call)
    with pytest.raises(HocBaError) as caught:
        call()
    if isinstance(caught.value, Refused):
        assert caught.value.where
    return caught.value.code


def _unbase64(text: str) -> bytes:
    return base64.b64decode(text)
