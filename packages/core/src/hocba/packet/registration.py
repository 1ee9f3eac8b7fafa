"""The `content` of a certificate registration (transaction type 3), signed with that certificate.

CV 2088 II.2.4 asks for the certificate and a signature "for comparison"; the form is our choice:
`<CHUNG_THU_SO id="dataChungThu">` with unit, serial number and certificate, signed enveloped.
With a fourth tag `<LY_DO_CHAM_DUT>` the same message asks that the approval of the certificate end.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from hocba.errors import Malformed, NotTrusted
from hocba.ids import UnitCode
from hocba.packet.envelope import MAX_REQUEST
from hocba.packet.enveloped import PreparedTransaction, complete_enveloped, prepare_enveloped
from hocba.packet.enveloped_check import SIGNATURE_TAG, check_enveloped
from hocba.packet.package import unpack_content
from hocba.record.codec import parse_xml
from hocba.trust.algorithms import SignatureAlgorithm
from hocba.trust.parsing import UNREADABLE, load_certificate

ROOT_TAG = "CHUNG_THU_SO"
ROOT_ID = "dataChungThu"

_TAGS = ("MA_DON_VI", "SERIAL_NUMBER", "X509Certificate")
_END_TAG = "LY_DO_CHAM_DUT"
_MAX_REASON = 500
_MAX_UNIT = 20


@dataclass(frozen=True, slots=True)
class ReadRegistration:
    """A registration as it was read."""

    unit_code: UnitCode
    certificate: x509.Certificate
    """The certificate to register; not yet trusted."""
    signing_time: datetime | None
    fault: NotTrusted | None
    """Why possession of the key is not proven; None when it is."""
    end_reason: str = ""
    """Not empty: the unit asks that the approval of this certificate end, and why."""


def serial_text(certificate: x509.Certificate) -> str:
    """Return the serial number as upper-case hexadecimal with whole bytes (our choice)."""
    digits = f"{certificate.serial_number:X}"
    return digits.zfill(len(digits) + len(digits) % 2)


def prepare_registration(
    unit_code: UnitCode,
    certificate: x509.Certificate,
    algorithm: SignatureAlgorithm,
    signing_time: datetime,
    *,
    end_reason: str = "",
) -> PreparedTransaction:
    """Prepare the signature that proves possession of the certificate's key.

    With `end_reason` the unit asks that the approval end instead.
    """
    der = base64.b64encode(certificate.public_bytes(Encoding.DER)).decode("ascii")
    values = dict(zip(_TAGS, (unit_code, serial_text(certificate), der), strict=True))
    if end_reason:
        values[_END_TAG] = end_reason
    body = "".join(f"<{tag}>{escape(text)}</{tag}>" for tag, text in values.items())
    document = f'<{ROOT_TAG} id="{ROOT_ID}">{body}</{ROOT_TAG}>'.encode()
    return prepare_enveloped(
        document,
        parse_xml(document, max_bytes=len(document)),
        name="chung-thu",
        certificate=certificate,
        algorithm=algorithm,
        signing_time=signing_time,
    )


def complete_registration(prepared: PreparedTransaction, value: bytes) -> bytes:
    """Return the signed XML; `packet.package.pack_content` makes the parameter `content` of it."""
    return complete_enveloped(prepared, value)


def read_registration(content: str) -> ReadRegistration:
    """Read `content` of a registration. Raises `Malformed`; a bad signature stands in `fault`."""
    document = unpack_content(content, MAX_REQUEST)
    root = parse_xml(document, max_bytes=MAX_REQUEST)
    children = list(root)
    signature = children.pop() if children and children[-1].tag == SIGNATURE_TAG else None
    tags = tuple(child.tag for child in children)
    if root.tag != ROOT_TAG or tags not in {_TAGS, (*_TAGS, _END_TAG)}:
        raise _malformed("sai cấu trúc", "its tags are wrong")
    unit, serial, encoded, *reasons = ((child.text or "").strip() for child in children)
    if reasons and not 0 < len(reasons[0]) <= _MAX_REASON:
        raise _malformed("thiếu lý do chấm dứt, hoặc lý do quá dài", "the reason is wrong")
    certificate = _certificate(encoded)
    if not 0 < len(unit) <= _MAX_UNIT or any(len(child) for child in children):
        raise _malformed("sai mã đơn vị", "the unit code is wrong")
    if serial.upper() != serial_text(certificate):
        raise _malformed("có số serial khác chứng thư số", "the serial number differs")
    fact = check_enveloped(root, signature)
    fault = fact.fault
    if fault is None and fact.certificate != certificate:
        fault = NotTrusted(
            "another_certificate",
            "Bản đăng ký không được ký bằng chính chứng thư số đăng ký.",
            "The registration is not signed with the certificate it registers.",
        )
    reason = reasons[0] if reasons else ""
    return ReadRegistration(UnitCode(unit), certificate, fact.signing_time, fault, reason)


def _certificate(encoded: str) -> x509.Certificate:
    try:
        der = binascii.a2b_base64("".join(encoded.split()).encode(), strict_mode=True)
        return load_certificate(der)
    except UNREADABLE:
        raise _malformed("không có chứng thư số đọc được", "no certificate") from None


def _malformed(vi: str, en: str) -> Malformed:
    return Malformed(
        "registration",
        f"Bản đăng ký chứng thư số {vi}.",
        f"The certificate registration cannot be read: {en}.",
        where=ROOT_TAG,
    )
