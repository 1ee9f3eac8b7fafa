"""A private key in memory behind the library's `Key` port; files are PKCS#12 (RFC 7292)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

from hocba.errors import Malformed
from hocba.trust.algorithms import SignatureAlgorithm

_SHA256: Final = hashes.SHA256()
_PREHASHED: Final = Prehashed(_SHA256)
_ECDSA: Final = ec.ECDSA(_PREHASHED)
_PKCS1: Final = padding.PKCS1v15()
_PSS: Final = padding.PSS(padding.MGF1(_SHA256), salt_length=32)

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True, slots=True)
class SoftKey:
    """A parsed key with its certificate. Only demo and training keep keys this way."""

    private_key: PrivateKey = field(repr=False)
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()
    pss: bool = False
    """Sign with RSASSA-PSS instead of PKCS#1 v1.5; RSA keys only."""

    @property
    def algorithm(self) -> str:
        """Name of a member of `SignatureAlgorithm`."""
        if isinstance(self.private_key, ec.EllipticCurvePrivateKey):
            return SignatureAlgorithm.ECDSA_P256_SHA256.name
        if self.pss:
            return SignatureAlgorithm.RSA_PSS_SHA256.name
        return SignatureAlgorithm.RSA_PKCS1_SHA256.name

    def sign_digests(self, digests: Sequence[bytes]) -> list[bytes]:
        """Sign SHA-256 digests in order."""
        key = self.private_key
        if isinstance(key, ec.EllipticCurvePrivateKey):
            return [key.sign(digest, _ECDSA) for digest in digests]
        scheme = _PSS if self.pss else _PKCS1
        return [key.sign(digest, scheme, _PREHASHED) for digest in digests]

    def to_pkcs12(self, password: bytes) -> bytes:
        """Write key, certificate and chain, encrypted."""
        return pkcs12.serialize_key_and_certificates(
            None,
            self.private_key,
            self.certificate,
            self.chain or None,
            BestAvailableEncryption(password),
        )

    @classmethod
    def from_pkcs12(cls, data: bytes, password: bytes) -> SoftKey:
        """Read a PKCS#12 file. Raises `Malformed` with code `pkcs12`, e.g. for a wrong password."""
        try:
            key, certificate, chain = pkcs12.load_key_and_certificates(data, password)
        except ValueError:
            raise _malformed() from None
        if certificate is None or not isinstance(
            key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
        ):
            raise _malformed()
        return cls(key, certificate, tuple(chain))


def _malformed() -> Malformed:
    return Malformed(
        "pkcs12",
        "Không mở được tệp khoá PKCS#12: tệp hỏng hoặc sai mật khẩu.",
        "The PKCS#12 file cannot be opened: it is damaged or the password is wrong.",
    )
