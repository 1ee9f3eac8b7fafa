"""A gateway of the department that answers at once, for tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hocba.packet.answers import (
    CertificateAnswer,
    PackageAnswer,
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
    read_request,
)
from hocba_server.school.issuing.models import AnnualRecordDraft


class FakeGateway:
    """A gateway that takes every package and refuses the records it is told to refuse."""

    def __init__(
        self, *, refuse: tuple[str, ...] = (), code: ResponseCode = ResponseCode.RECEIVED
    ) -> None:
        self.refuse = refuse
        self.code = code
        self.requests: list[Mapping[str, Any]] = []
        self.records: list[str] = []

    def send(self, request: Mapping[str, Any]) -> Any:
        self.requests.append(request)
        read = read_request(dict(request))
        match read:
            case PackageRequest():
                rows = AnnualRecordDraft.objects.values_list("record_uuid", flat=True)
                self.records = list(rows)
                return PackageAnswer.of(read.message_id, self.code).to_json()
            case ResultQuery():
                return ResultAnswer(tuple(self._answer(uuid) for uuid in self.records)).to_json()
            case RegistrationRequest():
                return RegistrationAnswer(read.message_id).to_json()
            case CertificateQuery():
                return CertificateAnswer(
                    read.message_id, read.unit_code, "1", approved=True
                ).to_json()

    def _answer(self, uuid: str) -> RecordResult:
        if uuid in self.refuse:
            status, error = SubmissionResult.REJECTED, ("2102", "MA_MON_HOC", "Thiếu môn Toán")
            return RecordResult("1", "A", "000000000000", uuid, status, *error)
        return RecordResult("1", "A", "000000000000", uuid, SubmissionResult.APPROVED)
