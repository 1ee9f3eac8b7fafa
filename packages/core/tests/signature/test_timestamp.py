"""Time-stamps: openssl reads ours, we read openssl's, and what does not hold is refused."""

from __future__ import annotations

import hashlib
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import cms, core, tsp
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from signature_world import AT, SEAL, V1, V2, sign_one, signed, unsigned, xmlsec1

from hocba.errors import HocBaError, Malformed, NotTrusted, Refused
from hocba.signature.sign import add_seal_timestamp, seal_timestamp_digest
from hocba.signature.timestamp import make_request, read_token, token_of_response
from hocba.signature.xml_verify import verify_signatures
from hocba_certworld import issuing
from hocba_certworld.local import LocalTimestamp
from hocba_certworld.softkey import SoftKey
from hocba_certworld.stamping import sign_token
from hocba_certworld.world import CertWorld

NOW = datetime(2026, 5, 29, 8, tzinfo=UTC)
REPLY = ["openssl", "ts", "-reply", "-config", "c", "-queryfile", "q", "-out", "r"]
DIGEST = hashlib.sha256(b"seal").digest()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> CertWorld:
    return CertWorld.create(tmp_path_factory.mktemp("world") / "w", NOW)


@pytest.fixture(scope="module")
def token(world: CertWorld) -> bytes:
    return LocalTimestamp(world, lambda: NOW).timestamp(DIGEST)


def _tsa(world: CertWorld) -> x509.Certificate:
    return world.keys["tsa"].certificate


def test_a_token_of_our_service(world: CertWorld, token: bytes) -> None:
    others = [world.keys["root"].certificate, _tsa(world)]
    fact = read_token(token, DIGEST, others)
    assert fact.time == NOW
    assert fact.certificate == _tsa(world)
    assert len(token) < 700


def test_openssl_verifies_our_token(world: CertWorld, token: bytes, tmp_path: Path) -> None:
    (tmp_path / "t").write_bytes(token)
    (tmp_path / "root.pem").write_bytes(world.roots_pem())
    (tmp_path / "tsa.pem").write_bytes(dict(world.issuers_pem())["tsa"])
    command = ["openssl", "ts", "-verify", "-in", "t", "-token_in", "-CAfile", "root.pem"]
    command += ["-untrusted", "tsa.pem", "-attime", str(int(NOW.timestamp())), "-digest"]
    good = _run([*command, DIGEST.hex()], tmp_path)
    assert "Verification: OK" in good.stdout
    assert "Verification: OK" not in _run([*command, "00" * 32], tmp_path).stdout


def test_openssl_answers_our_request(world: CertWorld, tmp_path: Path) -> None:
    """A token of another implementation, made by `openssl ts -reply`, with an RSA key."""
    service = _rsa_service(world)
    request = make_request(DIGEST, 0x1234567890)
    _openssl_service(tmp_path, service)
    (tmp_path / "q").write_bytes(request)
    done = _run(REPLY, tmp_path)
    assert done.returncode == 0, done.stderr
    answer = (tmp_path / "r").read_bytes()
    token = token_of_response(answer, request)
    before = datetime.now(UTC) - timedelta(minutes=5)
    fact = read_token(token, DIGEST, [_tsa(world), service.certificate])
    assert fact.certificate == service.certificate
    assert before < fact.time < before + timedelta(minutes=10)
    with pytest.raises(NotTrusted) as caught:
        read_token(token, bytes(32), [service.certificate])
    assert caught.value.code == "timestamp_digest"
    shown = _run(["openssl", "ts", "-query", "-in", "q", "-text"], tmp_path).stdout
    assert "sha256" in shown
    assert "Nonce: 0x1234567890" in shown
    assert "Certificate required: no" in shown


def test_a_service_that_refuses(world: CertWorld, tmp_path: Path) -> None:
    """openssl refuses a digest that it is not configured for."""
    _openssl_service(tmp_path, _rsa_service(world), digests="sha512")
    request = make_request(DIGEST, 7)
    (tmp_path / "q").write_bytes(request)
    _run(REPLY, tmp_path)
    with pytest.raises(Refused) as caught:
        token_of_response((tmp_path / "r").read_bytes(), request)
    assert caught.value.code == "timestamp_refused"


