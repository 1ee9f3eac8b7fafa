"""Results of a class as values, and what the rules say about every pupil's year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hocba.assessment.catalogue import subjects_of_grade
from hocba.assessment.levels import SubjectLevel
from hocba.assessment.periods import Period
from hocba_server.school.assessments.entries import COMMENT_FIELDS, SubjectEntry
from hocba_server.school.assessments.models import (
    HOMEROOM_COMMENT_LIMIT,
    SubjectAssessment,
    TermMeasures,
    TraitAssessment,
    YearConclusion,
)
from hocba_server.school.assessments.year import PupilYear, YearFacts, conclude_year
from hocba_server.school.registry.models import AssessmentMode, Classroom, Enrolment
from hocba_server.school.registry.selectors import class_roll, class_rolls
from hocba_server.school.registry.taught import exempt_subjects

_FINAL = [Period.YEAR_END.value, Period.REASSESSMENT.value]


def subject_values_by_enrolment(
    classroom: Classroom, subject_code: str, period: Period = Period.YEAR_END
) -> dict[int, dict[str, Any]]:
    """Enrolment id -> level, test_score and comment of one subject in one period."""
    rows = SubjectAssessment.objects.filter(
        enrolment__classroom=classroom, subject_code=subject_code, period=period
    )
    return {
        row.enrolment_id: {
            "level": row.level,
            "test_score": row.test_score,
            "comment": row.comment,
        }
        for row in rows
    }


def trait_values_by_enrolment(
    classroom: Classroom, period: Period = Period.YEAR_END
) -> dict[int, dict[str, Any]]:
    """Enrolment id -> levels by trait code and the three comments of one period."""
    rows = TraitAssessment.objects.filter(enrolment__classroom=classroom, period=period)
    return {
        row.enrolment_id: {
            "levels": {mark.trait_code: mark.level for mark in row.marks.all()},
            "general_competence_comment": row.general_competence_comment,
            "specific_competence_comment": row.specific_competence_comment,
            "quality_comment": row.quality_comment,
        }
        for row in rows.prefetch_related("marks")
    }


def results_by_enrolment(*rooms: Classroom) -> dict[int, list[SubjectAssessment]]:
    """Enrolment id -> the final result of every subject.

    A re-assessment stands in front of the year's end, which stays kept (TT 27/2020 Điều 11).
    """
    found: dict[int, dict[str, SubjectAssessment]] = defaultdict(dict)
    rows = SubjectAssessment.objects.filter(
        enrolment__classroom__in=rooms, period__in=_FINAL
    ).exclude(level="", test_score=None, comment="")
    ranked = sorted(rows.select_related("teacher"), key=lambda row: _FINAL.index(row.period))
    for row in ranked:
        found[row.enrolment_id][row.subject_code] = row
    return {enrolment_id: list(by_code.values()) for enrolment_id, by_code in found.items()}


@dataclass(frozen=True, slots=True)
class TraitValues:
    """Levels and comments on qualities and competences that hold for the year."""

    levels: Mapping[str, str]
    quality_comment: str = ""
    general_competence_comment: str = ""
    specific_competence_comment: str = ""


def traits_by_enrolment(*rooms: Classroom) -> dict[int, TraitValues]:
    """Enrolment id -> the final qualities and competences, re-assessed ones in front."""
    found: dict[int, TraitValues] = {}
    rows = TraitAssessment.objects.filter(enrolment__classroom__in=rooms, period__in=_FINAL)
    ranked = sorted(rows.prefetch_related("marks"), key=lambda row: _FINAL.index(row.period))
    for row in ranked:
        before = found.get(row.enrolment_id, TraitValues({}))
        levels = {mark.trait_code: mark.level for mark in row.marks.all()}
        comments = {
            field: getattr(row, field) or getattr(before, field) for field in COMMENT_FIELDS
        }
        found[row.enrolment_id] = TraitValues({**before.levels, **levels}, **comments)
    return found


def conclusions_by_enrolment(*rooms: Classroom) -> dict[int, YearConclusion]:
    """Enrolment id -> what the homeroom teacher and the head concluded."""
    rows = YearConclusion.objects.filter(enrolment__classroom__in=rooms)
    return {row.enrolment_id: row for row in rows}


def term_measures_by_enrolment(*rooms: Classroom) -> dict[int, TermMeasures]:
    """Enrolment id -> weight and height of term I."""
    rows = TermMeasures.objects.filter(enrolment__classroom__in=rooms)
    return {row.enrolment_id: row for row in rows}


@dataclass(frozen=True, slots=True)
class BodyMeasures:
    """Weight and height that the record carries: the latest that exist (record format: one value).

    `of_term_1` names the fields that stand in for a missing value of term II.
    """

    weight_kg: Decimal | None = None
    height_cm: Decimal | None = None
    of_term_1: frozenset[str] = frozenset()


def latest_measures(year: YearConclusion | None, term: TermMeasures | None) -> BodyMeasures:
    """Each value of term II, or that of term I where term II has none."""
    found: dict[str, Decimal | None] = {}
    older = set()
    for field in ("weight_kg", "height_cm"):
        newest = getattr(year, field, None)
        found[field] = newest if newest is not None else getattr(term, field, None)
        if newest is None and found[field] is not None:
            older.add(field)
    return BodyMeasures(**found, of_term_1=frozenset(older))


def reassessed_enrolments(*rooms: Classroom) -> set[int]:
    """Pupils who have at least one result of the re-assessment."""
    rows = SubjectAssessment.objects.filter(
        enrolment__classroom__in=rooms, period=Period.REASSESSMENT
    ).exclude(level="")
    traits = TraitAssessment.objects.filter(
        enrolment__classroom__in=rooms, period=Period.REASSESSMENT, marks__isnull=False
    )
    return {
        *rows.values_list("enrolment_id", flat=True),
        *traits.values_list("enrolment_id", flat=True),
    }


@dataclass(frozen=True, slots=True)
class PupilCheck:
    """One pupil with everything entered and what the rules say about it."""

    enrolment: Enrolment
    subjects: Sequence[SubjectAssessment]
    traits: TraitValues | None
    conclusion: YearConclusion | None
    measures: BodyMeasures
    year: PupilYear


def class_findings(classroom: Classroom) -> list[PupilCheck]:
    """Check every pupil of the class, in Vietnamese name order."""
    return findings_of_classes([classroom])[classroom.pk]


def findings_of_classes(rooms: Sequence[Classroom]) -> dict[int, list[PupilCheck]]:
    """Class id -> the check of every pupil, in Vietnamese name order.

    As many queries for a school of 45 classes as for one class.
    """
    subjects = results_by_enrolment(*rooms)
    traits = traits_by_enrolment(*rooms)
    conclusions = conclusions_by_enrolment(*rooms)
    measures = term_measures_by_enrolment(*rooms)
    reassessed = reassessed_enrolments(*rooms)
    exempt = exempt_subjects(*rooms)
    rolls = class_rolls(rooms)
    return {
        room.pk: [
            _check(
                row,
                room,
                _with_exemptions(row, subjects.get(row.pk, []), exempt.get(row.pk, set())),
                traits.get(row.pk),
                conclusions.get(row.pk),
                latest_measures(conclusions.get(row.pk), measures.get(row.pk)),
                row.pk in reassessed,
            )
            for row in rolls[room.pk]
        ]
        for room in rooms
    }


def _with_exemptions(
    row: Enrolment, subjects: Sequence[SubjectAssessment], codes: set[str]
) -> list[SubjectAssessment]:
    """The results, with M where the principal has freed the pupil; nobody has to type that."""
    kept = [subject for subject in subjects if subject.subject_code not in codes]
    free = [
        SubjectAssessment(enrolment=row, subject_code=code, level=SubjectLevel.EXEMPT.value)
        for code in sorted(codes)
    ]
    return [*kept, *free]


def _check(
    row: Enrolment,
    classroom: Classroom,
    subjects: Sequence[SubjectAssessment],
    traits: TraitValues | None,
    conclusion: YearConclusion | None,
    measures: BodyMeasures,
    reassessed: bool,
) -> PupilCheck:
    facts = YearFacts(
        grade=classroom.grade,
        electives=frozenset(classroom.elective_subjects),
        subjects={
            subject.subject_code: SubjectEntry(
                row.pk, subject.level, subject.test_score, subject.comment
            )
            for subject in subjects
            if subject.level
        },
        traits=traits.levels if traits else {},
        weight_kg=measures.weight_kg,
        height_cm=measures.height_cm,
        measures_of_term_1=measures.of_term_1,
        excused_absences=conclusion.excused_absences if conclusion else None,
        unexcused_absences=conclusion.unexcused_absences if conclusion else None,
        homeroom_comment=conclusion.homeroom_comment if conclusion else "",
        promoted_by_head=conclusion.promoted_by_head if conclusion else None,
        trait_comments={
            field: getattr(traits, field) if traits else "" for field in COMMENT_FIELDS
        },
        has_personal_id=bool(row.pupil.personal_id),
        assessed=row.assessment_mode != AssessmentMode.NOT_ASSESSED,
        award_text=conclusion.award_text if conclusion else "",
        awaits_reassessment=bool(conclusion and conclusion.reassessed and not reassessed),
    )
    return PupilCheck(row, subjects, traits, conclusion, measures, conclude_year(facts))


def proposed_comments(classroom: Classroom) -> dict[int, str]:
    """Enrolment id -> a homeroom comment composed from the subject comments, for editing.

    CV 2088 keeps one comment per year, so the comments of the subjects flow into it (gap G7).
    """
    subjects = results_by_enrolment(classroom)
    return {
        row.pk: compose_comment(
            classroom.grade, {item.subject_code: item.comment for item in subjects.get(row.pk, [])}
        )
        for row in class_roll(classroom)
    }


def compose_comment(grade: int, comments: Mapping[str, str]) -> str:
    """Join the subject comments in the order of the form, whole sentences up to 2000 characters."""
    text = ""
    for subject in subjects_of_grade(grade):
        comment = comments.get(str(subject.code), "").strip()
        if not comment:
            continue
        sentence = f"{subject.short_name}: {comment}"
        longer = f"{text} {sentence}".strip()
        if len(longer) > HOMEROOM_COMMENT_LIMIT:
            break
        text = longer
    return text
