"""The seal: made by any allowed key, agreed by other programs, and every change is noticed."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from asn1crypto import cms, tsp
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st

from hocba.errors import HocBaError, Malformed, NotTrusted, Refused
from hocba.rendition.pdf_file import MAX_PDF_BYTES
from hocba.rendition.seal import seal_many, seal_pdf
from hocba.rendition.seal_reading import read_seal
from hocba.trust.algorithms import SignatureAlgorithm

ALGORITHMS = ("RSA_PKCS1_SHA256", "RSA_PSS_SHA256", "ECDSA_P256_SHA256")
SEALED_AT = datetime.fromisoformat("2026-05-29T15:05:00+07:00")
Keys = Mapping[str, Any]


class TokenSource:
    """A time-stamp source whose tokens have the right structure and no signer."""

    def __init__(self) -> None:
        self.digests: list[bytes] = []
        self.tokens: list[bytes] = []

    def timestamp(self, digest: bytes) -> bytes:
        self.digests.append(digest)
        info = tsp.TSTInfo(
            {
                "version": "v1",
                "policy": "1.2.3.4",
                "message_imprint": {
                    "hash_algorithm": {"algorithm": "sha256"},
                    "hashed_message": digest,
                },
                "serial_number": 1,
                "gen_time": SEALED_AT.astimezone(UTC),
            }
        )
        signed = cms.SignedData(
            {
                "version": "v3",
                "digest_algorithms": [{"algorithm": "sha256"}],
                "encap_content_info": {"content_type": "tst_info", "content": info},
                "signer_infos": [],
            }
        )
        token = cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump()
        self.tokens.append(token)
        return bytes(token)


def contents_of(pdf: bytes) -> tuple[int, int]:
    """Say where the hexadecimal digits of the seal stand."""
    with pikepdf.open(BytesIO(pdf)) as file:
        seal = next(
            each
            for each in file.objects
            if isinstance(each, pikepdf.Dictionary) and "/ByteRange" in each
        )
        return int(seal.ByteRange[1]) + 1, int(seal.ByteRange[2]) - 1


def with_cms(pdf: bytes, change: Callable[[Any], None]) -> bytes:
    """Put a changed CMS into the seal; the signed bytes of the file stay the same."""
    start, end = contents_of(pdf)
    info = cms.ContentInfo.load(bytes.fromhex(pdf[start:end].decode("ascii")))
    info = cms.ContentInfo.load(info.dump())
    change(info["content"])
    digits = info.dump(force=True).hex().encode("ascii")
    return pdf[:start] + digits.ljust(end - start, b"0") + pdf[end:]


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_seal_of_every_algorithm_holds(rendered: bytes, keys: Keys, algorithm: str) -> None:
    pdf = seal_pdf(rendered, keys[algorithm], SEALED_AT, None)
    fact = read_seal(pdf)
    assert fact.fault is None
    assert fact.covers_whole_file
    assert fact.algorithm is SignatureAlgorithm[algorithm]
    assert fact.certificate == keys[algorithm].certificate
    assert fact.signing_time == SEALED_AT
    assert fact.timestamp is None
    assert pdf.startswith(rendered)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_poppler_and_openssl_agree(
    rendered: bytes, keys: Keys, algorithm: str, tmp_path: Path
) -> None:
    pdf = seal_pdf(rendered, keys[algorithm], SEALED_AT, None)
    file = tmp_path / "sealed.pdf"
    file.write_bytes(pdf)
    shown = subprocess.run(["pdfsig", "-nocert", file], capture_output=True, check=True, text=True)
    assert "Signature Type: ETSI.CAdES.detached" in shown.stdout
    assert "Total document signed" in shown.stdout
    assert "Signature Validation: Signature is Valid." in shown.stdout
    start, end = contents_of(pdf)
    (tmp_path / "seal.der").write_bytes(bytes.fromhex(pdf[start:end].decode("ascii")))
    (tmp_path / "signed").write_bytes(pdf[: start - 1] + pdf[end + 1 :])
    command = [
        "openssl",
        "cms",
        "-verify",
        "-cades",
        "-binary",
        "-inform",
        "DER",
        "-purpose",
        "any",
    ]
    command += ["-in", str(tmp_path / "seal.der"), "-content", str(tmp_path / "signed")]
    root = tmp_path / "root.pem"
    root.write_bytes(keys[algorithm].certificate.public_bytes(Encoding.PEM))
    command += ["-CAfile", str(root), "-attime", str(int(SEALED_AT.timestamp()))]
    subprocess.run([*command, "-out", "/dev/null"], check=True, capture_output=True)


def test_a_class_is_sealed_with_one_call_of_the_key(rendered: bytes, keys: Keys) -> None:
    key = replace(keys["ECDSA_P256_SHA256"], calls=[])
    pdfs = seal_many([rendered, rendered], key, SEALED_AT, None)
    assert key.calls == [2]
    assert all(read_seal(pdf).fault is None for pdf in pdfs)


def test_a_timestamp_covers_the_signature_value(rendered: bytes, keys: Keys) -> None:
    source = TokenSource()
    fact = read_seal(seal_pdf(rendered, keys["RSA_PKCS1_SHA256"], SEALED_AT, source))
    assert fact.fault is None
    assert source.tokens == [fact.timestamp]
    assert source.digests == [fact.timestamp_digest]


def test_sealing_adds_nothing_that_depends_on_the_clock(rendered: bytes, keys: Keys) -> None:
    key = keys["RSA_PKCS1_SHA256"]
    first, second = (seal_pdf(rendered, key, SEALED_AT, None) for _ in range(2))
    assert hashlib.sha256(first).digest() == hashlib.sha256(second).digest()


def test_the_file_stays_pdfa_and_pdf_1_7(sealed: bytes) -> None:
    with pikepdf.open(BytesIO(sealed)) as file, file.open_metadata() as metadata:
        assert metadata["pdfaid:part"] == "3"
        assert metadata["pdfuaid:part"] == "1"
        assert file.pdf_version == "1.7"
        assert "/Version" not in file.Root


def test_a_sealed_file_is_not_sealed_again(sealed: bytes, keys: Keys) -> None:
    with pytest.raises(Refused) as refusal:
        seal_pdf(sealed, keys["RSA_PKCS1_SHA256"], SEALED_AT, None)
    assert refusal.value.code == "seal"


def test_an_unsealed_file_says_so(rendered: bytes) -> None:
    with pytest.raises(NotTrusted) as refusal:
        read_seal(rendered)
    assert refusal.value.code == "seal_missing"


def fault_code(pdf: bytes) -> str:
    fault = read_seal(pdf).fault
    assert fault is not None
    return fault.code


def test_a_changed_byte_breaks_the_digest(sealed: bytes) -> None:
    at = sealed.index(b"stream", sealed.index(b"/EmbeddedFile")) + 20  # in an attachment
    assert fault_code(sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]) == "seal_digest"


def test_bytes_after_the_seal_are_noticed(sealed: bytes) -> None:
    assert fault_code(sealed + b"\n% more\n") == "seal_coverage"


def test_an_incremental_update_after_the_seal_is_noticed(sealed: bytes) -> None:
    start = sealed.rindex(b"startxref")
    update = b"%d 0 obj\n<<>>\nendobj\n" % 9000
    section = b"xref\n9000 1\n%010d 00000 n \n" % len(sealed)
    previous = sealed[start:].split()[1]
    with pikepdf.open(BytesIO(sealed)) as file:
        root = file.Root.objgen[0]
    trailer = b"trailer\n<</Size 9001/Root %d 0 R/Prev %s>>\n" % (root, previous)
    place = len(sealed) + len(update)
    pdf = sealed + update + section + trailer + b"startxref\n%d\n%%%%EOF\n" % place
    assert fault_code(pdf) == "seal_coverage"


def test_a_shorter_byte_range_is_noticed(sealed: bytes) -> None:
    at = sealed.index(b"/ByteRange")
    end = sealed.index(b"]", at)
    numbers = sealed[at:end].split(b"[")[1].split()
    numbers[3] = b"%d" % (int(numbers[3]) - 1)
    changed = (b"/ByteRange [" + b" ".join(numbers)).ljust(end - at)
    assert len(changed) == end - at
    assert fault_code(sealed[:at] + changed + sealed[end:]) == "seal_coverage"


def test_a_signature_of_another_key_is_noticed(rendered: bytes, keys: Keys) -> None:
    stranger = replace(keys["ECDSA_P256_SHA256"], private=ec.generate_private_key(ec.SECP256R1()))
    assert fault_code(seal_pdf(rendered, stranger, SEALED_AT, None)) == "seal_signature"


def test_a_swapped_certificate_is_noticed(sealed: bytes, keys: Keys) -> None:
    """The other certificate has the same issuer and serial number, but another key."""
    other = keys["RSA_PKCS1_SHA256"].certificate.public_bytes(Encoding.DER)

    def swap(signed: Any) -> None:
        signed["certificates"] = [asn1_x509.Certificate.load(other)]

    assert fault_code(with_cms(sealed, swap)) == "seal_certificate"


def test_a_doubled_attribute_is_noticed(sealed: bytes) -> None:
    def double(signed: Any) -> None:
        attributes = signed["signer_infos"][0]["signed_attrs"]
        signed["signer_infos"][0]["signed_attrs"] = [*attributes, attributes[0]]

    assert fault_code(with_cms(sealed, double)) == "seal_attributes"


def test_a_weak_digest_is_not_accepted(sealed: bytes) -> None:
    def weaken(signed: Any) -> None:
        signed["signer_infos"][0]["digest_algorithm"] = {"algorithm": "sha1"}

    assert fault_code(with_cms(sealed, weaken)) == "seal_algorithm"


def test_two_signers_in_one_seal_are_refused(sealed: bytes) -> None:
    def double(signed: Any) -> None:
        signed["signer_infos"] = [signed["signer_infos"][0], signed["signer_infos"][0]]

    with pytest.raises(NotTrusted) as refusal:
        read_seal(with_cms(sealed, double))
    assert refusal.value.code == "seal_malformed"


def test_a_seal_that_allows_changes_is_of_the_wrong_kind(sealed: bytes) -> None:
    assert sealed.count(b"/P 1") == 1
    assert fault_code(sealed.replace(b"/P 1", b"/P 2")) == "seal_kind"


def test_bytes_hidden_behind_the_cms_are_refused(sealed: bytes) -> None:
    _, end = contents_of(sealed)
    with pytest.raises(NotTrusted) as refusal:
        read_seal(sealed[: end - 2] + b"ff" + sealed[end:])
    assert refusal.value.code == "seal_malformed"


def test_the_seal_is_written_in_one_way_only(sealed: bytes) -> None:
    """Blanks, and digits of the other case, mean the same to a reader but are other bytes."""
    start, end = contents_of(sealed)
    letter = next(at for at in range(start, end) if chr(sealed[at]) in "abcdefABCDEF")
    for at, change in ((end - 4, b"\t\t"), (letter, sealed[letter : letter + 1].swapcase())):
        changed = sealed[:at] + change + sealed[at + len(change) :]
        assert changed != sealed
        assert fault_code(changed) == "seal_coverage"


def test_encrypted_and_too_large_files_are_refused(rendered: bytes) -> None:
    out = BytesIO()
    with pikepdf.open(BytesIO(rendered)) as file:
        file.save(out, encryption=pikepdf.Encryption(owner="o", user=""))
    for pdf, code in (
        (out.getvalue(), "pdf_encrypted"),
        (b"%PDF-" + bytes(MAX_PDF_BYTES), "pdf_too_large"),
    ):
        with pytest.raises(Malformed) as refusal:
            read_seal(pdf)
        assert refusal.value.code == code


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_damage_gives_a_fault_or_one_of_our_errors(sealed: bytes, data: st.DataObject) -> None:
    pdf = bytearray(sealed)
    for _ in range(data.draw(st.integers(1, 8))):
        pdf[data.draw(st.integers(0, len(pdf) - 1))] = data.draw(st.integers(0, 255))
    end = data.draw(st.one_of(st.just(len(pdf)), st.integers(0, len(pdf))))
    damaged = bytes(pdf[:end])
    try:
        fact = read_seal(damaged)
    except HocBaError:
        return
    assert fact.fault is not None or _same_but_padding(damaged, sealed)


def _same_but_padding(damaged: bytes, sealed: bytes) -> bool:
    """The seal does not cover itself: case of digits and its unsigned parts may change."""
    start, end = contents_of(sealed)
    return damaged[:start] == sealed[:start] and damaged[end:] == sealed[end:]


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_give_one_of_our_errors(junk: bytes) -> None:
    for data in (junk, b"%PDF-1.7\n" + junk):
        with pytest.raises(HocBaError):
            read_seal(data)
