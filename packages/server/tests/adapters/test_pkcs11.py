"""Keys in a real PKCS#11 token (SoftHSM2), made for these tests."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from django.conf import settings

from hocba.errors import Refused, Unavailable
from hocba.trust.algorithms import SignatureAlgorithm, verify_digest
from hocba_server.adapters import pkcs11 as tokens
from hocba_server.adapters.keystores import KeyStore, key_store

PIN, LABEL = "123456", "hocba-test"
DRIVERS = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so")
DRIVER = next((driver for driver in DRIVERS if Path(driver).exists()), "")
if not (DRIVER and shutil.which("softhsm2-util")):
    warnings.warn("SoftHSM2 absent: PKCS#11 is NOT tested (package softhsm2)", stacklevel=1)
    pytest.skip("NOT TESTED: softhsm2 is not installed", allow_module_level=True)
DIGESTS = [hashlib.sha256(bytes([number])).digest() for number in range(5)]


def run(*arguments: str) -> None:
    subprocess.run(["softhsm2-util", *arguments], check=True, capture_output=True)


def certificate_of(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Thử DEMO")])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )


def put(folder: Path, label: str, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> None:
    """Import a private key and its certificate under one label."""
    import pkcs11
    from pkcs11.util.x509 import decode_x509_certificate

    pem = folder / f"{label}.pem"
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    options = ("--token", LABEL, "--label", label, "--id", label.encode().hex(), "--pin", PIN)
    run("--import", str(pem), *options)
    der = certificate_of(key).public_bytes(serialization.Encoding.DER)
    token = pkcs11.lib(DRIVER).get_token(token_label=LABEL)
    with token.open(rw=True, user_pin=PIN) as session:
        attributes = decode_x509_certificate(der)
        attributes[pkcs11.Attribute.TOKEN] = True
        attributes[pkcs11.Attribute.LABEL] = label
        session.create_object(attributes)


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A fresh token with an elliptic curve key and an RSA key."""
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\n")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    run("--init-token", "--free", "--label", LABEL, "--so-pin", "654321", "--pin", PIN)
    put(folder, "person-000012345678", ec.generate_private_key(ec.SECP256R1()))
    put(folder, "unit-79000001", rsa.generate_private_key(65537, 2048))
    yield LABEL
    os.environ.pop("SOFTHSM2_CONF")


@pytest.fixture(scope="module")
def store(token: str) -> Iterator[KeyStore]:
    """The store as the operator's environment names it; a process opens a token once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "KEY_STORE", "hocba_server.adapters.pkcs11.token_key_store")
        patch.setenv("HOCBA_PKCS11_MODULE", DRIVER)
        patch.setenv("HOCBA_PKCS11_TOKEN", token)
        patch.setenv("HOCBA_PKCS11_PIN", PIN)
        yield key_store()


def test_elliptic_curve_signatures_verify_as_der(store: KeyStore) -> None:
    key = store.key_for("000012345678")
    assert key.algorithm == "ECDSA_P256_SHA256"
    for digest, signature in zip(DIGESTS, key.sign_digests(DIGESTS), strict=True):
        public = key.certificate.public_key()
        verify_digest(public, SignatureAlgorithm.ECDSA_P256_SHA256, digest, signature)


@pytest.mark.parametrize("pss", [False, True])
def test_rsa_signatures_verify(store: KeyStore, pss: bool) -> None:
    found = store.organisation_key("79000001")
    assert isinstance(found, tokens.Pkcs11Key)
    key = tokens.Pkcs11Key(found.private_key, found.certificate, pss=pss)
    algorithm = SignatureAlgorithm[key.algorithm]
    assert algorithm.name == ("RSA_PSS_SHA256" if pss else "RSA_PKCS1_SHA256")
    for digest, signature in zip(DIGESTS, key.sign_digests(DIGESTS), strict=True):
        verify_digest(key.certificate.public_key(), algorithm, digest, signature)


def test_a_key_is_looked_up_once(store: KeyStore) -> None:
    assert store.key_for("000012345678") is store.key_for("000012345678")


def test_who_has_no_key_in_the_token_is_told_so(store: KeyStore) -> None:
    with pytest.raises(Refused) as refusal:
        store.key_for("000099999999")
    assert refusal.value.code == "no_key"


@pytest.mark.parametrize(("label", "pin"), [(LABEL, "000000"), ("khac", PIN)])
def test_a_wrong_pin_or_token_says_what_to_look_at(token: str, label: str, pin: str) -> None:
    with pytest.raises(Unavailable) as fault:
        tokens.TokenKeyStore(DRIVER, label, pin)
    assert "mã PIN" in fault.value.sentence.vi
    assert pin not in str(fault.value)


def test_a_missing_driver_says_what_to_look_at() -> None:
    with pytest.raises(Unavailable):
        tokens.TokenKeyStore("/nowhere/driver.so", LABEL, PIN)


def test_a_token_is_opened_once(store: KeyStore) -> None:
    assert key_store() is store


def test_an_installation_without_a_token_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOCBA_PKCS11_TOKEN", raising=False)
    with pytest.raises(Unavailable, match="HOCBA_PKCS11"):
        tokens.token_key_store()


def test_the_key_never_shows_itself(store: KeyStore) -> None:
    assert "private_key" not in repr(store.key_for("000012345678"))
