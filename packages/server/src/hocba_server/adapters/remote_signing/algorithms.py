"""Algorithm identifiers of the API, and the one place where the service's signatures are checked.

Sources: RFC 8017 appendix A.2 (RSASSA-PSS-params), RFC 5758 (ecdsa-with-SHA256), CSC API v2
section 11.10. The API does not say how an ECDSA value is written: services answer DER or r and s
side by side; we take both and give DER, as `hocba.ports.Key` asks.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from hocba.errors import NotTrusted
from hocba.trust.algorithms import SignatureAlgorithm, verify_digest
from hocba_server.adapters.remote_signing.faults import unsuitable, wrong_signature

SHA256: Final = "2.16.840.1.101.3.4.2.1"
RSA: Final = "1.2.840.113549.1.1.1"
RSA_SHA256: Final = "1.2.840.113549.1.1.11"
RSA_PSS: Final = "1.2.840.113549.1.1.10"
ECDSA_SHA256: Final = "1.2.840.10045.4.3.2"
PSS_PARAMETERS: Final = bytes.fromhex(
    "3034a00f300d06096086480165030402010500"
    "a11c301a06092a864886f70d010108300d06096086480165030402010500a203020120"
)
"""DER of RSASSA-PSS-params: SHA-256, MGF1 with SHA-256, 32 bytes of salt."""

_Choice = tuple[tuple[str, SignatureAlgorithm], ...]
_RSA_CHOICE: Final[_Choice] = (
    (RSA_SHA256, SignatureAlgorithm.RSA_PKCS1_SHA256),
    (RSA, SignatureAlgorithm.RSA_PKCS1_SHA256),
    (RSA_PSS, SignatureAlgorithm.RSA_PSS_SHA256),
)
_EC_CHOICE: Final[_Choice] = ((ECDSA_SHA256, SignatureAlgorithm.ECDSA_P256_SHA256),)
_RAW_P256: Final = 64


def choose(certificate: x509.Certificate, offered: Sequence[str]) -> tuple[SignatureAlgorithm, str]:
    """The algorithm to use and its identifier out of `key/algo`, those hashing alone first.

    Raises `Refused` with code `remote_credential` when the key or the offer is not allowed.
    """
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey) and 2048 <= key.key_size <= 4096:
        choice: _Choice = _RSA_CHOICE
    elif isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        choice = _EC_CHOICE
    else:
        raise unsuitable("loại khoá hoặc độ dài khoá không được phép", "its key is not allowed")
    for identifier, algorithm in choice:
        if identifier in offered:
            return algorithm, identifier
    raise unsuitable(
        "dịch vụ không ký bằng thuật toán được phép (RSA, RSA-PSS hoặc ECDSA với SHA-256)",
        "no allowed algorithm is offered",
    )


def sign_parameters(sign_algo: str) -> dict[str, str]:
    """The members of a `signatures/signHash` request that say how to sign."""
    found = {"signAlgo": sign_algo}
    if sign_algo in {RSA, RSA_PSS}:  # the others name the hash themselves
        found["hashAlgorithmOID"] = SHA256
    if sign_algo == RSA_PSS:
        found["signAlgoParams"] = base64.b64encode(PSS_PARAMETERS).decode()
    return found


def checked(
    certificate: x509.Certificate, algorithm: SignatureAlgorithm, digest: bytes, value: bytes
) -> bytes:
    """The signature as `hocba.ports.Key` gives it, once it verifies with the certificate.

    Raises `Unavailable` with code `remote_signature`.
    """
    for form in _forms(algorithm, value):
        try:
            verify_digest(certificate.public_key(), algorithm, digest, form)
        except NotTrusted:
            continue
        return form
    raise wrong_signature()


def _forms(algorithm: SignatureAlgorithm, value: bytes) -> list[bytes]:
    if algorithm is SignatureAlgorithm.ECDSA_P256_SHA256 and len(value) == _RAW_P256:
        half = _RAW_P256 // 2
        r, s = int.from_bytes(value[:half], "big"), int.from_bytes(value[half:], "big")
        return [value, encode_dss_signature(r, s)]
    return [value]
