"""A pretend department for training schools: every answer says TẬP HUẤN, nothing is ever sent."""

from __future__ import annotations

from typing import Final

from hocba.errors import HocBaError
from hocba.ids import MessageId
from hocba.packet.answers import (
    CertificateAnswer,
    PackageAnswer,
    RecallResult,
    RecordResult,
    RegistrationAnswer,
    ResultAnswer,
    SubmissionResult,
)
from hocba.packet.codes import ResponseCode
from hocba.packet.transactions import (
    CertificateQuery,
    PackageRequest,
    RegistrationRequest,
    ResultQuery,
    TransactionType,
    read_request,
)
from hocba_server.adapters.gateway import GatewayClient, Message
from hocba_server.school.recalls.models import RecallLine
from hocba_server.school.submission.models import CertificateRegistration, PackageRecord

SIGN: Final = "TẬP HUẤN: "
CODE: Final = "TAP-HUAN"
"""Stands in the field `error` of invented answers per record; no gateway has such a code."""
RECEIVED: Final = f"{SIGN}cổng giả lập đã nhận. Không có gì được gửi về Sở."
RECEIVED_CERTIFICATE: Final = (
    f"{SIGN}cổng giả lập đã nhận đăng ký. Chứng thư số này không có giá trị ngoài tập huấn."
)
APPROVED: Final = f"{SIGN}cổng giả lập chấp nhận để Thầy/Cô tập tiếp; không có giá trị."
RECALLED: Final = f"{SIGN}cổng giả lập đồng ý thu hồi để Thầy/Cô tập tiếp; không có giá trị."


class TrainingGateway:
    """`adapters.gateway.GatewayClient` that answers in this process for one training school."""

    def __init__(self, unit_code: str) -> None:
        self._unit_code = unit_code

    def send(self, request: Message) -> Message:
        """Invent the answer that the department would give to good work."""
        try:
            asked = read_request(request)
        except HocBaError as fault:
            code = ResponseCode.XML_INVALID
            return PackageAnswer.of(MessageId(""), code, SIGN + fault.sentence.vi).to_json()
        if asked.unit_code != self._unit_code:
            detail = f"{SIGN}gói này không phải của trường tập huấn."
            return PackageAnswer.of(asked.message_id, ResponseCode.WRONG_UNIT, detail).to_json()
        if isinstance(asked, PackageRequest):
            return _received(asked).to_json()
        if isinstance(asked, RegistrationRequest):
            return RegistrationAnswer(
                asked.message_id, error_description=RECEIVED_CERTIFICATE
            ).to_json()
        if isinstance(asked, CertificateQuery):
            return _approved(asked).to_json()
        return _decided(asked).to_json()


def training_gateway(unit_code: str) -> GatewayClient:
    """The pretend gateway of one training school."""
    return TrainingGateway(unit_code)


def _received(asked: PackageRequest) -> PackageAnswer:
    return PackageAnswer.of(asked.message_id, ResponseCode.RECEIVED, RECEIVED)


def _approved(asked: CertificateQuery) -> CertificateAnswer:
    row = CertificateRegistration.objects.filter(message_id=asked.message_id).first()
    return CertificateAnswer(
        asked.message_id,
        asked.unit_code,
        row.serial if row else "",
        approved=True,
        error_description=APPROVED,
    )


def _decided(asked: ResultQuery) -> ResultAnswer:
    """Every record of the package is taken, every recall agreed to; no pupil is named."""
    if asked.type is TransactionType.QUERY_RECALL:
        lines = RecallLine.objects.filter(
            request__message_id=asked.message_id, request__school__code=asked.unit_code
        )
        uuids = list(lines.values_list("record__record_uuid", flat=True))
        status, sentence = int(RecallResult.AGREED), RECALLED
    else:
        rows = PackageRecord.objects.filter(
            package__message_id=asked.message_id, package__school__code=asked.unit_code
        )
        uuids = list(rows.values_list("record__record_uuid", flat=True))
        status, sentence = int(SubmissionResult.APPROVED), APPROVED
    return ResultAnswer(
        tuple(
            RecordResult(
                pupil_code="",
                pupil_name=SIGN.strip(": "),
                personal_id="",
                record_uuid=uuid,
                status=status,
                error=CODE,
                error_description=sentence,
            )
            for uuid in uuids
        )
    )
