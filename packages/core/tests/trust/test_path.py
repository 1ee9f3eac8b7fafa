"""Paths to a root; where `openssl verify` can judge the same question it agrees."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID
from trust_world import (
    AT,
    Extension,
    Holder,
    issue,
    middle,
    openssl_accepts,
    path_code,
    root,
    rsa_key,
    signer,
)
from trust_world import (
    store as trusted,
)

from hocba.errors import NotTrusted
from hocba.trust.path import MAX_LENGTH, build_path
from hocba.trust.store import TrustStore
from hocba_certworld.world import CertWorld

UNKNOWN: Extension = (
    x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.9"), b"\x05\x00"),
    True,
)
NAMES: x509.ExtensionType = x509.NameConstraints([x509.DNSName("example.vn")], None)


def test_a_path() -> None:
    path = build_path(signer().certificate, [middle().certificate], trusted(), AT)
    assert path.certificates == (
        signer().certificate,
        middle().certificate,
        root().certificate,
    )
    assert path.leaf == signer().certificate
    assert path.links() == (
        (signer().certificate, middle().certificate),
        (middle().certificate, root().certificate),
    )


def test_the_order_and_number_of_known_certificates_does_not_matter() -> None:
    others = [issue(f"Khác {n}", authority=True) for n in range(5)]
    assert path_code(signer(), [*others, root(), middle(), signer(), middle()]) == "ok"


def test_persons_and_schools_of_the_demo_world(world: CertWorld, store: TrustStore) -> None:
    known = [world.keys[name].certificate for name in ("government", "public", "tsa")]
    person = world.issue_person("Cô Mẫu", "000190000001").certificate
    school = world.issue_organisation("Trường Mẫu", "00000401").certificate
    for leaf in (person, school):
        path = build_path(leaf, known, store, AT)
        assert len(path.certificates) == 3
        assert path.certificates[-1] == store.roots[0]
        with pytest.raises(NotTrusted):
            build_path(leaf, known, TrustStore(), AT)


def _chain(length: int, **last: object) -> tuple[Holder, list[Holder]]:
    known: list[Holder] = []
    issuer = root()
    for number in range(length):
        issuer = issue(f"CA {number}", issuer, authority=True)
        known.append(issuer)
    return issue("Cuối", issuer, **last), known  # type: ignore[arg-type]


CASES: dict[str, tuple[str, Holder, list[Holder]]] = {
    "good": ("ok", signer(), [middle()]),
    "authority missing": ("untrusted_issuer", signer(), []),
    "another root": (
        "untrusted_issuer",
        issue("Lạ", issue("CA gốc lạ", authority=True)),
        [],
    ),
    "a root of the same name": (
        "untrusted_issuer",
        issue("Lạ", issue("CA gốc DEMO", authority=True)),
        [],
    ),
    "self-signed": ("untrusted_issuer", issue("Tự ký"), []),
    "issued by a person": ("untrusted_issuer", issue("x", signer()), [signer(), middle()]),
    "issuer without basic constraints": (
        "untrusted_issuer",
        issue("x", _plain := issue("Không rõ", root(), constraints=False, usage="authority")),
        [_plain],
    ),
    "issuer may not sign certificates": (
        "untrusted_issuer",
        issue("x", _lists := issue("CA DS", root(), authority=True, usage="lists only")),
        [_lists],
    ),
    "path length": (
        "untrusted_issuer",
        issue("x", _deep := issue("CA sâu", middle(), authority=True)),
        [_deep, middle()],
    ),
    "RSA authority": (
        "ok",
        issue("x", _rsa := issue("CA RSA", root(), authority=True, key=rsa_key(2048))),
        [_rsa],
    ),
    "short RSA authority": (
        "untrusted_issuer",
        issue("x", _weak := issue("CA yếu", root(), authority=True, key=rsa_key(1024))),
        [_weak],
    ),
    "P-384 authority with SHA-384": (
        "ok",
        issue(
            "x",
            _p384 := issue(
                "CA 384", root(), authority=True, key=ec.generate_private_key(ec.SECP384R1())
            ),
            digest=hashes.SHA384(),
        ),
        [_p384],
    ),
    "short RSA signer": (
        "algorithm_not_allowed",
        issue("x", middle(), key=rsa_key(1024)),
        [middle()],
    ),
    "P-521 signer": (
        "algorithm_not_allowed",
        issue("x", middle(), key=ec.generate_private_key(ec.SECP521R1())),
        [middle()],
    ),
    "critical extension of the signer": (
        "certificate",
        issue("x", middle(), extra=[UNKNOWN]),
        [middle()],
    ),
    "critical extension of the authority": (
        "untrusted_issuer",
        issue("x", _odd := issue("CA lạ", root(), authority=True, extra=[UNKNOWN])),
        [_odd],
    ),
    "the same extension, not critical": (
        "ok",
        issue("x", middle(), extra=[(UNKNOWN[0], False)]),
        [middle()],
    ),
    "name constraints": (
        "untrusted_issuer",
        issue("x", _names := issue("CA tên", root(), authority=True, extra=[(NAMES, True)])),
        [_names],
    ),
    "for encryption": ("key_usage", issue("x", middle(), usage="encryption"), [middle()]),
    "for commitment only": ("ok", issue("x", middle(), usage="commitment"), [middle()]),
    "without key usage": ("ok", issue("x", middle(), usage="none"), [middle()]),
    "an authority that signs a record": ("key_usage", middle(), []),
    "the root that signs a record": ("key_usage", root(), []),
    "for web servers": (
        "key_usage",
        issue("x", middle(), extended=[ExtendedKeyUsageOID.SERVER_AUTH]),
        [middle()],
    ),
    "for time-stamps": (
        "key_usage",
        issue("x", middle(), extended=[ExtendedKeyUsageOID.TIME_STAMPING]),
        [middle()],
    ),
    "for mail and log-in": (
        "ok",
        issue(
            "x",
            middle(),
            extended=[ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.EMAIL_PROTECTION],
        ),
        [middle()],
    ),
    "longest": ("ok", *_chain(MAX_LENGTH - 1)),
    "too long": ("untrusted_issuer", *_chain(MAX_LENGTH)),
}
ONLY_WE_REFUSE = {
    "short RSA authority",
    "short RSA signer",
    "P-521 signer",
    "for encryption",
    "for web servers",
    "for time-stamps",
    "an authority that signs a record",
    "the root that signs a record",
    "name constraints",
    "too long",
}


@pytest.mark.parametrize("case", CASES)
def test_structure(case: str, tmp_path: Path) -> None:
    code, leaf, known = CASES[case]
    assert path_code(leaf, known) == code
    assert openssl_accepts(tmp_path, leaf, known) is (code == "ok" or case in ONLY_WE_REFUSE)
