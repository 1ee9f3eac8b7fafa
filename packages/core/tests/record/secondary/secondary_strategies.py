"""Hypothesis strategies: secondary records of every kind whose values are in form, wise or not."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import strategies as st
from record_strategies import (
    COUNTS,
    PERSONS,
    PUPILS,
    SCHOOL_YEARS,
    SCHOOLS,
    STUDY_YEARS,
    TERMS,
    texts,
)

from hocba.assessment.school_levels import SchoolLevel
from hocba.assessment.secondary.catalogue import GRADES, secondary_level, subjects_of_grade
from hocba.assessment.secondary.levels import CommentLevel, Result
from hocba.ids import record_uuid_from_bytes
from hocba.record.model import FormatProfile
from hocba.record.secondary.model import (
    Certificate,
    SecondaryRecord,
    SecondarySubjectResult,
    SecondarySummary,
)

NUMBERS = st.integers(0, 100).map(lambda tenths: (Decimal(tenths) / 10).quantize(Decimal("0.1")))
MARKS = st.none() | NUMBERS | st.sampled_from(CommentLevel)
RESULTS = st.sampled_from(Result)
SUMMARIES = st.builds(
    SecondarySummary,
    **dict.fromkeys(
        (
            *("study_term_1", "study_term_2", "study_year"),
            *("conduct_term_1", "conduct_term_2", "conduct_year"),
        ),
        RESULTS,
    ),
    promoted=st.booleans(),
    promotion_text=texts(150),
    level_completed=st.booleans(),
    homeroom_comment=texts(2000),
    study_again=st.none() | RESULTS,
    conduct_again=st.none() | RESULTS,
    absences=st.none() | st.integers(0, 999),
    completion_text=st.none() | texts(2000),
    contest_text=st.none() | texts(2000),
    summer_text=st.none() | texts(500),
    award_text=st.none() | texts(2000),
    special_award_text=st.none() | texts(2000),
)
OCCUPATIONS = st.none() | texts(150)
CERTIFICATES = st.builds(Certificate, texts(150), st.none() | texts(500))


@st.composite
def _subjects(
    draw: st.DrawFn, grade: int, profile: FormatProfile
) -> tuple[SecondarySubjectResult, ...]:
    taken = draw(
        st.lists(st.sampled_from(subjects_of_grade(grade)), min_size=1, max_size=6, unique=True)
    )
    upper = secondary_level(grade) is SchoolLevel.UPPER_SECONDARY
    return tuple(
        SecondarySubjectResult(
            code=subject.code,
            name=draw(texts(50)),
            term_1=draw(MARKS),
            term_2=draw(MARKS),
            year=draw(MARKS),
            again=draw(MARKS),
            topics=draw(st.none() | st.booleans()) if upper else None,
            comment=draw(st.none() | texts(2000)),
            teacher=draw(PERSONS) if profile is FormatProfile.V2_2025 else None,
        )
        for subject in taken
    )


@st.composite
def secondary_records(draw: st.DrawFn) -> SecondaryRecord:
    """Any record that the format can carry."""
    profile, grade = draw(st.sampled_from(FormatProfile)), draw(st.sampled_from(GRADES))
    pupil = replace(
        draw(PUPILS),
        father_occupation=draw(OCCUPATIONS),
        mother_occupation=draw(OCCUPATIONS),
        guardian_occupation=draw(OCCUPATIONS),
        excused_absences=draw(COUNTS),
    )
    return SecondaryRecord(
        profile=profile,
        record_uuid=record_uuid_from_bytes(draw(st.binary(min_size=16, max_size=16))),
        school_year=draw(SCHOOL_YEARS),
        school=draw(SCHOOLS),
        pupil=pupil,
        grade=grade,
        classroom_name=draw(texts(10)),
        terms=draw(TERMS),
        history=tuple(draw(st.lists(STUDY_YEARS, max_size=3))),
        subjects=draw(_subjects(grade, profile)),
        summary=draw(SUMMARIES),
        certificates=tuple(draw(st.lists(CERTIFICATES, max_size=2))),
        circular=draw(texts(30)),
    )
