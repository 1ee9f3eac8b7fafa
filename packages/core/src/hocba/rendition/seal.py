"""The school's seal on the PDF: one PAdES certification signature over the whole file.

ETSI EN 319 142-1 level B-B, or B-T with a time-stamp source (TT 15/2025/TT-BKHCN). The signature
certifies with DocMDP level 1: no later change of any kind is allowed. The field is invisible and
lies outside the page, because the face already shows who signed what (QĐ 1789 Điều 11.1); that
also keeps PDF/A-3 and PDF/UA-1 both satisfied.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import lru_cache
from io import BytesIO
from typing import Any

from asn1crypto import cms, tsp
from asn1crypto import x509 as asn1_x509
from asn1crypto.algos import SignedDigestAlgorithm
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import InvisSigSettings, MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.constants import ESIC_EXTENSION_1
from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata, PdfSigner

from hocba.errors import Refused
from hocba.ports import Key, TimestampSource
from hocba.rendition.pdf_file import MAX_PDF_BYTES, malformed_pdf
from hocba.rendition.seal_reading import PdfSealFact, read_seal

__all__ = [
    "PERSON_FIELD",
    "PdfSealFact",
    "SignatureOrder",
    "read_seal",
    "seal_many",
    "seal_pdf",
]

SEAL_FIELD = "DauCoSoGiaoDuc"
PERSON_FIELD = "ChuKyCaNhan"
"""Name of the signature field when a person signs a paper of the school with the own key."""


class SignatureOrder(Enum):
    """How a signature stands to others in the same file."""

    ONLY = "only"
    """Certifies the file; nothing may change after it."""
    FIRST_OF_TWO = "first"
    """Certifies the file; one more signature may follow, nothing else."""
    SECOND = "second"
    """Follows a first one and covers it."""


_MECHANISMS: dict[str, dict[str, Any]] = {
    "RSA_PKCS1_SHA256": {"algorithm": "sha256_rsa"},
    "RSA_PSS_SHA256": {
        "algorithm": "rsassa_pss",
        "parameters": {
            "hash_algorithm": {"algorithm": "sha256"},
            "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": {"algorithm": "sha256"}},
            "salt_length": 32,
        },
    },
    "ECDSA_P256_SHA256": {"algorithm": "sha256_ecdsa"},
}
_ROOM_FOR_CMS = 2_000
_ROOM_FOR_TOKEN = 8_000


@lru_cache(maxsize=64)
def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


class _PlainUpdate(IncrementalPdfFileWriter):  # type: ignore[misc]  # pyHanko is not followed
    """An incremental update that leaves the metadata alone and draws no random numbers.

    pyHanko would write the present time and its own name there: the library has no clock, and the
    first revision must stay comparable with a fresh rendering.
    """

    def _update_meta(self) -> None:
        return

    @classmethod
    def _handle_id(cls, prev: PdfFileReader) -> generic.ArrayObject:
        prev.stream.seek(0)
        changing = hashlib.sha256(prev.stream.read()).digest()[:16]
        permanent = prev.trailer["/ID"][0] if "/ID" in prev.trailer else changing
        return generic.ArrayObject(
            generic.ByteStringObject(each)
            for each in (getattr(permanent, "original_bytes", permanent), changing)
        )


def seal_pdf(
    pdf: bytes,
    key: Key,
    signing_time: datetime,
    timestamp: TimestampSource | None,
    *,
    field: str = SEAL_FIELD,
    order: SignatureOrder = SignatureOrder.ONLY,
) -> bytes:
    """Seal a rendered PDF with the organisation's key. The bytes before the seal stay unchanged.

    `field` says who signs: the organisation, or a person with `PERSON_FIELD`; `order` whether
    another signature follows or went before.
    `signing_time` needs a time zone; it becomes the /M entry. With `timestamp` the seal carries an
    RFC 3161 token over the signature value (B-T). Raises `Malformed` when the PDF cannot be read,
    `Refused` (code `seal`) when it cannot be sealed, and what the key and the source raise.
    """
    return seal_many([pdf], key, signing_time, timestamp, field=field, order=order)[0]


def seal_many(
    pdfs: Sequence[bytes],
    key: Key,
    signing_time: datetime,
    timestamp: TimestampSource | None,
    *,
    field: str = SEAL_FIELD,
    order: SignatureOrder = SignatureOrder.ONLY,
) -> list[bytes]:
    """Seal several PDFs with one call of the key. Errors as `seal_pdf`; all or nothing."""
    with_token = timestamp is not None
    prepared = [
        _prepare(pdf, key, signing_time, field, order, with_token=with_token) for pdf in pdfs
    ]
    values = key.sign_digests([each.digest for each in prepared])
    return [
        _complete(each, value, key, timestamp) for each, value in zip(prepared, values, strict=True)
    ]


class _SealSigner(PdfSigner):  # type: ignore[misc]  # as above
    """Declares the PAdES extension only: pyHanko would raise the file to PDF 2.0 for ECDSA."""

    def register_extensions(self, pdf_out: Any, *, md_algorithm: str) -> None:  # noqa: ARG002
        pdf_out.register_extension(ESIC_EXTENSION_1)


@dataclass(frozen=True, slots=True)
class _PreparedSeal:
    """A PDF with an empty seal, and what the key has to sign for it."""

    output: BytesIO
    range_digest: PreparedByteRangeDigest
    attributes: cms.CMSAttributes

    @property
    def digest(self) -> bytes:
        return hashlib.sha256(self.attributes.dump()).digest()


def _prepare(
    pdf: bytes,
    key: Key,
    signing_time: datetime,
    field: str,
    order: SignatureOrder,
    *,
    with_token: bool,
) -> _PreparedSeal:
    if signing_time.tzinfo is None:
        message = "signing_time needs a time zone"
        raise TypeError(message)
    if len(pdf) > MAX_PDF_BYTES:
        raise malformed_pdf("lớn hơn 10 MB.", "larger than 10 MB.", code="pdf_too_large")
    room = _ROOM_FOR_CMS + (_ROOM_FOR_TOKEN if with_token else 0)
    room += sum(len(_asn1(each).dump()) for each in (key.certificate, *key.chain))
    try:
        session = _signer(key, field, order).init_signing_session(_PlainUpdate(BytesIO(pdf)))
        session.system_time = signing_time
        document = session.prepare_tbs_document(None, bytes_reserved=2 * room)
        range_digest, output = document.digest_tbs_document(output=BytesIO())
    except SigningError as error:
        raise Refused(
            "seal",
            "Không đóng dấu được tệp PDF này: tệp đã có chữ ký hoặc không cho phép ký thêm.",
            f"This PDF cannot be sealed: {error}",
        ) from error
    except PdfError as error:
        raise malformed_pdf("không đóng dấu được.", str(error)) from error
    return _PreparedSeal(output, range_digest, _attributes(range_digest.document_digest, key))


def _signer(key: Key, field: str, order: SignatureOrder) -> _SealSigner:
    return _SealSigner(
        PdfSignatureMetadata(
            field_name=field,
            md_algorithm="sha256",
            certify=order is not SignatureOrder.SECOND,
            docmdp_permissions=(
                MDPPerm.NO_CHANGES if order is SignatureOrder.ONLY else MDPPerm.FILL_FORMS
            ),
            subfilter=SigSeedSubFilter.PADES,
        ),
        # Only its certificate is used: the key signs digests, and the CMS is put together below.
        signer=Signer(signing_cert=_asn1(key.certificate), signature_mechanism=_mechanism(key)),
        new_field_spec=SigFieldSpec(
            field, on_page=-1, invis_sig_settings=InvisSigSettings(box_out_of_bounds=True)
        ),
    )


def _mechanism(key: Key) -> SignedDigestAlgorithm:
    return SignedDigestAlgorithm(_MECHANISMS[key.algorithm])


def _attributes(document_digest: bytes, key: Key) -> cms.CMSAttributes:
    """Make the signed attributes of EN 319 142-1 6.3; PAdES forbids a signing-time among them."""
    named = tsp.SigningCertificateV2(
        {"certs": [{"cert_hash": key.certificate.fingerprint(hashes.SHA256())}]}
    )
    return cms.CMSAttributes(
        [
            cms.CMSAttribute({"type": "content_type", "values": ["data"]}),
            cms.CMSAttribute({"type": "message_digest", "values": [document_digest]}),
            cms.CMSAttribute({"type": "signing_certificate_v2", "values": [named]}),
        ]
    )


def _complete(
    prepared: _PreparedSeal, value: bytes, key: Key, timestamp: TimestampSource | None
) -> bytes:
    certificate = _asn1(key.certificate)
    signer: dict[str, Any] = {
        "version": "v1",
        "sid": cms.SignerIdentifier(
            "issuer_and_serial_number",
            {"issuer": certificate.issuer, "serial_number": certificate.serial_number},
        ),
        "digest_algorithm": {"algorithm": "sha256"},
        "signed_attrs": prepared.attributes,
        "signature_algorithm": _mechanism(key),
        "signature": value,
    }
    if timestamp is not None:
        token = cms.ContentInfo.load(timestamp.timestamp(hashlib.sha256(value).digest()))
        stamp = cms.CMSAttribute({"type": "signature_time_stamp_token", "values": [token]})
        signer["unsigned_attrs"] = cms.CMSAttributes([stamp])
    signed = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [{"algorithm": "sha256"}],
            "encap_content_info": {"content_type": "data"},
            "certificates": [certificate, *(_asn1(each) for each in key.chain)],
            "signer_infos": [signer],
        }
    )
    container = cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump()
    try:
        prepared.range_digest.fill_with_cms(prepared.output, container)
    except PdfError as error:
        raise Refused(
            "seal",
            "Dấu thời gian quá lớn, không đặt vừa trong dấu số.",
            f"The time-stamp does not fit into the seal: {error}",
        ) from error
    return prepared.output.getvalue()
