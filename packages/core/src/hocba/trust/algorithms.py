"""The signature algorithms that are accepted, and the one place where a signature is checked.

An allow-list: what is not named here does not exist. TT 15/2025/TT-BKHCN (RSA of 2048 bits and
more, RSASSA-PSS, ECDSA of 256 bits and more, SHA-256); CV 2088/BGDĐT-GDTH names none.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from hocba.errors import NotTrusted

MIN_RSA_BITS: Final = 2048
MAX_RSA_BITS: Final = 4096
"""Larger keys are refused: checking them would cost a reader too much."""
DIGEST_SIZE: Final = 32

_SHA256: Final = hashes.SHA256()
_PREHASHED: Final = Prehashed(_SHA256)
_PKCS1: Final = padding.PKCS1v15()
_PSS: Final = padding.PSS(padding.MGF1(_SHA256), salt_length=32)
_ECDSA: Final = ec.ECDSA(_PREHASHED)


class SignatureAlgorithm(Enum):
    """A signature algorithm; the value is its identifier in XML Signature (RFC 6931)."""

    RSA_PKCS1_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
    RSA_PSS_SHA256 = "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1"
    ECDSA_P256_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"

    @property
    def xml_uri(self) -> str:
        """The identifier for SignatureMethod."""
        return self.value


def verify_digest(
    public_key: PublicKeyTypes, algorithm: SignatureAlgorithm, digest: bytes, signature: bytes
) -> None:
    """Check a signature over a SHA-256 digest; ECDSA values are DER (RFC 3279).

    Raises `NotTrusted`: `algorithm_not_allowed` for a key of another curve or too short a key,
    `signature_mismatch` for every other reason, a key of the wrong kind included.
    """
    if len(digest) != DIGEST_SIZE:
        raise _mismatch()
    try:
        if algorithm is SignatureAlgorithm.ECDSA_P256_SHA256:
            if not isinstance(public_key, ec.EllipticCurvePublicKey):
                raise _mismatch()
            if not isinstance(public_key.curve, ec.SECP256R1):
                raise _weak()
            public_key.verify(signature, digest, _ECDSA)
        else:
            if not isinstance(public_key, rsa.RSAPublicKey):
                raise _mismatch()
            if not MIN_RSA_BITS <= public_key.key_size <= MAX_RSA_BITS:
                raise _weak()
            scheme = _PSS if algorithm is SignatureAlgorithm.RSA_PSS_SHA256 else _PKCS1
            public_key.verify(signature, digest, scheme, _PREHASHED)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        raise _mismatch() from None


def check_key(public_key: PublicKeyTypes) -> None:
    """Refuse keys that are too weak for a signature. Raises `NotTrusted`: `algorithm_not_allowed`.

    Issuing authorities may also use P-384, which no record signature uses.
    """
    if isinstance(public_key, rsa.RSAPublicKey):
        allowed = MIN_RSA_BITS <= public_key.key_size <= MAX_RSA_BITS
    else:
        allowed = isinstance(public_key, ec.EllipticCurvePublicKey) and isinstance(
            public_key.curve, ec.SECP256R1 | ec.SECP384R1
        )
    if not allowed:
        raise _weak()


def _mismatch() -> NotTrusted:
    return NotTrusted(
        "signature_mismatch",
        "Giá trị chữ ký không khớp với khoá và nội dung được ký.",
        "The signature does not fit the key and what was signed.",
    )


def _weak() -> NotTrusted:
    return NotTrusted(
        "algorithm_not_allowed",
        "Khoá hoặc thuật toán ký không thuộc danh sách được chấp nhận.",
        "The key or algorithm is not on the list of those accepted.",
    )
