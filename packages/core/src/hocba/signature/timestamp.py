"""RFC 3161 time-stamps: the request, the answer, and what a token proves.

Tokens are kept without the service's certificate, which is stored once in the evidence. asn1crypto
parses; the signature is checked here on the CMS of RFC 5652, with the allow-listed algorithms.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, ClassVar, Final

from asn1crypto import cms, core, tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from hocba.errors import HocBaError, Malformed, NotTrusted, Refused
from hocba.trust.algorithms import SignatureAlgorithm, verify_digest

MAX_TOKEN: Final = 20_000
"""Bytes. A token without certificates has about 500."""

IMPRINTS: Final = {"sha256": 32, "sha384": 48, "sha512": 64}
"""Digests that may be stamped, with their sizes in bytes. Seals of records use SHA-256; archive
time-stamps use what is strong in their time."""
_BY_SIZE: Final = {size: name for name, size in IMPRINTS.items()}

_ALGORITHMS: Final = {
    "sha256_rsa": SignatureAlgorithm.RSA_PKCS1_SHA256,
    "rsassa_pkcs1v15": SignatureAlgorithm.RSA_PKCS1_SHA256,
    "sha256_ecdsa": SignatureAlgorithm.ECDSA_P256_SHA256,
}


@dataclass(frozen=True)
class TimestampFact:
    """A token that holds: the digest existed at `time`, says the holder of `certificate`."""

    time: datetime
    certificate: x509.Certificate


class _Response(core.Sequence):  # type: ignore[misc]  # asn1crypto has no types
    """RFC 3161 section 2.4.2. asn1crypto's own class demands a token in refusals, too."""

    _fields: ClassVar = [
        ("status", tsp.PKIStatusInfo),
        ("time_stamp_token", cms.ContentInfo, {"optional": True}),
    ]


def make_request(digest: bytes, nonce: int) -> bytes:
    """Return the DER TimeStampReq over a digest of `IMPRINTS`; no certificate is asked for."""
    request = tsp.TimeStampReq(
        {
            "version": "v1",
            "message_imprint": {
                "hash_algorithm": {"algorithm": _BY_SIZE.get(len(digest), "sha256")},
                "hashed_message": digest,
            },
            "nonce": nonce,
            "cert_req": False,
        }
    )
    return bytes(request.dump())


def token_of_response(response: bytes, request: bytes) -> bytes:
    """Take the token out of a TimeStampResp and see that it answers the request.

    Raises `Refused` with code `timestamp_refused` when the service says no, `Malformed` with code
    `timestamp` when the answer cannot be read or is about something else. The signature is not
    checked here.
    """
    try:
        answer = _Response.load(response, strict=True)
        status = answer["status"]["status"].native
        if status not in {"granted", "granted_with_mods"}:
            raise Refused(
                "timestamp_refused",
                "Dịch vụ dấu thời gian từ chối yêu cầu.",
                f"The time-stamp service refused: {status}.",
            )
        asked = tsp.TimeStampReq.load(request, strict=True)
        token = answer["time_stamp_token"]
        info = token["content"]["encap_content_info"]["content"].parsed
        same = (
            info["nonce"].native == asked["nonce"].native
            and info["message_imprint"].dump() == asked["message_imprint"].dump()
        )
        encoded = bytes(token.dump())
    except HocBaError:
        raise
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise _malformed() from error
    if not same:
        raise _malformed()
    return encoded


def read_token(
    token: bytes,
    digest: bytes,
    certificates: Iterable[x509.Certificate],
    *,
    max_size: int = MAX_TOKEN,
) -> TimestampFact:
    """Check a TimeStampToken over a digest of `IMPRINTS` with one of the known certificates.

    Raises `Malformed` (`timestamp`) and `NotTrusted`: `timestamp_digest` (it stamps something
    else), `timestamp_service` (its certificate is not known), `timestamp_signature`. Whether the
    certificate is trusted at that time is the caller's question.
    """
    if len(token) > max_size:
        raise _malformed()
    parts = _parts(token)
    if parts.imprint != digest:
        raise NotTrusted(
            "timestamp_digest",
            "Dấu thời gian không thuộc về chữ ký này.",
            "The time-stamp is over something else.",
        )
    for certificate in certificates:
        if certificate.fingerprint(hashes.SHA256()) == parts.signer_sha256:
            _check_signature(parts, certificate)
            return TimestampFact(parts.time, certificate)
    raise NotTrusted(
        "timestamp_service",
        "Chưa có chứng thư số của dịch vụ dấu thời gian để kiểm tra.",
        "The certificate of the time-stamp service is not known.",
    )


