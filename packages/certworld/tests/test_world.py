"""The demo world: made once, closed to others, marked DEMO, and answering over HTTP."""

from __future__ import annotations

import http.client
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from hocba.errors import Malformed, Refused
from hocba.signature.timestamp import make_request, read_token, token_of_response
from hocba.trust.algorithms import SignatureAlgorithm, verify_digest
from hocba_certworld.service import MAX_REQUEST, make_server
from hocba_certworld.softkey import SoftKey
from hocba_certworld.world import CertWorld

MADE = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> CertWorld:
    return CertWorld.create(tmp_path_factory.mktemp("certworld") / "world", MADE)


@pytest.fixture
def service(world: CertWorld) -> Iterator[http.client.HTTPConnection]:
    server = make_server(world, port=0)
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    connection = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=10)
    yield connection
    connection.close()
    server.shutdown()
    server.server_close()


def test_a_world_is_made_once(world: CertWorld) -> None:
    again = CertWorld.open(world.directory)
    assert again.roots_pem() == world.roots_pem()
    with pytest.raises(Refused):
        CertWorld.create(world.directory, MADE)


def test_keys_are_closed_to_others(world: CertWorld) -> None:
    for file in world.directory.iterdir():
        assert file.stat().st_mode & 0o077 == 0, file.name
        assert b"PRIVATE KEY" not in file.read_bytes()


def test_modes_of_the_folder_and_its_files(tmp_path: Path) -> None:
    """Also where the folder was there before, open to everybody."""
    folder = tmp_path / "world"
    folder.mkdir(mode=0o755)
    made = CertWorld.create(folder, MADE)
    made.revoke(made.keys["public"].certificate, MADE)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    assert not list(folder.glob("*.part"))


def test_a_damaged_world_does_not_open(tmp_path: Path) -> None:
    made = CertWorld.create(tmp_path / "world", MADE)
    (made.directory / "password").write_bytes(b"wrong")
    with pytest.raises(Malformed) as caught:
        CertWorld.open(made.directory)
    assert caught.value.code == "pkcs12"


def test_every_name_says_demo(world: CertWorld) -> None:
    keys = [*world.keys.values(), world.issue_person("Cô Mẫu", "000190000001")]
    keys.append(world.issue_organisation("Trường Mẫu", "00000401", ca="public"))
    for key in keys:
        for name in (key.certificate.subject, key.certificate.issuer):
            [common] = name.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
            assert "DEMO" in str(common.value)


@pytest.mark.parametrize("algorithm", ["ECDSA_P256", "RSA_2048"])
def test_pkcs12_needs_its_password(world: CertWorld, algorithm: str) -> None:
    key = world.issue_person("Cô Mẫu", "000190000001", algorithm=algorithm)
    packed = key.to_pkcs12(b"secret")
    assert SoftKey.from_pkcs12(packed, b"secret").certificate == key.certificate
    for data, password in ((packed, b"wrong"), (b"nothing", b"secret")):
        with pytest.raises(Malformed):
            SoftKey.from_pkcs12(data, password)


def test_keys_sign_and_keep_their_chain(world: CertWorld) -> None:
    key = world.issue_person("Cô Mẫu", "000190000001")
    again = SoftKey.from_pkcs12(key.to_pkcs12(b"x"), b"x")
    assert again.chain == key.chain == (world.keys["public"].certificate,)
    [value] = again.sign_digests([bytes(32)])
    algorithm = SignatureAlgorithm[again.algorithm]
    verify_digest(again.certificate.public_key(), algorithm, bytes(32), value)
    assert "PRIVATE" not in repr(again)
    rsa = world.issue_organisation("Trường Mẫu", "00000401")
    pss = SoftKey(rsa.private_key, rsa.certificate, pss=True)
    assert (rsa.algorithm, pss.algorithm) == ("RSA_PKCS1_SHA256", "RSA_PSS_SHA256")
    verify_digest(
        pss.certificate.public_key(),
        SignatureAlgorithm.RSA_PSS_SHA256,
        bytes(32),
        pss.sign_digests([bytes(32)])[0],
    )


