"""A store of the Ministry in memory: it takes what conforms, as the real one would, and remembers.

`away`: nobody answers. `forgetful`: it takes the message, and its answer is lost on the way.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from hocba.errors import Unavailable
from hocba.ids import MessageId
from hocba.packet.answers import (
    CertificateAnswer,
    PackageAnswer,
    RecallResult,
    RecordResult,
    RegistrationAnswer,
    ResultAnswer,
)
from hocba.packet.codes import ResponseCode
from hocba.packet.holdings import HeldRecord, SchoolHoldings
from hocba.packet.package import read_package
from hocba.packet.recall import RecallItem, read_recall_item
from hocba.packet.registration import read_registration
from hocba.packet.supplement import (
    SupplementAnswer,
    SupplementKind,
    SupplementRequest,
    read_supplement,
)
from hocba.packet.transactions import (
    CertificateQuery,
    PackageRequest,
    RegistrationRequest,
    ResultQuery,
    TransactionType,
    read_request,
)
from hocba.record.codec import read_record
from hocba.record.national.columns import Table, check_row


class FakeStore:
    """`upstream.client.StoreClient`."""

    def __init__(self) -> None:
        self.away = self.forgetful = False
        self.approved: bool | None = True
        self.package_code = ResponseCode.RECEIVED
        self.refused: dict[str, ResponseCode] = {}
        """Records that are refused, by number."""
        self.recall_answer = RecallResult.AGREED
        self.messages: dict[str, Any] = {}
        """Message number -> what it asked, the first time."""
        self.sent: list[str] = []
        """Message numbers as they came, repeated ones too."""
        self.originals: dict[str, bytes] = {}
        self.in_force: dict[str, bool] = {}
        self.rows: dict[tuple[str, str], dict[str, Any]] = {}
        self.closings: list[str] = []
        self.recalls: list[RecallItem] = []
        self.history: list[str] = []
        """What happened, in order: `submit <number>`, `recall <number>` …"""
        self._outcomes: dict[str, list[RecordResult]] = {}

    def send(self, request: Any) -> Any:
        read = read_request(request)
        self._reach()
        match read:
            case RegistrationRequest():
                assert read_registration(read.content).fault is None
                answer: Any = RegistrationAnswer(read.message_id)
            case CertificateQuery():
                answer = CertificateAnswer(read.message_id, read.unit_code, "0A", self.approved)
            case PackageRequest():
                answer = self._package(read, request)
            case ResultQuery():
                answer = ResultAnswer(tuple(self._outcomes.get(read.message_id, ())))
        return self._answer(answer.to_json())

    def send_extra(self, request: Any) -> Any:
        read = SupplementRequest.from_json(request)
        self._reach()
        supplement = read_supplement(read.content)
        assert supplement.fault is None
        if supplement.kind is SupplementKind.STATE:
            result = self._state(supplement.body)
        else:
            self._remember(read.message_id, request)
            take = self._rows if supplement.kind is SupplementKind.ROWS else self._closings
            result = {"hoc_ba": take(supplement.body)}
        head = PackageAnswer.of(MessageId(read.message_id), ResponseCode.RECEIVED)
        return self._answer(SupplementAnswer(head, result).to_json())

    def _reach(self) -> None:
        if self.away:
            raise Unavailable("network", "Không liên lạc được.", "Out of reach.")

    def _answer(self, answer: Any) -> Any:
        if self.forgetful:
            self.forgetful = False
            raise Unavailable("network", "Không liên lạc được.", "Out of reach.")
        return answer

    def _remember(self, message_id: str, request: Any) -> bool:
        """Is it new? The same number must bring the same content."""
        self.sent.append(message_id)
        known = self.messages.setdefault(message_id, request)
        assert known == request, "the same number with other content"
        return self.sent.count(message_id) == 1

    def _package(self, read: PackageRequest, request: Any) -> PackageAnswer:
        if self.package_code is ResponseCode.RECEIVED and self._remember(read.message_id, request):
            package = read_package(read.content)
            assert package.fault is None
            take = self._submit if read.type is TransactionType.SUBMIT else self._recall
            self._outcomes[read.message_id] = [take(one) for one in package.records]
        return PackageAnswer.of(read.message_id, self.package_code)

    def _submit(self, document: bytes) -> RecordResult:
        record = read_record(document).record
        uuid = str(record.record_uuid)
        code = self.refused.get(uuid)
        code = code or (ResponseCode.UUID_EXISTS if uuid in self.originals else None)
        if code is not None:
            return RecordResult("1", "A", "0", uuid, 0, code.value, "HO_VA_TEN", code.sentence.vi)
        self.originals[uuid], self.in_force[uuid] = document, True
        self.history.append(f"submit {uuid}")
        return RecordResult("1", "A", "0", uuid, 1)

    def _recall(self, element: bytes) -> RecordResult:
        item = read_recall_item(element)
        self.recalls.append(item)
        uuid = str(item.record_uuid)
        if self.recall_answer is RecallResult.AGREED:
            self.in_force[uuid] = False
            self.history.append(f"recall {uuid}")
            return RecordResult("1", "A", "0", uuid, RecallResult.AGREED)
        code = ResponseCode.RECALL_REFUSED
        sentence = code.sentence.vi
        return RecordResult("1", "A", "0", uuid, self.recall_answer, code.value, "", sentence)

    def _rows(self, body: Mapping[str, Any]) -> list[dict[str, Any]]:
        results = []
        for item in body["hoc_ba"]:
            for row in item["dong"]:
                values, table = row["gia_tri"], Table(row["bang"])
                assert check_row(table, values) == []
                known = self.rows.get((table, values["idbanghi"]))
                if known is None or values["phienban"] > known["phienban"]:
                    self.rows[table, values["idbanghi"]] = values
            uuid = item["ma_tra_cuu_uuid"]
            assert uuid in self.originals, "rows of a record that is not here"
            self.history.append(f"rows {uuid}")
            results.append({"ma_tra_cuu_uuid": uuid, "trang_thai": 1, "error": "0"})
        return results

    def _closings(self, body: Mapping[str, Any]) -> list[dict[str, Any]]:
        self.closings += [item["ma_bam"] for item in body["chot"]]
        self.history += ["closing" for _ in body["chot"]]
        return [{"ma_bam": item["ma_bam"], "trang_thai": 1, "error": "0"} for item in body["chot"]]

    def _state(self, body: Mapping[str, Any]) -> dict[str, Any]:
        held: dict[str, list[HeldRecord]] = {}
        for uuid, document in self.originals.items():
            record = read_record(document).record
            if str(record.school_year) == body["nam_hoc"]:
                held.setdefault(str(record.school.school_code), []).append(
                    self._held(uuid, document)
                )
        if "ma_truong" in body:
            return {"hoc_ba": [each.to_json() for each in held.get(body["ma_truong"], [])]}
        return {"truong": [SchoolHoldings.of(*pair).to_json() for pair in held.items()]}

    def _held(self, uuid: str, document: bytes) -> HeldRecord:
        row = self.rows.get((Table.RECORD, uuid))
        return HeldRecord(
            uuid,
            self.in_force[uuid],
            hashlib.sha256(document).hexdigest(),
            row["phienban"] if row else 0,
            row["trangthaithongtinhocba"] if row else "",
        )
