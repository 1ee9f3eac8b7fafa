"""Checks on a whole record before the first signature, and again at the gateway.

What needs more than the record (no second record in force, the approved certificate, a personal
number used twice in a school) is checked where that knowledge is.
Source: record format, checks before signing; TT 27/2020/TT-BGDĐT Điều 7, 9, 11.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from hocba.assessment.catalogue import GRADES, has_year_end_test, subjects_of_grade, traits_of_grade
from hocba.assessment.levels import SubjectLevel, YearResult
from hocba.assessment.promotion import decide_promotion
from hocba.assessment.year_result import decide_year_result
from hocba.errors import Malformed, Refused, Sentence
from hocba.record import fields, writing
from hocba.record.codec import read_record
from hocba.record.model import AnnualRecord, FormatProfile, SubjectResult
from hocba.record.secondary.model import AnyRecord
from hocba.record.values import has_control, is_normal, read_birth_date

HIGH_TEST, LOW_TEST = 7, 5
"""Rules of thumb of schools, not law: T goes with a test of 7 and more, C with less than 5."""

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is missing or contradictory. `where` is a tag, a subject or trait code."""

    severity: Severity
    code: str
    where: str
    sentence: Sentence


def check_record(record: AnnualRecord, *, from_document: bool = False) -> list[Finding]:
    """Return every finding; the record may be signed only when none is an error.

    `from_document`: the record came out of `read_record` in strict mode, so that its form is
    known and need not be written and read once more.
    """
    if record.grade not in GRADES:
        vi, en = "MA_KHOI không phải khối của cấp tiểu học.", "MA_KHOI is not a primary grade."
        return [error("field_catalogue", "MA_KHOI", vi, en)]
    findings = [
        *_check_fields(record),
        *_check_subjects(record),
        *_check_traits(record),
        *_check_result(record),
        *history_findings(record),
    ]
    form = () if findings or from_document else _check_form(record)
    return [*findings, *form, *_unusual_tests(record)]


def error(code: str, where: str, vi: str, en: str) -> Finding:
    """Make a finding that forbids signing."""
    return Finding("error", code, where, Sentence(vi, en))


def _check_fields(record: AnnualRecord) -> Iterator[Finding]:
    yield from field_findings(fields.GENERAL, writing.general_values(record))
    for year in record.history:
        yield from field_findings(fields.HISTORY, writing.history_values(year))
    yield from field_findings(fields.SUMMARY, writing.summary_values(record))
    for subject in record.subjects:
        yield from field_findings(fields.SUBJECT, writing.subject_values(subject))
        if record.profile is FormatProfile.V2_2025:
            if subject.teacher is None:
                vi, en = f"môn {subject.name} chưa có giáo viên", f"{subject.name} has no teacher"
                yield error("teacher_missing", str(subject.code), f"{vi}.", f"{en}.")
            else:
                yield from field_findings(fields.TEACHER, writing.teacher_values(subject.teacher))
    yield from _check_trait_fields(record)
    yield from birth_date_findings(record)


def birth_date_findings(record: AnyRecord) -> Iterator[Finding]:
    """Is the birth date one that the format takes?"""
    try:
        read_birth_date(record.pupil.birth_date, "NGAY_SINH")
    except Malformed as fault:
        yield Finding("error", fault.code, "NGAY_SINH", fault.sentence)


def _check_trait_fields(record: AnnualRecord) -> Iterator[Finding]:
    assessed = {trait.code for trait in traits_of_grade(record.grade)}
    table = [
        field
        for field in fields.TRAITS
        if field.tag not in fields.TRAIT_TAGS or fields.TRAIT_TAGS[field.tag] in assessed
    ]
    yield from field_findings(table, writing.trait_values(record))


def field_findings(table: Sequence[fields.Field], values: writing.Values) -> Iterator[Finding]:
    """What is missing, too long or in the wrong characters among the values of a table."""
    for field in table:
        text = values.get(field.tag)
        if not text or not text.strip():
            if field.required:
                yield error(
                    "field_missing", field.tag, f"Thiếu {field.tag}.", f"{field.tag} is missing."
                )
            continue
        if len(text) > field.max_length:
            yield error(
                "field_length",
                field.tag,
                f"{field.tag} dài {len(text)} ký tự, tối đa {field.max_length}.",
                f"{field.tag} has {len(text)} characters; the limit is {field.max_length}.",
            )
        if has_control(text) or not is_normal(text):
            yield error(
                "field_text",
                field.tag,
                f"{field.tag} có ký tự không hợp lệ (cần Unicode NFC, không ký tự điều khiển).",
                f"{field.tag} holds characters that are not allowed.",
            )


def _check_subjects(record: AnnualRecord) -> Iterator[Finding]:
    taught = {subject.code: subject for subject in subjects_of_grade(record.grade)}
    taken = [subject.code for subject in record.subjects]
    for code, subject in taught.items():
        if record.grade in subject.compulsory_grades and code not in taken:
            vi = f"Thiếu kết quả môn {subject.name}."
            yield error("subject_missing", str(code), vi, f"{subject.name} is missing.")
    for result in record.subjects:
        if taken.count(result.code) > 1:
            vi, en = f"Môn {result.name} có hai dòng.", f"{result.name} stands twice."
            yield error("subject_repeated", str(result.code), vi, en)
        if result.code not in taught:
            vi = f"Môn {result.name} không học ở khối {record.grade}."
            en = f"{result.name} is not taught in grade {record.grade}."
            yield error("subject_not_taught", str(result.code), vi, en)
        else:
            yield from _check_score(result, has_year_end_test(result.code, record.grade))


