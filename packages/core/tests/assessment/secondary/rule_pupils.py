"""Pupils of grade 7 for the rules: eight averages and four comments, named briefly."""

from __future__ import annotations

from decimal import Decimal

from hocba.assessment.secondary.catalogue import (
    CHOICES,
    SecondarySubject,
    Standing,
    subjects_of_grade,
)
from hocba.assessment.secondary.levels import CommentLevel, Mark
from hocba.ids import SubjectCode

GRADE = 7


def compulsory(grade: int = GRADE) -> list[SecondarySubject]:
    """The subjects that every pupil of the grade takes; from grade 10 on with the first choices."""
    taught = subjects_of_grade(grade)
    choices = [each for each in taught if each.standing is Standing.CHOICE and each.scored]
    kept = choices[:CHOICES]
    return [each for each in taught if each.standing is Standing.COMPULSORY or each in kept]


def numbers(text: str) -> list[Decimal]:
    """ "8.0*6 6.5*2" -> eight marks."""
    found: list[Decimal] = []
    for part in text.split():
        mark, _, times = part.partition("*")
        found += [Decimal(mark)] * int(times or 1)
    return found


def pupil(averages: str, not_passed: int = 0, grade: int = GRADE) -> dict[SubjectCode, Mark]:
    """Marks in the order of the form; the first `not_passed` comments are CĐ."""
    subjects = compulsory(grade)
    marks = numbers(averages)
    scored = [each.code for each in subjects if each.scored]
    comments = [each.code for each in subjects if not each.scored]
    assert len(marks) == len(scored), averages
    levels = [
        CommentLevel.NOT_PASSED if place < not_passed else CommentLevel.PASSED
        for place in range(len(comments))
    ]
    return {**dict(zip(scored, marks, strict=True)), **dict(zip(comments, levels, strict=True))}
