"""What a time-stamp service does with a request (RFC 3161 section 2.4)."""

from __future__ import annotations

import hashlib
from datetime import datetime

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from hocba.errors import Malformed
from hocba.ports import Key
from hocba.signature.timestamp import IMPRINTS


def sign_token(request: bytes, *, key: Key, serial: int, at: datetime, policy: str) -> bytes:
    """Answer a TimeStampReq as a service does: the DER TimeStampResp.

    The certificate of `key` must be one for time-stamps. Raises `Malformed`.
    """
    try:
        asked = tsp.TimeStampReq.load(request, strict=True)
        imprint = asked["message_imprint"]
        digest = imprint["hashed_message"].native
        if IMPRINTS.get(imprint["hash_algorithm"]["algorithm"].native) != len(digest):
            raise _unreadable()
        info = tsp.TSTInfo(
            {
                "version": "v1",
                "policy": policy,
                "message_imprint": imprint,
                "serial_number": serial,
                "gen_time": at.replace(microsecond=0),
                "nonce": asked["nonce"],
            }
        )
        with_certificate = bool(asked["cert_req"].native)
    except (ValueError, TypeError, KeyError) as error:
        raise _unreadable() from error
    return _signed_response(info, key, with_certificate=with_certificate)


def _signed_response(info: tsp.TSTInfo, key: Key, *, with_certificate: bool) -> bytes:
    content = core.ParsableOctetString(info.dump())
    certificate = asn1_x509.Certificate.load(key.certificate.public_bytes(Encoding.DER))
    named = tsp.SigningCertificateV2(
        {"certs": [{"cert_hash": key.certificate.fingerprint(hashes.SHA256())}]}
    )
    digest = hashlib.sha256(info.dump()).digest()
    attributes = cms.CMSAttributes(
        [
            cms.CMSAttribute({"type": "content_type", "values": ["tst_info"]}),
            cms.CMSAttribute({"type": "message_digest", "values": [digest]}),
            cms.CMSAttribute({"type": "signing_certificate_v2", "values": [named]}),
        ]
    )
    value = key.sign_digests([hashlib.sha256(attributes.dump()).digest()])[0]
    mechanism = "sha256_ecdsa" if key.algorithm == "ECDSA_P256_SHA256" else "sha256_rsa"
    signed = cms.SignedData(
        {
            "version": "v3",
            "digest_algorithms": [{"algorithm": "sha256"}],
            "encap_content_info": {"content_type": "tst_info", "content": content},
            "certificates": [certificate] if with_certificate else None,
            "signer_infos": [
                {
                    "version": "v1",
                    "sid": cms.SignerIdentifier(
                        "issuer_and_serial_number",
                        {
                            "issuer": certificate.issuer,
                            "serial_number": certificate.serial_number,
                        },
                    ),
                    "digest_algorithm": {"algorithm": "sha256"},
                    "signed_attrs": attributes,
                    "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": mechanism}),
                    "signature": value,
                }
            ],
        }
    )
    token = cms.ContentInfo({"content_type": "signed_data", "content": signed})
    response = tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": token})
    return bytes(response.dump())


def _unreadable() -> Malformed:
    return Malformed(
        "timestamp_request", "Yêu cầu dấu thời gian sai.", "The time-stamp request cannot be read."
    )
