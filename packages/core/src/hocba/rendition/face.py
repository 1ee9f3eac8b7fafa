"""What stands on the face of the print: the record as the labelled lines of the Ministry's form.

Display B of CV 2088/BGDĐT-GDTH annex 2: words for levels, always all fourteen subject rows, one
comment cell per table. Paper form A of TT 27/2020/TT-BGDĐT annex 1: letters for levels and the
titles of that form. Values are shown exactly as they were signed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, Final, Literal

from hocba.assessment.catalogue import SUBJECTS
from hocba.assessment.levels import SubjectLevel, TraitLevel
from hocba.ids import TraitCode
from hocba.record.model import (
    AnnualRecord,
    IssuingSchool,
    PupilData,
    SignerRole,
    SlotId,
    SubjectResult,
)
from hocba.record.secondary.model import AnyRecord
from hocba.rendition.qr import qr_svg

VIETNAM = timezone(timedelta(hours=7))
TRAINING_SIGN: Final = "(TẬP HUẤN)"
"""The name of every training school ends with this; what it issues says so on each page."""
TRAINING_MARK: Final = "TẬP HUẤN - KHÔNG CÓ GIÁ TRỊ"
DRAFT_MARK: Final = "BẢN NHÁP - CHƯA CÓ GIÁ TRỊ"
SCORED_ROWS = 7
"""The first seven rows of the form have a score cell (CV 2088 annex 2, QĐ 2904/QĐ-BGDĐT)."""

Form = Literal["A", "B"]
"""A: the paper form of TT 27/2020 annex 1. B: the display of CV 2088 annex 2."""
_TITLES: Final[dict[Form, dict[str, str]]] = {
    "A": {
        "subjects": "1. Các môn học và hoạt động giáo dục",
        "score": "Điểm KTĐK",
        "qualities": "2. Những phẩm chất chủ yếu",
    },
    "B": {
        "subjects": "1. Kết quả các môn học và hoạt động giáo dục",
        "score": "Điểm kiểm tra",
        "qualities": "2. Nhận xét những phẩm chất chủ yếu",
    },
}

QUALITIES = (
    ("01", "Yêu nước"),
    ("02", "Nhân ái"),
    ("03", "Chăm chỉ"),
    ("04", "Trung thực"),
    ("05", "Trách nhiệm"),
)
GENERAL_COMPETENCES = (
    ("06", "Tự chủ và tự học"),
    ("07", "Giao tiếp và hợp tác"),
    ("08", "Giải quyết vấn đề và sáng tạo"),
)
SPECIFIC_COMPETENCES = (
    ("09", "Ngôn ngữ"),
    ("10", "Tính toán"),
    ("11", "Khoa học"),
    ("12", "Công nghệ"),
    ("13", "Tin học"),
    ("14", "Thẩm mĩ"),
    ("15", "Thể chất"),
)


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """One XML signature of the record, as the print names it (QĐ 1789 Điều 11.1)."""

    role: SlotId
    name: str
    """Name in the signer's certificate."""
    issuer: str
    """Name of the certificate's issuer."""
    signed_at: datetime


def time_text(moment: datetime) -> str:
    """Write a moment as NĐ 30/2020/NĐ-CP asks: date, time with seconds, zone of Việt Nam."""
    return moment.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M:%S +07:00")


def date_text(moment: datetime) -> str:
    """Write the date of a moment in Việt Nam as dd/mm/yyyy."""
    return moment.astimezone(VIETNAM).strftime("%d/%m/%Y")


def build_face(
    record: AnnualRecord,
    signatures: Sequence[SignatureLine],
    verify_url: str,
    *,
    form: Form = "B",
    draft: bool = False,
) -> dict[str, Any]:
    """Lay the record out as the data of the template. Pure; the same input, the same face.

    A draft has no QR code: there is nothing to find under its address yet.
    """
    return {
        **shared_face(record, signatures, verify_url, form=form, draft=draft),
        "titles": _TITLES[form],
        "title": f"Học bạ tiểu học của {record.pupil.full_name}, "
        f"năm học {year_text(record.school_year)}",
        "personal": personal_lines(record.pupil, form),
        "head": head_rows(record),
        "scored_rows": SCORED_ROWS,
        "subjects": _subject_rows(record.subjects, form),
        "qualities": _trait_rows(record, QUALITIES, form),
        "general": _trait_rows(record, GENERAL_COMPETENCES, form),
        "specific": _trait_rows(record, SPECIFIC_COMPETENCES, form),
        "comments": _comments(record),
        "result": record.summary.year_result.value,
        "awards": awards_text(record),
        "completion": record.summary.completion_text,
    }


