"""One record -> its rows in the national dictionary, and why a row cannot be sent.

Everything comes from the signed record, but for its state, the code of the school's ward (which the
department knows) and the provinces of earlier years. Source: the columns “national field” of the
record's field tables; what the dictionary has beyond the record is listed in decision 25.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from hocba.errors import Sentence
from hocba.record.fields import VERSIONS
from hocba.record.model import AnnualRecord
from hocba.record.national.codes import (
    GENDERS,
    country_code,
    ethnic_code,
    locate,
    province_code,
    ward_code,
)
from hocba.record.national.columns import (
    TRAIT_COLUMNS,
    Event,
    Problem,
    Table,
    Value,
    check_row,
)
from hocba.record.values import VIETNAM

NO_MOTHER: Final = "Không có thông tin"
"""What the record says where the birth certificate names no mother; nationally it is left out."""
_IN_FORCE, _RECALLED = "1", "2"


@dataclass(frozen=True, slots=True)
class Envelope:
    """What every row of one sending says about itself."""

    event: Event
    version: int
    """phienban: greater than in every earlier sending of the same row."""
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """What the department knows and the record does not say."""

    in_force: bool
    ward_code: str | None = None
    """Code of the school's ward."""
    provinces: Mapping[str, str] = field(default_factory=dict)
    """School year -> province of the school of an earlier year."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row, ready to be written as JSON or into a file. Values that are null are left out."""

    table: Table
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class NationalRows:
    """What a record becomes."""

    rows: tuple[Row, ...]
    """Empty when the record cannot be sent."""
    problems: tuple[Problem, ...]

    @property
    def sendable(self) -> bool:
        """Does nothing stop the record as a whole?"""
        return not any(problem.blocks for problem in self.problems)


def national_rows(record: AnnualRecord, envelope: Envelope, known: Known) -> NationalRows:
    """Make the rows of a record. Never raises for what a valid record holds."""
    rows: list[Row] = []
    problems: list[Problem] = []
    main = _row(Table.RECORD, "", _record_values(record, known), record, envelope)
    problems += _explained(check_row(main.table, main.values), record)
    rows.append(main)
    for each in record.subjects:
        score = each.test_score
        values = {
            "mamonhoc": str(each.code),
            "tenmonhoc": each.name,
            "mucdatduoc": each.level.value,
            "diemkiemtradinhky": None if score is None else str(score),
        }
        row = _row(Table.MARKS, str(each.code), values, record, envelope)
        problems += check_row(row.table, row.values)
        rows.append(row)
    for year in record.history:
        values = {
            "namhoc": str(year.school_year),
            "tenlop": year.classroom_name,
            "tentruong": year.school_name,
            "tentinh": _province_of(record, str(year.school_year), year.school_name, known),
            "ngaytrangthaichuyenden": _day(year.arrived_on),
        }
        row = _row(Table.STUDY, str(year.school_year), values, record, envelope)
        if values["tentinh"] is None:
            problems.append(_province_unknown(row, str(year.school_year)))
            continue
        problems += check_row(row.table, row.values)
        rows.append(row)
    found = NationalRows(tuple(rows), tuple(problems))
    return found if found.sendable else NationalRows((), found.problems)


def _row(
    table: Table,
    suffix: str,
    values: Mapping[str, Value | None],
    record: AnnualRecord,
    envelope: Envelope,
) -> Row:
    moment = envelope.updated_at.astimezone(VIETNAM)
    identifier = f"{record.record_uuid}-{suffix}" if suffix else str(record.record_uuid)
    head: dict[str, Value] = {
        "idbanghi": identifier,
        "sukien": envelope.event.value,
        "phienban": envelope.version,
        "thoigiancapnhat": moment.strftime("%Y-%m-%dT%H:%M:%S"),
        "ngaycapnhat": moment.date().isoformat(),
        "madinhdanhhocba": str(record.record_uuid),
    }
    return Row(table, head | {key: value for key, value in values.items() if value is not None})


def _record_values(record: AnnualRecord, known: Known) -> dict[str, Value | None]:
    school, pupil = record.school, record.pupil
    province = province_code(school.province_name)
    return {
        "phienbanthongtinhocba": VERSIONS[record.profile.value],
        "thongtu": "/".join(record.circular.split("/")[:2]),
        "namhoc": str(record.school_year),
        "masogd": school.department_code,
        "tensogd": school.department_name,
        "matruong": str(school.school_code),
        "tentruong": school.school_name,
        "tenhuyen": school.district_name,
        "thongtintruong_diachi_tenxa": school.ward_name,
        "thongtintruong_diachi_maxa": known.ward_code or ward_code(school.ward_name, province),
        "thongtintruong_diachi_tentinh": school.province_name,
        "thongtintruong_diachi_matinh": province,
        "macaphoc": record.school_level_code,
        "sosodangbo": pupil.register_number or None,
        "hovaten": pupil.full_name,
        "sodinhdanh": str(pupil.personal_id),
        "mahocsinh": str(pupil.pupil_code),
        "gioitinh": GENDERS.get(pupil.gender, "0"),
        **_birth(pupil.birth_date),
        **_place("noisinh", pupil.birth_place),
        **_place("quequan", pupil.home_town),
        **_place("noiohiennay", pupil.current_address),
        "dantoc": ethnic_code(pupil.ethnic_group),
        "quoctich": country_code(pupil.nationality),
        "hotencha": pupil.father_name,
        "hotenme": None if pupil.mother_name == NO_MOTHER else pupil.mother_name,
        "hotennguoigiamho": pupil.guardian_name,
        "makhoi": f"{record.grade:02d}",
        "tenlop": record.classroom_name,
        "trangthaithongtinhocba": _IN_FORCE if known.in_force else _RECALLED,
        "trichluc": "0",
        "cokhuyettatkhongdanhgia": "0",
        **_terms(record),
        **_results(record),
    }


