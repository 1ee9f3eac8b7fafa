"""Reading the seal of a PDF strictly: one signature, over the whole file, nothing after it.

Deliberately our own small reader instead of a general PDF validator: it accepts only what
`seal.py` and other conforming PAdES certification seals contain, and everything else is refused.
Trust in the certificate (path, revocation, approval) is decided elsewhere, from the facts.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

import pikepdf
from asn1crypto import cms, parser
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from hocba.errors import HocBaError, NotTrusted
from hocba.rendition.pdf_file import malformed_pdf, open_pdf
from hocba.trust.algorithms import SignatureAlgorithm, verify_digest
from hocba.trust.parsing import load_certificate

_PDF_DATE = re.compile(r"D:(\d{14})(?:Z|([+-])(\d\d)'(\d\d)'?)")
_HEX_STRING = re.compile(rb"<((?:[0-9a-f]{2})+|(?:[0-9A-F]{2})+)>")
_MAX_CERTIFICATES = 10


@dataclass(frozen=True, slots=True)
class PdfSealFact:
    """What the seal says and whether it holds. `fault` is None when every step passed."""

    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    """The other certificates in the seal, in the order found."""
    signing_time: datetime
    """The /M entry: claimed by the sealer; the time-stamp, if any, is the proof."""
    algorithm: SignatureAlgorithm | None
    fault: NotTrusted | None
    covers_whole_file: bool
    timestamp: bytes | None
    """DER TimeStampToken over `timestamp_digest`, not yet verified (signature/timestamp.py)."""
    timestamp_digest: bytes
    """SHA-256 of the signature value."""


@dataclass(frozen=True, slots=True)
class _SealParts:
    """The signature dictionary as plain values."""

    byte_range: list[int]
    contents: bytes
    subfilter: str
    moment: str
    certified: bool


def read_seal(pdf: bytes) -> PdfSealFact:
    """Read and check the one seal of a PDF.

    Steps: 1 the file opens without repair and holds exactly one signature; 2 it is a PAdES
    certification that allows no changes; 3 its byte range is the whole file except itself;
    4 the CMS has one signer whose certificate is inside and is named by signing-certificate-v2;
    5 the digest of the file is the signed one; 6 the signature verifies.

    Raises `Malformed` (codes `pdf…`) when the file is no readable PDF and `NotTrusted` (codes
    `seal_missing`, `seal_count`, `seal_malformed`) when there is no seal whose facts can be told.
    Faults of a readable seal are returned: `seal_kind`, `seal_coverage`, `seal_attributes`,
    `seal_digest`, `seal_certificate`, `seal_algorithm`, `seal_signature`.
    """
    parts = _read_parts(pdf)
    try:
        return _read_cms(pdf, parts)
    except HocBaError:
        raise
    except Exception as error:
        raise _malformed(type(error).__name__) from error


def _malformed(detail: str) -> NotTrusted:
    return NotTrusted(
        "seal_malformed",
        f"Dấu số trên tệp PDF bị hỏng, không đọc được ({detail}).",
        f"The seal of the PDF is damaged ({detail}).",
    )


def _read_parts(pdf: bytes) -> _SealParts:
    with open_pdf(pdf) as file:
        found = [
            each
            for each in file.objects
            if isinstance(each, pikepdf.Dictionary) and "/ByteRange" in each
        ]
        if not found:
            raise NotTrusted(
                "seal_missing",
                "Tệp PDF chưa được đóng dấu số của cơ sở giáo dục.",
                "The PDF carries no digital seal of a school.",
            )
        fields = file.Root.get("/AcroForm", pikepdf.Dictionary()).get("/Fields", pikepdf.Array())
        in_form = [each for each in fields if each.get("/FT") == pikepdf.Name.Sig]
        if len(found) != 1 or len(in_form) != 1 or len(fields) != 1:
            raise NotTrusted(
                "seal_count",
                f"Tệp PDF phải có đúng một dấu số, nhưng có {max(len(found), len(fields))}.",
                f"A PDF has exactly one seal, this one has {max(len(found), len(fields))}.",
            )
        seal, value = found[0], in_form[0].get("/V")
        if value is None or value.objgen != seal.objgen:
            raise _malformed("/V")
        try:
            return _SealParts(
                byte_range=[int(number) for number in seal.ByteRange],
                contents=bytes(seal.Contents),
                subfilter=str(seal.SubFilter),
                moment=str(seal.M),
                certified=_certifies(file, seal),
            )
        except (AttributeError, TypeError, ValueError) as error:
            raise _malformed(type(error).__name__) from error


def _certifies(file: pikepdf.Pdf, seal: pikepdf.Object) -> bool:
    """Tell whether the seal certifies with DocMDP level 1 (ISO 32000-1, 12.8.2.2)."""
    permission = file.Root.get("/Perms", pikepdf.Dictionary()).get("/DocMDP")
    if permission is None or permission.objgen != seal.objgen:
        return False
    references = list(seal.get("/Reference", pikepdf.Array()))
    if len(references) != 1 or references[0].get("/TransformMethod") != pikepdf.Name.DocMDP:
        return False
    return int(references[0].get("/TransformParams", pikepdf.Dictionary()).get("/P", 2)) == 1


def _covered(pdf: bytes, parts: _SealParts) -> bytes | None:
    """Return the signed bytes if they are the whole file except the seal's own contents."""
    if len(parts.byte_range) != 4:
        return None
    start, before, after, rest = parts.byte_range
    if start != 0 or not 0 < before < after < len(pdf) or after + rest != len(pdf):
        return None
    # Blanks and mixed case would say the same in other bytes: only one way to write it passes.
    gap = _HEX_STRING.fullmatch(pdf[before:after])
    if gap is None or bytes.fromhex(gap[1].decode("ascii")) != parts.contents:
        return None
    return pdf[:before] + pdf[after:]