@dataclass(frozen=True)
class _Parts:
    imprint: bytes
    time: datetime
    signer_sha256: bytes
    """From the signed attribute signing-certificate-v2 (RFC 5816)."""
    algorithm: SignatureAlgorithm
    content: bytes
    message_digest: bytes
    signed_attributes: bytes
    signature: bytes


_IMPLICIT_0, _SET = b"\xa0", b"\x31"


@lru_cache(maxsize=4096)
def _parts(token: bytes) -> _Parts:
    try:
        return _read(cms.ContentInfo.load(token, strict=True))
    except HocBaError:
        raise
    # asn1crypto raises these for anything that is not what its type says.
    except (ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        raise _malformed() from error


def _read(container: cms.ContentInfo) -> _Parts:
    signed = container["content"]
    encapsulated = signed["encap_content_info"]
    if container["content_type"].native != "signed_data":
        raise _malformed()
    if encapsulated["content_type"].native != "tst_info" or len(signed["signer_infos"]) != 1:
        raise _malformed()
    signer = signed["signer_infos"][0]
    signed_attributes = _signed_attributes(signer["signed_attrs"])
    info = encapsulated["content"].parsed
    imprint = info["message_imprint"]
    algorithm = _ALGORITHMS.get(signer["signature_algorithm"]["algorithm"].native)
    stamped = imprint["hashed_message"].native
    fits = IMPRINTS.get(imprint["hash_algorithm"]["algorithm"].native) == len(stamped)
    if algorithm is None or not fits or signer["digest_algorithm"]["algorithm"].native != "sha256":
        raise NotTrusted(
            "timestamp_signature",
            "Dấu thời gian dùng thuật toán không được chấp nhận.",
            "The time-stamp uses an algorithm that is not accepted.",
        )
    attributes = _attributes(signer["signed_attrs"])
    named = attributes["signing_certificate_v2"]["certs"][0]
    if attributes["content_type"].native != "tst_info" or not _is_sha256(named):
        raise _malformed()
    time = info["gen_time"].native
    if not isinstance(time, datetime) or time.tzinfo is None:
        raise _malformed()
    return _Parts(
        imprint=stamped,
        time=time,
        signer_sha256=named["cert_hash"].native,
        algorithm=algorithm,
        content=bytes(encapsulated["content"].contents),
        message_digest=attributes["message_digest"].native,
        signed_attributes=signed_attributes,
        signature=signer["signature"].native,
    )


def _signed_attributes(signed: cms.CMSAttributes) -> bytes:
    """Return the DER encoding of the attributes as a SET OF, over which the signature is made.

    The bytes of the token with the tag of a SET (RFC 5652 5.4), unless they do not stand in DER's
    order; encoding them anew takes a quarter of the time of a whole record.
    """
    encoded = bytes(signed.dump())
    members = [bytes(attribute.dump()) for attribute in signed]
    if encoded[:1] == _IMPLICIT_0 and members == sorted(members):
        return _SET + encoded[1:]
    return bytes(signed.untag().dump())


def _attributes(signed: cms.CMSAttributes) -> dict[str, Any]:
    """Return the signed attributes that count; each stands once with one value (RFC 5652 11)."""
    found: dict[str, Any] = {}
    for attribute in signed:
        name = attribute["type"].native
        if name in found or len(attribute["values"]) != 1:
            raise _malformed()
        found[name] = attribute["values"][0]
    return found


def _is_sha256(named: tsp.ESSCertIDv2) -> bool:
    return bool(named["hash_algorithm"]["algorithm"].native == "sha256")


def _check_signature(parts: _Parts, certificate: x509.Certificate) -> None:
    if hashlib.sha256(parts.content).digest() != parts.message_digest:
        raise _wrong()
    digest = hashlib.sha256(parts.signed_attributes).digest()
    try:
        verify_digest(certificate.public_key(), parts.algorithm, digest, parts.signature)
    except NotTrusted:
        raise _wrong() from None


def _wrong() -> NotTrusted:
    return NotTrusted(
        "timestamp_signature",
        "Chữ ký của dấu thời gian không đúng.",
        "The signature of the time-stamp does not hold.",
    )


def _malformed() -> Malformed:
    return Malformed("timestamp", "Dấu thời gian không đọc được.", "The time-stamp cannot be read.")
