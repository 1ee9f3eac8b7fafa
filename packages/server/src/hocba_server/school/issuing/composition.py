"""From the school's rows to the record unit: the one place where an `AnnualRecord` is built."""

from __future__ import annotations

import datetime as dt

from hocba.assessment.catalogue import has_year_end_test, subjects_of_grade
from hocba.assessment.levels import SubjectLevel, TraitLevel
from hocba.ids import (
    PersonalId,
    PupilCode,
    RecordUuid,
    SchoolYear,
    SubjectCode,
    TraitCode,
    UnitCode,
)
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
)
from hocba_server.school.assessments.models import YearConclusion
from hocba_server.school.assessments.selectors import BodyMeasures, PupilCheck, TraitValues
from hocba_server.school.assessments.year import PupilYear
from hocba_server.school.issuing.models import IssueBatch
from hocba_server.school.issuing.signers import ClassSigners, NamedSigner
from hocba_server.school.registry.models import Enrolment, School, StaffMember

VIETNAM_TIME = dt.timezone(dt.timedelta(hours=7))


def vietnam_time(moment: dt.datetime) -> dt.datetime:
    """The moment in Vietnam, whole seconds, as records write it (gap G3: ISO with +07:00)."""
    return moment.astimezone(VIETNAM_TIME).replace(microsecond=0)


def compose_record(
    batch: IssueBatch,
    check: PupilCheck,
    signers: ClassSigners,
    record_uuid: RecordUuid,
    created_on: dt.datetime,
    history: list[Enrolment],
) -> AnnualRecord:
    """Build the record of one pupil whose year is complete (`check.year.errors` is empty).

    The signers are those of today: they sign, even if a colleague typed the result.
    """
    room = batch.classroom
    if check.traits is None or check.conclusion is None or signers.homeroom is None:
        raise AssertionError("compose_record needs a complete year")
    return AnnualRecord(
        profile=FormatProfile(batch.format_profile),
        record_uuid=record_uuid,
        school_year=SchoolYear(room.school_year),
        school=_school(room.school),
        pupil=_pupil(check.enrolment, check.conclusion, check.measures),
        grade=room.grade,
        classroom_name=room.name,
        terms=IssueTerms(
            signing_leader=_person(batch.signing_leader),
            signing_leader_title=batch.signing_leader.title,
            homeroom_teacher=signers.homeroom.person,
            issue_place=batch.issue_place,
            created_on=vietnam_time(created_on),
            issued_on=vietnam_time(batch.issued_on),
        ),
        history=tuple(_study_year(row) for row in history),
        subjects=_subjects(check, room.grade, signers),
        traits=_traits(check.traits),
        summary=_summary(check.conclusion, check.year),
    )


def _person(staff: StaffMember) -> Person:
    return Person(staff.full_name, PersonalId(staff.personal_id))


def _school(school: School) -> IssuingSchool:
    return IssuingSchool(
        department_code=school.department_code,
        department_name=school.department_name,
        school_code=UnitCode(school.code),
        school_name=school.name,
        ward_name=school.ward_name,
        province_name=school.province_name,
    )


def _pupil(enrolment: Enrolment, conclusion: YearConclusion, measures: BodyMeasures) -> PupilData:
    pupil = enrolment.pupil
    return PupilData(
        full_name=pupil.full_name,
        personal_id=PersonalId(pupil.personal_id),
        pupil_code=PupilCode(pupil.pupil_code),
        register_number=pupil.register_number,
        gender=pupil.gender,
        birth_date=pupil.birth_date,
        birth_place=pupil.birth_place,
        home_town=pupil.home_town,
        current_address=pupil.current_address,
        ethnic_group=pupil.ethnic_group,
        nationality=pupil.nationality,
        mother_name=pupil.mother_name,
        father_name=pupil.father_name or None,
        guardian_name=pupil.guardian_name or None,
        weight_kg=measures.weight_kg,
        height_cm=measures.height_cm,
        excused_absences=conclusion.excused_absences,
        unexcused_absences=conclusion.unexcused_absences,
    )


def _study_year(row: Enrolment) -> StudyYear:
    arrived = dt.datetime.combine(row.arrived_on, dt.time(), VIETNAM_TIME)
    room = row.classroom
    return StudyYear(SchoolYear(room.school_year), room.name, room.school.name, arrived)


def _subjects(check: PupilCheck, grade: int, signers: ClassSigners) -> tuple[SubjectResult, ...]:
    by_code = {row.subject_code: row for row in check.subjects}
    results = []
    for subject in subjects_of_grade(grade):
        row = by_code.get(str(subject.code))
        if row is None:
            continue
        level = SubjectLevel(row.level)
        score: int | SubjectLevel | None = row.test_score
        if level is SubjectLevel.EXEMPT and has_year_end_test(subject.code, grade):
            score = SubjectLevel.EXEMPT
        results.append(
            SubjectResult(
                code=SubjectCode(row.subject_code),
                name=subject.name,
                level=level,
                test_score=score,
                teacher=(signers.subjects.get(row.subject_code) or NamedSigner(row.teacher)).person,
            )
        )
    return tuple(results)


def _traits(traits: TraitValues) -> TraitResults:
    return TraitResults(
        levels={TraitCode(code): TraitLevel(level) for code, level in traits.levels.items()},
        quality_comment=traits.quality_comment,
        general_competence_comment=traits.general_competence_comment,
        specific_competence_comment=traits.specific_competence_comment,
    )


def _summary(conclusion: YearConclusion, year: PupilYear) -> YearSummary:
    if year.result is None or year.promotion is None:
        raise AssertionError("compose_record needs a decided year")
    return YearSummary(
        year_result=year.result.result,
        promoted=year.promotion.promoted,
        grade_completed=year.promotion.grade_completed,
        primary_completed=year.promotion.primary_completed,
        completion_text=year.promotion.text,
        homeroom_comment=conclusion.homeroom_comment,
        award_text=conclusion.award_text or None,
        special_award_text=conclusion.special_award_text or None,
    )
