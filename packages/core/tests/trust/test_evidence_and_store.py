"""The evidence container and the trust store: what they keep, and what they refuse."""

from __future__ import annotations

import io
import zipfile

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from hocba.errors import Malformed, NotTrusted
from hocba.trust.algorithms import SignatureAlgorithm, verify_digest
from hocba.trust.evidence import Evidence, read_container, write_container
from hocba.trust.identity import issuer_name, signer_name, signer_personal_id, signer_unit
from hocba.trust.store import TrustStore
from hocba_certworld.world import CertWorld

WHOLE = Evidence((b"c0", b"c1"), (b"o0",), (b"l0",), b"proof", b"entry")


@given(
    st.builds(
        Evidence,
        certificates=st.lists(st.binary(max_size=20), max_size=5).map(tuple),
        ocsp=st.lists(st.binary(max_size=20), max_size=5).map(tuple),
        crls=st.lists(st.binary(max_size=20), max_size=5).map(tuple),
        log_proof=st.none() | st.binary(max_size=20),
        log_entry=st.none() | st.binary(max_size=20),
    ),
    st.none() | st.binary(max_size=50),
)
def test_round_trip(evidence: Evidence, record: bytes | None) -> None:
    packed = write_container(record, evidence)
    assert packed == write_container(record, evidence)
    assert read_container(packed) == (record, evidence)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_malformed(data: bytes) -> None:
    for content in (data, b"PK\x03\x04" + data, write_container(None, WHOLE)[:-9] + data):
        try:
            read_container(content)
        except Malformed as fault:
            assert fault.code == "evidence"


def _zip(entries: list[tuple[str, bytes]], method: int = zipfile.ZIP_STORED) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", method) as container:
        for name, content in entries:
            container.writestr(zipfile.ZipInfo(name), content, method)
    return output.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        _zip([(f"ocsp/{number:02d}.ors", b"") for number in range(101)]),
        _zip([("hoc-ba.xml", bytes(10_000_001))], zipfile.ZIP_DEFLATED),
        _zip([("../hoc-ba.xml", b"")]),
        _zip([("ocsp/0.ors", b"")]),
        _zip([("ocsp/00.crl", b"")]),
        _zip([("ocsp/", b"")]),
        _zip([("hoc-ba.xml", b"")]).replace(b"hoc-ba.xml", b"hoc-ba.exe"),
    ],
    ids=["many", "bomb", "escape", "number", "kind", "folder", "name"],
)
def test_refused(content: bytes) -> None:
    with pytest.raises(Malformed) as refused:
        read_container(content)
    assert refused.value.code == "evidence"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_doubled_and_encrypted_entries() -> None:
    doubled = _zip([("log/entry", b"a"), ("log/entry", b"b")])
    encrypted = bytearray(_zip([("log/entry", b"a")]))
    at = encrypted.index(b"PK\x01\x02") + 8
    encrypted[at] |= 1
    for content in (doubled, bytes(encrypted)):
        with pytest.raises(Malformed):
            read_container(content)


def test_a_lying_size_does_not_unpack_more() -> None:
    honest = _zip([("hoc-ba.xml", bytes(9_000_000))], zipfile.ZIP_DEFLATED)
    lying = honest.replace((9_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    with pytest.raises(Malformed):
        read_container(lying)


def test_store_reads_roots_and_log_keys(world: CertWorld) -> None:
    log_key = Ed25519PrivateKey.generate().public_key()
    pem = log_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    store = TrustStore.from_pem([world.roots_pem() + b"\nnote\n" + pem, world.roots_pem()])
    assert len(store.roots) == 1
    assert len(store.log_keys) == 1


def test_store_refuses_other_keys_and_damaged_blocks(world: CertWorld) -> None:
    other = ec.generate_private_key(ec.SECP256R1()).public_key()
    pem = other.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    damaged = world.roots_pem().replace(b"MII", b"AAA", 1)
    for content in (pem, damaged):
        with pytest.raises(Malformed) as refused:
            TrustStore.from_pem([content])
        assert refused.value.code == "trust_file"
    assert TrustStore.from_pem([b"", b"nothing here"]).roots == ()


def test_names_and_numbers(world: CertWorld) -> None:
    person = world.issue_person("Cô Mẫu", "000190000001").certificate
    school = world.issue_organisation("Trường Mẫu", "00000401").certificate
    assert (signer_name(person), issuer_name(person)) == ("Cô Mẫu DEMO", "CA công cộng DEMO")
    assert (signer_personal_id(person), signer_unit(person)) == ("000190000001", None)
    assert (signer_personal_id(school), signer_unit(school)) == (None, "00000401")


@pytest.mark.parametrize("algorithm", SignatureAlgorithm)
def test_wrong_values_and_wrong_keys(algorithm: SignatureAlgorithm) -> None:
    elliptic = ec.generate_private_key(ec.SECP256R1()).public_key()
    plain = rsa.generate_private_key(65537, 2048).public_key()
    for key in (elliptic, plain):
        for value in (b"", bytes(64), bytes(256)):
            with pytest.raises(NotTrusted) as refused:
                verify_digest(key, algorithm, bytes(32), value)
            assert refused.value.code == "signature_mismatch"
    with pytest.raises(NotTrusted):
        verify_digest(plain, algorithm, bytes(20), bytes(256))


@pytest.mark.parametrize("bits", [1024, 8192])
def test_rsa_sizes(bits: int) -> None:
    if bits == 8192:
        numbers = rsa.RSAPublicNumbers(65537, (1 << 8191) + 1)
        key = numbers.public_key()
    else:
        key = rsa.generate_private_key(65537, bits).public_key()
    with pytest.raises(NotTrusted) as refused:
        verify_digest(key, SignatureAlgorithm.RSA_PKCS1_SHA256, bytes(32), bytes(bits // 8))
    assert refused.value.code == "algorithm_not_allowed"
