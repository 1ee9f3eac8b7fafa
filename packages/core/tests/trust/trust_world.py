"""Authorities and signers with any property, made here and not by the demo world."""

from __future__ import annotations

import itertools
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from hocba.errors import HocBaError, NotTrusted
from hocba.trust.path import Usage, build_path
from hocba.trust.store import TrustStore

AT = datetime(2026, 5, 29, 8, tzinfo=UTC)
DAY = timedelta(days=1)
PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
Extension = tuple[x509.ExtensionType, bool]
_SERIALS = itertools.count(1000)
KEY_USAGES = {
    "authority": ("key_cert_sign", "crl_sign"),
    "authority without lists": ("key_cert_sign",),
    "lists only": ("crl_sign",),
    "signer": ("digital_signature", "content_commitment"),
    "commitment": ("content_commitment",),
    "encryption": ("key_encipherment",),
}


@dataclass(frozen=True)
class Holder:
    """A key and its certificate."""

    key: PrivateKey
    certificate: x509.Certificate

    @property
    def der(self) -> bytes:
        """The certificate."""
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def pem(self) -> bytes:
        """The certificate."""
        return self.certificate.public_bytes(Encoding.PEM)


@cache
def rsa_key(bits: int) -> rsa.RSAPrivateKey:
    """One key of each size: they take long to make."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def title(common_name: str) -> x509.Name:
    """A subject."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def key_usage(kind: str) -> x509.KeyUsage:
    """One of `KEY_USAGES`."""
    names = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment")
    names += ("key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")
    return x509.KeyUsage(**{name: name in KEY_USAGES[kind] for name in names})


def issue(
    name: str,
    issuer: Holder | None = None,
    *,
    authority: bool = False,
    path_length: int | None = None,
    usage: str | None = None,
    extended: Sequence[x509.ObjectIdentifier] = (),
    key: PrivateKey | None = None,
    start: datetime = AT - 30 * DAY,
    end: datetime = AT + 30 * DAY,
    extra: Sequence[Extension] = (),
    constraints: bool = True,
    digest: hashes.HashAlgorithm | None = None,
    subject: x509.Name | None = None,
) -> Holder:
    """Make a certificate; self-signed without `issuer`."""
    own = key or ec.generate_private_key(ec.SECP256R1())
    who = subject or title(name)
    builder = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(issuer.certificate.subject if issuer else who)
        .public_key(own.public_key())
        .serial_number(next(_SERIALS))
        .not_valid_before(start)
        .not_valid_after(end)
    )
    extensions: list[Extension] = list(extra)
    if constraints:
        extensions.append((x509.BasicConstraints(authority, path_length), True))
    if usage != "none":
        kind = usage or ("authority" if authority else "signer")
        extensions.append((key_usage(kind), True))
    if extended:
        extensions.append((x509.ExtendedKeyUsage(extended), False))
    if authority:
        extensions.append((x509.SubjectKeyIdentifier.from_public_key(own.public_key()), False))
    for value, critical in extensions:
        builder = builder.add_extension(value, critical=critical)
    signing = issuer.key if issuer else own
    return Holder(own, builder.sign(signing, digest or hashes.SHA256()))


@cache
def root() -> Holder:
    """The root of the tests."""
    return issue("CA gốc DEMO", authority=True)


@cache
def middle() -> Holder:
    """An authority below the root."""
    return issue("CA DEMO", root(), authority=True, path_length=0)


@cache
def signer() -> Holder:
    """A person below the authority."""
    return issue("Nguyễn Thị Mẫu DEMO", middle())


@cache
def store() -> TrustStore:
    """Trusts the root only."""
    return TrustStore.from_pem([root().pem])


