"""The record unit of secondary school: one pupil, one school year, THCS or THPT.

What it shares with primary school (school, pupil, terms of issue, history) are the same values.
Source: national data dictionary (TTDLQG), học bạ THCS and THPT; QĐ 1789/QĐ-SGDĐT annex IV.
"""

from __future__ import annotations

from dataclasses import dataclass

from hocba.assessment.school_levels import SchoolLevel
from hocba.assessment.secondary.catalogue import secondary_level
from hocba.assessment.secondary.levels import Mark, Result
from hocba.ids import RecordUuid, SchoolYear, SubjectCode
from hocba.record.model import (
    AnnualRecord,
    FormatProfile,
    IssueTerms,
    IssuingSchool,
    Person,
    PupilData,
    StudyYear,
)


@dataclass(frozen=True, slots=True)
class SecondarySubjectResult:
    """What a pupil reached in one subject in both terms and the year."""

    code: SubjectCode
    name: str
    """With the language where there is one to name, e.g. "Ngoại ngữ 1 (Tiếng Anh)"."""
    term_1: Mark | None
    term_2: Mark | None
    year: Mark | None
    again: Mark | None = None
    """After the re-assessment of the summer (TT 22/2021 Điều 14)."""
    topics: bool | None = None
    """Takes the study topics (cụm chuyên đề) of the subject; None where nothing is said of it."""
    comment: str | None = None
    teacher: Person | None = None
    """Stands in the XML in profile v2_2025 only."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate of the pupil (chứng chỉ) and its kind."""

    name: str
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class SecondarySummary:
    """Results of the year and what follows from them."""

    study_term_1: Result
    study_term_2: Result
    study_year: Result
    conduct_term_1: Result
    conduct_term_2: Result
    conduct_year: Result
    promoted: bool
    promotion_text: str
    level_completed: bool
    """Grade 9 and 12: has the pupil completed the level?"""
    homeroom_comment: str
    study_again: Result | None = None
    """Computed again after the re-assessment of the summer."""
    conduct_again: Result | None = None
    """Judged again after the training of the summer."""
    absences: int | None = None
    """Half-days of the whole year; None stands for none, as the national record has no 0."""
    completion_text: str | None = None
    contest_text: str | None = None
    summer_text: str | None = None
    """Result of the training in the summer, in words."""
    award_text: str | None = None
    special_award_text: str | None = None

    @property
    def words(self) -> str:
        """The results of the year in words, those after the summer where there are any."""
        study = self.study_year if self.study_again is None else self.study_again
        conduct = self.conduct_year if self.conduct_again is None else self.conduct_again
        return f"Học tập {study.word}; rèn luyện {conduct.word}"


@dataclass(frozen=True, slots=True)
class SecondaryRecord:
    """Đơn vị học bạ of secondary school: everything that the signatures of one year cover."""

    profile: FormatProfile
    record_uuid: RecordUuid
    school_year: SchoolYear
    school: IssuingSchool
    pupil: PupilData
    grade: int
    classroom_name: str
    terms: IssueTerms
    history: tuple[StudyYear, ...]
    subjects: tuple[SecondarySubjectResult, ...]
    summary: SecondarySummary
    certificates: tuple[Certificate, ...] = ()
    circular: str = "22/2021/TT-BGDĐT"

    @property
    def level(self) -> SchoolLevel:
        """The level of the grade. Raises `Malformed` with code `grade`."""
        return secondary_level(self.grade)

    @property
    def school_level_code(self) -> str:
        """MA_CAP_HOC: "03" for THCS, "04" for THPT."""
        return self.level.value


AnyRecord = AnnualRecord | SecondaryRecord
"""A record of whatever level."""
