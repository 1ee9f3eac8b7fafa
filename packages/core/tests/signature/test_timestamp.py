"""Time-stamps: ours by openssl, openssl's by us, and every way in which one does not hold."""

from __future__ import annotations

import hashlib
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st
from signature_world import SEAL, V2, sign_one, signed, unsigned

from hocba.errors import HocBaError, Malformed, NotTrusted, Refused
from hocba.signature.sign import add_seal_timestamp, seal_timestamp_digest
from hocba.signature.timestamp import make_request, read_token, token_of_response
from hocba.signature.xml_verify import verify_signatures
from hocba_certworld.world import CertWorld

MADE = datetime(2026, 5, 1, tzinfo=UTC)
AT = datetime(2026, 5, 29, 9, 0, tzinfo=UTC)
DIGEST = hashlib.sha256(b"what is stamped").digest()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> CertWorld:
    return CertWorld.create(tmp_path_factory.mktemp("timestamp") / "world", MADE)


def token(world: CertWorld, digest: bytes = DIGEST) -> bytes:
    request = make_request(digest, 12345)
    return token_of_response(world.timestamp(request, AT), request)


def service(world: CertWorld) -> list[x509.Certificate]:
    return [world.keys["tsa"].certificate]


def test_a_token_proves_its_digest(world: CertWorld) -> None:
    fact = read_token(token(world), DIGEST, service(world))
    assert (fact.time, fact.certificate) == (AT, service(world)[0])
    assert len(token(world)) < 600, "tokens stand in records, so they carry no certificate"


def test_reasons_for_which_a_token_does_not_hold(world: CertWorld) -> None:
    good = token(world)
    for data, digest, known, code in (
        (good, bytes(32), service(world), "timestamp_digest"),
        (good, DIGEST, [], "timestamp_service"),
        (good, DIGEST, [world.keys["root"].certificate], "timestamp_service"),
        (good[:-1] + bytes([good[-1] ^ 1]), DIGEST, service(world), "timestamp_signature"),
    ):
        with pytest.raises(NotTrusted) as refused:
            read_token(data, digest, known)
        assert refused.value.code == code


@given(st.binary(max_size=200))
def test_any_bytes_are_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        read_token(data, DIGEST, [])
    with pytest.raises((Malformed, Refused)):
        token_of_response(data, make_request(DIGEST, 1))


@given(at=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_no_changed_bit_is_believed(at: float, bit: int) -> None:
    good = token(_WORLD)
    place = int(at * len(good))
    changed = good[:place] + bytes([good[place] ^ 1 << bit]) + good[place + 1 :]
    try:
        fact = read_token(changed, DIGEST, service(_WORLD))
    except HocBaError:
        return
    assert fact.time == AT, "only parts that say nothing may change"


def test_the_answer_must_be_to_this_request(world: CertWorld) -> None:
    request = make_request(DIGEST, 1)
    answer = world.timestamp(request, AT)
    for other in (make_request(DIGEST, 2), make_request(bytes(32), 1)):
        with pytest.raises(Malformed):
            token_of_response(answer, other)


def test_the_stamp_on_the_seal(world: CertWorld) -> None:
    document = signed(V2)
    stamped = add_seal_timestamp(document, token(world, seal_timestamp_digest(document)))
    facts = verify_signatures(stamped)
    assert all(fact.fault is None for fact in facts)
    stamp = facts[-1].timestamp
    assert stamp is not None
    assert read_token(stamp.token, stamp.digest, service(world)).time == AT
    with pytest.raises(Refused) as again:
        add_seal_timestamp(stamped, stamp.token)
    assert again.value.code == "already_stamped"
    with pytest.raises(Refused) as unsealed:
        seal_timestamp_digest(unsigned(V2))
    assert unsealed.value.code == "not_sealed"
    assert seal_timestamp_digest(sign_one(unsigned(V2), SEAL))


def test_openssl_agrees(world: CertWorld, tmp_path: Path) -> None:
    (tmp_path / "token").write_bytes(token(world))
    (tmp_path / "root.pem").write_bytes(world.roots_pem())
    (tmp_path / "tsa.pem").write_bytes(dict(world.issuers_pem())["tsa"])
    arguments = ["openssl", "ts", "-verify", "-in", "token", "-token_in"]
    arguments += ["-CAfile", "root.pem", "-untrusted", "tsa.pem", "-digest"]
    for digest, right in ((DIGEST, True), (bytes(32), False)):
        done = subprocess.run(
            [*arguments, digest.hex()], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert ("OK" in done.stdout) is right


def test_a_token_made_by_openssl(tmp_path: Path) -> None:
    """Another implementation's service: RSA, its own attributes."""

    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=tmp_path, capture_output=True, check=True)

    (tmp_path / "ext").write_text("extendedKeyUsage=critical,timeStamping\n")
    (tmp_path / "conf").write_text(
        "[tsa]\ndefault_tsa=t\n[t]\nserial=serial\ncrypto_device=builtin\nsigner_digest=sha256\n"
        "default_policy=1.2.3.4\ndigests=sha256\naccuracy=secs:1\ness_cert_id_alg=sha256\n"
    )
    (tmp_path / "serial").write_text("01\n")
    (tmp_path / "request").write_bytes(make_request(DIGEST, 99))
    subject = ["-subj", "/CN=Openssl TSA DEMO"]
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "k.pem", "-out", "r.pem", *subject)
    own = ["-in", "r.pem", "-signkey", "k.pem", "-out", "c.pem", "-extfile", "ext", "-days", "9"]
    openssl("x509", "-req", *own)
    answer = ["-queryfile", "request", "-signer", "c.pem", "-inkey", "k.pem", "-out", "answer"]
    openssl("ts", "-reply", "-config", "conf", "-section", "t", *answer)
    certificate = x509.load_pem_x509_certificate((tmp_path / "c.pem").read_bytes())
    made = token_of_response((tmp_path / "answer").read_bytes(), make_request(DIGEST, 99))
    assert read_token(made, DIGEST, [certificate]).certificate == certificate


def _world() -> CertWorld:
    import tempfile

    return CertWorld.create(Path(tempfile.mkdtemp()) / "world", MADE)


_WORLD = _world()