def _read_cms(pdf: bytes, parts: _SealParts) -> PdfSealFact:
    length = parser.peek(parts.contents)  # the rest is the room that was not needed
    if parts.contents[length:].strip(b"\0"):
        raise _malformed("/Contents")
    info = cms.ContentInfo.load(parts.contents[:length], strict=True)
    if info["content_type"].native != "signed_data":
        raise _malformed("CMS")
    signed = info["content"]
    if len(signed["signer_infos"]) != 1 or len(signed["certificates"]) > _MAX_CERTIFICATES:
        raise _malformed("SignerInfo")
    signer = signed["signer_infos"][0]
    certificates = [each.chosen for each in signed["certificates"]]
    leaf = _signing_certificate(signer, certificates)
    algorithm = _algorithm(signer)
    covered = _covered(pdf, parts)
    value = signer["signature"].native
    certificate = load_certificate(leaf.dump())
    return PdfSealFact(
        certificate=certificate,
        chain=tuple(load_certificate(each.dump()) for each in certificates if each is not leaf),
        signing_time=parse_pdf_date(parts.moment),
        algorithm=algorithm,
        fault=_first_fault(parts, covered, signed, certificate, algorithm),
        covers_whole_file=covered is not None,
        timestamp=_token(signer),
        timestamp_digest=hashlib.sha256(value).digest(),
    )


def _signing_certificate(signer: Any, certificates: list[Any]) -> Any:
    named = signer["sid"].chosen
    if signer["sid"].name != "issuer_and_serial_number":
        raise _malformed("SignerIdentifier")
    for each in certificates:
        if each.issuer == named["issuer"] and each.serial_number == named["serial_number"].native:
            return each
    raise _malformed("SignerIdentifier")


def _algorithm(signer: Any) -> SignatureAlgorithm | None:
    """Map the CMS algorithm to the allow-list; None when it is not on it."""
    algorithm = signer["signature_algorithm"]
    if signer["digest_algorithm"]["algorithm"].native != "sha256":
        return None
    name = algorithm["algorithm"].native
    if name == "rsassa_pss":
        parameters = algorithm["parameters"].native
        same = (
            parameters["hash_algorithm"]["algorithm"] == "sha256"
            and parameters["mask_gen_algorithm"]["algorithm"] == "mgf1"
            and parameters["mask_gen_algorithm"]["parameters"]["algorithm"] == "sha256"
            and parameters["salt_length"] == 32
        )
        return SignatureAlgorithm.RSA_PSS_SHA256 if same else None
    return {
        "sha256_rsa": SignatureAlgorithm.RSA_PKCS1_SHA256,
        "rsassa_pkcs1v15": SignatureAlgorithm.RSA_PKCS1_SHA256,
        "sha256_ecdsa": SignatureAlgorithm.ECDSA_P256_SHA256,
    }.get(name)


