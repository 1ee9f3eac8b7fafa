"""One pupil's year as values: what is missing or contradictory, and the result the rules give.

Rules: TT 27/2020/TT-BGDĐT Điều 7, 9, 11; warnings are rules of thumb of schools, never blocking.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from hocba.assessment.catalogue import has_year_end_test, subjects_of_grade, traits_of_grade
from hocba.assessment.levels import SubjectLevel, TraitLevel, YearResult
from hocba.assessment.promotion import (
    Promotion,
    award_contradiction,
    decide_promotion,
    propose_award,
)
from hocba.assessment.year_result import YearResultDecision, decide_year_result
from hocba.errors import Refused, Sentence
from hocba.ids import SubjectCode, TraitCode
from hocba.record.completeness import Finding
from hocba_server.school.assessments.entries import SubjectEntry

HIGH_TEST, LOW_TEST = 7, 5


@dataclass(frozen=True, slots=True)
class YearFacts:
    """Everything entered for one pupil and year."""

    grade: int
    subjects: Mapping[str, SubjectEntry]
    traits: Mapping[str, str]
    weight_kg: Decimal | None
    height_cm: Decimal | None
    excused_absences: int | None
    unexcused_absences: int | None
    homeroom_comment: str
    promoted_by_head: bool | None
    trait_comments: Mapping[str, str] = field(default_factory=dict)
    electives: frozenset[str] = frozenset()
    """Codes of the elective subjects that the class learns."""
    has_personal_id: bool = True
    assessed: bool = True
    """False for a pupil with a disability who is not assessed (TT 27/2020 Điều 8)."""
    awaits_reassessment: bool = False
    award_text: str = ""
    measures_of_term_1: frozenset[str] = frozenset()
    """Which of weight and height are those of term I, because term II has none."""


ON_PAPER = "not_assessed"
"""Code of the finding that says: this year's record is on paper (decision 12)."""


