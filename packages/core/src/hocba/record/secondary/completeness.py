"""Checks on a whole secondary record before the first signature, and again on what is received.

Fields and subjects first, then the year of each subject (TT 22/2021/TT-BGDĐT Điều 9.1); what
follows from the marks is looked at in `outcomes` when these are complete.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from hocba.assessment.secondary.catalogue import GRADES, subjects_of_grade
from hocba.assessment.secondary.choices import choice_faults, topic_faults
from hocba.assessment.secondary.levels import Mark
from hocba.assessment.secondary.marks import check_mark, year_mark
from hocba.errors import HocBaError, Malformed
from hocba.record import fields, writing
from hocba.record.completeness import (
    Finding,
    birth_date_findings,
    check_record,
    error,
    field_findings,
    history_findings,
)
from hocba.record.model import FormatProfile
from hocba.record.safe_xml import parse_xml
from hocba.record.secondary.model import AnyRecord, SecondaryRecord
from hocba.record.secondary.outcomes import RuleSettings, outcome_findings
from hocba.record.secondary.reading import SecondaryReader
from hocba.record.secondary.values import write_mark
from hocba.record.secondary.writing import layout_of, row_values, write_secondary

__all__ = ["RuleSettings", "check_any", "check_secondary"]


def check_any(record: AnyRecord, *, from_document: bool = False) -> list[Finding]:
    """Return every finding about a record of whatever level."""
    if isinstance(record, SecondaryRecord):
        return check_secondary(record, from_document=from_document)
    return check_record(record, from_document=from_document)


def check_secondary(
    record: SecondaryRecord,
    *,
    from_document: bool = False,
    settings: RuleSettings | None = None,
) -> list[Finding]:
    """Return every finding; the record may be signed only when none is an error.

    `from_document`: the record came out of `read_any` in strict mode, so that its form is known.
    A result that follows from the other reading of Điều 9.3 is a warning: schools under another
    department may read it so, and their true records must not be refused.
    """
    settings = settings or RuleSettings()
    if record.grade not in GRADES:
        vi, en = "MA_KHOI không phải khối của cấp trung học.", "MA_KHOI is not a secondary grade."
        return [error("field_catalogue", "MA_KHOI", vi, en)]
    off_the_scale = list(_check_scale(record))
    if off_the_scale:  # it could not even be written
        return off_the_scale
    findings = [
        *_check_fields(record),
        *_check_subjects(record),
        *_check_marks(record),
        *history_findings(record),
    ]
    if not findings:
        findings += outcome_findings(record, settings)
    form = () if findings or from_document else _check_form(record)
    return [*findings, *form]


def _check_scale(record: SecondaryRecord) -> Iterator[Finding]:
    """Marks from 0.0 to 10.0 with one decimal (Điều 5.3b)."""
    for subject in record.subjects:
        for mark in (subject.term_1, subject.term_2, subject.year, subject.again):
            try:
                if isinstance(mark, Decimal):
                    check_mark(mark)
            except Malformed as fault:
                yield Finding("error", fault.code, str(subject.code), fault.sentence)


def _check_fields(record: SecondaryRecord) -> Iterator[Finding]:
    layout = layout_of(record)
    yield from field_findings(layout.general, writing.general_values(record))
    for year in record.history:
        yield from field_findings(fields.HISTORY, writing.history_values(year))
    summary = row_values(layout.summary, record.summary)
    yield from field_findings(layout.summary.fields, summary)
    for subject in record.subjects:
        yield from field_findings(layout.subject.fields, row_values(layout.subject, subject))
        if record.profile is FormatProfile.V2_2025:
            if subject.teacher is None:
                vi, en = f"môn {subject.name} chưa có giáo viên", f"{subject.name} has no teacher"
                yield error("teacher_missing", str(subject.code), f"{vi}.", f"{en}.")
            else:
                yield from field_findings(fields.TEACHER, writing.teacher_values(subject.teacher))
    for each in record.certificates:
        yield from field_findings(layout.certificate.fields, row_values(layout.certificate, each))
    yield from birth_date_findings(record)


def _check_subjects(record: SecondaryRecord) -> Iterator[Finding]:
    known = {each.code for each in subjects_of_grade(record.grade)}
    taken = [subject.code for subject in record.subjects]
    unknown = [subject for subject in record.subjects if subject.code not in known]
    for subject in unknown:
        vi = f"Môn {subject.name} không học ở khối {record.grade}."
        en = f"{subject.name} is not taught in grade {record.grade}."
        yield error("subject_not_taught", str(subject.code), vi, en)
    for subject in record.subjects:
        if taken.count(subject.code) > 1:
            vi, en = f"Môn {subject.name} có hai dòng.", f"{subject.name} stands twice."
            yield error("subject_repeated", str(subject.code), vi, en)
    if unknown:
        return
    for sentence in choice_faults(record.grade, taken):
        yield Finding("error", "subject_missing", "DANH_SACH_DIEM_TONG_KET", sentence)
    topics = [subject.code for subject in record.subjects if subject.topics]
    for sentence in topic_faults(record.grade, taken, topics):
        yield Finding("error", "topics", "DANH_SACH_DIEM_TONG_KET", sentence)


def _check_marks(record: SecondaryRecord) -> Iterator[Finding]:
    """The year of each subject from its terms (Điều 9.1)."""
    layout = layout_of(record).subject
    for subject in record.subjects:
        code, name = str(subject.code), subject.name
        missing = [
            layout.tag(attribute)
            for attribute in ("term_1", "term_2", "year")
            if getattr(subject, attribute) is None
        ]
        one, two = subject.term_1, subject.term_2
        if missing or one is None or two is None:
            tags = ", ".join(missing)
            yield error("mark_missing", code, f"Môn {name} thiếu {tags}.", f"{name} lacks {tags}.")
            continue
        try:
            year = year_mark(one, two)
        except Malformed as fault:
            yield Finding("error", fault.code, code, fault.sentence)
            continue
        if year != subject.year:
            yield error(
                "year_mark",
                code,
                f"Môn {name}: cả năm ghi {_written(subject.year)} nhưng quy tắc cho "
                f"{write_mark(year)}.",
                f"{name}: the year is {_written(subject.year)}, the rule gives {write_mark(year)}.",
            )


def _written(mark: Mark | None) -> str:
    return "" if mark is None else write_mark(mark)


def _check_form(record: SecondaryRecord) -> Iterator[Finding]:
    """Numbers, dates and codes: what our own reader would refuse must not be signed."""
    try:
        SecondaryReader(strict=True).read(parse_xml(write_secondary(record)))
    except HocBaError as fault:
        tag = (fault.where or "HOC_BA").rpartition("/")[2]
        yield error(fault.code, tag, f"{tag}: {fault.sentence.vi}", f"{tag}: {fault.sentence.en}")
