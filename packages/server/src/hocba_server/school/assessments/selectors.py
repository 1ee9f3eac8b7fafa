from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hocba.assessment.catalogue import subjects_of_grade
from hocba_server.school.assessments.entries import SubjectEntry
from hocba_server.school.assessments.models import (
    HOMEROOM_COMMENT_LIMIT,
    SubjectAssessment,
    TraitAssessment,
    YearConclusion,
)
from hocba_server.school.assessments.year import PupilYear, YearFacts, conclude_year
from hocba_server.school.registry.models import Classroom, Enrolment
from hocba_server.school.registry.selectors import class_roll


def subject_values_by_enrolment(
    classroom: Classroom, subject_code: str
) -> dict[int, dict[str, Any]]:
    """Enrolment id -> level, test_score and comment of one subject."""
    rows = SubjectAssessment.objects.filter(
        enrolment__classroom=classroom, subject_code=subject_code
    )
    return {
        row.enrolment_id: {
            "level": row.level,
            "test_score": row.test_score,
            "comment": row.comment,
        }
        for row in rows
    }


def trait_values_by_enrolment(classroom: Classroom) -> dict[int, dict[str, Any]]:
    """Enrolment id -> levels by trait code and the three comments."""
    rows = TraitAssessment.objects.filter(enrolment__classroom=classroom)
    return {
        row.enrolment_id: {
            "levels": {mark.trait_code: mark.level for mark in row.marks.all()},
            "general_competence_comment": row.general_competence_comment,
            "specific_competence_comment": row.specific_competence_comment,
            "quality_comment": row.quality_comment,
        }
        for row in rows.prefetch_related("marks")
    }


def results_by_enrolment(classroom: Classroom) -> dict[int, list[SubjectAssessment]]:
    """Enrolment id -> every subject result of that pupil."""
    found: dict[int, list[SubjectAssessment]] = defaultdict(list)
    rows = SubjectAssessment.objects.filter(enrolment__classroom=classroom)
    for row in rows.select_related("teacher"):
        found[row.enrolment_id].append(row)
    return found


def traits_by_enrolment(classroom: Classroom) -> dict[int, TraitAssessment]:
    """Enrolment id -> the qualities and competences of that pupil, marks fetched."""
    rows = TraitAssessment.objects.filter(enrolment__classroom=classroom)
    return {row.enrolment_id: row for row in rows.prefetch_related("marks")}


def conclusions_by_enrolment(classroom: Classroom) -> dict[int, YearConclusion]:
    """Enrolment id -> what the homeroom teacher and the head concluded."""
    rows = YearConclusion.objects.filter(enrolment__classroom=classroom)
    return {row.enrolment_id: row for row in rows}


@dataclass(frozen=True, slots=True)
class PupilCheck:
    """One pupil with everything entered and what the rules say about it."""

    enrolment: Enrolment
    subjects: Sequence[SubjectAssessment]
    traits: TraitAssessment | None
    conclusion: YearConclusion | None
    year: PupilYear


def class_findings(classroom: Classroom) -> list[PupilCheck]:
    """Check every pupil of the class, in Vietnamese name order."""
    subjects = results_by_enrolment(classroom)
    traits = traits_by_enrolment(classroom)
    conclusions = conclusions_by_enrolment(classroom)
    return [
        _check(
            row,
            classroom.grade,
            subjects.get(row.pk, []),
            traits.get(row.pk),
            conclusions.get(row.pk),
        )
        for row in class_roll(classroom)
    ]


def _check(
    row: Enrolment,
    grade: int,
    subjects: Sequence[SubjectAssessment],
    traits: TraitAssessment | None,
    conclusion: YearConclusion | None,
) -> PupilCheck:
    facts = YearFacts(
        grade=grade,
        subjects={
            subject.subject_code: SubjectEntry(
                row.pk, subject.level, subject.test_score, subject.comment
            )
            for subject in subjects
        },
        traits={mark.trait_code: mark.level for mark in traits.marks.all()} if traits else {},
        weight_kg=conclusion.weight_kg if conclusion else None,
        height_cm=conclusion.height_cm if conclusion else None,
        excused_absences=conclusion.excused_absences if conclusion else None,
        unexcused_absences=conclusion.unexcused_absences if conclusion else None,
        homeroom_comment=conclusion.homeroom_comment if conclusion else "",
        promoted_by_head=conclusion.promoted_by_head if conclusion else None,
    )
    return PupilCheck(row, subjects, traits, conclusion, conclude_year(facts))


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