def ocsp_answer(
    about: Holder,
    issuer: Holder,
    *,
    by: Holder | None = None,
    made: datetime = AT + DAY,
    until: datetime | None = None,
    revoked: datetime | None = None,
    unknown: bool = False,
    named: Holder | None = None,
    digest: hashes.HashAlgorithm | None = None,
    name_digest: hashes.HashAlgorithm | None = None,
    attach: bool = True,
) -> bytes:
    """An answer, signed by the issuer itself or by a delegate."""
    status = ocsp.OCSPCertStatus.GOOD
    if revoked is not None:
        status = ocsp.OCSPCertStatus.REVOKED
    elif unknown:
        status = ocsp.OCSPCertStatus.UNKNOWN
    responder = by or issuer
    builder = ocsp.OCSPResponseBuilder().add_response(
        cert=about.certificate,
        issuer=(named or issuer).certificate,
        algorithm=name_digest or hashes.SHA256(),
        cert_status=status,
        this_update=made,
        next_update=until or made + DAY,
        revocation_time=revoked,
        revocation_reason=None,
    )
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, responder.certificate)
    if by is not None and attach:
        builder = builder.certificates([by.certificate])
    return builder.sign(responder.key, digest or hashes.SHA256()).public_bytes(Encoding.DER)


def responder(issuer: Holder, **changes: object) -> Holder:
    """A delegate for OCSP answers, valid whenever a test runs: answers say the present time."""
    settings: dict[str, object] = {
        "extended": [ExtendedKeyUsageOID.OCSP_SIGNING],
        "start": datetime(2020, 1, 1, tzinfo=UTC),
        "end": datetime(2200, 1, 1, tzinfo=UTC),
        **changes,
    }
    return issue("OCSP DEMO", issuer, **settings)  # type: ignore[arg-type]


def crl(
    issuer: Holder,
    revoked: Sequence[tuple[Holder, datetime]] = (),
    *,
    invalid_since: datetime | None = None,
    made: datetime = AT + DAY,
    until: datetime | None = None,
    extra: Sequence[Extension] = (),
    signing: PrivateKey | None = None,
    digest: hashes.HashAlgorithm | None = None,
) -> bytes:
    """A list of the issuer."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(made)
        .next_update(until or made + DAY)
    )
    for value, critical in extra:
        builder = builder.add_extension(value, critical=critical)
    for holder, when in revoked:
        entry = x509.RevokedCertificateBuilder(holder.certificate.serial_number, when)
        if invalid_since is not None:
            entry = entry.add_extension(x509.InvalidityDate(invalid_since), critical=False)
        builder = builder.add_revoked_certificate(entry.build())
    signed = builder.sign(signing or issuer.key, digest or hashes.SHA256())
    return signed.public_bytes(Encoding.DER)


def openssl(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run openssl in a folder."""
    return subprocess.run(
        ["openssl", *arguments], cwd=folder, capture_output=True, text=True, check=False
    )


def path_code(
    leaf: Holder,
    known: Sequence[Holder] = (),
    *,
    at: datetime = AT,
    usage: Usage = Usage.SIGNATURE,
    trust: TrustStore | None = None,
) -> str:
    """ "ok", or the code of the fault."""
    try:
        build_path(
            leaf.certificate, [item.certificate for item in known], trust or store(), at, usage
        )
    except HocBaError as error:
        assert isinstance(error, NotTrusted)
        assert error.sentence.vi
        assert error.sentence.en
        return error.code
    return "ok"


def openssl_accepts(folder: Path, leaf: Holder, known: Sequence[Holder], at: datetime = AT) -> bool:
    """What `openssl verify` says about the same question."""
    (folder / "root.pem").write_bytes(root().pem)
    (folder / "known.pem").write_bytes(b"".join(item.pem for item in known))
    (folder / "leaf.pem").write_bytes(leaf.pem)
    command = ["verify", "-attime", str(int(at.timestamp())), "-CAfile", "root.pem"]
    if known:
        command += ["-untrusted", "known.pem"]
    return openssl(folder, *command, "leaf.pem").returncode == 0