def shared_face(
    record: AnyRecord,
    signatures: Sequence[SignatureLine],
    verify_url: str,
    *,
    form: Form,
    draft: bool,
) -> dict[str, Any]:
    """What the faces of all levels have in common."""
    year = year_text(record.school_year)
    return {
        "form": form,
        "draft": draft,
        "mark": _mark(record, draft=draft),
        "author": record.school.school_name,
        "keywords": ["Học bạ số", record.record_uuid, verify_url],
        "attachment": "Học bạ số bản gốc: dữ liệu XML đã ký số",
        "where_signed": "đính kèm trong tệp này (hoc-ba.xml)",
        "uuid": record.record_uuid,
        "verify_url": verify_url,
        "qr": None if draft else qr_svg(verify_url),
        "qr_alt": f"Mã QR dẫn tới trang kiểm tra học bạ: {verify_url}",
        "school_year": year,
        "cover": cover_lines(
            record.school, record.pupil.full_name, record.classroom_name, year, form=form
        ),
        "issue": _issue(record),
        "history": history_rows(record),
        "place_and_date": _place_and_date(record),
        "leader_prefix": _leader_prefix(record.terms.signing_leader_title),
        "leader_name": record.terms.signing_leader.full_name,
        "homeroom_name": record.terms.homeroom_teacher.full_name,
        "signatures": _signatures(record, signatures),
    }


def _mark(record: AnyRecord, *, draft: bool) -> str | None:
    """The text across every page, in one place: nobody who prints has to think of it."""
    if record.school.school_name.endswith(TRAINING_SIGN):
        return TRAINING_MARK
    return DRAFT_MARK if draft else None


def _comments(record: AnnualRecord) -> dict[str, str]:
    return {
        "subjects": record.summary.homeroom_comment,
        "qualities": record.traits.quality_comment,
        "general": record.traits.general_competence_comment,
        "specific": record.traits.specific_competence_comment,
    }


def year_text(school_year: str) -> str:
    """Write a school year as the form does: 2025 – 2026."""
    return school_year.replace("-", " – ")


def cover_lines(
    school: IssuingSchool, full_name: str, classroom_name: str, year: str, *, form: Form
) -> list[tuple[str, str]]:
    """The lines of the cover; `year` as `year_text` writes it."""
    lines = [
        ("Họ và tên học sinh", full_name),
        ("Lớp", classroom_name),
        ("Trường", school.school_name),
        ("Năm học", year),
        ("Xã (Phường, Thị trấn)", school.ward_name),
    ]
    if form == "A":  # the paper form goes through all years, so it names no class and no year
        lines = [line for line in lines if line[0] not in {"Lớp", "Năm học"}]
    if school.district_name:  # districts were abolished on 1/7/2025
        lines.append(("Huyện (Thành phố, Quận, Thị xã)", school.district_name))
    return [*lines, ("Tỉnh (Thành phố)", school.province_name)]


def personal_lines(pupil: PupilData, form: Form) -> list[tuple[str, str | None]]:
    """The lines of the page of personal data; None leaves dots to write on."""
    number = [("Mã số định danh cá nhân", pupil.personal_id)] if form == "B" else []
    return [
        ("Họ và tên học sinh", pupil.full_name),
        ("Giới tính", pupil.gender),
        ("Ngày, tháng, năm sinh", pupil.birth_date),
        ("Dân tộc", pupil.ethnic_group),
        ("Quốc tịch", pupil.nationality),
        *number,
        ("Nơi sinh", pupil.birth_place),
        ("Quê quán", pupil.home_town),
        ("Nơi ở hiện nay", pupil.current_address),
        ("Họ và tên cha", pupil.father_name),
        ("Họ và tên mẹ", pupil.mother_name),
        ("Người giám hộ (nếu có)", pupil.guardian_name),
    ]


def _issue(record: AnyRecord) -> list[tuple[str, str]]:
    terms = record.terms
    return [
        ("Người ký học bạ", terms.signing_leader.full_name),
        ("Chức vụ của người ký học bạ", terms.signing_leader_title),
        ("Ngày ký học bạ", date_text(terms.issued_on)),
    ]


def history_rows(record: AnyRecord) -> list[list[str]]:
    """Rows of QUÁ TRÌNH HỌC TẬP; the register number is known of the record's own year only."""
    rows = []
    for year in record.history:
        current = year.school_year == record.school_year
        register = record.pupil.register_number if current else ""
        rows.append(
            [
                year_text(year.school_year),
                year.classroom_name,
                year.school_name,
                register,
                date_text(year.arrived_on),
            ]
        )
    return rows


