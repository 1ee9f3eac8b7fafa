"""Building certificates of the demo world. Every name says DEMO."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from hocba_certworld.softkey import PrivateKey, SoftKey

MARK: Final = "DEMO"
COUNTRY: Final = "VN"


@dataclass(frozen=True, slots=True)
class Profile:
    """What a certificate is for."""

    authority: bool = False
    path_length: int | None = None
    extended_usage: x509.ObjectIdentifier | None = None


AUTHORITY: Final = Profile(authority=True, path_length=0)
ROOT: Final = Profile(authority=True, path_length=1)
SIGNER: Final = Profile()
TIMESTAMP: Final = Profile(extended_usage=ExtendedKeyUsageOID.TIME_STAMPING)
OCSP: Final = Profile(extended_usage=ExtendedKeyUsageOID.OCSP_SIGNING)


def new_key(algorithm: str) -> PrivateKey:
    """Generate a key: "ECDSA_P256", or "RSA_2048" and the like."""
    if algorithm == "ECDSA_P256":
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(65537, int(algorithm.removeprefix("RSA_")))


def subject(common_name: str, *extra: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    """A subject whose common name is marked as demo."""
    marked = common_name if MARK in common_name else f"{common_name} {MARK}"
    attributes = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, COUNTRY),
        *(x509.NameAttribute(oid, value) for oid, value in extra),
        x509.NameAttribute(NameOID.COMMON_NAME, marked),
    ]
    return x509.Name(attributes)


def person_subject(full_name: str, personal_id: str) -> x509.Name:
    """Subject of a person's certificate (`UID=CCCD:…`)."""
    return subject(full_name, (NameOID.USER_ID, f"CCCD:{personal_id}"))


def organisation_subject(name: str, unit_code: str, tax_code: str) -> x509.Name:
    """Subject of an organisation's certificate (`UID=MST:…`, `serialNumber=MATRUONG:…`)."""
    return subject(
        name,
        (NameOID.USER_ID, f"MST:{tax_code}"),
        (NameOID.SERIAL_NUMBER, f"MATRUONG:{unit_code}"),
    )


def issue(
    name: x509.Name,
    key: PrivateKey,
    issuer: SoftKey | None,
    profile: Profile,
    validity: tuple[datetime, datetime],
    *,
    base_url: str,
    issuer_id: str,
) -> SoftKey:
    """Make a certificate for `key`; self-signed when `issuer` is None.

    `base_url` and `issuer_id` make the addresses of OCSP and CRL in it.
    """
    public_key = key.public_key()
    issuer_key = issuer.private_key if issuer else key
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer.certificate.subject if issuer else name)
        .public_key(public_key)
        .serial_number(secrets.randbits(63) | 1 << 62)  # short: it stands in every signature
        .not_valid_before(validity[0])
        .not_valid_after(validity[1])
        .add_extension(x509.BasicConstraints(profile.authority, profile.path_length), critical=True)
        .add_extension(_key_usage(authority=profile.authority), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
    )
    if profile.authority:
        # Signers go without: the certificate stands in every signature, and nobody looks it up.
        key_id = x509.SubjectKeyIdentifier.from_public_key(public_key)
        builder = builder.add_extension(key_id, critical=False)
    if profile.extended_usage is not None:
        critical = profile.extended_usage == ExtendedKeyUsageOID.TIME_STAMPING
        usage = x509.ExtendedKeyUsage([profile.extended_usage])
        builder = builder.add_extension(usage, critical=critical)
    if profile.extended_usage == ExtendedKeyUsageOID.OCSP_SIGNING:
        builder = builder.add_extension(x509.OCSPNoCheck(), critical=False)
    if issuer is not None:
        builder = _with_addresses(builder, base_url, issuer_id)
    certificate = builder.sign(issuer_key, hashes.SHA256())
    chain = () if issuer is None or (not issuer.chain and _is_root(issuer)) else _chain(issuer)
    return SoftKey(key, certificate, chain)


def span(start: datetime, days: int) -> tuple[datetime, datetime]:
    """A validity of `days` from `start`, whole seconds."""
    first = start.replace(microsecond=0)
    return first, first + timedelta(days=days)


def _is_root(key: SoftKey) -> bool:
    return key.certificate.issuer == key.certificate.subject


def _chain(issuer: SoftKey) -> tuple[x509.Certificate, ...]:
    return (issuer.certificate, *issuer.chain)


def _with_addresses(
    builder: x509.CertificateBuilder, base_url: str, issuer_id: str
) -> x509.CertificateBuilder:
    def address(path: str) -> x509.UniformResourceIdentifier:
        return x509.UniformResourceIdentifier(f"{base_url}{path}")

    access = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, address("/ocsp"))
    point = x509.DistributionPoint([address(f"/crl/{issuer_id}.crl")], None, None, None)
    return builder.add_extension(
        x509.AuthorityInformationAccess([access]), critical=False
    ).add_extension(x509.CRLDistributionPoints([point]), critical=False)


def _key_usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