def _terms(record: AnnualRecord) -> dict[str, Value | None]:
    terms = record.terms
    return {
        "tengiamhieu": terms.signing_leader.full_name,
        "soddcngiamhieu": str(terms.signing_leader.personal_id),
        "chucvugiamhieu": terms.signing_leader_title,
        "diadanhphathanh": terms.issue_place,
        "ngaytao": _day(terms.created_on),
        "ngaykyphathanh": _day(terms.issued_on),
        "tengvcn": terms.homeroom_teacher.full_name,
        "soddcngvcn": str(terms.homeroom_teacher.personal_id),
    }


def _results(record: AnnualRecord) -> dict[str, Value | None]:
    summary, traits = record.summary, record.traits
    levels = {str(code): level.value for code, level in traits.levels.items()}
    return {
        "xeploai": summary.year_result.value,
        "duoclenlop": summary.promoted,
        "ndunghoanthanh": summary.completion_text,
        "dahthanhctrinhlophoc": summary.grade_completed,
        "dahthanhctrinhtieuhoc": summary.primary_completed,
        "ndungkhenthuong": summary.award_text,
        "ndungkhenthuongdotxuat": summary.special_award_text,
        "nxetgvcn": summary.homeroom_comment,
        **{column: levels.get(code) for code, column in TRAIT_COLUMNS.items()},
        "nxetphamchat": traits.quality_comment,
        "nxetnanglucchung": traits.general_competence_comment,
        "nxetnanglucdacthu": traits.specific_competence_comment,
    }


def _birth(text: str) -> dict[str, Value | None]:
    """dd/MM/yyyy, MM/yyyy or yyyy; the Ministry's texts also write the full date as ISO."""
    if text[4:5] == "-":
        return {"ngaythangnamsinh": text[:10]}
    parts = text.split("/")
    turned = "-".join(reversed(parts))
    return {("namsinh", "thangnamsinh", "ngaythangnamsinh")[min(len(parts), 3) - 1]: turned}


def _place(name: str, address: str) -> dict[str, Value | None]:
    ward, province = locate(address)
    return {f"{name}_diachichitiet": address, f"{name}_maxa": ward, f"{name}_matinh": province}


def _day(moment: datetime) -> str:
    return moment.astimezone(VIETNAM).date().isoformat()


def _province_of(record: AnnualRecord, year: str, school_name: str, known: Known) -> str | None:
    """The province of a year at this school is the record's own; else what the department knows."""
    if school_name == record.school.school_name or year == record.school_year:
        return record.school.province_name
    return known.provinces.get(year)


_EXPLAINED: Final = {
    "dantoc": ("DAN_TOC", "tên dân tộc", "the ethnic group"),
    "quoctich": ("QUOC_TICH", "tên quốc gia", "the country"),
    "thongtintruong_diachi_matinh": ("TEN_TINH_THANH_PHO", "tên tỉnh, thành phố", "the province"),
}


def _explained(problems: list[Problem], record: AnnualRecord) -> list[Problem]:
    """A code that is missing because its word is in no list: say the word, not the empty column."""
    words = {
        "dantoc": record.pupil.ethnic_group,
        "quoctich": record.pupil.nationality,
        "thongtintruong_diachi_matinh": record.school.province_name,
    }
    return [
        _with_word(each, words[each.column]) if each.column in words else each for each in problems
    ]


def _with_word(problem: Problem, word: str) -> Problem:
    tag, vi, en = _EXPLAINED[problem.column]
    sentence = Sentence(
        f"{tag}: {vi} “{word[:50]}” không có trong danh mục quốc gia. Nhà trường sửa theo danh mục "
        "rồi làm lại học bạ; nếu đây chỉ là cách viết khác, báo quản trị hệ thống bổ sung.",
        f"{tag}: {en} “{word[:50]}” is not in the national code list.",
    )
    return Problem(problem.table, problem.row_id, problem.column, "catalogue", sentence)


def _province_unknown(row: Row, year: str) -> Problem:
    sentence = Sentence(
        f"Năm học {year}: chưa biết trường của năm đó ở tỉnh nào, nên dòng này chưa gửi. "
        "Các dòng khác của học bạ vẫn gửi.",
        f"School year {year}: the province of that school is not known; only this row waits.",
    )
    identifier = str(row.values["idbanghi"])
    return Problem(row.table, identifier, "tentinh", "missing", sentence, blocks=False)
