"""One record in the list of a recall (transaction 5): eight tags of the record, no signatures.

Source: CV 2088/BGDĐT-GDTH II.2.6. The text has no field for the reason and none for a correction
after the closing (QĐ 1789/QĐ-SGDĐT Đ21.6-7); our extra tags, written only when asked for, are
`LY_DO`, `YEU_CAU_CHINH_LY` with the kind of correction, and `DANH_SACH_TEP_DINH_KEM` with the
files (decision 20, docs/formats/envelope.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from xml.sax.saxutils import escape

from lxml import etree

from hocba.errors import Malformed
from hocba.ids import (
    PersonalId,
    RecordUuid,
    SchoolYear,
    UnitCode,
    parse_personal_id,
    parse_record_uuid,
)
from hocba.packet.attached import MAX_ATTACHED, AttachedFile, read_attached, write_attached
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
_CORRECTION = "YEU_CAU_CHINH_LY"
_FILES = "DANH_SACH_TEP_DINH_KEM"
_MAX_ITEM = 2 * MAX_ATTACHED + 20_000
_MAX_FIELD = 2000


class CorrectionKind(StrEnum):
    """What a correction after the closing is about. Values are sent and stored."""

    CONTENT = "NOI_DUNG"
    """Something in the record is wrong (Đ21.6)."""
    CIVIL_STATUS = "HO_TICH"
    """Name, birth date and the like changed by decision, which is attached (Đ21.7)."""


@dataclass(frozen=True, slots=True)
class RecallItem:
    """The record to recall or correct, named by what the text asks for, in the order of tags."""

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
    correction: CorrectionKind | None = None
    """None: a recall before the closing."""
    files: tuple[AttachedFile, ...] = ()

    def to_xml(self) -> bytes:
        """Return the HOC_BA element for `hocba.packet.package.prepare_transaction`."""
        values = (
            self.record_uuid,
            self.full_name,
            self.gender,
            self.birth_date,
            self.personal_id,
            self.school_name,
            self.school_code,
            str(self.school_year),
        )
        pairs = [*zip(_TAGS, values, strict=True)]
        if self.reason:
            pairs.append((_REASON, self.reason))
        if self.correction:
            pairs.append((_CORRECTION, self.correction.value))
        body = "".join(f"<{tag}>{escape(value)}</{tag}>" for tag, value in pairs)
        files = f"<{_FILES}>{write_attached(self.files)}</{_FILES}>" if self.files else ""
        return f"<HOC_BA>{body}{files}</HOC_BA>".encode()


def read_recall_item(record: bytes) -> RecallItem:
    """Read one element of a recall list, tags in any order. Raises `Malformed`."""
    root = parse_xml(record, max_bytes=_MAX_ITEM)
    values, files = _children(root)
    for tag in _TAGS:
        if not values.get(tag):
            raise _malformed(tag, "Thiếu trường bắt buộc.", "A required field is missing.")
    uuid, name, gender, born, personal_id, school, code, year = (values[tag] for tag in _TAGS)
    correction = _kind(values.get(_CORRECTION))
    if files and correction is None:
        raise _malformed(
            _FILES,
            "Chỉ yêu cầu chỉnh lý mới kèm tệp.",
            "Only a correction carries files.",
        )
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
        correction,
        files,
    )


def _children(root: etree._Element) -> tuple[dict[str, str], tuple[AttachedFile, ...]]:
    values: dict[str, str] = {}
    files: tuple[AttachedFile, ...] = ()
    for child in root:
        tag = str(child.tag)
        if root.tag != "HOC_BA" or tag in values:
            raise _wrong_tag(tag)
        if tag == _FILES:
            files = read_attached(child)
            values[tag] = ""
            continue
        if tag not in {*_TAGS, _REASON, _CORRECTION} or len(child):
            raise _wrong_tag(tag)
        values[tag] = (child.text or "").strip()
        if len(values[tag]) > _MAX_FIELD:
            raise _malformed(tag, "Giá trị quá dài.", "The value is too long.")
    return values, files


def _kind(text: str | None) -> CorrectionKind | None:
    if text is None:
        return None
    try:
        return CorrectionKind(text)
    except ValueError:
        raise Malformed(
            "field_catalogue",
            "Loại chỉnh lý phải là NOI_DUNG hoặc HO_TICH.",
            "The kind of correction must be NOI_DUNG or HO_TICH.",
            where=_CORRECTION,
        ) from None


def _wrong_tag(tag: str) -> Malformed:
    return _malformed(tag, "Thẻ không đúng trong yêu cầu thu hồi.", "A wrong tag.")


def _malformed(tag: str, vi: str, en: str) -> Malformed:
    code = "field_missing" if vi.startswith("Thiếu") else "field_type"
    return Malformed(code, vi, en, where=tag[:100])