def test_an_answer_to_another_question(world: CertWorld) -> None:
    request = make_request(DIGEST, 1)
    answer = world.timestamp(request, NOW)
    for other in (make_request(DIGEST, 2), make_request(bytes(32), 1)):
        with pytest.raises(Malformed):
            token_of_response(answer, other)
    for junk in (b"", b"junk", answer[:-1], answer + b"x"):
        with pytest.raises(Malformed):
            token_of_response(junk, request)


def test_what_does_not_hold(world: CertWorld, token: bytes) -> None:
    assert _code(token, bytes(32), [_tsa(world)]) == "timestamp_digest"
    assert _code(token, DIGEST, []) == "timestamp_service"
    assert _code(token, DIGEST, [world.keys["root"].certificate]) == "timestamp_service"
    # The last byte belongs to the signature value.
    changed = token[:-1] + bytes([token[-1] ^ 1])
    assert _code(changed, DIGEST, [_tsa(world)]) in {"timestamp_signature", "timestamp"}
    assert _code(b"", DIGEST, []) == "timestamp"
    assert _code(token + b"x", DIGEST, []) == "timestamp"
    assert _code(bytes(20_001), DIGEST, []) == "timestamp"
    for nested in (b"\x30\x80" * 9_999, b"\xa0\x80" * 9_999):
        assert _code(nested, DIGEST, []) == "timestamp"


def test_changes_inside_the_token(world: CertWorld, token: bytes) -> None:
    """Another time, another digest in the content, other algorithms, two signers."""

    def changed(change: object) -> str:
        assert callable(change)
        container = cms.ContentInfo.load(token).copy()
        change(container["content"])
        return _code(container.dump(force=True), DIGEST, [_tsa(world)])

    def later(signed: cms.SignedData) -> None:
        info = tsp.TSTInfo.load(signed["encap_content_info"]["content"].parsed.dump())
        info["gen_time"] = NOW + timedelta(days=1)
        signed["encap_content_info"]["content"] = core.ParsableOctetString(info.dump())

    def no_attributes(signed: cms.SignedData) -> None:
        signed["signer_infos"][0]["signed_attrs"] = None

    def fewer_attributes(signed: cms.SignedData) -> None:
        attributes = signed["signer_infos"][0]["signed_attrs"]
        signed["signer_infos"][0]["signed_attrs"] = cms.CMSAttributes(list(attributes)[:2])

    def sha1(signed: cms.SignedData) -> None:
        signed["signer_infos"][0]["digest_algorithm"] = {"algorithm": "sha1"}

    def rsa(signed: cms.SignedData) -> None:
        signed["signer_infos"][0]["signature_algorithm"] = {"algorithm": "sha256_rsa"}

    def sha1_signature(signed: cms.SignedData) -> None:
        signed["signer_infos"][0]["signature_algorithm"] = {"algorithm": "sha1_ecdsa"}

    def nobody(signed: cms.SignedData) -> None:
        signed["signer_infos"] = []

    def twice(signed: cms.SignedData) -> None:
        signed["signer_infos"] = [signed["signer_infos"][0], signed["signer_infos"][0]]

    assert changed(later) == "timestamp_signature"
    assert changed(no_attributes) == "timestamp"
    assert changed(fewer_attributes) == "timestamp"
    assert changed(sha1) == "timestamp_signature"
    assert changed(rsa) == "timestamp_signature"
    assert changed(sha1_signature) == "timestamp_signature"
    assert changed(nobody) == "timestamp"
    assert changed(twice) == "timestamp"


