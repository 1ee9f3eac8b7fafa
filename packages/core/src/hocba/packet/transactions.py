"""The requests of the six transactions, field names exactly as in the text.

Source: CV 2088/BGDĐT-GDTH II.2.1-II.2.7. `to_json` returns what `json.dumps` writes; `from_json`
takes what `json.loads` gave and raises `Malformed` with the field in `where`. The answers stand in
`hocba.packet.answers`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from hocba.errors import Malformed
from hocba.ids import MessageId, UnitCode
from hocba.packet.json_fields import Fields

_ID_LENGTH = 100
_UNIT_LENGTH = 20
_YEARS = range(1990, 2200)


class TransactionType(StrEnum):
    """Mã loại giao dịch (II.2.1), sent as text."""

    SUBMIT = "1"
    QUERY_SUBMISSION = "2"
    REGISTER_CERTIFICATE = "3"
    QUERY_CERTIFICATE = "4"
    RECALL = "5"
    QUERY_RECALL = "6"

    @property
    def function(self) -> str:
        """Our name for the field `function`; others may send their own."""
        return _FUNCTIONS[self]


_FUNCTIONS = {
    TransactionType.SUBMIT: "NOP_HOC_BA",
    TransactionType.QUERY_SUBMISSION: "TRUY_VAN_NOP",
    TransactionType.REGISTER_CERTIFICATE: "DANG_KY_CTS",
    TransactionType.QUERY_CERTIFICATE: "TRUY_VAN_CTS",
    TransactionType.RECALL: "THU_HOI",
    TransactionType.QUERY_RECALL: "TRUY_VAN_THU_HOI",
}
_PACKAGE_TYPES = (TransactionType.SUBMIT, TransactionType.RECALL)
_QUERY_TYPES = (TransactionType.QUERY_SUBMISSION, TransactionType.QUERY_RECALL)


def hash_password(password: str) -> str:
    """Return the field `password`: lower-case hexadecimal SHA-256 over UTF-8 (our choice)."""
    return hashlib.sha256(password.encode("utf-8")).hexdigest()


@dataclass(frozen=True, slots=True)
class PackageRequest:
    """Transactions 1 (submit) and 5 (recall): the sender in `authenticationRequest`, `content`."""

    message_id: MessageId
    unit_code: UnitCode
    first_year: int
    """nam_hoc: first calendar year, 2025 for 2025-2026."""
    content: str = field(repr=False)
    type: TransactionType = TransactionType.SUBMIT
    function: str = ""
    user_name: str = ""
    password: str = field(default="", repr=False)
    """`hash_password` of the secret, never the secret."""
    token: str = field(default="", repr=False)

    def to_json(self) -> dict[str, object]:
        """Return the JSON object."""
        return {
            "authenticationRequest": {
                "token": self.token,
                "user_name": self.user_name,
                "password": self.password,
                "ma_don_vi": self.unit_code,
                "nam_hoc": self.first_year,
                "messageid": self.message_id,
                "type": self.type.value,
                "function": self.function or self.type.function,
            },
            "content": self.content,
        }

    @classmethod
    def from_json(cls, value: object) -> PackageRequest:
        """Read the JSON object. An empty token, user or password is left to the gateway's rules."""
        whole = Fields(value, "authenticationRequest")
        sender = whole.sub("authenticationRequest")
        return cls(
            _message_id(sender),
            _unit_code(sender),
            _year(sender, "nam_hoc"),
            whole.content(),
            _type(sender, _PACKAGE_TYPES),
            sender.text("function"),
            sender.text("user_name", empty=True),
            sender.text("password", empty=True),
            sender.text("token", empty=True),
        )


@dataclass(frozen=True, slots=True)
class ResultQuery:
    """Transactions 2 and 6: what became of the records of a package."""

    message_id: MessageId
    """Of the package, not of the query (our choice)."""
    unit_code: UnitCode
    type: TransactionType = TransactionType.QUERY_SUBMISSION
    function: str = ""

    def to_json(self) -> dict[str, object]:
        """Return the JSON object."""
        return {
            "messageid": self.message_id,
            "ma_don_vi": self.unit_code,
            "type": self.type.value,
            "function": self.function or self.type.function,
        }

    @classmethod
    def from_json(cls, value: object) -> ResultQuery:
        """Read the JSON object."""
        fields = Fields(value, "request")
        return cls(
            _message_id(fields),
            _unit_code(fields),
            _type(fields, _QUERY_TYPES),
            fields.text("function"),
        )


