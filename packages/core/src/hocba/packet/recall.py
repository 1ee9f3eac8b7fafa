"""One record in the list of a recall (transaction 5): eight tags of the record, no signatures.

Source: CV 2088/BGDĐT-GDTH II.2.6. The text has no field for the reason; `LY_DO` is our extra tag,
written only when asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from xml.sax.saxutils import escape

from hocba.errors import Malformed
from hocba.ids import (
    PersonalId,
    RecordUuid,
    SchoolYear,
    UnitCode,
    parse_personal_id,
    parse_record_uuid,
)
from hocba.record.codec import parse_xml

_TAGS = (
    "MA_TRA_CUU_UUID",
    "HO_VA_TEN",
    "GIOI_TINH",
    "NGAY_SINH",
    "SO_CCCD",
    "TEN_TRUONG",
    "MA_TRUONG",
    "TEN_NAM_HOC",
)
_REASON = "LY_DO"
_MAX_ITEM = 20_000
_MAX_FIELD = 2000


@dataclass(frozen=True, slots=True)
class RecallItem:
    """The record to recall, named by what the text asks for. Field order is the order of tags."""

    record_uuid: RecordUuid
    full_name: str
    gender: str
    birth_date: str
    """dd/MM/yyyy, as in the record."""
    personal_id: PersonalId
    school_name: str
    school_code: UnitCode
    school_year: SchoolYear
    reason: str | None = None

    def to_xml(self) -> bytes:
        """Return the HOC_BA element for `hocba.packet.package.prepare_transaction`."""
        values = [getattr(self, column.name) for column in fields(self)][: len(_TAGS)]
        pairs = [*zip(_TAGS, values, strict=True)]
        if self.reason:
            pairs.append((_REASON, self.reason))
        body = "".join(f"<{tag}>{escape(value)}</{tag}>" for tag, value in pairs)
        return f"<HOC_BA>{body}</HOC_BA>".encode()


def read_recall_item(record: bytes) -> RecallItem:
    """Read one element of a recall list, tags in any order. Raises `Malformed`."""
    root = parse_xml(record, max_bytes=_MAX_ITEM)
    values: dict[str, str] = {}
    for child in root:
        tag = str(child.tag)
        if root.tag != "HOC_BA" or tag not in {*_TAGS, _REASON} or tag in values or len(child):
            raise _malformed(tag, "Thẻ không đúng trong yêu cầu thu hồi.", "A wrong tag.")
        values[tag] = (child.text or "").strip()
        if len(values[tag]) > _MAX_FIELD:
            raise _malformed(tag, "Giá trị quá dài.", "The value is too long.")
    for tag in _TAGS:
        if not values.get(tag):
            raise _malformed(tag, "Thiếu trường bắt buộc.", "A required field is missing.")
    uuid, name, gender, born, personal_id, school, code, year = (values[tag] for tag in _TAGS)
    return RecallItem(
        parse_record_uuid(uuid, where="MA_TRA_CUU_UUID"),
        name,
        gender,
        born,
        parse_personal_id(personal_id, where="SO_CCCD"),
        school,
        UnitCode(code),
        SchoolYear.parse(year, where="TEN_NAM_HOC"),
        values.get(_REASON) or None,
    )


def _malformed(tag: str, vi: str, en: str) -> Malformed:
    code = "field_missing" if vi.startswith("Thiếu") else "field_type"
    return Malformed(code, vi, en, where=tag[:100])
