"""The face of a secondary record: the pages of học bạ THCS and THPT as data for the template.

Source: published lay-outs of the forms of TT 22/2021/TT-BGDĐT (decision 35); always all rows of
the level's form. Values are shown exactly as they were signed, with a decimal comma.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from hocba.assessment.school_levels import SchoolLevel
from hocba.assessment.secondary.catalogue import SUBJECTS
from hocba.assessment.secondary.levels import CommentLevel, Mark, Result
from hocba.ids import SubjectCode
from hocba.record.model import SignerRole
from hocba.record.secondary.model import SecondaryRecord, SecondarySubjectResult
from hocba.record.secondary.values import write_mark
from hocba.rendition.face import (
    Form,
    SignatureLine,
    awards_text,
    head_rows,
    shared_face,
    time_text,
    year_text,
)

Pairs = list[tuple[str, str | None]]
_SHORT: Final = {SchoolLevel.LOWER_SECONDARY: "THCS", SchoolLevel.UPPER_SECONDARY: "THPT"}
_EXEMPT: Final = "Miễn"


def build_secondary_face(
    record: SecondaryRecord,
    signatures: Sequence[SignatureLine],
    verify_url: str,
    *,
    form: Form = "B",
    draft: bool = False,
) -> dict[str, Any]:
    """Lay the record out as the data of the template. Pure; the same input, the same face."""
    level, summary = record.level, record.summary
    shared = shared_face(record, signatures, verify_url, form=form, draft=draft)
    register = record.pupil.register_number
    ending = f"/{_SHORT[level]}"
    return {
        **shared,
        "level": level.word.upper(),
        "title": f"Học bạ {level.word} của {record.pupil.full_name}, "
        f"năm học {year_text(record.school_year)}",
        "cover": [
            *shared["cover"],
            ("Số sổ đăng bộ", register if register.endswith(ending) else register + ending),
        ],
        "personal": _personal(record, form),
        "head": head_rows(record),
        "subjects": _subject_rows(record, signatures),
        "results": [
            ("Học kì I", summary.conduct_term_1.word, summary.study_term_1.word),
            ("Học kì II", summary.conduct_term_2.word, summary.study_term_2.word),
            ("Cả năm", summary.conduct_year.word, summary.study_year.word),
        ],
        "absences": f"{summary.absences or 0} buổi",
        "again": [_word(summary.conduct_again), _word(summary.study_again)],
        "conclusions": _conclusions(record),
        "summer": summary.summer_text,
        "comment": summary.homeroom_comment,
    }


def _personal(record: SecondaryRecord, form: Form) -> list[Pairs]:
    pupil = record.pupil
    number: list[Pairs] = [[("Mã số định danh cá nhân", pupil.personal_id)]]
    return [
        [("Họ và tên học sinh", pupil.full_name), ("Giới tính", pupil.gender)],
        [("Ngày, tháng, năm sinh", pupil.birth_date)],
        [("Dân tộc", pupil.ethnic_group), ("Quốc tịch", pupil.nationality)],
        *(number if form == "B" else []),
        [("Nơi sinh", pupil.birth_place)],
        [("Quê quán", pupil.home_town)],
        [("Chỗ ở hiện tại", pupil.current_address)],
        [("Họ và tên cha", pupil.father_name), ("Nghề nghiệp", pupil.father_occupation)],
        [("Họ và tên mẹ", pupil.mother_name), ("Nghề nghiệp", pupil.mother_occupation)],
        [
            ("Người giám hộ (nếu có)", pupil.guardian_name),
            ("Nghề nghiệp", pupil.guardian_occupation),
        ],
    ]


def _subject_rows(
    record: SecondaryRecord, signatures: Sequence[SignatureLine]
) -> list[dict[str, str | None]]:
    signed = {
        line.role.subject: line
        for line in signatures
        if line.role.role is SignerRole.SUBJECT_TEACHER
    }
    results = {result.code: result for result in record.subjects}
    rows = []
    for subject in SUBJECTS[record.level]:
        result = results.pop(subject.code, None)
        if result is None:
            rows.append(_empty_row(subject.name_on_form))
        else:
            rows.append(_subject_row(record, result, signed))
    # Nothing that was signed may be missing on the face, so a subject unknown to the form follows.
    return rows + [_subject_row(record, result, signed) for result in results.values()]


def _empty_row(label: str) -> dict[str, str | None]:
    blank = dict.fromkeys(("term_1", "term_2", "year", "again", "comment", "teacher", "signed"))
    return {"label": label, **blank}


def _subject_row(
    record: SecondaryRecord,
    result: SecondarySubjectResult,
    signed: Mapping[SubjectCode | None, SignatureLine],
) -> dict[str, str | None]:
    teacher, line = result.teacher, signed.get(result.code)
    note = None
    if line is not None:
        note = f"Đã ký số {time_text(line.signed_at)}"
    elif teacher is not None and teacher == record.terms.homeroom_teacher:
        note = "Ký với tư cách giáo viên chủ nhiệm"
    return {
        "label": result.name,
        "term_1": mark_text(result.term_1),
        "term_2": mark_text(result.term_2),
        "year": mark_text(result.year),
        "again": mark_text(result.again),
        "comment": result.comment,
        "teacher": None if teacher is None else teacher.full_name,
        "signed": note,
    }


def mark_text(mark: Mark | None) -> str | None:
    """A mark with a decimal comma, Đ, CĐ, or "Miễn"; None when there is none."""
    if mark is None:
        return None
    return _EXEMPT if mark is CommentLevel.EXEMPT else write_mark(mark).replace(".", ",")


def _word(result: Result | None) -> str | None:
    return None if result is None else result.word


def _conclusions(record: SecondaryRecord) -> Pairs:
    summary = record.summary
    lines: Pairs = [("Kết luận", summary.promotion_text)]
    if record.grade == record.level.grades[-1]:
        programme = f"Hoàn thành chương trình {record.level.word}"
        lines.append((programme, summary.completion_text))
    if record.level is SchoolLevel.UPPER_SECONDARY:
        topics = [result.name for result in record.subjects if result.topics]
        lines.append(("Cụm chuyên đề học tập", ", ".join(topics) or None))
    certificates = [
        each.name if each.kind is None else f"{each.name}. Loại: {each.kind}"
        for each in record.certificates
    ]
    return [
        *lines,
        ("Chứng chỉ (nếu có)", "; ".join(certificates) or None),
        ("Kết quả tham gia các cuộc thi (nếu có)", summary.contest_text),
        ("Khen thưởng (nếu có)", awards_text(record)),
    ]
