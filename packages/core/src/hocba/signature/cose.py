"""COSE_Sign1 (RFC 9052) as prints need it: one signer, three algorithms, one way to write it.

The key signs digests, as everywhere here (`hocba.ports.Key`), so the Sig_structure is built and
hashed in this module. What is read must be written in the deterministic encoding of RFC 8949
section 4.2.1: the same statement has no second form.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import cbor2
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from hocba.errors import HocBaError, Malformed
from hocba.ports import Key
from hocba.signature.value import to_xml
from hocba.trust.algorithms import SignatureAlgorithm, verify_digest

MAX_BYTES: Final = 8_000
"""A larger message is none of ours."""
KEY_ID_BYTES: Final = 8
_TAG: Final = 18
"""COSE_Sign1 (RFC 9052 section 2)."""
_ALG, _KID = 1, 4
"""Header parameters (RFC 9052 section 3.1)."""
_IDENTIFIERS: Final = {
    SignatureAlgorithm.ECDSA_P256_SHA256: -7,
    SignatureAlgorithm.RSA_PSS_SHA256: -37,
    SignatureAlgorithm.RSA_PKCS1_SHA256: -257,
}
"""RFC 9053 section 2.1, RFC 8230 section 2, RFC 8812 section 2."""
_ALGORITHMS: Final = {number: algorithm for algorithm, number in _IDENTIFIERS.items()}
_P256_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Sign1:
    """A message that was read; nothing of it is verified yet."""

    key_id: bytes
    algorithm: SignatureAlgorithm
    payload: bytes
    signature: bytes
    digest: bytes
    """SHA-256 of the Sig_structure: what was signed."""


def key_id_of(certificate: x509.Certificate) -> bytes:
    """The short name of a certificate: the first eight bytes of its SHA-256."""
    return certificate.fingerprint(hashes.SHA256())[:KEY_ID_BYTES]


def sign_many(payloads: Sequence[bytes], key: Key) -> list[bytes]:
    """Sign payloads, each as its own message, with one call of the key; raises what it raises."""
    algorithm = SignatureAlgorithm[key.algorithm]
    protected = cbor2.dumps(
        {_ALG: _IDENTIFIERS[algorithm], _KID: key_id_of(key.certificate)}, canonical=True
    )
    values = key.sign_digests([_digest(protected, payload) for payload in payloads])
    return [
        cbor2.dumps(
            cbor2.CBORTag(_TAG, [protected, {}, payload, to_xml(value, algorithm)]), canonical=True
        )
        for payload, value in zip(payloads, values, strict=True)
    ]


def read_sign1(data: bytes) -> Sign1:
    """Read a message. Raises `Malformed` with code `cose`."""
    if len(data) > MAX_BYTES:
        raise malformed()
    message = decode(data)
    if not isinstance(message, cbor2.CBORTag) or message.tag != _TAG:
        raise malformed()
    parts = message.value
    if not isinstance(parts, list) or len(parts) != 4 or parts[1] != {}:
        raise malformed()
    protected, _, payload, signature = parts
    if not all(isinstance(each, bytes) for each in (protected, payload, signature)):
        raise malformed()
    header = decode(protected)
    if not isinstance(header, dict) or set(header) != {_ALG, _KID}:
        raise malformed()
    algorithm = _ALGORITHMS.get(header[_ALG]) if isinstance(header[_ALG], int) else None
    key_id = header[_KID]
    if algorithm is None or not isinstance(key_id, bytes) or len(key_id) != KEY_ID_BYTES:
        raise malformed()
    return Sign1(key_id, algorithm, payload, signature, _digest(protected, payload))


def verify_sign1(message: Sign1, public_key: PublicKeyTypes) -> bytes:
    """Check the signature and return the payload that it covers.

    Raises `NotTrusted`: `algorithm_not_allowed`, `signature_mismatch`.
    """
    value = message.signature
    if message.algorithm is SignatureAlgorithm.ECDSA_P256_SHA256:
        r, s = value[:_P256_BYTES], value[_P256_BYTES:]
        # A value of another length gives numbers that no signature has: it does not verify.
        value = encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big"))
        if len(message.signature) != 2 * _P256_BYTES:
            value = b""
    verify_digest(public_key, message.algorithm, message.digest, value)
    return message.payload


def decode(data: bytes) -> Any:
    """Decode one CBOR item that is written in its one deterministic form.

    Raises `Malformed` with code `cose`.
    """
    try:
        found = cbor2.loads(data)
        if cbor2.dumps(found, canonical=True) != data:
            raise malformed()
    except HocBaError:
        raise
    except Exception as error:
        raise malformed() from error
    return found


def malformed() -> Malformed:
    """What is said of anything that is no message of ours."""
    return Malformed(
        "cose",
        "Nội dung của mã không đọc được: mã không phải của học bạ số hoặc bị hỏng.",
        "The content of the code cannot be read: it is none of a record, or damaged.",
    )


def _digest(protected: bytes, payload: bytes) -> bytes:
    whole = cbor2.dumps(["Signature1", protected, b"", payload], canonical=True)
    return hashlib.sha256(whole).digest()
