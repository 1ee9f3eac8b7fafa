"""Supplementary messages: what the Ministry's six transactions have no place for.

Between a department and the Ministry's store: rows of the national dictionary, closings with their
signed lists, and the question what the store holds. From a school to the department: how its year
stands (`packet.situation`, decision 30). The texts give no transport for these; ours is one signed
message on an address of its own (decision 25), so that it can never be taken for one of the
Ministry's six. `content` is packed as in CV 2088 II.2.2 step 4; inside stands
`<BO_SUNG id="dataBoSung">` with LOAI and NOI_DUNG (JSON), signed enveloped with the sender's
certificate as a transaction is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from xml.sax.saxutils import escape

from cryptography import x509

from hocba.errors import Malformed, NotTrusted
from hocba.ids import MessageId, UnitCode
from hocba.packet.answers import PackageAnswer
from hocba.packet.codes import ResponseCode
from hocba.packet.envelope import MAX_TEXT
from hocba.packet.enveloped import PreparedTransaction, complete_enveloped, prepare_enveloped
from hocba.packet.enveloped_check import SIGNATURE_TAG, check_enveloped
from hocba.packet.json_fields import Fields, read_json
from hocba.packet.package import unpack_content
from hocba.record.codec import parse_xml
from hocba.trust.algorithms import SignatureAlgorithm

ROOT_TAG: Final = "BO_SUNG"
ROOT_ID: Final = "dataBoSung"
_KIND, _BODY = "LOAI", "NOI_DUNG"
_ID_LENGTH, _UNIT_LENGTH = 100, 20


class SupplementKind(StrEnum):
    """What a message is. Values are sent and stored."""

    ROWS = "BANG_DU_LIEU"
    """Rows of the national dictionary."""
    CLOSING = "CHOT_HOC_BA"
    """Closings of classes, each with the list that the department signed."""
    STATE = "DOI_SOAT"
    """What does the store hold? Changes nothing."""
    SITUATION = "TINH_HINH"
    """How a school's year stands: from the school to its department."""


@dataclass(frozen=True, slots=True)
class SupplementRequest:
    """One message as JSON."""

    message_id: MessageId
    unit_code: UnitCode
    kind: SupplementKind
    content: str = field(repr=False)

    def to_json(self) -> dict[str, object]:
        """Return the JSON object."""
        return {
            "messageid": self.message_id,
            "ma_don_vi": self.unit_code,
            "type": ROOT_TAG,
            "function": self.kind.value,
            "content": self.content,
        }

    @classmethod
    def from_json(cls, value: object) -> SupplementRequest:
        """Read the JSON object. Raises `Malformed`."""
        fields = Fields(value, "request")
        if fields.text("type", limit=_ID_LENGTH) != ROOT_TAG:
            raise _wrong("type")
        try:
            kind = SupplementKind(fields.text("function", limit=_ID_LENGTH))
        except ValueError:
            raise _wrong("function") from None
        return cls(
            MessageId(fields.text("messageid", limit=_ID_LENGTH)),
            UnitCode(fields.text("ma_don_vi", limit=_UNIT_LENGTH)),
            kind,
            fields.content(),
        )


@dataclass(frozen=True, slots=True)
class ReadSupplement:
    """The signed part of a message."""

    kind: SupplementKind
    body: Mapping[str, Any]
    certificate: x509.Certificate | None
    """The certificate in the signature; not yet trusted."""
    signing_time: datetime | None
    fault: NotTrusted | None
    """Why the signature does not hold; None when it holds."""


def prepare_supplement(
    kind: SupplementKind,
    body: Mapping[str, Any],
    certificate: x509.Certificate,
    algorithm: SignatureAlgorithm,
    signing_time: datetime,
) -> PreparedTransaction:
    """Prepare the sender's signature over a message."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    inside = f"<{_KIND}>{kind.value}</{_KIND}><{_BODY}>{escape(text)}</{_BODY}>"
    document = f'<{ROOT_TAG} id="{ROOT_ID}">{inside}</{ROOT_TAG}>'.encode()
    return prepare_enveloped(
        document,
        parse_xml(document, max_bytes=MAX_TEXT),
        name="bo-sung",
        certificate=certificate,
        algorithm=algorithm,
        signing_time=signing_time,
    )


def complete_supplement(prepared: PreparedTransaction, value: bytes) -> bytes:
    """Return the signed XML; `packet.package.pack_content` makes the parameter `content` of it."""
    return complete_enveloped(prepared, value)


def read_supplement(content: str) -> ReadSupplement:
    """Read `content`. Raises `Malformed`; a signature that does not hold stands in `fault`."""
    root = parse_xml(unpack_content(content), max_bytes=MAX_TEXT)
    children = list(root)
    signature = children.pop() if children and children[-1].tag == SIGNATURE_TAG else None
    tags = tuple(child.tag for child in children)
    if root.tag != ROOT_TAG or tags != (_KIND, _BODY) or any(len(child) for child in children):
        raise _wrong(ROOT_TAG)
    kind_text, body_text = (child.text or "" for child in children)
    try:
        kind = SupplementKind(kind_text)
    except ValueError:
        raise _wrong(_KIND) from None
    body = read_json(body_text.encode())
    if not isinstance(body, dict):
        raise _wrong(_BODY)
    fact = check_enveloped(root, signature)
    return ReadSupplement(kind, body, fact.certificate, fact.signing_time, fact.fault)


@dataclass(frozen=True, slots=True)
class SupplementAnswer:
    """The answer: the same head as to transaction 1, and what became of each thing sent."""

    head: PackageAnswer
    result: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, message_id: MessageId, code: ResponseCode, detail: str = "") -> SupplementAnswer:
        """A refusal of the whole message."""
        return cls(PackageAnswer.of(message_id, code, detail))

    def to_json(self) -> dict[str, object]:
        """Return the JSON object."""
        return {**self.head.to_json(), "ket_qua": dict(self.result)}

    @classmethod
    def from_json(cls, value: object) -> SupplementAnswer:
        """Read the JSON object. Raises `Malformed`."""
        result = value.get("ket_qua") if isinstance(value, Mapping) else None
        return cls(PackageAnswer.from_json(value), result if isinstance(result, Mapping) else {})


def _wrong(where: str) -> Malformed:
    return Malformed(
        "field_catalogue",
        "Gói bổ sung không đúng dạng.",
        "The supplementary message has the wrong form.",
        where=where,
    )
