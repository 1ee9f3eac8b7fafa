"""Tags of the secondary record, by profile and level: this table is the whole configuration.

No official list of tags is known that can carry what TT 22/2021/TT-BGDĐT asks for: annex IV of QĐ
1789/QĐ-SGDĐT copies primary school, the national dictionary names columns. The tags below are made
from those columns by the Ministry's naming rule (decision 35); when a list appears, a row changes
here and nothing else. Lengths are those of the national record, in characters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from hocba.assessment.school_levels import SchoolLevel
from hocba.assessment.secondary.catalogue import GRADES
from hocba.record import fields
from hocba.record.fields import Field
from hocba.record.model import FormatProfile

GRADE_TEXTS: Final = frozenset(f"{grade:02d}" for grade in GRADES)
"""MA_KHOI of the secondary grades: "06" to "12"."""


class Kind(StrEnum):
    """The form of a value."""

    TEXT = "text"
    CODE = "code"
    """A subject of the level's catalogue."""
    FLAG = "flag"
    COUNT = "count"
    RESULT = "result"
    MARK = "mark"


@dataclass(frozen=True, slots=True)
class Row:
    """One simple tag: the attribute of the model that it carries, its form and its field."""

    attribute: str
    kind: Kind
    field: Field


@dataclass(frozen=True, slots=True)
class Table:
    """Rows in the order in which they are written."""

    rows: tuple[Row, ...]

    @property
    def fields(self) -> tuple[Field, ...]:
        """The bare fields, for the reader of tags."""
        return tuple(row.field for row in self.rows)

    def tag(self, attribute: str) -> str:
        """The tag of an attribute."""
        return next(row.field.tag for row in self.rows if row.attribute == attribute)


@dataclass(frozen=True, slots=True)
class SecondaryFormat:
    """Everything that could be named otherwise in one profile of one level."""

    general: tuple[Field, ...]
    summary: Table
    subject: Table
    certificate: Table
    marks_list: str = "DANH_SACH_DIEM_TONG_KET"
    mark: str = "DIEM_TONG_KET"
    certificates_list: str = "DANH_SACH_CHUNG_CHI"
    certificate_item: str = "CHUNG_CHI"


def _table(*entries: tuple[str, Kind, str, bool, int]) -> Table:
    return Table(
        tuple(
            Row(attribute, kind, Field(tag, required, length))
            for attribute, kind, tag, required, length in entries
        )
    )


def _general() -> tuple[Field, ...]:
    """THONG_TIN_CHUNG of primary school, each parent followed by the occupation."""
    occupations = {
        "HO_VA_TEN_CHA": "NGHE_NGHIEP_CHA",
        "HO_VA_TEN_ME": "NGHE_NGHIEP_ME",
        "HO_VA_TEN_NGUOI_GIAM_HO": "NGHE_NGHIEP_NGUOI_GIAM_HO",
    }
    found: list[Field] = []
    for field in fields.GENERAL:
        found.append(field)
        if field.tag in occupations:
            found.append(Field(occupations[field.tag], required=False, max_length=150))
    return tuple(found)


def _summary(completed_tag: str) -> Table:
    result, text = Kind.RESULT, Kind.TEXT
    return _table(
        ("study_term_1", result, "KET_QUA_HOC_TAP_HK1", True, 2),
        ("study_term_2", result, "KET_QUA_HOC_TAP_HK2", True, 2),
        ("study_year", result, "KET_QUA_HOC_TAP_CA_NAM", True, 2),
        ("conduct_term_1", result, "KET_QUA_REN_LUYEN_HK1", True, 2),
        ("conduct_term_2", result, "KET_QUA_REN_LUYEN_HK2", True, 2),
        ("conduct_year", result, "KET_QUA_REN_LUYEN_CA_NAM", True, 2),
        ("study_again", result, "KET_QUA_HOC_TAP_LAI", False, 2),
        ("conduct_again", result, "KET_QUA_REN_LUYEN_LAI", False, 2),
        ("absences", Kind.COUNT, "TONG_SO_BUOI_NGHI", False, 3),
        ("promoted", Kind.FLAG, "DUOC_LEN_LOP", True, 1),
        ("promotion_text", text, "NOI_DUNG_DUOC_LEN_LOP", True, 150),
        ("completion_text", text, "NOI_DUNG_HOAN_THANH_CHUONG_TRINH", False, 2000),
        ("level_completed", Kind.FLAG, completed_tag, True, 1),
        ("contest_text", text, "KET_QUA_THAM_GIA_CUOC_THI", False, 2000),
        ("summer_text", text, "NOI_DUNG_KET_QUA_REN_LUYEN_HE", False, 500),
        ("award_text", text, "NOI_DUNG_KHEN_THUONG", False, 2000),
        ("special_award_text", text, "NOI_DUNG_KHEN_THUONG_DOT_XUAT", False, 2000),
        ("homeroom_comment", text, "NHAN_XET_GVCN", True, 2000),
    )


_MARKS: Final = (
    ("code", Kind.CODE, "MA_MON_HOC", True, 3),
    ("name", Kind.TEXT, "TEN_MON_HOC", True, 50),
    ("term_1", Kind.MARK, "DIEM_HOC_KY_1", False, 4),
    ("term_2", Kind.MARK, "DIEM_HOC_KY_2", False, 4),
    ("year", Kind.MARK, "DIEM_CA_NAM", False, 4),
    ("again", Kind.MARK, "DIEM_KIEM_TRA_LAI", False, 4),
)
_COMMENT: Final = ("comment", Kind.TEXT, "NHAN_XET_MON_HOC", False, 2000)
_TOPICS: Final = ("topics", Kind.FLAG, "HOC_CUM_CHUYEN_DE", False, 1)
_CERTIFICATE: Final = _table(
    ("name", Kind.TEXT, "TEN_CHUNG_CHI", True, 150),
    ("kind", Kind.TEXT, "LOAI_CHUNG_CHI", False, 500),
)
_LOWER: Final = SecondaryFormat(
    _general(),
    _summary("DA_HOAN_THANH_CHUONG_TRINH_THCS"),
    _table(*_MARKS, _COMMENT),
    _CERTIFICATE,
)
_UPPER: Final = SecondaryFormat(
    _general(),
    _summary("DA_HOAN_THANH_CHUONG_TRINH_THPT"),
    _table(*_MARKS, _TOPICS, _COMMENT),
    _CERTIFICATE,
)
FORMATS: Final[Mapping[tuple[FormatProfile, SchoolLevel], SecondaryFormat]] = {
    (profile, level): secondary_format
    for profile in FormatProfile
    for level, secondary_format in (
        (SchoolLevel.LOWER_SECONDARY, _LOWER),
        (SchoolLevel.UPPER_SECONDARY, _UPPER),
    )
}
"""The two profiles differ in the tree and in the teachers, not in these tags."""
