"""Hypothesis strategies: records of every kind whose values are in form, wise or not."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

from documents import V2
from hypothesis import strategies as st

from hocba.assessment.catalogue import SUBJECTS, TRAITS
from hocba.assessment.levels import SubjectLevel, TraitLevel, YearResult
from hocba.ids import PersonalId, PupilCode, SchoolYear, UnitCode, record_uuid_from_bytes
from hocba.record.model import (
    AnnualRecord,
    FormatProfile,
    IssueTerms,
    IssuingSchool,
    Person,
    PupilData,
    StudyYear,
    SubjectResult,
    TraitResults,
    YearSummary,
    birth_date_text,
)

VIETNAMESE = "aăâbcdđeêghiklmnoôơpqrstuưvxyàảãáạằẳẵắặầẩẫấậềểễếệồổỗốộờởỡớợừửữứựỳỷỹýỵ"
LETTERS = st.sampled_from(VIETNAMESE + VIETNAMESE.upper() + " " * 12 + "0123456789.,;:-()/")
SHARP = st.sampled_from("\"'<>&\n\t]%{}\\`#")
WIDE = st.characters(
    blacklist_categories=("Cs", "Cc", "Cn", "Co"), blacklist_characters="\ufffe\uffff"
)


def texts(longest: int) -> st.SearchStrategy[str]:
    """Texts in NFC, never blank, of at most `longest` characters."""
    short = st.text(st.one_of(LETTERS, LETTERS, LETTERS, SHARP, WIDE), min_size=1, max_size=40)
    full = st.text(LETTERS, min_size=1, max_size=3).map(lambda part: (part * longest)[:longest])
    return (
        st.one_of(short, short, short, full)
        .map(lambda text: unicodedata.normalize("NFC", text)[:longest])
        .filter(lambda text: bool(text.strip()) and unicodedata.is_normalized("NFC", text))
    )


PERSONAL_IDS = st.integers(0, 999_999_999).map(lambda number: PersonalId(f"000{number:09d}"))
PERSONS = st.builds(Person, texts(150), PERSONAL_IDS)
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(
    datetime.fromisoformat("1900-01-02"), datetime.fromisoformat("2199-12-30"), timezones=OFFSETS
).map(lambda moment: moment.replace(microsecond=0))
DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))
BIRTH_DATES = st.one_of(
    DAYS.map(birth_date_text),
    DAYS.map(lambda day: day.strftime("%m/%Y")),
    DAYS.map(lambda day: f"{day.year}"),
)
SCHOOL_YEARS = st.integers(2000, 2100).map(lambda first: SchoolYear(f"{first}-{first + 1}"))
MEASURES = st.integers(0, 99_999_999).map(lambda number: Decimal(number) / 10_000)
COUNTS = st.integers(0, 9999)
SCORES = st.none() | st.integers(0, 10) | st.just(SubjectLevel.EXEMPT)

SCHOOLS = st.builds(
    IssuingSchool,
    department_code=st.integers(1, 99).map(lambda number: f"{number:02d}"),
    department_name=texts(150),
    school_code=texts(20).map(UnitCode),
    school_name=texts(150),
    ward_name=texts(150),
    province_name=texts(150),
    district_name=st.none() | texts(250),
)
PUPILS = st.builds(
    PupilData,
    full_name=texts(150),
    personal_id=PERSONAL_IDS,
    pupil_code=texts(20).map(PupilCode),
    register_number=texts(50),
    gender=st.sampled_from(["Nam", "Nữ"]),
    birth_date=BIRTH_DATES,
    birth_place=texts(250),
    home_town=texts(250),
    current_address=texts(250),
    ethnic_group=texts(50),
    nationality=texts(50),
    mother_name=texts(150),
    father_name=st.none() | texts(150),
    guardian_name=st.none() | texts(150),
    weight_kg=MEASURES,
    height_cm=MEASURES,
    excused_absences=COUNTS,
    unexcused_absences=COUNTS,
)
TERMS = st.builds(IssueTerms, PERSONS, texts(150), PERSONS, texts(150), MOMENTS, MOMENTS)
STUDY_YEARS = st.builds(StudyYear, SCHOOL_YEARS, texts(100), texts(250), MOMENTS)
SUMMARIES = st.builds(
    YearSummary,
    year_result=st.sampled_from(YearResult),
    promoted=st.booleans(),
    grade_completed=st.booleans(),
    primary_completed=st.booleans(),
    completion_text=st.none() | texts(2000),
    homeroom_comment=texts(2000),
    award_text=st.none() | texts(2000),
    special_award_text=st.none() | texts(2000),
)


@st.composite
def _subjects(draw: st.DrawFn, profile: FormatProfile) -> tuple[SubjectResult, ...]:
    codes = draw(st.lists(st.sampled_from(SUBJECTS), min_size=1, max_size=6, unique=True))
    return tuple(
        SubjectResult(
            code=subject.code,
            name=draw(texts(50)),
            level=draw(st.sampled_from(SubjectLevel)),
            test_score=draw(SCORES),
            teacher=draw(PERSONS) if profile is V2 else draw(st.none() | PERSONS),
        )
        for subject in codes
    )


@st.composite
def _traits(draw: st.DrawFn) -> TraitResults:
    young = draw(st.booleans())
    return TraitResults(
        levels={
            trait.code: draw(st.sampled_from(TraitLevel))
            for trait in TRAITS
            if not (young and trait.code in {"12", "13"})
        },
        quality_comment=draw(texts(500)),
        general_competence_comment=draw(texts(500)),
        specific_competence_comment=draw(texts(500)),
    )


@st.composite
def records(draw: st.DrawFn) -> AnnualRecord:
    """Any record that the format can carry."""
    profile = draw(st.sampled_from(FormatProfile))
    return AnnualRecord(
        profile=profile,
        record_uuid=record_uuid_from_bytes(draw(st.binary(min_size=16, max_size=16))),
        school_year=draw(SCHOOL_YEARS),
        school=draw(SCHOOLS),
        pupil=draw(PUPILS),
        grade=draw(st.integers(1, 5)),
        classroom_name=draw(texts(10)),
        terms=draw(TERMS),
        history=tuple(draw(st.lists(STUDY_YEARS, max_size=3))),
        subjects=draw(_subjects(profile)),
        traits=draw(_traits()),
        summary=draw(SUMMARIES),
        circular=draw(texts(30)),
    )