def test_certificates_for_vectors(world: CertWorld) -> None:
    validity = (MADE - timedelta(days=9), MADE - timedelta(days=5))
    old = world.issue_person("Cô Mẫu", "000190000001", validity=validity).certificate
    assert (old.not_valid_before_utc, old.not_valid_after_utc) == validity


def test_requests_that_a_service_refuses(world: CertWorld) -> None:
    asked = tsp.TimeStampReq.load(make_request(bytes(32), 1))
    asked["message_imprint"] = {
        "hash_algorithm": {"algorithm": "sha1"},
        "hashed_message": b"0" * 20,
    }
    short = tsp.TimeStampReq.load(make_request(bytes(31), 1))
    for request in (asked.dump(force=True), short.dump(), b""):
        with pytest.raises(Malformed) as caught:
            world.timestamp(request, MADE)
        assert caught.value.code == "timestamp_request"


def test_ocsp_about_a_stranger(world: CertWorld, tmp_path: Path) -> None:
    other = CertWorld.create(tmp_path / "other", MADE)
    leaf = other.issue_person("Cô Mẫu", "000190000001").certificate
    issuer = other.keys["public"].certificate
    request = ocsp.OCSPRequestBuilder().add_certificate(leaf, issuer, hashes.SHA256()).build()
    answer = world.ocsp_response(request.public_bytes(Encoding.DER), MADE)
    status = ocsp.load_der_ocsp_response(answer).response_status
    assert status is ocsp.OCSPResponseStatus.UNAUTHORIZED


@pytest.mark.parametrize("length", ["-1", "x", "1_0", "", "99999999999"])
def test_lengths_that_are_none(service: http.client.HTTPConnection, length: str) -> None:
    service.putrequest("POST", "/tsa")
    service.putheader("Content-Length", length)
    service.endheaders()
    assert service.getresponse().status == 413


def test_time_stamps_over_http(world: CertWorld, service: http.client.HTTPConnection) -> None:
    request = make_request(bytes(32), 7)
    service.request("POST", "/tsa", request, {"Content-Type": "application/timestamp-query"})
    token = token_of_response(service.getresponse().read(), request)
    fact = read_token(token, bytes(32), [world.keys["tsa"].certificate])
    assert abs((datetime.now(UTC) - fact.time).total_seconds()) < 60


def test_ocsp_over_http(world: CertWorld, service: http.client.HTTPConnection) -> None:
    leaf = world.issue_person("Cô Mẫu", "000190000001").certificate
    issuer = world.keys["public"].certificate
    for algorithm in (hashes.SHA1(), hashes.SHA256()):  # noqa: S303 - names in requests
        request = ocsp.OCSPRequestBuilder().add_certificate(leaf, issuer, algorithm).build()
        service.request("POST", "/ocsp", request.public_bytes(Encoding.DER))
        answer = ocsp.load_der_ocsp_response(service.getresponse().read())
        assert answer.certificate_status is ocsp.OCSPCertStatus.GOOD
    world.revoke(leaf, MADE)
    service.request("POST", "/ocsp", request.public_bytes(Encoding.DER))
    answer = ocsp.load_der_ocsp_response(service.getresponse().read())
    assert answer.certificate_status is ocsp.OCSPCertStatus.REVOKED
    assert world.revoked_at(leaf.serial_number) == MADE


def test_crls_over_http(world: CertWorld, service: http.client.HTTPConnection) -> None:
    for name in ("root", "government", "public"):
        service.request("GET", f"/crl/{name}.crl")
        crl = x509.load_der_x509_crl(service.getresponse().read())
        assert crl.is_signature_valid(world.keys[name].certificate.public_key())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/", None, 404),
        ("GET", "/crl/../password", None, 404),
        ("GET", "/crl/tsa.crl", None, 404),
        ("GET", "/health", None, 200),
        ("POST", "/ocsp", b"nothing", 400),
        ("POST", "/tsa", b"nothing", 400),
        ("POST", "/elsewhere", b"x", 404),
        ("POST", "/tsa", bytes(MAX_REQUEST + 1), 413),
    ],
)
def test_other_requests(
    service: http.client.HTTPConnection, method: str, path: str, body: bytes | None, status: int
) -> None:
    service.request(method, path, body)
    assert service.getresponse().status == status
