"""The `content` of a certificate registration (transaction type 3), signed with that certificate.

CV 2088 II.2.4 asks for the certificate and a signature "for comparison"; the form is our choice:
`<CHUNG_THU_SO id="dataChungThu">` with unit, serial number and certificate, signed enveloped.
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


def serial_text(certificate: x509.Certificate) -> str:
    """Return the serial number as upper-case hexadecimal with whole bytes (our choice)."""
    digits = f"{certificate.serial_number:X}"
    return digits.zfill(len(digits) + len(digits) % 2)


def prepare_registration(
    unit_code: UnitCode,
    certificate: x509.Certificate,
    algorithm: SignatureAlgorithm,
    signing_time: datetime,
) -> PreparedTransaction:
    """Prepare the signature that proves possession of the certificate's key."""
    der = base64.b64encode(certificate.public_bytes(Encoding.DER)).decode("ascii")
    values = (unit_code, serial_text(certificate), der)
    body = "".join(
        f"<{tag}>{escape(text)}</{tag}>" for tag, text in zip(_TAGS, values, strict=True)
    )
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
    if root.tag != ROOT_TAG or tuple(child.tag for child in children) != _TAGS:
        raise _malformed("sai cấu trúc", "its tags are wrong")
    unit, serial, encoded = ((child.text or "").strip() for child in children)
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
    return ReadRegistration(UnitCode(unit), certificate, fact.signing_time, fault)


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
