"""A certificate as it lies on a token, and what its key may do. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.x509.oid import NameOID

ECDSA: Final = "ECDSA_P256_SHA256"
RSA_PKCS1: Final = "RSA_PKCS1_SHA256"
RSA_PSS: Final = "RSA_PSS_SHA256"
ALGORITHMS: Final = (RSA_PKCS1, RSA_PSS, ECDSA)
"""Names as the platform has them; there are no others (TT 15/2025/TT-BKHCN)."""
_MIN_RSA_BITS: Final = 2048

_SHA256: Final = hashes.SHA256()
_PREHASHED: Final = Prehashed(_SHA256)


@dataclass(frozen=True, slots=True)
class TokenName:
    """Which token: the driver that shows it, its serial number and label."""

    module: str
    serial: str
    label: str


@dataclass(frozen=True, slots=True)
class TokenCertificate:
    """A certificate on a token; `key_id` and `label` lead to its private key."""

    token: TokenName
    label: str
    key_id: bytes
    der: bytes

    @property
    def sha256(self) -> str:
        """Its name in the protocol: the digest of its DER bytes, lower-case hexadecimal."""
        return hashlib.sha256(self.der).hexdigest()

    def read(self) -> x509.Certificate:
        """The certificate. Raises `ValueError` when it is none."""
        return x509.load_der_x509_certificate(self.der)

    @property
    def algorithms(self) -> tuple[str, ...]:
        """What its key may sign with; nothing for a weak or foreign key."""
        try:
            key = self.read().public_key()
        except (ValueError, UnsupportedAlgorithm):
            return ()
        if isinstance(key, rsa.RSAPublicKey) and key.key_size >= _MIN_RSA_BITS:
            return (RSA_PKCS1, RSA_PSS)
        if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
            return (ECDSA,)
        return ()

    @property
    def owner(self) -> str:
        """Common name of the holder, for the person's eyes."""
        try:
            names = self.read().subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        except ValueError:
            return ""
        return str(names[0].value) if names else ""

    @property
    def of_an_authority(self) -> bool:
        """Whether it certifies others: such certificates lie on tokens beside a person's own."""
        try:
            constraints = self.read().extensions.get_extension_for_class(x509.BasicConstraints)
        except (ValueError, x509.ExtensionNotFound):
            return False
        return constraints.value.ca

    def verify(self, algorithm: str, digest: bytes, signature: bytes) -> bool:
        """Whether a signature over a SHA-256 digest fits this certificate (ECDSA as DER)."""
        key = self.read().public_key()
        try:
            if isinstance(key, ec.EllipticCurvePublicKey):
                key.verify(signature, digest, ec.ECDSA(_PREHASHED))
            elif isinstance(key, rsa.RSAPublicKey):
                pss = padding.PSS(padding.MGF1(_SHA256), salt_length=32)
                scheme = pss if algorithm == RSA_PSS else padding.PKCS1v15()
                key.verify(signature, digest, scheme, _PREHASHED)
            else:
                return False
        except InvalidSignature:
            return False
        return True
