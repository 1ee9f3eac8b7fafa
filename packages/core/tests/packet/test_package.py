"""Packages: exact slices, the transaction signature in both forms, and attempts to cheat."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from packet_world import OTHER_SIGNER, RECORDS, SIGNED_AT, SIGNER, Signer

from hocba.errors import Malformed
from hocba.packet.codes import ResponseCode, code_of_package_error
from hocba.packet.package import (
    build_package,
    pack_content,
    prepare_transaction,
    read_package,
    read_transaction,
    split_records,
)
from hocba.trust.algorithms import SignatureAlgorithm

SIGNED = SIGNER.package()
TEXT = SIGNED.decode()
SIGNATURE = TEXT[TEXT.index("<Signature ") : TEXT.index("</Signature>") + len("</Signature>")]
LIST_ONLY = TEXT.replace(SIGNATURE, "")


@pytest.mark.parametrize("algorithm", SignatureAlgorithm)
def test_a_signed_package_comes_back_with_the_exact_records(algorithm: SignatureAlgorithm) -> None:
    signer = Signer(algorithm)
    read = read_package(pack_content(signer.package()))
    assert read.fault is None
    assert list(read.records) == RECORDS
    assert read.certificate == signer.certificate
    assert read.signing_time == SIGNED_AT
    assert read.algorithm is algorithm


# xmlsec1 1.2 of Debian knows no RSA-PSS; the other two cover everything but the padding.
@pytest.mark.parametrize(
    "algorithm", [SignatureAlgorithm.ECDSA_P256_SHA256, SignatureAlgorithm.RSA_PKCS1_SHA256]
)
def test_xmlsec1_verifies_our_signature(algorithm: SignatureAlgorithm, tmp_path: Path) -> None:
    signer = Signer(algorithm)
    document, certificate = tmp_path / "package.xml", tmp_path / "certificate.pem"
    document.write_bytes(signer.package())
    certificate.write_bytes(signer.certificate.public_bytes(Encoding.PEM))
    command = [
        "xmlsec1",
        "--verify",
        "--enabled-key-data",
        "x509",
        "--id-attr:id",
        "DANH_SACH_HOC_BA",
        "--id-attr:Id",
        "SignatureProperty",
        "--trusted-pem",
        str(certificate),
        "--verification-gmt-time",
        "2026-06-01+00:00:00",
        str(document),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "SignedInfo References (ok/all): 2/2" in done.stdout + done.stderr


def test_declarations_and_white_space_around_records_are_left_out() -> None:
    declared = b'\xef\xbb\xbf<?xml version="1.0" encoding="UTF-8"?>\r\n' + RECORDS[0] + b"\n"
    assert build_package([declared]) == build_package([RECORDS[0]])


@pytest.mark.parametrize(
    "record",
    [
        b"",
        b"text",
        b"<HOC_BA>",
        b"<KHAC></KHAC>",
        b"<HOC_BA></HOC_BA><HOC_BA></HOC_BA>",
        b"<!-- x --><HOC_BA></HOC_BA>",
        b"</DANH_SACH_HOC_BA><DANH_SACH_HOC_BA><HOC_BA></HOC_BA>",
        b"<!DOCTYPE a []><HOC_BA></HOC_BA>",
        b"<HOC_BA>\xff</HOC_BA>",
    ],
)
def test_what_is_not_one_record_is_not_packed(record: bytes) -> None:
    with pytest.raises(Malformed):
        build_package([RECORDS[0], record])


def test_siblings_in_a_transaction_element_are_read_as_well() -> None:
    # The same signature beside the list: the enveloped transform then has nothing to remove.
    read = read_transaction(f"<GIAO_DICH>{LIST_ONLY}{SIGNATURE}</GIAO_DICH>".encode())
    assert read.fault is None
    assert list(read.records) == RECORDS
    wrapped = f'<GIAO_DICH xmlns:a="urn:u">\n {LIST_ONLY}\n {SIGNATURE}\n</GIAO_DICH>'
    assert read_transaction(wrapped.encode()).fault is None


def test_a_package_without_signature_says_so() -> None:
    read = read_transaction(LIST_ONLY.encode())
    assert list(read.records) == RECORDS
    assert read.fault is not None
    assert read.fault.code == "signature_missing"
    code = code_of_package_error(read.fault)
    assert code is ResponseCode.TRANSACTION_SIGNATURE_MISSING


def certificate_text(signer: Signer) -> str:
    text = signer.package().decode()
    return text[text.index("<X509Certificate>") : text.index("</X509Certificate>")]


OWN_CERTIFICATE, OTHER_CERTIFICATE = certificate_text(SIGNER), certificate_text(OTHER_SIGNER)
TIME_REFERENCE = SIGNATURE[
    SIGNATURE.index('<Reference URI="#time') : SIGNATURE.rindex("</Reference>") + 12
]
EXC = '<Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"></Transform>'
ATTACKS: list[tuple[str, Callable[[str], str]]] = [
    ("digest_mismatch", lambda x: x.replace("Mẫu &amp; 1", "Mẫu &amp; 9")),
    ("digest_mismatch", lambda x: x.replace("<HOC_BA>", "\n<HOC_BA>", 1)),
    ("digest_mismatch", lambda x: x.replace("<Signature ", "x<Signature ")),
    ("digest_mismatch", lambda x: x.replace("</Signature>", "</Signature>\n")),
    ("digest_mismatch", lambda x: x.replace(RECORDS[1].decode(), "")),
    ("digest_mismatch", lambda x: x.replace("T08:00:00+07:00", "T09:00:00+07:00")),
    ("signature_mismatch", lambda x: x.replace("<DigestValue>", "<DigestValue>A", 1)),
    (
        "signature_mismatch",
        lambda x: x.replace(certificate_text(SIGNER), certificate_text(OTHER_SIGNER)),
    ),
    ("certificate", lambda x: x.replace(OWN_CERTIFICATE, "<X509Certificate>AAAA")),
    ("certificate", lambda x: x.replace("X509Certificate>", "X509Cert>")),
    ("foreign_reference", lambda x: x.replace("#dataDanhSach", "#data-1")),
    ("foreign_reference", lambda x: x.replace("#dataDanhSach", "http://a.example/x")),
    ("foreign_reference", lambda x: x.replace("#dataDanhSach", "#xpointer(/)")),
    ("foreign_reference", lambda x: x.replace('id="dataDanhSach"', 'id="khac"')),
    ("missing_reference", lambda x: x.replace("#dataDanhSach", "#time-giao-dich")),
    ("duplicate_id", lambda x: x.replace('Id="data-1"', 'Id="dataDanhSach"')),
    ("duplicate_id", lambda x: x.replace('Id="sig-giao-dich"', 'Id="time-giao-dich"')),
    ("extra_transform", lambda x: x.replace(EXC, EXC + EXC, 1)),
    ("extra_transform", lambda x: x.replace("xmldsig#enveloped-signature", "xmldsig#base64")),
    (
        "extra_transform",
        lambda x: x.replace("REC-xml", "x").replace(
            'xml-exc-c14n#"></Transform>', 'xml-exc-c14n#WithComments"></Transform>', 1
        ),
    ),
    ("algorithm_not_allowed", lambda x: x.replace("ecdsa-sha256", "ecdsa-sha1")),
    ("algorithm_not_allowed", lambda x: x.replace("xmlenc#sha256", "xmldsig#sha1", 1)),
    ("signature_form", lambda x: x.replace("SignatureValue>", "Value>")),
    ("signature_form", lambda x: x.replace("<SignatureValue>", "<SignatureValue>!")),
    (
        "signature_form",
        lambda x: x.replace("<SignedInfo>", "<SignedInfo/><SignedInfo>"),
    ),
    ("signature_mismatch", lambda x: x.replace("<SignatureValue>", "<SignatureValue>AAAA")),
    ("wrong_reference", lambda x: x.replace(TIME_REFERENCE, TIME_REFERENCE * 5)),
    ("missing_reference", lambda x: x.replace(TIME_REFERENCE, TIME_REFERENCE * 2)),
    ("signing_time", lambda x: x.replace("T08:00:00+07:00", "T08:00:00")),
    ("signing_time", lambda x: x.replace("2026-05-29T08", "0001-05-29T08")),
]


@pytest.mark.parametrize(("code", "attack"), ATTACKS)
def test_attacks_on_the_signature_are_named(code: str, attack: Callable[[str], str]) -> None:
    changed = attack(TEXT)
    assert changed != TEXT
    fault = read_transaction(changed.encode()).fault
    assert fault is not None
    assert fault.code == code
    assert fault.sentence.vi


def test_a_signature_without_signed_time_has_no_time() -> None:
    fault = read_transaction(TEXT.replace(TIME_REFERENCE, "").encode())
    assert fault.signing_time is None
    assert fault.fault is not None


NO_PACKAGE = {
    "empty": "",
    "text": "x",
    "record": "<HOC_BA></HOC_BA>",
    "nothing inside": "<GIAO_DICH></GIAO_DICH>",
    "two lists": f"<GIAO_DICH>{LIST_ONLY}{LIST_ONLY}{SIGNATURE}</GIAO_DICH>",
    "other content": f"<GIAO_DICH><X></X>{SIGNATURE}</GIAO_DICH>",
    "transaction in a transaction": f"<GIAO_DICH>{TEXT}{SIGNATURE}</GIAO_DICH>",
    "two signatures": TEXT.replace(SIGNATURE, SIGNATURE + SIGNATURE),
    "signature before the records": LIST_ONLY.replace("<HOC_BA>", SIGNATURE + "<HOC_BA>", 1),
    "another tag": LIST_ONLY.replace("<HOC_BA>", "<KHAC/><HOC_BA>", 1),
    "comment": LIST_ONLY.replace("<HOC_BA>", "<!-- x --><HOC_BA>", 1),
    "namespace": LIST_ONLY.replace("<DANH_SACH_HOC_BA", '<DANH_SACH_HOC_BA xmlns="urn:u"'),
    "prefix": LIST_ONLY.replace("id=", 'xmlns:p="u" id=')
    .replace("<A  b", "<p:A  b")
    .replace("</A>", "</p:A>"),
    "encoding": '<?xml version="1.0" encoding="ISO-8859-1"?>' + LIST_ONLY,
    "entity": "<!DOCTYPE a [<!ENTITY e 'x'>]>" + LIST_ONLY,
}


@pytest.mark.parametrize("document", NO_PACKAGE.values(), ids=NO_PACKAGE.keys())
def test_what_is_no_package_is_refused(document: str) -> None:
    with pytest.raises(Malformed):
        read_transaction(document.encode())


def test_a_record_that_needs_its_package_to_be_understood_is_refused() -> None:
    document = (
        '<DANH_SACH_HOC_BA id="dataDanhSach" xmlns:p="urn:u"><HOC_BA><p:A></p:A></HOC_BA>'
        "</DANH_SACH_HOC_BA>"
    )
    with pytest.raises(Malformed) as caught:
        read_transaction(document.encode())
    assert caught.value.code == "record_slice"


def test_namespaces_that_no_record_uses_are_no_obstacle() -> None:
    document = LIST_ONLY.replace("id=", 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id=')
    assert list(read_transaction(document.encode()).records) == RECORDS


def test_slices_step_over_comments_sections_and_inner_records() -> None:
    record = (
        b"<HOC_BA a='>'><B><![CDATA[</HOC_BA><HOC_BA>]]></B><HOC_BA/><HOC_BA></HOC_BA>"
        b"<HOC_BAX/></HOC_BA  >"
    )
    records = [record, b"<HOC_BA/>"]
    document = b"<DANH_SACH_HOC_BA>" + b"\n".join(records) + b"</DANH_SACH_HOC_BA>"
    assert list(read_transaction(document).records) == records


def test_groups_of_records_stay_within_both_limits() -> None:
    assert list(split_records([])) == []
    assert [len(group) for group in split_records(RECORDS * 400)] == [500, 500, 200]
    assert [len(group) for group in split_records(RECORDS, max_request=20_001)] == [1, 1, 1]


def test_a_signing_time_needs_a_time_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        prepare_transaction(
            RECORDS, SIGNER.certificate, SIGNER.algorithm, SIGNED_AT.replace(tzinfo=None)
        )
