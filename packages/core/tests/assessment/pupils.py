"""Pupils as levels and scores: everything at the top, then changed by one fact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from hocba.assessment.catalogue import subjects_of_grade, traits_of_grade
from hocba.assessment.levels import SubjectLevel, TraitLevel
from hocba.assessment.year_result import YearResultDecision, decide_year_result
from hocba.ids import SubjectCode, TraitCode

Subjects = Mapping[SubjectCode, SubjectLevel]
Traits = Mapping[TraitCode, TraitLevel]
Scores = Mapping[SubjectCode, int]
SUBJECTS, TRAITS, SCORES = "subjects", "traits", "scores"


@dataclass(frozen=True)
class Results:
    """The results of one pupil's year."""

    grade: int
    subjects: Subjects = field(default_factory=dict)
    traits: Traits = field(default_factory=dict)
    scores: Scores = field(default_factory=dict)

    def level(self, code: str, letter: str) -> Results:
        changed = {**self.subjects, SubjectCode(code): SubjectLevel(letter)}
        return replace(self, subjects=changed)

    def trait(self, code: str, letter: str) -> Results:
        return replace(self, traits={**self.traits, TraitCode(code): TraitLevel(letter)})

    def score(self, code: str, score: int) -> Results:
        return replace(self, scores={**self.scores, SubjectCode(code): score})

    def without(self, kind: str, code: str) -> Results:
        return Results(
            self.grade,
            {key: level for key, level in self.subjects.items() if (kind, code) != (SUBJECTS, key)},
            {key: level for key, level in self.traits.items() if (kind, code) != (TRAITS, key)},
            {key: score for key, score in self.scores.items() if (kind, code) != (SCORES, key)},
        )

    def decide(self) -> YearResultDecision:
        return decide_year_result(self.grade, self.subjects, self.traits, self.scores)


def pupil(grade: int, subject: str = "T", trait: str = "T", score: int = 10) -> Results:
    """A pupil with the same level in every compulsory subject, every trait, and in every test."""
    taken = [each for each in subjects_of_grade(grade) if grade in each.compulsory_grades]
    return Results(
        grade,
        {each.code: SubjectLevel(subject) for each in taken},
        {each.code: TraitLevel(trait) for each in traits_of_grade(grade)},
        {each.code: score for each in taken if grade in each.test_grades},
    )
