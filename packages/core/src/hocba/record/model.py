"""The record unit: one pupil, one school year. Frozen values that know nothing of XML.

Field names follow the glossary; the tag of each field stands in `record/fields.py`.
Source: CV 2088/BGDĐT-GDTH annex 1.1; QĐ 1789/QĐ-SGDĐT annex II.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from hocba.assessment.levels import SubjectLevel, TraitLevel, YearResult
from hocba.ids import (
    PersonalId,
    PupilCode,
    RecordUuid,
    SchoolYear,
    SubjectCode,
    TraitCode,
    UnitCode,
)


class FormatProfile(StrEnum):
    """Format version of the Ministry's XML. Values stand in configuration and databases."""

    V1_2024 = "v1_2024"
    V2_2025 = "v2_2025"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the school who stands in the record by name and personal number."""

    full_name: str
    personal_id: PersonalId


@dataclass(frozen=True, slots=True)
class IssuingSchool:
    """The school and department of the record, with the places as written in the record."""

    department_code: str
    department_name: str
    school_code: UnitCode
    school_name: str
    ward_name: str
    province_name: str
    district_name: str | None = None
    """Only for years that ended before 1/7/2025, when districts were abolished."""


@dataclass(frozen=True, slots=True)
class PupilData:
    """Personal data of the pupil as on the birth certificate."""

    full_name: str
    personal_id: PersonalId
    pupil_code: PupilCode
    register_number: str
    gender: str
    """ "Nam" or "Nữ". """
    birth_date: str
    """dd/MM/yyyy, or MM/yyyy or yyyy when the certificate says no more."""
    birth_place: str
    home_town: str
    current_address: str
    ethnic_group: str
    nationality: str
    mother_name: str
    """A name, or the words "Không có thông tin" (record format gap G10)."""
    father_name: str | None = None
    guardian_name: str | None = None
    weight_kg: Decimal | None = None
    height_cm: Decimal | None = None
    excused_absences: int | None = None
    """In half-days (buổi)."""
    unexcused_absences: int | None = None
    father_occupation: str | None = None
    """Occupations stand in the records of secondary school only."""
    mother_occupation: str | None = None
    guardian_occupation: str | None = None


@dataclass(frozen=True, slots=True)
class IssueTerms:
    """What the head fixes for the batch before the first signature."""

    signing_leader: Person
    signing_leader_title: str
    homeroom_teacher: Person
    issue_place: str
    created_on: datetime
    issued_on: datetime


@dataclass(frozen=True, slots=True)
class StudyYear:
    """One row of the study history (quá trình học tập)."""

    school_year: SchoolYear
    classroom_name: str
    school_name: str
    arrived_on: datetime


@dataclass(frozen=True, slots=True)
class SubjectResult:
    """Year-end result of one subject."""

    code: SubjectCode
    name: str
    level: SubjectLevel
    test_score: int | SubjectLevel | None = None
    """0-10, `SubjectLevel.EXEMPT`, or None where the subject has no test."""
    teacher: Person | None = None
    """Stands in the XML in profile v2_2025 only."""


@dataclass(frozen=True, slots=True)
class TraitResults:
    """Levels of 5 qualities and up to 10 competences, and the three comments."""

    levels: Mapping[TraitCode, TraitLevel]
    quality_comment: str
    general_competence_comment: str
    specific_competence_comment: str


@dataclass(frozen=True, slots=True)
class YearSummary:
    """Result of the year and what follows from it."""

    year_result: YearResult
    promoted: bool
    grade_completed: bool
    primary_completed: bool
    completion_text: str | None
    homeroom_comment: str
    award_text: str | None = None
    special_award_text: str | None = None

    @property
    def words(self) -> str:
        """The result of the year in words."""
        return self.year_result.value


@dataclass(frozen=True, slots=True)
class AnnualRecord:
    """Đơn vị học bạ of primary school: everything that the signatures of one year cover.

    That of secondary school is `hocba.record.secondary.model.SecondaryRecord`.
    """

    profile: FormatProfile
    record_uuid: RecordUuid
    school_year: SchoolYear
    school: IssuingSchool
    pupil: PupilData
    grade: int
    classroom_name: str
    terms: IssueTerms
    history: tuple[StudyYear, ...]
    subjects: tuple[SubjectResult, ...]
    traits: TraitResults
    summary: YearSummary
    circular: str = "27/2020/TT-BGDĐT"
    school_level_code: str = "02"


class SignerRole(StrEnum):
    """Whose signature a slot of the record holds. Values are the Ministry's tags."""

    SUBJECT_TEACHER = "GVBM"
    HOMEROOM_TEACHER = "GVCN"
    SCHOOL_LEADER = "CBQL"
    ORGANISATION = "KY_PHAT_HANH"


@dataclass(frozen=True, slots=True)
class SlotId:
    """A place for one signature: a role, and for a subject teacher the subject."""

    role: SignerRole
    subject: SubjectCode | None = None


def birth_date_text(day: date) -> str:
    """Write a full birth date as the Ministry's recall example does: dd/MM/yyyy."""
    return day.strftime("%d/%m/%Y")
