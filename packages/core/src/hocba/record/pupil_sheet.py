"""Phiếu thông tin học sinh: the pupil's data as checked before a record is initialised.

QĐ 1789/QĐ-SGDĐT Đ20.4: at the start of grades 1, 6 and 10 the homeroom teacher checks the data,
the registrar initialises, the head and the organisation sign. No circular gives the sheet a form;
the tags are those of the record (CV 2088/BGDĐT-GDTH annex 1.1), so that both say the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from xml.sax.saxutils import escape

from hocba.errors import Malformed, Sentence
from hocba.ids import PersonalId, PupilCode, RecordUuid, SchoolYear, UnitCode, parse_record_uuid
from hocba.record import fields
from hocba.record.model import IssuingSchool, Person, PupilData
from hocba.record.safe_xml import parse_xml
from hocba.record.values import (
    has_control,
    is_normal,
    read_birth_date,
    read_moment,
    write_moment,
)

__all__ = [
    "SHEET_FIELDS",
    "PupilSheet",
    "SheetGap",
    "pupil_data",
    "read_sheet",
    "sheet_gaps",
    "write_sheet",
]

SHEET_FIELDS: Final = {
    "full_name": "HO_VA_TEN",
    "personal_id": "SO_CCCD",
    "pupil_code": "MA_HOC_SINH",
    "register_number": "SO_SO_DANG_BO",
    "gender": "GIOI_TINH",
    "birth_date": "NGAY_SINH",
    "birth_place": "NOI_SINH",
    "home_town": "QUE_QUAN",
    "current_address": "CHO_O_HIEN_NAY",
    "ethnic_group": "DAN_TOC",
    "nationality": "QUOC_TICH",
    "father_name": "HO_VA_TEN_CHA",
    "mother_name": "HO_VA_TEN_ME",
    "guardian_name": "HO_VA_TEN_NGUOI_GIAM_HO",
}
"""Field of `PupilData` -> the Ministry's tag, in the order of the sheet."""
_RULES: Final = {field.tag: field for field in fields.GENERAL}
_SCHOOL_TAGS: Final = {
    "department_code": "MA_SO_GIAO_DUC",
    "department_name": "TEN_SO_GD",
    "school_code": "MA_TRUONG",
    "school_name": "TEN_TRUONG",
    "ward_name": "TEN_XA_PHUONG",
    "province_name": "TEN_TINH_THANH_PHO",
}
_ROOT, _DATA = "PHIEU_THONG_TIN_HOC_SINH", "DU_LIEU_PHIEU"


@dataclass(frozen=True, slots=True)
class PupilSheet:
    """The checked data of one pupil at the start of a school year. Times have a zone."""

    sheet_id: RecordUuid
    school: IssuingSchool
    school_year: SchoolYear
    grade: int
    classroom_name: str
    pupil: PupilData
    confirmed_by: Person
    """The homeroom teacher who compared the data with the birth certificate."""
    confirmed_on: datetime
    initialised_by: Person
    """The registrar."""
    initialised_on: datetime


@dataclass(frozen=True, slots=True)
class SheetGap:
    """A field of the sheet that is missing or cannot stand in a record."""

    field: str
    sentence: Sentence


def sheet_gaps(values: Mapping[str, str]) -> tuple[SheetGap, ...]:
    """What of the pupil's data is still missing or wrong; `values` by field of `PupilData`."""
    return tuple(_gaps(values))


def _gaps(values: Mapping[str, str]) -> Iterator[SheetGap]:
    for name, tag in SHEET_FIELDS.items():
        rule, text = _RULES[tag], values.get(name, "")
        if not text.strip():
            if rule.required:
                yield SheetGap(name, Sentence("còn trống", "is empty"))
        elif len(text) > rule.max_length:
            limit = rule.max_length
            yield SheetGap(name, Sentence(f"dài quá {limit} ký tự", f"is over {limit} characters"))
        elif has_control(text) or not is_normal(text):
            yield SheetGap(name, Sentence("có ký tự lạ", "holds odd characters"))
        elif name == "personal_id" and not (len(text) == 12 and text.isascii() and text.isdigit()):
            yield SheetGap(name, Sentence("phải đúng 12 chữ số", "must have 12 digits"))
        elif name == "gender" and text not in {"Nam", "Nữ"}:
            yield SheetGap(name, Sentence("phải là Nam hoặc Nữ", "must be Nam or Nữ"))
        elif name == "birth_date":
            try:
                read_birth_date(text, tag)
            except Malformed:
                yield SheetGap(name, Sentence("không phải ngày có thật", "is no real date"))