@given(at=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
@settings(max_examples=200, deadline=None)
def test_no_changed_bit_is_believed(at: float, bit: int, world: CertWorld, token: bytes) -> None:
    place = int(at * len(token))
    changed = token[:place] + bytes([token[place] ^ 1 << bit]) + token[place + 1 :]
    try:
        fact = read_token(changed, DIGEST, [_tsa(world)])
    except HocBaError:
        return
    assert fact.time == NOW, "only parts that say nothing may change"


def test_a_token_that_names_another_certificate(world: CertWorld, token: bytes) -> None:
    """A forger signs with an own key and names the true service in the signed attribute."""
    forger = world.issue_with(_tsa(world).subject)
    lying = SoftKey(forger.private_key, _tsa(world))
    answer = sign_token(make_request(DIGEST, 1), key=lying, serial=1, at=NOW, policy="1.2.3")
    token = token_of_response(answer, make_request(DIGEST, 1))
    assert _code(token, DIGEST, [_tsa(world)]) == "timestamp_signature"


@pytest.mark.parametrize("profile", [V1, V2])
def test_the_seal_is_stamped_and_every_signature_stays(
    profile: object, world: CertWorld, tmp_path: Path
) -> None:
    document = signed(V1 if profile is V1 else V2)
    digest = seal_timestamp_digest(document)
    stamped = add_seal_timestamp(document, LocalTimestamp(world, lambda: NOW).timestamp(digest))
    facts = verify_signatures(stamped)
    assert [fact.fault for fact in facts] == [None] * len(facts)
    stamp = facts[-1].timestamp
    assert stamp is not None
    assert stamp.digest == digest
    assert read_token(stamp.token, stamp.digest, [_tsa(world)]).time == NOW
    assert [fact.timestamp for fact in facts[:-1]] == [None] * (len(facts) - 1)
    assert xmlsec1(tmp_path, stamped, "sig-seal-AAAAAAAB")
    start = next(i for i in range(len(document)) if document[i] != stamped[i])
    assert stamped.endswith(document[start:])
    with pytest.raises(Refused) as caught:
        add_seal_timestamp(stamped, b"x")
    assert caught.value.code == "already_stamped"


def test_only_a_seal_is_stamped() -> None:
    for document in (unsigned(), unsigned(V1)):
        with pytest.raises(Refused) as caught:
            seal_timestamp_digest(document)
        assert caught.value.code == "not_sealed"
    foreign = sign_one(unsigned(), SEAL).replace(b"xa:", b"xades:").replace(b":xa=", b":xades=")
    with pytest.raises(Refused) as caught:
        add_seal_timestamp(foreign, b"x")
    assert caught.value.code == "not_sealed"


def test_the_stamp_belongs_to_one_signature_value() -> None:
    first = sign_one(unsigned(), SEAL)
    second = sign_one(unsigned(V2, "00000000-0000-4000-8000-000000000002"), SEAL)
    assert seal_timestamp_digest(first) != seal_timestamp_digest(second)
    assert seal_timestamp_digest(first) == seal_timestamp_digest(first)
    assert AT.tzinfo is not None


def _rsa_service(world: CertWorld) -> SoftKey:
    start = datetime.now(UTC) - timedelta(days=1)
    return world.issue_with(
        issuing.subject("Dịch vụ khác"),
        algorithm="RSA_2048",
        profile=issuing.TIMESTAMP,
        validity=issuing.span(start, 10),
    )


def _openssl_service(folder: Path, service: SoftKey, digests: str = "sha256") -> None:
    (folder / "tsa.pem").write_bytes(service.certificate.public_bytes(Encoding.PEM))
    pem = service.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key.pem").write_bytes(pem)
    (folder / "serial").write_text("01\n")
    (folder / "c").write_text(
        "[tsa]\ndefault_tsa = t\n[t]\nserial = serial\ncrypto_device = builtin\n"
        "signer_cert = tsa.pem\nsigner_key = key.pem\nsigner_digest = sha256\n"
        f"default_policy = 1.2.3.4\ndigests = {digests}\naccuracy = secs:1\n"
        "ess_cert_id_chain = no\ness_cert_id_alg = sha256\n"
    )


def _run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def _code(token: bytes, digest: bytes, certificates: list[x509.Certificate]) -> str:
    with pytest.raises(HocBaError) as caught:
        read_token(token, digest, certificates)
    return caught.value.code