@dataclass(frozen=True, slots=True)
class RegistrationRequest:
    """Transaction 3: a unit registers its certificate."""

    message_id: MessageId
    unit_code: UnitCode
    serial_number: str
    valid_from: date
    """ngay_hieu_luc."""
    signature_kind: str
    """ma_kieu_chu_ky: REMOTE_SIGNING or USB_TOKEN; the Ministry may add values."""
    issuer: str
    """nha_phat_hanh: VNPT, BKAV, VIETTEL, BAN_CO_YEU; the Ministry may add values."""
    content: str = field(repr=False)
    """See `hocba.packet.registration`."""
    function: str = ""

    def to_json(self) -> dict[str, object]:
        """Return the JSON object."""
        kind = TransactionType.REGISTER_CERTIFICATE
        return {
            "messageid": self.message_id,
            "type": kind.value,
            "function": self.function or kind.function,
            "ma_don_vi": self.unit_code,
            "serial_number": self.serial_number,
            "ngay_hieu_luc": self.valid_from.isoformat(),
            "ma_kieu_chu_ky": self.signature_kind,
            "nha_phat_hanh": self.issuer,
            "content": self.content,
        }

    @classmethod
    def from_json(cls, value: object) -> RegistrationRequest:
        """Read the JSON object."""
        fields = Fields(value, "request")
        _type(fields, (TransactionType.REGISTER_CERTIFICATE,))
        return cls(
            _message_id(fields),
            _unit_code(fields),
            fields.text("serial_number", limit=_ID_LENGTH),
            fields.date("ngay_hieu_luc"),
            fields.text("ma_kieu_chu_ky", limit=_ID_LENGTH),
            fields.text("nha_phat_hanh", limit=_ID_LENGTH),
            fields.content(),
            fields.text("function"),
        )


@dataclass(frozen=True, slots=True)
class CertificateQuery:
    """Transaction 4: is the certificate approved? The text gives it no type and no function."""

    message_id: MessageId
    unit_code: UnitCode
    first_year: int
    """ma_nam_hoc."""

    def to_json(self) -> dict[str, object]:
        """Return the JSON object."""
        return {
            "messageid": self.message_id,
            "ma_don_vi": self.unit_code,
            "ma_nam_hoc": self.first_year,
        }

    @classmethod
    def from_json(cls, value: object) -> CertificateQuery:
        """Read the JSON object."""
        fields = Fields(value, "request")
        return cls(_message_id(fields), _unit_code(fields), _year(fields, "ma_nam_hoc"))


Request = PackageRequest | ResultQuery | RegistrationRequest | CertificateQuery


def read_request(value: object) -> Request:
    """Read any of the six requests: a gateway with one address calls this. Raises `Malformed`."""
    fields = Fields(value, "request")
    if fields.has("authenticationRequest"):
        return PackageRequest.from_json(value)
    if fields.has("ma_nam_hoc") and not fields.has("type"):
        return CertificateQuery.from_json(value)
    kind = _type(fields, tuple(TransactionType))
    if kind is TransactionType.REGISTER_CERTIFICATE:
        return RegistrationRequest.from_json(value)
    if kind is TransactionType.QUERY_CERTIFICATE:
        return CertificateQuery.from_json(value)
    return ResultQuery.from_json(value)


def _message_id(fields: Fields) -> MessageId:
    return MessageId(fields.text("messageid", limit=_ID_LENGTH))


def _unit_code(fields: Fields) -> UnitCode:
    return UnitCode(fields.text("ma_don_vi", limit=_UNIT_LENGTH))


def _year(fields: Fields, name: str) -> int:
    year = fields.number(name)
    if year not in _YEARS:
        raise Malformed(
            "field_catalogue",
            "Năm học phải là năm đầu, ví dụ 2025 cho 2025-2026.",
            "The school year is given by its first year, e.g. 2025 for 2025-2026.",
            where=name,
        )
    return year


def _type(fields: Fields, allowed: tuple[TransactionType, ...]) -> TransactionType:
    text = fields.text("type", limit=_ID_LENGTH)
    if text not in allowed:
        raise Malformed(
            "field_catalogue",
            f"Loại gói tin “{text[:20]}” không đúng ở đây.",
            f"The type “{text[:20]}” is not right here.",
            where="type",
        )
    return TransactionType(text)
