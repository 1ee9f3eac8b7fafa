"""A department that takes requests to recall and answers each record as it is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hocba.packet.answers import PackageAnswer, RecallResult, RecordResult, ResultAnswer
from hocba.packet.codes import ResponseCode
from hocba.packet.package import read_package
from hocba.packet.recall import read_recall_item
from hocba.packet.transactions import PackageRequest, ResultQuery, TransactionType, read_request

SENTENCE = "Nơi sinh đúng với giấy khai sinh."


class FakeDepartment:
    """`adapters.gateway.GatewayClient`: records are waiting until `decided` says otherwise."""

    def __init__(
        self, *, code: ResponseCode = ResponseCode.RECEIVED, refusal: str = "2505"
    ) -> None:
        self.code = code
        self.refusal = refusal
        self.decided: dict[str, RecallResult] = {}
        self.requests: list[Mapping[str, Any]] = []
        self.uuids: list[str] = []

    def send(self, request: Mapping[str, Any]) -> Any:
        self.requests.append(request)
        match read_request(dict(request)):
            case PackageRequest(type=TransactionType.RECALL) as read:
                package = read_package(read.content)
                assert package.fault is None
                items = [read_recall_item(record) for record in package.records]
                self.uuids = [item.record_uuid for item in items]
                return PackageAnswer.of(read.message_id, self.code).to_json()
            case ResultQuery(type=TransactionType.QUERY_RECALL):
                return ResultAnswer(tuple(map(self._answer, self.uuids))).to_json()
        raise AssertionError("no other transaction is expected here")

    def _answer(self, uuid: str) -> RecordResult:
        status = self.decided.get(uuid, RecallResult.PENDING)
        if status is RecallResult.REFUSED:
            return RecordResult("1", "A", "0", uuid, status, self.refusal, "", SENTENCE)
        return RecordResult("1", "A", "0", uuid, status)

    def decide(self, result: RecallResult) -> None:
        """Decide on everything that was asked."""
        self.decided = dict.fromkeys(self.uuids, result)