def write_sheet(sheet: PupilSheet) -> bytes:
    """Write the sheet as XML: one canonical text, no indentation, fixed order.

    Raises `Malformed` (`uuid`, `field_missing`, `control_character`) for values that no sheet has.
    """
    number = parse_record_uuid(sheet.sheet_id, where="MA_PHIEU")
    pupil = {tag: getattr(sheet.pupil, name) or "" for name, tag in SHEET_FIELDS.items()}
    school = {tag: str(getattr(sheet.school, name)) for name, tag in _SCHOOL_TAGS.items()}
    values = {
        "MA_PHIEU": number,
        "NAM_HOC": sheet.school_year,
        **school,
        "MA_KHOI": f"{sheet.grade:02d}",
        "TEN_LOP": sheet.classroom_name,
        **pupil,
        "TEN_GIAO_VIEN_CHU_NHIEM": sheet.confirmed_by.full_name,
        "SO_CCCD_GIAO_VIEN_CHU_NHIEM": sheet.confirmed_by.personal_id,
        "NGAY_DOI_CHIEU": write_moment(sheet.confirmed_on),
        "TEN_NHAN_VIEN_HOC_VU": sheet.initialised_by.full_name,
        "SO_CCCD_NHAN_VIEN_HOC_VU": sheet.initialised_by.personal_id,
        "NGAY_KHOI_TAO": write_moment(sheet.initialised_on),
    }
    body = "".join(_element(tag, text) for tag, text in values.items())
    return f'<{_ROOT}><{_DATA} Id="data-{number}">{body}</{_DATA}></{_ROOT}>'.encode()


_OPTIONAL: Final = frozenset({"HO_VA_TEN_CHA", "HO_VA_TEN_NGUOI_GIAM_HO"})


def _element(tag: str, text: str) -> str:
    if not text.strip():
        if tag in _OPTIONAL:
            return ""
        raise Malformed("field_missing", f"Thiếu {tag}.", f"{tag} is missing.", where=tag)
    if has_control(text):
        raise Malformed(
            "control_character",
            f"{tag} có ký tự điều khiển.",
            f"{tag} holds a control character.",
            where=tag,
        )
    return f"<{tag}>{escape(text)}</{tag}>"


def read_sheet(document: bytes) -> PupilSheet:
    """Read what `write_sheet` wrote; signatures beside the data are not looked at.

    Raises `Malformed` for anything else; `where` is the tag.
    """
    root = parse_xml(document)
    data = root.find(_DATA)
    if root.tag != _ROOT or data is None:
        raise Malformed("sheet", "Tệp không phải phiếu thông tin học sinh.", "Not a pupil sheet.")
    found: dict[str, str] = {}
    for child in data:
        tag = str(child.tag)
        if len(child) or child.attrib or tag in found:
            raise Malformed("sheet", f"Thẻ {tag} không hợp lệ.", f"Bad tag {tag}.", where=tag)
        found[tag] = child.text or ""
    try:
        sheet = _sheet(found)
    except KeyError as missing:
        tag = str(missing.args[0])
        raise Malformed("field_missing", f"Thiếu {tag}.", f"{tag} is missing.", where=tag) from None
    if len(found) != _count_tags(sheet):
        raise Malformed("sheet", "Phiếu có thẻ lạ.", "The sheet has an unknown tag.")
    return sheet


def _count_tags(sheet: PupilSheet) -> int:
    return len(parse_xml(write_sheet(sheet))[0])


def _sheet(found: Mapping[str, str]) -> PupilSheet:
    def person(role: str) -> Person:
        return Person(found[f"TEN_{role}"], PersonalId(found[f"SO_CCCD_{role}"]))

    pupil = {
        name: found.get(tag) if tag in _OPTIONAL else found[tag]
        for name, tag in SHEET_FIELDS.items()
    }
    grade = found["MA_KHOI"]
    if not (grade.isascii() and grade.isdigit()):
        raise Malformed("grade", "MA_KHOI không phải khối.", "MA_KHOI is no grade", where="MA_KHOI")
    return PupilSheet(
        sheet_id=parse_record_uuid(found["MA_PHIEU"], where="MA_PHIEU"),
        school=IssuingSchool(
            department_code=found["MA_SO_GIAO_DUC"],
            department_name=found["TEN_SO_GD"],
            school_code=UnitCode(found["MA_TRUONG"]),
            school_name=found["TEN_TRUONG"],
            ward_name=found["TEN_XA_PHUONG"],
            province_name=found["TEN_TINH_THANH_PHO"],
        ),
        school_year=SchoolYear.parse(found["NAM_HOC"], where="NAM_HOC"),
        grade=int(grade),
        classroom_name=found["TEN_LOP"],
        pupil=pupil_data(pupil),
        confirmed_by=person("GIAO_VIEN_CHU_NHIEM"),
        confirmed_on=read_moment(found["NGAY_DOI_CHIEU"], "NGAY_DOI_CHIEU"),
        initialised_by=person("NHAN_VIEN_HOC_VU"),
        initialised_on=read_moment(found["NGAY_KHOI_TAO"], "NGAY_KHOI_TAO"),
    )


def pupil_data(values: Mapping[str, str | None]) -> PupilData:
    """The fields of a sheet as `PupilData`; optional names left empty become None."""

    def text(name: str) -> str:
        return values[name] or ""

    return PupilData(
        full_name=text("full_name"),
        personal_id=PersonalId(text("personal_id")),
        pupil_code=PupilCode(text("pupil_code")),
        register_number=text("register_number"),
        gender=text("gender"),
        birth_date=text("birth_date"),
        birth_place=text("birth_place"),
        home_town=text("home_town"),
        current_address=text("current_address"),
        ethnic_group=text("ethnic_group"),
        nationality=text("nationality"),
        mother_name=text("mother_name"),
        father_name=text("father_name") or None,
        guardian_name=text("guardian_name") or None,
    )
