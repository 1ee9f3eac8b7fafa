"""Paths at their moment, for their use, and against those who want to keep us busy."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given, settings
from hypothesis import strategies as st
from trust_world import (
    AT,
    DAY,
    Holder,
    issue,
    middle,
    openssl,
    openssl_accepts,
    path_code,
    root,
    signer,
    title,
)
from trust_world import (
    store as trusted,
)

from hocba.errors import HocBaError
from hocba.signature.certificates import certificate_from_der
from hocba.trust.path import Usage, build_path
from hocba.trust.store import TrustStore


def test_signed_with_sha1(tmp_path: Path) -> None:
    """Made by openssl: the library that we use refuses to."""
    issuer = middle()
    pem = issuer.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "key.pem").write_bytes(pem)
    (tmp_path / "ca.pem").write_bytes(issuer.pem)
    for digest, code in (("sha256", "ok"), ("sha1", "untrusted_issuer")):
        request = ["req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", "own.pem"]
        made = openssl(tmp_path, *request, "-subj", "/CN=x", "-out", "x.csr")
        assert made.returncode == 0, made.stderr
        sign = ["x509", "-req", "-in", "x.csr", f"-{digest}", "-CA", "ca.pem", "-CAkey", "key.pem"]
        made = openssl(tmp_path, *sign, "-set_serial", "7", "-days", "30", "-out", "x.pem")
        assert made.returncode == 0, made.stderr
        certificate = x509.load_pem_x509_certificate((tmp_path / "x.pem").read_bytes())
        at = certificate.not_valid_before_utc
        late = issue("CA gốc", authority=True, end=at + DAY)
        again = issue("CA DEMO", late, authority=True, key=issuer.key, end=at + DAY)
        trust = TrustStore.from_pem([late.pem])
        assert path_code(Holder(signer().key, certificate), [again], at=at, trust=trust) == code


def test_validity_at_the_moment_of_use(tmp_path: Path) -> None:
    for at, code in (
        (AT, "ok"),
        (AT + 29 * DAY, "ok"),
        (AT + 31 * DAY, "expired"),
        (AT - 31 * DAY, "not_yet_valid"),
    ):
        assert path_code(signer(), [middle()], at=at) == code
        assert openssl_accepts(tmp_path, signer(), [middle()], at) is (code == "ok")


def test_validity_of_every_certificate_counts(tmp_path: Path) -> None:
    old = issue("CA cũ", root(), authority=True, end=AT - DAY)
    future = issue("CA mới", root(), authority=True, start=AT + DAY)
    for authority, code in ((old, "expired"), (future, "not_yet_valid")):
        leaf = issue("x", authority)
        assert path_code(leaf, [authority]) == code
        assert not openssl_accepts(tmp_path, leaf, [authority])
    expired_root = issue("CA gốc hết hạn", authority=True, end=AT - DAY)
    trust = TrustStore.from_pem([expired_root.pem])
    assert path_code(issue("x", expired_root), trust=trust) == "expired"


def test_a_renewed_authority_with_the_same_name_and_key() -> None:
    """Whichever order they come in, the certificate in force is used."""
    old = issue("CA gia hạn", root(), authority=True, end=AT - DAY)
    new = issue("CA gia hạn", root(), authority=True, key=old.key)
    leaf = issue("x", old)
    assert path_code(leaf, [old, new]) == path_code(leaf, [new, old]) == "ok"
    assert path_code(leaf, [old]) == "expired"
    assert path_code(leaf, [old, new], at=AT - 10 * DAY) == "ok"


def test_loops_end() -> None:
    first_key, second_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    first = issue("Vòng 1", authority=True, key=first_key)
    second = issue("Vòng 2", first, authority=True, key=second_key)
    first_again = issue("Vòng 1", second, authority=True, key=first_key)
    leaf = issue("x", first)
    assert path_code(leaf, [first, second, first_again]) == "untrusted_issuer"


def test_a_pile_of_authorities_that_issued_each_other_costs_little() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    pile = [issue("Đống", authority=True, key=key) for _ in range(80)]
    leaf = issue("x", pile[0])
    began = time.perf_counter()
    assert path_code(leaf, pile) == "untrusted_issuer"
    assert time.perf_counter() - began < 2


def test_a_root_that_is_no_authority_trusts_itself_only() -> None:
    """Pinning one signer's certificate is possible; it vouches for nobody else."""
    trust = TrustStore.from_pem([signer().pem])
    assert path_code(signer(), trust=trust) == "ok"
    path = build_path(signer().certificate, [], trust, AT)
    assert path.certificates == (signer().certificate,)
    assert path_code(issue("x", signer()), trust=trust) == "untrusted_issuer"


def test_usages() -> None:
    stamping = [ExtendedKeyUsageOID.TIME_STAMPING]
    answering = [ExtendedKeyUsageOID.OCSP_SIGNING]
    holders = {
        "signer": signer(),
        "tsa": issue("tsa", middle(), extended=stamping),
        "both": issue("both", middle(), extended=[*stamping, ExtendedKeyUsageOID.SERVER_AUTH]),
        "ocsp": issue("ocsp", middle(), extended=answering),
        "tsa for encryption": issue("x", middle(), extended=stamping, usage="encryption"),
    }
    good = {
        Usage.SIGNATURE: {"signer"},
        Usage.TIMESTAMP: {"tsa"},
        Usage.REVOCATION_ANSWER: {"ocsp"},
    }
    for usage, names in good.items():
        found = {n for n, h in holders.items() if path_code(h, [middle()], usage=usage) == "ok"}
        assert found == names


def test_names_are_compared_whole() -> None:
    leaf = issue("x", middle(), subject=title("CA DEMO"))
    assert path_code(leaf, [leaf, middle()]) == "ok"


@pytest.mark.filterwarnings("ignore:Parsed a serial number")
@given(at=st.integers(0, 2000), value=st.binary(min_size=1, max_size=3))
@settings(max_examples=200, deadline=None)
def test_certificates_with_changed_bytes(at: int, value: bytes) -> None:
    """As signer and as authority: never accepted, never another error."""
    for original, is_leaf in ((signer(), True), (middle(), False)):
        der = bytearray(original.der)
        at %= len(der)
        der[at : at + len(value)] = value
        if bytes(der[: len(original.der)]) == original.der:
            continue
        try:
            changed = certificate_from_der(bytes(der)).certificate
            leaf = changed if is_leaf else signer().certificate
            known = middle().certificate if is_leaf else changed
            path = build_path(leaf, [known], trusted(), AT)
        except HocBaError:
            continue
        # The count of unused bits of a signature may change without changing what is signed.
        signed = original.certificate.tbs_certificate_bytes
        assert changed.tbs_certificate_bytes == signed, f"accepted: {path}"


@pytest.mark.filterwarnings("ignore:Parsed a serial number")
def test_a_certificate_of_no_version_or_with_a_negative_number() -> None:
    """The package raises an error of its own kind for the first and only warns of the second."""
    version = b"\xa0\x03\x02\x01"
    for old, new in (
        (version + b"\x02", version + b"\x01"),
        (version + b"\x02\x02\x02\x03", version + b"\x02\x02\x02\x83"),
    ):
        assert old in signer().der
        with pytest.raises(HocBaError) as caught:
            certificate_from_der(signer().der.replace(old, new, 1))
        assert caught.value.code == "certificate"
