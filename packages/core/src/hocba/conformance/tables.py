"""Tables of tags and readers of values, by level, against which records are looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from lxml import etree

from hocba.assessment.catalogue import GRADES
from hocba.assessment.levels import SubjectLevel, TraitLevel, YearResult
from hocba.assessment.school_levels import SchoolLevel
from hocba.assessment.secondary.catalogue import secondary_level
from hocba.errors import Malformed
from hocba.ids import SchoolYear, parse_personal_id, parse_record_uuid
from hocba.record import fields, values
from hocba.record.fields import Field
from hocba.record.frame import grade_text
from hocba.record.model import FormatProfile
from hocba.record.secondary import values as secondary_values
from hocba.record.secondary.fields import FORMATS, GRADE_TEXTS, Kind, SecondaryFormat

Reader = Callable[[str, str], Any]
_PRIMARY_GRADES: Final = frozenset(f"{grade:02d}" for grade in GRADES)


@dataclass(frozen=True, slots=True)
class ListTable:
    """A complex tag of TONG_KET: its items, or with `item` None its own simple tags."""

    tag: str
    item: str | None
    fields: tuple[Field, ...]
    required: bool = True
    with_teacher: bool = False
    """In profile v2_2025 each item ends with GVBM."""


@dataclass(frozen=True, slots=True)
class RecordTables:
    """What a record of one level is made of."""

    general: tuple[Field, ...]
    summary: tuple[Field, ...]
    lists: tuple[ListTable, ...]
    readers: Mapping[str, Reader]


def tables_of(root: etree._Element, profile: FormatProfile) -> RecordTables:
    """The tables for a document, by its MA_KHOI; those of primary school when it is no grade."""
    text = grade_text(root)
    return _secondary(int(text), profile) if text in GRADE_TEXTS else _PRIMARY


def one_of(allowed: frozenset[str]) -> Reader:
    """Make the reader of a value that must be one of a few words."""

    def read(text: str, where: str) -> str:
        if text not in allowed:
            words = ", ".join(sorted(allowed))
            raise Malformed(
                "field_catalogue",
                f"giá trị “{text[:40]}” không có trong danh mục ({words}).",
                f"“{text[:40]}” is not one of {words}.",
                where=where,
            )
        return text

    return read


def _code(kind: Any) -> Reader:
    return lambda text, where: values.read_code(kind, text, where)


_GENERAL_READERS: Final[dict[str, Reader]] = {
    "MA_TRA_CUU_UUID": lambda text, where: parse_record_uuid(text, where=where),
    "TEN_NAM_HOC": lambda text, where: SchoolYear.parse(text, where=where),
    "NAM_HOC": lambda text, where: SchoolYear.parse(text, where=where),
    "SO_CCCD": lambda text, where: parse_personal_id(text, where=where),
    "SO_CCCD_GIAM_HIEU_KY_HOC_BA": lambda text, where: parse_personal_id(text, where=where),
    "SO_CCCD_GIAO_VIEN_CHU_NHIEM": lambda text, where: parse_personal_id(text, where=where),
    "GIOI_TINH": one_of(frozenset({"Nam", "Nữ"})),
    "NGAY_SINH": values.read_birth_date,
    "CAN_NANG": values.read_decimal,
    "CHIEU_CAO": values.read_decimal,
    "TONG_SO_BUOI_NGHI_CO_PHEP": values.read_count,
    "THONG_SO_BUOI_NGHI_KHONG_PHEP": values.read_count,
    "NGAY_TAO_HOC_BA": values.read_moment,
    "NGAY_KY_PHAT_HANH_HOC_BA": values.read_moment,
    "NGAY_TRANG_THAI_CHUYEN_DEN": values.read_moment,
}
_PRIMARY: Final = RecordTables(
    fields.GENERAL,
    fields.SUMMARY,
    (
        ListTable("DANH_SACH_DIEM_TONG_KET", "DIEM_TONG_KET", fields.SUBJECT, with_teacher=True),
        ListTable("DANH_GIA_NANG_LUC_PHAM_CHAT", None, fields.TRAITS),
    ),
    {
        **_GENERAL_READERS,
        "MA_KHOI": one_of(_PRIMARY_GRADES),
        "KET_QUA_XEP_LOAI": _code(YearResult),
        "DUOC_LEN_LOP": values.read_flag,
        "DA_HOAN_THANH_CHUONG_TRINH_LOP_HOC": values.read_flag,
        "DA_HOAN_THANH_CHUONG_TRINH_TIEU_HOC": values.read_flag,
        "MA_MON_HOC": values.check_subject_code,
        "MUC_DAT_DUOC": _code(SubjectLevel),
        "DIEM_KIEM_TRA_DINH_KY": values.read_score,
        **dict.fromkeys(fields.TRAIT_TAGS, _code(TraitLevel)),
    },
)


def _secondary(grade: int, profile: FormatProfile) -> RecordTables:
    level = secondary_level(grade)
    layout = FORMATS[profile, level]
    return RecordTables(
        layout.general,
        layout.summary.fields,
        (
            ListTable(layout.marks_list, layout.mark, layout.subject.fields, with_teacher=True),
            ListTable(
                layout.certificates_list,
                layout.certificate_item,
                layout.certificate.fields,
                required=False,
            ),
        ),
        {**_GENERAL_READERS, **_readers(layout, grade, level)},
    )


def _readers(layout: SecondaryFormat, grade: int, level: SchoolLevel) -> dict[str, Reader]:
    found: dict[str, Reader] = {"MA_CAP_HOC": one_of(frozenset({level.value}))}
    for row in (*layout.summary.rows, *layout.subject.rows):
        if row.kind is Kind.CODE:
            found[row.field.tag] = partial(secondary_values.check_subject_code, grade=grade)
        elif row.kind is not Kind.TEXT:
            found[row.field.tag] = secondary_values.READERS[row.kind]
    return found
