"""Paths from a signer to a root: what is found, and every reason for which none is."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from hocba.errors import NotTrusted
from hocba.trust.path import CertificatePath, Usage, build_path
from hocba.trust.store import TrustStore
from hocba_certworld.world import CertWorld

AT = datetime(2026, 5, 27, tzinfo=UTC)
Builder = x509.CertificateBuilder


def known(world: CertWorld) -> list[x509.Certificate]:
    return [world.keys[name].certificate for name in ("government", "public", "tsa")]


def fault_of(work: Callable[[], CertificatePath]) -> str:
    with pytest.raises(NotTrusted) as raised:
        work()
    assert raised.value.sentence.vi
    return raised.value.code


def make(
    issuer: ec.EllipticCurvePrivateKey | None = None,
    issuer_name: str = "A DEMO",
    subject: str = "A DEMO",
    *,
    ca: bool = False,
    path_length: int | None = None,
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | None = None,
    algorithm: hashes.SHA256 | hashes.SHA384 | None = None,
    extra: tuple[tuple[x509.ExtensionType, bool], ...] = (),
    usage: bool = True,
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """A certificate with exactly what a test wants."""
    own = key or ec.generate_private_key(ec.SECP256R1())

    def name(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])

    builder = (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer_name))
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(AT - timedelta(days=10))
        .not_valid_after(AT + timedelta(days=10))
        .add_extension(x509.BasicConstraints(ca, path_length), critical=True)
    )
    if usage:
        builder = builder.add_extension(
            x509.KeyUsage(not ca, not ca, *[False] * 3, ca, ca, False, False), critical=True
        )
    for extension, critical in extra:
        builder = builder.add_extension(extension, critical=critical)
    signer = issuer or own
    return builder.sign(signer, algorithm or hashes.SHA256()), own  # type: ignore[return-value]


@pytest.fixture(scope="module")
def authority() -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    return make(ca=True)


def trusted(root: x509.Certificate) -> TrustStore:
    return TrustStore.from_pem([root.public_bytes(Encoding.PEM)])


def test_a_person_and_a_school_lead_to_the_root(world: CertWorld, store: TrustStore) -> None:
    person = world.issue_person("Cô Mẫu", "000190000001").certificate
    school = world.issue_organisation("Trường Mẫu", "00000401").certificate
    for leaf in (person, school):
        path = build_path(leaf, known(world), store, AT)
        assert path.leaf == leaf
        assert len(path.certificates) == 3
        assert path.certificates[-1] == store.roots[0]


def test_openssl_agrees(world: CertWorld, store: TrustStore, tmp_path: Path) -> None:
    leaf = world.issue_person("Cô Mẫu", "000190000001").certificate
    path = build_path(leaf, known(world), store, AT)
    files = []
    for number, certificate in enumerate(path.certificates):
        file = tmp_path / f"{number}.pem"
        file.write_bytes(certificate.public_bytes(Encoding.PEM))
        files.append(str(file))
    done = subprocess.run(
        [
            *("openssl", "verify", "-attime", str(int(AT.timestamp()))),
            *("-CAfile", files[2], "-untrusted", files[1], files[0]),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("days", "code"), [(-60, "not_yet_valid"), (4000, "expired")])
def test_validity_at_the_moment_of_use(
    world: CertWorld, store: TrustStore, days: int, code: str
) -> None:
    leaf = world.issue_person("Cô Mẫu", "000190000001").certificate
    at = AT + timedelta(days=days)
    assert fault_of(lambda: build_path(leaf, known(world), store, at)) == code


def test_without_intermediates_or_roots(world: CertWorld, store: TrustStore) -> None:
    leaf = world.issue_person("Cô Mẫu", "000190000001").certificate
    assert fault_of(lambda: build_path(leaf, [], store, AT)) == "untrusted_issuer"
    nobody = TrustStore()
    assert fault_of(lambda: build_path(leaf, known(world), nobody, AT)) == "untrusted_issuer"


def test_the_name_of_an_authority_is_not_enough(
    authority: tuple[x509.Certificate, ec.EllipticCurvePrivateKey],
) -> None:
    _, stranger = make(ca=True)
    leaf, _ = make(stranger, subject="B DEMO")
    assert fault_of(lambda: build_path(leaf, [], trusted(authority[0]), AT)) == "untrusted_issuer"


def test_a_person_is_no_authority(
    authority: tuple[x509.Certificate, ec.EllipticCurvePrivateKey],
) -> None:
    root, key = authority
    person, own = make(key, subject="B DEMO")
    forged, _ = make(own, issuer_name="B DEMO", subject="C DEMO")
    store = trusted(root)
    assert build_path(person, [], store, AT).leaf == person
    assert fault_of(lambda: build_path(forged, [person], store, AT)) == "untrusted_issuer"


def test_path_length_is_kept() -> None:
    root, key = make(ca=True, path_length=0)
    middle, middle_key = make(key, subject="B DEMO", ca=True)
    leaf, _ = make(middle_key, issuer_name="B DEMO", subject="C DEMO")
    assert fault_of(lambda: build_path(leaf, [middle], trusted(root), AT)) == "untrusted_issuer"


def test_loops_end() -> None:
    first, key = make(ca=True, subject="A DEMO", issuer_name="B DEMO")
    second, other = make(key, ca=True, subject="B DEMO", issuer_name="A DEMO")
    leaf, _ = make(other, issuer_name="B DEMO", subject="C DEMO")
    stranger, _ = make(ca=True, subject="Z DEMO", issuer_name="Z DEMO")
    circle = [first, second]
    assert fault_of(lambda: build_path(leaf, circle, trusted(stranger), AT)) == "untrusted_issuer"


@pytest.mark.parametrize(
    "key",
    [
        rsa.generate_private_key(65537, 1024),
        ec.generate_private_key(ec.SECP521R1()),
    ],
    ids=["rsa-1024", "p-521"],
)
def test_weak_and_unknown_keys(
    authority: tuple[x509.Certificate, ec.EllipticCurvePrivateKey], key: rsa.RSAPrivateKey
) -> None:
    leaf, _ = make(authority[1], subject="B DEMO", key=key)
    store = trusted(authority[0])
    assert fault_of(lambda: build_path(leaf, [], store, AT)) == "algorithm_not_allowed"


def test_unknown_critical_extension(
    authority: tuple[x509.Certificate, ec.EllipticCurvePrivateKey],
) -> None:
    odd = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4.5"), b"\x05\x00")
    store = trusted(authority[0])
    leaf, _ = make(authority[1], subject="B DEMO", extra=((odd, True),))
    assert fault_of(lambda: build_path(leaf, [], store, AT)) == "certificate"
    harmless, _ = make(authority[1], subject="B DEMO", extra=((odd, False),))
    assert build_path(harmless, [], store, AT).leaf == harmless


def test_each_certificate_for_its_use_only(world: CertWorld, store: TrustStore) -> None:
    person = world.issue_person("Cô Mẫu", "000190000001").certificate
    service = world.keys["tsa"].certificate
    assert build_path(service, known(world), store, AT, Usage.TIMESTAMP).leaf == service
    for leaf, usage in (
        (person, Usage.TIMESTAMP),
        (person, Usage.REVOCATION_ANSWER),
        (service, Usage.REVOCATION_ANSWER),
        (world.keys["public"].certificate, Usage.SIGNATURE),
    ):
        code = fault_of(lambda: build_path(leaf, known(world), store, AT, usage))  # noqa: B023
        assert code == "key_usage"


def test_a_time_stamp_service_may_do_nothing_else(
    authority: tuple[x509.Certificate, ec.EllipticCurvePrivateKey],
) -> None:
    both = x509.ExtendedKeyUsage(
        [ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.CODE_SIGNING]
    )
    leaf, _ = make(authority[1], subject="B DEMO", extra=((both, True),))
    store = trusted(authority[0])
    assert fault_of(lambda: build_path(leaf, [], store, AT, Usage.TIMESTAMP)) == "key_usage"