def _number(value: Decimal | int | None, unit: str) -> str | None:
    return None if value is None else f"{str(value).replace('.', ',')} {unit}"


def head_rows(record: AnyRecord) -> list[list[tuple[str, str | None]]]:
    """The lines above the results of a year."""
    pupil = record.pupil
    counts = [
        count for count in (pupil.excused_absences, pupil.unexcused_absences) if count is not None
    ]
    return [
        [("Họ và tên học sinh", pupil.full_name), ("Lớp", record.classroom_name)],
        [
            ("Chiều cao", _number(pupil.height_cm, "cm")),
            ("Cân nặng", _number(pupil.weight_kg, "kg")),
        ],
        [
            # The XML counts half-days, so the number is followed by "buổi".
            ("Số ngày nghỉ", _number(sum(counts), "buổi") if counts else None),
            ("Có phép", _number(pupil.excused_absences, "buổi")),
            ("Không phép", _number(pupil.unexcused_absences, "buổi")),
        ],
    ]


def _subject_rows(results: Sequence[SubjectResult], form: Form) -> list[dict[str, str | None]]:
    by_code = {result.code: result for result in results}
    rows = []
    for subject in SUBJECTS:
        result = by_code.pop(subject.code, None)
        label = subject.name_on_form
        if result is not None and result.name != subject.name:
            label = result.name
        rows.append(_subject_row(label, result, form))
    # Nothing that was signed may be missing on the face, so a subject unknown to the form follows.
    return rows + [_subject_row(result.name, result, form) for result in by_code.values()]


def _subject_row(label: str, result: SubjectResult | None, form: Form) -> dict[str, str | None]:
    if result is None:
        return {"label": label, "level": None, "score": None}
    score = result.test_score
    shown = "Miễn" if isinstance(score, SubjectLevel) else None if score is None else str(score)
    return {"label": label, "level": _level(result.level, form), "score": shown}


def _level(level: SubjectLevel | TraitLevel, form: Form) -> str:
    """Form A has the letters of its guidance (T H C, T Đ C; M for exempt), display B words."""
    return level.value if form == "A" else level.word


def _trait_rows(
    record: AnnualRecord, traits: Sequence[tuple[str, str]], form: Form
) -> list[tuple[str, str | None]]:
    levels = record.traits.levels
    return [
        (name, _level(levels[TraitCode(code)], form) if TraitCode(code) in levels else None)
        for code, name in traits
    ]


def awards_text(record: AnyRecord) -> str | None:
    """Awards of the year, then those given in between."""
    texts = (record.summary.award_text, record.summary.special_award_text)
    return "; ".join(text for text in texts if text) or None


def _place_and_date(record: AnyRecord) -> str:
    day = record.terms.issued_on.astimezone(VIETNAM)
    return f"{record.terms.issue_place}, ngày {day:%d} tháng {day:%m} năm {day:%Y}"


def _leader_prefix(title: str) -> str | None:
    """A deputy signs for the head: "KT." above the deputy's title (NĐ 30/2020/NĐ-CP)."""
    return None if title.casefold() == "hiệu trưởng" else f"KT. Hiệu trưởng – {title}"


def _signatures(record: AnyRecord, lines: Sequence[SignatureLine]) -> dict[str, Any]:
    names = {result.code: result.name for result in record.subjects}
    roles = {
        SignerRole.HOMEROOM_TEACHER: "Giáo viên chủ nhiệm",
        SignerRole.SCHOOL_LEADER: record.terms.signing_leader_title,
        SignerRole.ORGANISATION: "Cơ sở giáo dục",
    }
    order = list(SignerRole)
    places = list(names)

    def place(line: SignatureLine) -> tuple[int, int]:
        """By role, then by subject as on the form: who signed first must not change the print."""
        code = line.role.subject
        return order.index(line.role.role), places.index(code) if code in names else len(places)

    face: dict[str, Any] = {"homeroom": None, "leader": None, "organisation": None, "all": []}
    keys = {
        SignerRole.HOMEROOM_TEACHER: "homeroom",
        SignerRole.SCHOOL_LEADER: "leader",
        SignerRole.ORGANISATION: "organisation",
    }
    for line in sorted(lines, key=place):
        stamp = {"name": line.name, "issuer": line.issuer, "time": time_text(line.signed_at)}
        if line.role.role is SignerRole.SUBJECT_TEACHER:
            code = line.role.subject
            role = f"Giáo viên môn {names.get(code, code) if code else ''}".strip()
        else:
            role = roles[line.role.role]
            face[keys[line.role.role]] = stamp
        face["all"].append({**stamp, "role": role})
    return face
