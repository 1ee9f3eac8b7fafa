"""A time-stamp token with everything that proves it, so that the next one protects that too.

RFC 4998 section 3.3 puts certificates and revocation answers into the CMS structure of the token
(RFC 5652 section 5.1, RFC 5940 for OCSP answers). They lie outside what the service signed; that
they are really about it is for the verifier to find out.
"""

from __future__ import annotations

from typing import Final

from asn1crypto import cms, core, crl, ocsp, x509

from hocba.errors import Malformed
from hocba.trust.evidence import Evidence

MAX_TOKEN: Final = 400_000
"""Bytes of a token with its evidence: a CRL of a large authority may be in it."""
_UNREADABLE: Final = (ValueError, TypeError, KeyError, AttributeError, IndexError)
_OCSP: Final = "ocsp_response"


def with_evidence(token: bytes, evidence: Evidence) -> bytes:
    """Put certificates, OCSP answers and CRLs into a token; those that it carried are replaced.

    Raises `Malformed` with code `timestamp`.
    """
    try:
        content = cms.ContentInfo.load(token, strict=True)
        signed = content["content"]
        signed["version"] = "v5"
        signed["certificates"] = [x509.Certificate.load(der) for der in evidence.certificates]
        answers = [
            cms.RevocationInfoChoice("crl", crl.CertificateList.load(der)) for der in evidence.crls
        ]
        answers += [
            cms.RevocationInfoChoice(
                "other",
                cms.OtherRevocationInfoFormat(
                    {
                        "other_rev_info_format": _OCSP,
                        "other_rev_info": ocsp.OCSPResponse.load(der),
                    }
                ),
            )
            for der in evidence.ocsp
        ]
        signed["crls"] = answers or None
        encoded = bytes(cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump())
    except _UNREADABLE as error:
        raise _malformed() from error
    if len(encoded) > MAX_TOKEN:
        raise _malformed()
    return encoded


def evidence_of(token: bytes) -> Evidence:
    """What a token carries. Raises `Malformed` with code `timestamp`."""
    if len(token) > MAX_TOKEN:
        raise _malformed()
    try:
        signed = cms.ContentInfo.load(token, strict=True)["content"]
        certificates = [each.chosen.dump() for each in _children(signed["certificates"])]
        answers: list[bytes] = []
        lists: list[bytes] = []
        for each in _children(signed["crls"]):
            if each.name == "crl":
                lists.append(each.chosen.dump())
            elif each.chosen["other_rev_info_format"].native == _OCSP:
                answers.append(each.chosen["other_rev_info"].untag().dump())
    except _UNREADABLE as error:
        raise _malformed() from error
    return Evidence(certificates=tuple(certificates), ocsp=tuple(answers), crls=tuple(lists))


def _children(value: core.Asn1Value) -> list[core.Asn1Value]:
    return [] if isinstance(value, core.Void) else list(value)


def _malformed() -> Malformed:
    return Malformed("timestamp", "Dấu thời gian không đọc được.", "The time-stamp cannot be read.")
