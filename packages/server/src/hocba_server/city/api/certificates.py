"""Certificates of the unit: transactions 3 and 4."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Status

from hocba.errors import Sentence
from hocba.ids import MessageId, UnitCode
from hocba.packet.codes import ResponseCode
from hocba.packet.json_fields import read_json
from hocba.packet.package import pack_content
from hocba.packet.registration import read_registration, serial_text
from hocba.packet.transactions import RegistrationRequest
from hocba.record.safe_xml import is_utf8
from hocba_server.city.api import schemas, selectors
from hocba_server.city.api.examples import CERTIFICATE_BODY, refusals
from hocba_server.city.api.problems import Problem
from hocba_server.city.api.reading import bounded_body
from hocba_server.city.api.senders import PROOFS, sender_of
from hocba_server.city.certificates.services import receive_registration

router = Router(auth=PROOFS, tags=["Chứng thư số / Certificates"])
Kind = Annotated[
    str,
    Query(
        max_length=100,
        description="ma_kieu_chu_ky, khi gửi XML / with XML",
        examples=["USB_TOKEN"],
    ),
]
Issuer = Annotated[
    str,
    Query(
        max_length=100, description="nha_phat_hanh, khi gửi XML / with XML", examples=["BAN_CO_YEU"]
    ),
]


@router.put(
    "/units/{unit_code}/certificates/{message_id}",
    response={202: schemas.Certificate, **refusals(401, 403, 409, 413, 422, 429)},
    operation_id="registerCertificate",
    summary="Đăng ký chứng thư số / Register a certificate",
    openapi_extra=CERTIFICATE_BODY,
)
def register_certificate(
    request: HttpRequest,
    unit_code: schemas.UnitCode,
    message_id: schemas.MessageNumber,
    signature_kind: Kind = "USB_TOKEN",
    issuer: Issuer = "BAN_CO_YEU",
) -> Any:
    """Nội dung: XML CHUNG_THU_SO ký bằng chứng thư số ấy, hoặc JSON giao dịch 3. Sở duyệt sau.

    Body: CHUNG_THU_SO signed with that certificate, or transaction 3 as JSON. The department
    decides later."""
    at = timezone.now()
    sender_of(request).account_for(unit_code, at)
    asked = _asked(bounded_body(request), request, unit_code, message_id, signature_kind, issuer)
    answer = receive_registration(asked, at=at)
    if answer.error != ResponseCode.RECEIVED:
        code = ResponseCode(answer.error)
        detail = Sentence(answer.error_description or code.sentence.vi, code.sentence.en)
        raise Problem(code, detail, field=answer.error_field_title)
    return Status(202, _described(unit_code, message_id, asked))


@router.get(
    "/units/{unit_code}/certificates/{message_id}",
    response={200: schemas.Certificate, **refusals(401, 403, 404, 422, 429)},
    operation_id="getCertificate",
    summary="Sở đã duyệt chưa / Is it approved",
)
def get_certificate(
    request: HttpRequest, unit_code: schemas.UnitCode, message_id: schemas.MessageNumber
) -> Any:
    """Chờ duyệt, đã duyệt, hoặc từ chối với lý do. / Waiting, approved, refused with the reason."""
    sender_of(request).account_for(unit_code, timezone.now())
    return selectors.describe_certificate(
        selectors.certificate_of(unit_code=unit_code, message_id=message_id)
    )


@router.get(
    "/units/{unit_code}/certificates",
    response={200: schemas.CertificateList, **refusals(401, 403, 422, 429)},
    operation_id="listCertificates",
    summary="Các chứng thư số của đơn vị / The unit's certificates",
)
def list_certificates(request: HttpRequest, unit_code: schemas.UnitCode) -> Any:
    """Mới nhất trước. / Newest first."""
    sender_of(request).account_for(unit_code, timezone.now())
    rows = selectors.certificates_of(unit_code)[:100]
    return {"certificates": [selectors.describe_certificate(row) for row in rows]}


def _asked(
    body: bytes,
    request: HttpRequest,
    unit_code: str,
    message_id: str,
    signature_kind: str,
    issuer: str,
) -> RegistrationRequest:
    if (request.content_type or "").lower() == "application/json":
        asked = RegistrationRequest.from_json(read_json(body))
        if (asked.unit_code, asked.message_id) != (unit_code, message_id):
            raise Problem(
                ResponseCode.FIELD_CATALOGUE,
                Sentence(
                    "ma_don_vi và messageid trong nội dung phải như trên địa chỉ.",
                    "ma_don_vi and messageid in the body must be those of the address.",
                ),
                field="messageid",
            )
        return asked
    if not body:
        raise Problem(ResponseCode.CONTENT_EMPTY, field="body")
    if not is_utf8(body):
        raise Problem(ResponseCode.CONTENT_NOT_UTF8, field="body")
    content = pack_content(body, escape=False)
    certificate = read_registration(content).certificate
    return RegistrationRequest(
        message_id=MessageId(message_id),
        unit_code=UnitCode(unit_code),
        serial_number=serial_text(certificate),
        valid_from=certificate.not_valid_before_utc.date(),
        signature_kind=_storable(signature_kind, "signature_kind"),
        issuer=_storable(issuer, "issuer"),
        content=content,
    )


def _storable(text: str, field: str) -> str:
    if not text.isprintable() or not text.strip():
        raise Problem(ResponseCode.FIELD_TYPE, field=field)
    return text


def _described(unit_code: str, message_id: str, asked: RegistrationRequest) -> dict[str, Any]:
    """The registration; one that was known under another message already answers for this one."""
    rows = selectors.certificates_of(unit_code)
    row = rows.filter(message_id=message_id).first()
    row = row or rows.filter(serial=asked.serial_number.upper()).first()
    if row is None:
        raise Problem(ResponseCode.SYSTEM_ERROR)
    return selectors.describe_certificate(row)
