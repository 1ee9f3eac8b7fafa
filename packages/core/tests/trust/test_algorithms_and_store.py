"""The allow-list of algorithms and keys, and what a trust file may hold."""

from __future__ import annotations

import hashlib

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from trust_world import issue, middle, root, rsa_key, signer

from hocba.errors import HocBaError, Malformed
from hocba.trust.algorithms import SignatureAlgorithm, check_key, verify_digest
from hocba.trust.store import TrustStore

P256 = SignatureAlgorithm.ECDSA_P256_SHA256
RSA = SignatureAlgorithm.RSA_PKCS1_SHA256
PSS = SignatureAlgorithm.RSA_PSS_SHA256
DIGEST = hashlib.sha256(b"x").digest()
PREHASHED = Prehashed(hashes.SHA256())
SCHEMES = {
    RSA: padding.PKCS1v15(),
    PSS: padding.PSS(padding.MGF1(hashes.SHA256()), salt_length=32),
}


def _code(key: PublicKeyTypes, algorithm: SignatureAlgorithm, digest: bytes, value: bytes) -> str:
    try:
        verify_digest(key, algorithm, digest, value)
    except HocBaError as error:
        return error.code
    return "ok"


@pytest.mark.parametrize("algorithm", [RSA, PSS])
def test_rsa(algorithm: SignatureAlgorithm) -> None:
    key = rsa_key(2048)
    value = key.sign(DIGEST, SCHEMES[algorithm], PREHASHED)
    public = key.public_key()
    assert _code(public, algorithm, DIGEST, value) == "ok"
    assert _code(public, algorithm, bytes(32), value) == "signature_mismatch"
    assert _code(public, algorithm, DIGEST, value[:-1]) == "signature_mismatch"
    assert _code(public, algorithm, DIGEST[:20], value) == "signature_mismatch"
    assert _code(public, algorithm, DIGEST, b"") == "signature_mismatch"
    other = PSS if algorithm is RSA else RSA
    assert _code(public, other, DIGEST, value) == "signature_mismatch"
    assert _code(public, P256, DIGEST, value) == "signature_mismatch"


def test_ecdsa() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    value = key.sign(DIGEST, ec.ECDSA(PREHASHED))
    public = key.public_key()
    assert _code(public, P256, DIGEST, value) == "ok"
    assert _code(public, RSA, DIGEST, value) == "signature_mismatch"
    assert _code(public, P256, DIGEST, value + b"x") == "signature_mismatch"
    for curve in (ec.SECP384R1(), ec.SECP256K1(), ec.SECP224R1()):
        other = ec.generate_private_key(curve)
        signed = other.sign(DIGEST, ec.ECDSA(PREHASHED))
        assert _code(other.public_key(), P256, DIGEST, signed) == "algorithm_not_allowed"


def test_other_salts_and_hashes_of_pss() -> None:
    key = rsa_key(2048)
    for scheme in (
        padding.PSS(padding.MGF1(hashes.SHA256()), salt_length=20),
        padding.PSS(padding.MGF1(hashes.SHA1()), salt_length=32),  # noqa: S303 - to be refused
    ):
        value = key.sign(DIGEST, scheme, PREHASHED)
        assert _code(key.public_key(), PSS, DIGEST, value) == "signature_mismatch"


@pytest.mark.parametrize("bits", [1024, 8192])
def test_sizes_of_rsa_keys(bits: int) -> None:
    public = rsa_key(1024).public_key() if bits == 1024 else _large()
    assert _code(public, RSA, DIGEST, bytes(bits // 8)) == "algorithm_not_allowed"
    with pytest.raises(HocBaError) as caught:
        check_key(public)
    assert caught.value.code == "algorithm_not_allowed"


def _large() -> rsa.RSAPublicKey:
    """8192 bits without the minutes that a true key would take; only its size is looked at."""
    return rsa.RSAPublicNumbers(65537, (1 << 8191) | 1).public_key()


def test_kinds_of_keys() -> None:
    for good in (
        rsa_key(2048).public_key(),
        ec.generate_private_key(ec.SECP256R1()).public_key(),
        ec.generate_private_key(ec.SECP384R1()).public_key(),
    ):
        check_key(good)
    others: list[PublicKeyTypes] = [
        ed25519.Ed25519PrivateKey.generate().public_key(),
        ed448.Ed448PrivateKey.generate().public_key(),
        ec.generate_private_key(ec.SECP521R1()).public_key(),
        ec.generate_private_key(ec.SECP256K1()).public_key(),
        dsa.generate_private_key(1024).public_key(),
    ]
    for other in others:
        for algorithm in SignatureAlgorithm:
            assert _code(other, algorithm, DIGEST, bytes(64)) != "ok"
        with pytest.raises(HocBaError) as caught:
            check_key(other)
        assert caught.value.code == "algorithm_not_allowed"


def test_names_of_the_algorithms() -> None:
    assert {algorithm.xml_uri.rpartition("#")[2] for algorithm in SignatureAlgorithm} == {
        "rsa-sha256",
        "sha256-rsa-MGF1",
        "ecdsa-sha256",
    }


def test_a_trust_file() -> None:
    key = ed25519.Ed25519PrivateKey.generate().public_key()
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    heading = "Gốc của bản dùng thử\n".encode()
    found = TrustStore.from_pem([heading + root().pem + pem, root().pem + middle().pem])
    assert found.roots == (root().certificate, middle().certificate)
    assert [_raw(item) for item in found.log_keys] == [_raw(key)]
    assert TrustStore.from_pem([]).roots == ()
    assert TrustStore.from_pem([b"no PEM at all"]).roots == ()


def _raw(key: ed25519.Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


@pytest.mark.parametrize(
    "content",
    [
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        b"-----BEGIN CERTIFICATE-----\n%%%%\n-----END CERTIFICATE-----\n",
        b"-----BEGIN CERTIFICATE-----\nAAAA\n",
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END PUBLIC KEY-----\n",
        b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
        b"-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n",
        signer().certificate.public_bytes(Encoding.PEM)[:-30],
        signer().key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        signer().key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        issue("x").pem + b"-----BEGIN JUNK-----\n",
    ],
    ids=[
        *("short", "not-base64", "no-end", "other-end", "short-key", "crl"),
        *("cut-off", "other-key", "private-key", "junk-behind"),
    ],
)
def test_other_blocks_are_refused(content: bytes) -> None:
    with pytest.raises(Malformed) as caught:
        TrustStore.from_pem([content])
    assert caught.value.code == "trust_file"
