"""Do the results of a secondary record follow from its own marks (TT 22/2021/TT-BGDĐT)?

Computed again: study of both terms and the year, conduct of the year, what the summer made of them,
promotion, completion and titles.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from hocba.assessment.secondary.awards import award_contradiction, propose_award
from hocba.assessment.secondary.circular import circular_of
from hocba.assessment.secondary.conduct import year_conduct
from hocba.assessment.secondary.levels import Mark, Result
from hocba.assessment.secondary.promotion import YearFacts, decide_again, decide_promotion
from hocba.assessment.secondary.study_result import (
    Reading,
    StudySettings,
    decide_study_result,
    has_excused_marks,
)
from hocba.errors import Malformed, Refused, Sentence
from hocba.ids import SubjectCode
from hocba.record.completeness import Finding, error
from hocba.record.secondary.model import SecondaryRecord
from hocba.record.secondary.writing import layout_of

Marks = Mapping[SubjectCode, Mark]


@dataclass(frozen=True, slots=True)
class RuleSettings:
    """How the silent places of the circular are read where records are checked (decision 34)."""

    study: StudySettings = field(default_factory=StudySettings)
    individual_plan: bool = False
    """The pupil follows an individual plan, so that the head decides on promotion (Điều 11)."""


def outcome_findings(record: SecondaryRecord, settings: RuleSettings) -> Iterator[Finding]:
    """Everything that does not follow from the marks of a record whose fields are complete."""
    try:
        circular = circular_of(record.grade, record.school_year.first)
    except Refused as fault:
        yield Finding("error", fault.code, "NAM_HOC", fault.sentence)
        return
    settings = replace(settings, study=replace(settings.study, circular=circular))
    yield from _check_results(record, settings)
    yield from _check_consequences(record, settings)


def _check_results(record: SecondaryRecord, settings: RuleSettings) -> Iterator[Finding]:
    """Both results of both terms and the year, and what the summer made of them."""
    summary = record.summary
    for attribute, tag, given in (
        ("term_1", "study_term_1", summary.study_term_1),
        ("term_2", "study_term_2", summary.study_term_2),
        ("year", "study_year", summary.study_year),
    ):
        marks = _marks_of(record, attribute)
        yield from _study(record, tag, given, marks, {}, settings)
    conduct = year_conduct(summary.conduct_term_1, summary.conduct_term_2)
    if conduct is not summary.conduct_year:
        yield _wrong(
            "conduct_year", record, "conduct_year", summary.conduct_year, conduct, "Điều 8.2b"
        )
    yield from _check_summer(record, settings)


def _check_summer(record: SecondaryRecord, settings: RuleSettings) -> Iterator[Finding]:
    summary, tag = record.summary, layout_of(record).summary.tag
    again = _again(record)
    if again:
        if summary.study_again is None:
            vi = "Có điểm đánh giá lại nhưng chưa có kết quả học tập sau đánh giá lại."
            en = "Marks of a re-assessment, but no result after it."
            yield error("study_again", tag("study_again"), vi, en)
        else:
            year = _marks_of(record, "year")
            yield from _study(record, "study_again", summary.study_again, year, again, settings)
    elif summary.study_again is not None:
        vi = "Có kết quả học tập sau đánh giá lại nhưng không môn nào có điểm đánh giá lại."
        en = "A result after re-assessment, but no subject was assessed again."
        yield error("study_again", tag("study_again"), vi, en)
    for attribute, first, second in (
        ("study_again", summary.study_year, summary.study_again),
        ("conduct_again", summary.conduct_year, summary.conduct_again),
    ):
        if second is not None and first is not Result.UNSATISFACTORY:
            vi = "Chỉ đánh giá lại khi kết quả cả năm là Chưa đạt."
            en = "Only a year that is not satisfactory is assessed again."
            yield error("again_without_need", tag(attribute), vi, en)


def _marks_of(record: SecondaryRecord, attribute: str) -> dict[SubjectCode, Mark]:
    return {subject.code: getattr(subject, attribute) for subject in record.subjects}


def _again(record: SecondaryRecord) -> dict[SubjectCode, Mark]:
    return {subject.code: subject.again for subject in record.subjects if subject.again is not None}


def _study(
    record: SecondaryRecord,
    attribute: str,
    given: Result,
    marks: Marks,
    again: Marks,
    settings: RuleSettings,
) -> Iterator[Finding]:
    """Compare one study result with the rule; the other reading of Điều 9.3 is only told."""
    tag = layout_of(record).summary.tag(attribute)

    def decided(study: StudySettings) -> tuple[Result, Sentence]:
        found = (
            decide_again(record.grade, marks, again, settings=study)
            if again
            else decide_study_result(record.grade, marks, settings=study)
        )
        return found.result, found.because

    try:
        right, because = decided(settings.study)
        if right is given:
            return
        other = next(each for each in Reading if each is not settings.study.reading)
        lenient, _because = decided(replace(settings.study, reading=other))
    except (Refused, Malformed) as fault:
        yield Finding("error", fault.code, tag, fault.sentence)
        return
    if lenient is given:
        vi = f"{tag} theo cách hiểu khác của Điều 9 khoản 3; cách hiểu đang dùng cho {right.word}."
        en = f"{tag} follows the other reading of article 9.3; ours gives {right.word}."
        yield Finding("warning", "other_reading", tag, Sentence(vi, en))
    else:
        yield _wrong("study_result", record, attribute, given, right, because.vi)


def _wrong(
    code: str, record: SecondaryRecord, attribute: str, given: Result, right: Result, why: str
) -> Finding:
    tag = layout_of(record).summary.tag(attribute)
    return error(
        code,
        tag,
        f"{tag} ghi “{given.word}” nhưng quy tắc cho “{right.word}”: {why}.",
        f"{tag} is “{given.word}”; the rules give “{right.word}”.",
    )


def _check_consequences(record: SecondaryRecord, settings: RuleSettings) -> Iterator[Finding]:
    """Absences, promotion, completion and titles."""
    summary, pupil = record.summary, record.pupil
    tag = layout_of(record).summary.tag
    absences = (pupil.excused_absences or 0) + (pupil.unexcused_absences or 0)
    if (summary.absences or 0) != absences:
        vi = f"{tag('absences')} khác tổng số buổi nghỉ có phép và không phép ({absences})."
        en = f"{tag('absences')} is not the sum of both kinds of absences ({absences})."
        yield error("absences", tag("absences"), vi, en)
        return
    facts = YearFacts(
        summary.study_year,
        summary.conduct_year,
        absences,
        summary.study_again,
        summary.conduct_again,
    )
    # Excused from scored subjects: the head decides by the individual plan (Điều 11).
    by_plan = settings.individual_plan or has_excused_marks(record.grade, _marks_of(record, "year"))
    right = decide_promotion(
        record.grade,
        facts,
        first_school_year=record.school_year.first,
        by_individual_plan=summary.promoted if by_plan else None,
    )
    for attribute, expected in (
        ("promoted", right.promoted),
        ("promotion_text", right.promotion_text),
        ("level_completed", right.level_completed),
        ("completion_text", right.completion_text),
    ):
        if getattr(summary, attribute) != expected:
            name = tag(attribute)
            because = ", ".join(each.sentence.vi for each in right.obstacles)
            yield error(
                "promotion",
                name,
                f"{name} không khớp với kết quả năm học{f' ({because})' if because else ''}.",
                f"{name} does not follow from the results of the year.",
            )
    marks = [mark for subject in record.subjects if (mark := subject.year) is not None]
    title = propose_award(
        summary.study_year, summary.conduct_year, marks, circular=settings.study.circular
    )
    wrong = award_contradiction(summary.award_text or "", title)
    if wrong is not None:
        vi = f"Khen thưởng ghi “{wrong}” nhưng kết quả năm học không đạt danh hiệu đó."
        yield error("award", tag("award_text"), vi, f"The year does not give the title “{wrong}”.")
