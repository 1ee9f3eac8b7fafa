"""The answers of the six transactions, capital letters and misspellings exactly as in the text.

Source: CV 2088/BGDĐT-GDTH II.2.2-II.2.7. See `hocba.packet.transactions`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from hocba.errors import Malformed
from hocba.ids import MessageId, UnitCode
from hocba.packet.codes import ResponseCode
from hocba.packet.json_fields import Fields

_RESULTS = "danh_sach"
_PENDING = "pending_count"
_MAX_RESULTS = 10_000
_CLOSED = "ngay_chot"
_EXPIRES, _ENDED, _REMINDER = "ngay_het_han", "ngay_cham_dut", "nhac_gia_han"
_ID_LENGTH = 100
_OK = ResponseCode.RECEIVED.value


class SubmissionResult(IntEnum):
    """trang_thai in the answer to transaction 2."""

    REJECTED = 0
    APPROVED = 1


class RecallResult(IntEnum):
    """trang_thai in the answer to transaction 6."""

    PENDING = 1
    AGREED = 2
    REFUSED = 3


@dataclass(frozen=True, slots=True)
class PackageAnswer:
    """Answer to 1 and 5: the package was received, or why not. Says nothing of its records."""

    message_id: MessageId
    error: str = _OK
    error_description: str = ResponseCode.RECEIVED.sentence.vi
    response_code: str = _OK
    response_description: str = ""

    @classmethod
    def of(cls, message_id: MessageId, code: ResponseCode, detail: str = "") -> PackageAnswer:
        """Make the answer with the title of a code and a detail for a person."""
        title = code.sentence.vi
        return cls(message_id, code.value, title, code.value, detail or title)

    @property
    def received(self) -> bool:
        """Did the gateway take the package over?"""
        return self.error == _OK

    def to_json(self) -> dict[str, object]:
        """Return the JSON object."""
        return {
            "MessageId": self.message_id,
            "Error": self.error,
            "ErrorDescription": self.error_description,
            "ResponseCode": self.response_code,
            "ResponseDescription": self.response_description,
        }

    @classmethod
    def from_json(cls, value: object) -> PackageAnswer:
        """Read the JSON object."""
        fields = Fields(value, "answer")
        return cls(
            MessageId(fields.text("MessageId", limit=_ID_LENGTH)),
            fields.answer_text("Error"),
            fields.answer_text("ErrorDescription"),
            fields.answer_text("ResponseCode"),
            fields.answer_text("ResponseDescription"),
        )


@dataclass(frozen=True, slots=True)
class RecordResult:
    """One record in the answer to 2 or 6."""

    pupil_code: str
    pupil_name: str
    personal_id: str
    record_uuid: str
    status: int
    """`SubmissionResult` or `RecallResult`."""
    error: str = _OK
    error_field_title: str = ""
    error_description: str = ""
    closed_at: str = ""
    """Our extra field in answers to 2: since when the record is closed, as an ISO date-time."""

    def to_json(self) -> dict[str, object]:
        """Return the JSON object."""
        extra = {_CLOSED: self.closed_at} if self.closed_at else {}
        return {
            "ma_hoc_sinh": self.pupil_code,
            "ten_hoc_sinh": self.pupil_name,
            "so_cccd": self.personal_id,
            "ma_tra_cuu_uuid": self.record_uuid,
            "trang_thai": int(self.status),
            "error": self.error,
            "error_field_title": self.error_field_title,
            "error_description": self.error_description,
            **extra,
        }

    @classmethod
    def from_json(cls, value: object) -> RecordResult:
        """Read the JSON object."""
        fields = Fields(value, _RESULTS)
        return cls(
            fields.answer_text("ma_hoc_sinh"),
            fields.answer_text("ten_hoc_sinh"),
            fields.answer_text("so_cccd"),
            fields.text("ma_tra_cuu_uuid", limit=_ID_LENGTH),
            fields.number("trang_thai"),
            fields.answer_text("error"),
            fields.answer_text("error_field_title", "error_filed_title"),
            fields.answer_text("error_description"),
            fields.answer_text(_CLOSED),
        )


@dataclass(frozen=True, slots=True)
class ResultAnswer:
    """Answer to 2 and 6. A record that is not decided yet is left out and counted as pending."""

    results: tuple[RecordResult, ...]
    pending_count: int | None = 0
    """Our extra field; None when the other gateway does not tell."""

    def to_json(self) -> dict[str, object]:
        """Return the JSON object: the official list in `danh_sach`, beside it `pending_count`."""
        return {_RESULTS: self.to_list(), _PENDING: self.pending_count or 0}

    def to_list(self) -> list[dict[str, object]]:
        """Return the bare list of the text, for receivers that know nothing else."""
        return [result.to_json() for result in self.results]

    @classmethod
    def from_json(cls, value: object) -> ResultAnswer:
        """Read the object or the bare list."""
        pending = None
        items: list[object]
        if isinstance(value, list):
            items = value
        else:
            fields = Fields(value, "answer")
            items = fields.items(_RESULTS)
            pending = fields.number(_PENDING) if fields.has(_PENDING) else None
        if len(items) > _MAX_RESULTS:
            raise Malformed(
                "field_type", "Danh sách quá dài.", "The list is too long.", where=_RESULTS
            )
        return cls(tuple(RecordResult.from_json(item) for item in items), pending)


@dataclass(frozen=True, slots=True)
class RegistrationAnswer:
    """Answer to 3. The text writes `error_filed_title` (sic): both spellings are sent and read."""

    message_id: MessageId
    error: str = _OK
    error_field_title: str = ""
    error_description: str = ""

    def to_json(self) -> dict[str, object]:
        """Return the JSON object."""
        return {
            "messageid": self.message_id,
            "error": self.error,
            "error_filed_title": self.error_field_title,
            "error_field_title": self.error_field_title,
            "error_description": self.error_description,
        }

    @classmethod
    def from_json(cls, value: object) -> RegistrationAnswer:
        """Read the JSON object."""
        fields = Fields(value, "answer")
        return cls(
            MessageId(fields.text("messageid", limit=_ID_LENGTH)),
            fields.answer_text("error"),
            fields.answer_text("error_filed_title", "error_field_title"),
            fields.answer_text("error_description"),
        )


@dataclass(frozen=True, slots=True)
class CertificateAnswer:
    """Answer to 4."""

    message_id: MessageId
    unit_code: UnitCode
    serial_number: str
    approved: bool | None
    """trang_thai_phe_duyet: True 1, False 0; None (field absent) while nobody decided."""
    error: str = _OK
    error_field_title: str = ""
    error_description: str = ""
    valid_until: str = ""
    """Our extra field: until when the certificate itself is valid, as an ISO date-time."""
    ended_from: str = ""
    """Our extra field: from when the approval no longer holds, as an ISO date-time."""
    reminder: str = ""
    """Our extra field: a sentence while the certificate is about to expire without successor."""

    def to_json(self) -> dict[str, object]:
        """Return the JSON object."""
        answer: dict[str, object] = {
            "messageid": self.message_id,
            "ma_don_vi": self.unit_code,
            "serial_number": self.serial_number,
        }
        if self.approved is not None:
            answer["trang_thai_phe_duyet"] = int(self.approved)
        extra = {_EXPIRES: self.valid_until, _ENDED: self.ended_from, _REMINDER: self.reminder}
        return answer | {
            "error": self.error,
            "error_field_title": self.error_field_title,
            "error_description": self.error_description,
            **{name: text for name, text in extra.items() if text},
        }

    @classmethod
    def from_json(cls, value: object) -> CertificateAnswer:
        """Read the JSON object."""
        fields = Fields(value, "answer")
        approved = None
        if fields.has("trang_thai_phe_duyet"):
            number = fields.number("trang_thai_phe_duyet")
            if number not in {0, 1}:
                raise Malformed(
                    "field_catalogue",
                    "Trạng thái phê duyệt phải là 1 hoặc 0.",
                    "The status of approval is 1 or 0.",
                    where="trang_thai_phe_duyet",
                )
            approved = number == 1
        return cls(
            MessageId(fields.text("messageid", limit=_ID_LENGTH)),
            UnitCode(fields.answer_text("ma_don_vi")),
            fields.answer_text("serial_number"),
            approved,
            fields.answer_text("error"),
            fields.answer_text("error_field_title", "error_filed_title"),
            fields.answer_text("error_description"),
            fields.answer_text(_EXPIRES),
            fields.answer_text(_ENDED),
            fields.answer_text(_REMINDER),
        )