def _check_score(result: SubjectResult, tested: bool) -> Iterator[Finding]:
    code, score, name = str(result.code), result.test_score, result.name
    exempt = result.level is SubjectLevel.EXEMPT
    if not tested and score is not None:
        vi = f"Môn {name} không có bài kiểm tra cuối năm nên không có điểm."
        yield error("test_not_held", code, vi, f"{name} has no year-end test, so no score.")
    elif tested and exempt and score is not SubjectLevel.EXEMPT:
        vi = f"Môn {name} được miễn nên ô điểm ghi M."
        yield error("exempt_score", code, vi, f"An exempt pupil has the score M in {name}.")
    elif tested and not exempt and not _is_score(score):
        vi = f"Thiếu điểm kiểm tra cuối năm môn {name} (0 đến 10)."
        yield error("test_missing", code, vi, f"The year-end test of {name} is missing.")


def _is_score(score: int | SubjectLevel | None) -> bool:
    return isinstance(score, int) and not isinstance(score, SubjectLevel) and 0 <= score <= 10


def _check_traits(record: AnnualRecord) -> Iterator[Finding]:
    assessed = {trait.code: trait for trait in traits_of_grade(record.grade)}
    for code in record.traits.levels:
        if code not in assessed:
            vi = f"Năng lực mã {code} không đánh giá ở khối {record.grade}."
            en = f"Trait {code} is not assessed in grade {record.grade}."
            yield error("trait_not_assessed", str(code), vi, en)


def _check_result(record: AnnualRecord) -> Iterator[Finding]:
    scores = {
        subject.code: subject.test_score
        for subject in record.subjects
        if isinstance(subject.test_score, int)
    }
    try:
        decision = decide_year_result(
            record.grade,
            {subject.code: subject.level for subject in record.subjects},
            record.traits.levels,
            scores,
        )
    except (Refused, Malformed) as fault:
        yield Finding("error", fault.code, "KET_QUA_XEP_LOAI", fault.sentence)
        return
    summary = record.summary
    if decision.result is not summary.year_result:
        yield error(
            "year_result",
            "KET_QUA_XEP_LOAI",
            f"Kết quả ghi “{summary.year_result.value}” nhưng quy tắc cho "
            f"“{decision.result.value}”: {decision.because.vi}.",
            f"The rules give “{decision.result.value}”: {decision.because.en}.",
        )
    yield from _check_promotion(record)


def _check_promotion(record: AnnualRecord) -> Iterator[Finding]:
    summary = record.summary
    head = summary.promoted if summary.year_result is YearResult.NOT_COMPLETED else None
    right = decide_promotion(record.grade, summary.year_result, head)
    for tag, given, expected in (
        ("DUOC_LEN_LOP", summary.promoted, right.promoted),
        ("DA_HOAN_THANH_CHUONG_TRINH_LOP_HOC", summary.grade_completed, right.grade_completed),
        ("DA_HOAN_THANH_CHUONG_TRINH_TIEU_HOC", summary.primary_completed, right.primary_completed),
        ("NOI_DUNG_HOAN_THANH_CHUONG_TRINH", summary.completion_text, right.text),
    ):
        if given != expected:
            yield error(
                "promotion",
                tag,
                f"{tag} không khớp với kết quả năm học “{summary.year_result.value}”.",
                f"{tag} does not follow from the year result.",
            )


def history_findings(record: AnyRecord) -> Iterator[Finding]:
    """Is the study history in order, and does it end with this year?"""
    years = [year.school_year for year in record.history]
    if not years or years[-1] != record.school_year or years != sorted(set(years)):
        yield error(
            "history",
            "QUA_TRINH_HOC_TAP",
            "Quá trình học tập phải theo thứ tự năm học và kết thúc ở năm học này.",
            "The study history must be in order of years and end with this year.",
        )


def _check_form(record: AnnualRecord) -> Iterator[Finding]:
    """Numbers, dates and codes: what our own reader would refuse must not be signed."""
    try:
        read_record(writing.write_data(record))
    except Malformed as fault:
        tag = (fault.where or "HOC_BA").rpartition("/")[2]
        yield error(fault.code, tag, f"{tag}: {fault.sentence.vi}", f"{tag}: {fault.sentence.en}")


def _unusual_tests(record: AnnualRecord) -> Iterator[Finding]:
    for subject in record.subjects:
        score = subject.test_score
        if not isinstance(score, int):
            continue
        high = subject.level is SubjectLevel.WELL_COMPLETED and score < HIGH_TEST
        low = subject.level is SubjectLevel.NOT_COMPLETED and score >= LOW_TEST
        if high or low:
            vi = f"Môn {subject.name}: mức {subject.level.value} đi với điểm {score}, nên xem lại."
            en = f"{subject.name}: level {subject.level.value} with test {score}; look again."
            yield Finding("warning", "unusual_test", str(subject.code), Sentence(vi, en))