@dataclass(frozen=True, slots=True)
class PupilYear:
    """What the rules say about one pupil and year."""

    findings: tuple[Finding, ...]
    result: YearResultDecision | None
    promotion: Promotion | None
    award: str | None

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that keep the record from being created."""
        return tuple(finding for finding in self.findings if finding.severity == "error")

    @property
    def on_paper(self) -> bool:
        """No digital record is made of this year; nothing has to be entered for it."""
        return any(finding.code == ON_PAPER for finding in self.findings)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """Worth a second look; never blocking."""
        return tuple(finding for finding in self.findings if finding.severity == "warning")


def conclude_year(facts: YearFacts) -> PupilYear:
    """Find what is missing, then decide the year result and promotion where possible."""
    findings = [*_held_back(facts)]
    if facts.assessed:
        findings += [
            *_missing_subjects(facts),
            *_missing_traits(facts),
            *_missing_trait_comments(facts),
        ]
    findings += [*_missing_homeroom(facts), *_older_measures(facts)]
    if not facts.assessed:
        return _not_assessed(findings)
    result: YearResultDecision | None = None
    promotion: Promotion | None = None
    award: str | None = None
    try:
        result = decide_year_result(
            facts.grade,
            {SubjectCode(code): SubjectLevel(row.level) for code, row in facts.subjects.items()},
            {TraitCode(code): TraitLevel(level) for code, level in facts.traits.items()},
            {
                SubjectCode(code): row.test_score
                for code, row in facts.subjects.items()
                if row.test_score is not None
            },
        )
    except Refused as refusal:
        if not any(finding.severity == "error" for finding in findings):
            findings.append(Finding("error", refusal.code, "year_result", refusal.sentence))
    if result is not None:
        award = propose_award(result.result)
        findings += [
            *_award_not_earned(facts, result.result),
            *_moot_decision(facts, result.result),
        ]
        if result.result is not YearResult.NOT_COMPLETED:
            promotion = decide_promotion(facts.grade, result.result, None)
        elif facts.promoted_by_head is None:
            findings.append(_promotion_open())
        else:
            promotion = decide_promotion(facts.grade, result.result, facts.promoted_by_head)
    findings.extend(_unusual_tests(facts))
    return PupilYear(tuple(findings), result, promotion, award)


def _not_assessed(findings: list[Finding]) -> PupilYear:
    """A pupil who is not assessed has no levels; the Ministry's format cannot say so (gap G11).

    Nothing is missing then, and nobody is told the reason who does not need it.
    """
    vi = "Học bạ năm học này của em làm bằng giấy theo quyết định của hiệu trưởng."
    en = "The principal has decided that this year's record of the pupil is on paper."
    findings.append(Finding("warning", ON_PAPER, "assessment_mode", Sentence(vi, en)))
    return PupilYear(tuple(findings), None, None, None)


def _held_back(facts: YearFacts) -> list[Finding]:
    """What keeps the record from being created whatever the results are."""
    found = []
    if not facts.has_personal_id:
        vi = "Chưa có số định danh cá nhân: liên hệ gia đình và công an xã, phường rồi bổ sung."
        en = "No personal number yet: ask the family and the ward police, then add it."
        found.append(_error("personal_id_missing", "personal_id", vi, en))
    if facts.awaits_reassessment:
        vi = "Chờ đánh giá bổ sung (trước 15/8): học bạ của em khởi tạo sau khi có kết quả."
        en = "Waits for the re-assessment (before 15 August); the record is created after it."
        found.append(_error("awaits_reassessment", "reassessment", vi, en))
    return found


def _error(code: str, where: str, vi: str, en: str) -> Finding:
    return Finding("error", code, where, Sentence(vi, en))


def _missing_subjects(facts: YearFacts) -> list[Finding]:
    found: list[Finding] = []
    for subject in subjects_of_grade(facts.grade):
        code = str(subject.code)
        row = facts.subjects.get(code)
        compulsory = facts.grade in subject.compulsory_grades or code in facts.electives
        if row is None:
            if compulsory:
                vi = f"Chưa có kết quả môn {subject.name}: giáo viên bộ môn cần nhập."
                en = f"No result in {subject.name}: the subject teacher must enter it."
                found.append(_error("subject_missing", code, vi, en))
        elif (
            row.level != SubjectLevel.EXEMPT.value
            and row.test_score is None
            and has_year_end_test(subject.code, facts.grade)
        ):
            vi = f"Chưa có điểm kiểm tra cuối năm môn {subject.name}."
            en = f"The year-end test of {subject.name} is missing."
            found.append(_error("test_missing", code, vi, en))
    return found


def _missing_traits(facts: YearFacts) -> list[Finding]:
    if not facts.traits:
        vi = "Chưa đánh giá phẩm chất và năng lực: giáo viên chủ nhiệm cần nhập."
        en = "Qualities and competences are missing: the homeroom teacher must enter them."
        return [_error("traits_missing", "traits", vi, en)]
    return [
        _error(
            "trait_missing",
            str(trait.code),
            f"Chưa có mức {trait.name}.",
            f"The level of {trait.name} is missing.",
        )
        for trait in traits_of_grade(facts.grade)
        if str(trait.code) not in facts.traits
    ]


def _missing_trait_comments(facts: YearFacts) -> list[Finding]:
    names = {
        "quality_comment": ("phẩm chất", "qualities"),
        "general_competence_comment": ("năng lực chung", "general competences"),
        "specific_competence_comment": ("năng lực đặc thù", "specific competences"),
    }
    return [
        _error(
            f"{field_name}_missing",
            field_name,
            f"Chưa có nhận xét {names[field_name][0]}.",
            f"The comment on {names[field_name][1]} is missing.",
        )
        for field_name, text in facts.trait_comments.items()
        if not text and facts.traits
    ]


def _missing_homeroom(facts: YearFacts) -> list[Finding]:
    wanted: Sequence[tuple[str, object, str, str]] = (
        ("weight_kg", facts.weight_kg, "cân nặng", "weight"),
        ("height_cm", facts.height_cm, "chiều cao", "height"),
        ("excused_absences", facts.excused_absences, "số buổi nghỉ có phép", "excused absences"),
        (
            "unexcused_absences",
            facts.unexcused_absences,
            "số buổi nghỉ không phép",
            "unexcused absences",
        ),
        (
            "homeroom_comment",
            facts.homeroom_comment or None,
            "nhận xét của giáo viên chủ nhiệm",
            "homeroom comment",
        ),
    )
    return [
        _error(f"{field}_missing", field, f"Chưa có {vi}.", f"The {en} is missing.")
        for field, value, vi, en in wanted
        if value is None
    ]


def _older_measures(facts: YearFacts) -> list[Finding]:
    """The record takes the latest weight and height; that they are of term I is said."""
    wanted = (
        ("weight_kg", facts.weight_kg, "cân nặng", "weight", "kg"),
        ("height_cm", facts.height_cm, "chiều cao", "height", "cm"),
    )
    found = []
    for name, value, vi, en, unit in wanted:
        if name not in facts.measures_of_term_1:
            continue
        shown = f"{value:.1f}".replace(".", ",")
        sentence = Sentence(
            f"Chưa có {vi} học kỳ II: học bạ ghi số đo học kỳ I ({shown} {unit}).",
            f"No {en} of term II: the record takes that of term I ({value:.1f} {unit}).",
        )
        found.append(Finding("warning", "measure_of_term_1", name, sentence))
    return found


def _award_not_earned(facts: YearFacts, result: YearResult) -> list[Finding]:
    title = award_contradiction(facts.award_text, result)
    if title is None:
        return []
    vi = (
        f"Khen thưởng ghi “{title}” nhưng kết quả năm học là {result.value} (Điều 13). Sửa một nơi."
    )
    en = f"The award says “{title}” while the year result is {result.value}. Correct one of them."
    return [_error("award_contradiction", "award_text", vi, en)]


def _moot_decision(facts: YearFacts, result: YearResult) -> list[Finding]:
    """The head had held the pupil back; since then the pupil has completed the grade (Điều 11)."""
    if facts.promoted_by_head is not False or result is YearResult.NOT_COMPLETED:
        return []
    vi = "Quyết định chưa cho lên lớp không còn áp dụng: em đã hoàn thành chương trình lớp học."
    en = "The decision to hold the pupil back no longer applies: the grade is completed now."
    return [Finding("warning", "decision_moot", "promoted", Sentence(vi, en))]


def _promotion_open() -> Finding:
    return _error(
        "promotion_open",
        "promoted",
        "Em chưa hoàn thành chương trình: hiệu trưởng cần quyết định cho lên lớp hay chưa.",
        "The pupil has not completed the grade: the principal must decide on promotion.",
    )


def _unusual_tests(facts: YearFacts) -> list[Finding]:
    found: list[Finding] = []
    names = {str(subject.code): subject.name for subject in subjects_of_grade(facts.grade)}
    for code, row in facts.subjects.items():
        if row.test_score is None or code not in names:
            continue
        high = row.level == SubjectLevel.WELL_COMPLETED.value and row.test_score < HIGH_TEST
        low = row.level == SubjectLevel.NOT_COMPLETED.value and row.test_score >= LOW_TEST
        if high or low:
            vi = f"Môn {names[code]}: mức {row.level} đi với điểm {row.test_score}, nên xem lại."
            en = f"{names[code]}: level {row.level} with test {row.test_score}; look again."
            found.append(Finding("warning", "unusual_test", code, Sentence(vi, en)))
    return found
