"""What a class learns: compulsory subjects of its grade, chosen electives, its languages."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from hocba.assessment.catalogue import PrimarySubject, subjects_of_grade
from hocba_server.school.registry.models import (
    AssessmentModeDecision,
    Classroom,
    Enrolment,
    SubjectExemption,
)

FOREIGN_LANGUAGE: Final = "11"
ETHNIC_LANGUAGE: Final = "14"


def taught_subjects(room: Classroom) -> tuple[PrimarySubject, ...]:
    """The subjects of this class in the order of the form: compulsory ones and chosen electives."""
    chosen = set(room.elective_subjects)
    return tuple(
        subject
        for subject in subjects_of_grade(room.grade)
        if room.grade in subject.compulsory_grades or str(subject.code) in chosen
    )


def electives_of_grade(grade: int) -> tuple[PrimarySubject, ...]:
    """What a class of this grade may choose."""
    return tuple(
        subject for subject in subjects_of_grade(grade) if grade in subject.elective_grades
    )


def subject_title(room: Classroom, subject: PrimarySubject) -> str:
    """The name of the subject with the language that this class learns."""
    language = {
        FOREIGN_LANGUAGE: room.foreign_language,
        ETHNIC_LANGUAGE: room.ethnic_language,
    }.get(str(subject.code), "")
    return f"{subject.name} ({language})" if language else subject.name


def exempt_subjects(*rooms: Classroom) -> dict[int, set[str]]:
    """Enrolment id -> codes of the subjects from which the principal has freed the pupil."""
    found: dict[int, set[str]] = defaultdict(set)
    rows = SubjectExemption.objects.filter(enrolment__classroom__in=rooms, withdrawn_at=None)
    for enrolment_id, code in rows.values_list("enrolment_id", "subject_code"):
        found[enrolment_id].add(code)
    return dict(found)


def mode_decisions(enrolment: Enrolment) -> list[AssessmentModeDecision]:
    """How it was decided that the pupil is assessed, newest first."""
    rows = AssessmentModeDecision.objects.filter(enrolment=enrolment).select_related("attachment")
    return list(rows.defer("attachment__content").order_by("-pk"))


def exemptions_of(enrolment: Enrolment) -> list[SubjectExemption]:
    """The pupil's exemptions of this year, withdrawn ones too."""
    rows = SubjectExemption.objects.filter(enrolment=enrolment).select_related("attachment")
    return list(rows.defer("attachment__content"))


def combined_rooms(room: Classroom) -> list[Classroom]:
    """The other grades of a combined class (lớp ghép): the same name in the same year."""
    rows = Classroom.objects.filter(
        school_id=room.school_id, school_year=room.school_year, name=room.name
    )
    return list(rows.exclude(pk=room.pk).order_by("grade"))


def has_results(room: Classroom, subject_code: str) -> bool:
    """Tell whether a result of this subject was entered for anybody of the class."""
    return Enrolment.objects.filter(classroom=room, subjects__subject_code=subject_code).exists()