def _first_fault(
    parts: _SealParts,
    covered: bytes | None,
    signed: Any,
    certificate: x509.Certificate,
    algorithm: SignatureAlgorithm | None,
) -> NotTrusted | None:
    if parts.subfilter != "/ETSI.CAdES.detached" or not parts.certified:
        return NotTrusted(
            "seal_kind",
            "Dấu số không phải loại xác nhận PAdES cấm mọi thay đổi về sau.",
            "The seal is not a PAdES certification that forbids later changes.",
        )
    if covered is None:
        return NotTrusted(
            "seal_coverage",
            "Dấu số không bao trùm toàn bộ tệp PDF: tệp đã bị thêm hoặc sửa sau khi đóng dấu.",
            "The seal does not cover the whole PDF: something was added or changed after sealing.",
        )
    signer = signed["signer_infos"][0]
    attributes = {each["type"].native: each["values"] for each in signer["signed_attrs"]}
    fault = _attribute_fault(signed, signer, attributes, certificate)
    if fault:
        return fault
    if attributes["message_digest"][0].native != hashlib.sha256(covered).digest():
        return NotTrusted(
            "seal_digest",
            "Nội dung tệp PDF đã bị sửa sau khi đóng dấu.",
            "The content of the PDF was changed after sealing.",
        )
    if algorithm is None:
        return NotTrusted(
            "seal_algorithm",
            "Dấu số dùng thuật toán ký không được phép.",
            "The seal uses a signature algorithm that is not allowed.",
        )
    digest = hashlib.sha256(signer["signed_attrs"].untag().dump()).digest()
    try:
        verify_digest(certificate.public_key(), algorithm, digest, signer["signature"].native)
    except NotTrusted as error:
        return NotTrusted(
            "seal_signature",
            "Chữ ký của dấu số không đúng với chứng thư đi kèm.",
            f"The seal's signature does not verify with its certificate ({error.code}).",
        )
    return None


def _attribute_fault(
    signed: Any, signer: Any, attributes: dict[str, Any], certificate: x509.Certificate
) -> NotTrusted | None:
    """Check the attributes EN 319 142-1 6.3 demands: each once, and the certificate named."""
    required = ("content_type", "message_digest", "signing_certificate_v2")
    whole = (
        len(attributes) == len(signer["signed_attrs"])
        and all(name in attributes and len(attributes[name]) == 1 for name in required)
        and attributes["content_type"][0].native == "data"
        and signed["encap_content_info"]["content_type"].native == "data"
        and signed["encap_content_info"]["content"].native is None
    )
    if not whole:
        return NotTrusted(
            "seal_attributes",
            "Dấu số thiếu hoặc lặp thuộc tính bắt buộc của PAdES.",
            "The seal lacks or repeats an attribute that PAdES requires.",
        )
    named = attributes["signing_certificate_v2"][0]["certs"][0]
    same = named["hash_algorithm"]["algorithm"].native == "sha256" and named[
        "cert_hash"
    ].native == certificate.fingerprint(hashes.SHA256())
    if not same:
        return NotTrusted(
            "seal_certificate",
            "Chứng thư trong dấu số không phải chứng thư đã dùng khi ký.",
            "The certificate in the seal is not the one named by the signature.",
        )
    return None


def _token(signer: Any) -> bytes | None:
    for each in signer["unsigned_attrs"]:
        if each["type"].native == "signature_time_stamp_token" and len(each["values"]) == 1:
            return bytes(each["values"][0].dump())
    return None


def parse_pdf_date(text: str) -> datetime:
    """Read a PDF date with a time zone (ISO 32000-1, 7.9.4). Raises `Malformed` code `pdf_date`."""
    found = _PDF_DATE.fullmatch(text)
    if not found:
        raise malformed_pdf("có ngày giờ sai dạng.", "a date is malformed.", code="pdf_date")
    offset = timedelta()
    if found[2]:
        offset = timedelta(hours=int(found[3]), minutes=int(found[4]))
        offset = -offset if found[2] == "-" else offset
    naive = datetime.strptime(found[1], "%Y%m%d%H%M%S")  # noqa: DTZ007 - zone follows
    return naive.replace(tzinfo=timezone(offset))
