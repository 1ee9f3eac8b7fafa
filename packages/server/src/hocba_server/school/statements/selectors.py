"""Statements of a school: what waits for whom, and the contents of a new one."""

from __future__ import annotations

import datetime as dt

from hocba.assessment.catalogue import TraitGroup, traits_of_grade
from hocba.assessment.periods import REGULAR_PERIODS
from hocba.rendition.results_to_date import ResultLine, ResultsToDate
from hocba.workflow.transitions import Denial
from hocba_server.school.assessments.models import (
    SubjectAssessment,
    TraitAssessment,
    YearConclusion,
)
from hocba_server.school.registry.models import Enrolment, School, SchoolRole
from hocba_server.school.registry.permissions import deny_other_school, deny_role, require
from hocba_server.school.registry.selectors import homeroom_teacher, leaders, not_found
from hocba_server.school.registry.taught import taught_subjects
from hocba_server.school.statements.models import Statement, StatementState
from hocba_server.web.accounts.actor import Actor

STEPS = {"sign": StatementState.DRAWN, "seal": StatementState.SIGNED}
_GROUPS = {
    TraitGroup.QUALITY: "Phẩm chất chủ yếu",
    TraitGroup.GENERAL_COMPETENCE: "Năng lực chung",
    TraitGroup.SPECIFIC_COMPETENCE: "Năng lực đặc thù",
}


def deny_statement_step(by: Actor, step: str) -> Denial | None:
    """The principal or an assigned leader signs, the clerk seals (QĐ 1789 Đ20.4)."""
    if step == "sign":
        return deny_role(by, SchoolRole.PRINCIPAL, SchoolRole.SCHOOL_LEADER)
    return deny_role(by, SchoolRole.SCHOOL_CLERK)


def statements_waiting(school: School, step: str) -> list[Statement]:
    """What waits for a step, oldest first, without the bytes."""
    rows = Statement.objects.filter(school=school, state=STEPS[step]).defer("content")
    return list(rows.select_related("enrolment__pupil", "enrolment__classroom").order_by("pk"))


def statements_of_school(school: School) -> list[Statement]:
    """The newest statements of a school, without the bytes."""
    rows = Statement.objects.filter(school=school).defer("content")
    return list(rows.select_related("enrolment__pupil", "enrolment__classroom")[:300])


def statement_by_id(by: Actor, statement_id: int) -> Statement:
    """A statement of this person's school, with its bytes."""
    found = (
        Statement.objects.select_related(
            "school", "enrolment__pupil", "enrolment__classroom__school"
        )
        .filter(pk=statement_id)
        .first()
    )
    if found is None:
        raise not_found()
    require(deny_other_school(by, found.school.code))
    return found


def results_to_date(row: Enrolment, number: str, reason: str, until: dt.date) -> ResultsToDate:
    """Everything entered for a pupil up to a day, by period."""
    room, pupil = row.classroom, row.pupil
    homeroom = homeroom_teacher(room)
    heads = leaders(room.school, room.school_year)
    return ResultsToDate(
        number=number,
        school_name=room.school.name,
        department_name=room.school.department_name,
        place=room.school.province_name,
        school_year=room.school_year,
        classroom_name=room.name,
        full_name=pupil.full_name,
        birth_date=pupil.birth_date,
        personal_id=pupil.personal_id,
        pupil_code=pupil.pupil_code,
        until=until,
        reason=reason,
        periods=tuple(period.label.vi for period in REGULAR_PERIODS),
        lines=(*_subject_lines(row), *_trait_lines(row)),
        absences=_absences(row),
        homeroom_teacher=homeroom.full_name if homeroom else "",
        head=heads[0].full_name if heads else "",
        head_title=heads[0].title if heads else "Hiệu trưởng",
    )


def _subject_lines(row: Enrolment) -> list[ResultLine]:
    found: dict[tuple[str, str], str] = {}
    for each in SubjectAssessment.objects.filter(enrolment=row):
        score = "" if each.test_score is None else f" {each.test_score}"
        found[each.subject_code, each.period] = f"{each.level}{score}".strip()
    return [
        ResultLine("Môn học và hoạt động giáo dục", subject.name, _cells(found, str(subject.code)))
        for subject in taught_subjects(row.classroom)
    ]


def _trait_lines(row: Enrolment) -> list[ResultLine]:
    found: dict[tuple[str, str], str] = {}
    for each in TraitAssessment.objects.filter(enrolment=row).prefetch_related("marks"):
        for mark in each.marks.all():
            found[mark.trait_code, each.period] = mark.level
    return [
        ResultLine(_GROUPS[trait.group], trait.name, _cells(found, str(trait.code)))
        for trait in traits_of_grade(row.classroom.grade)
    ]


def _cells(found: dict[tuple[str, str], str], code: str) -> tuple[str, ...]:
    return tuple(found.get((code, period.value), "") for period in REGULAR_PERIODS)


def _absences(row: Enrolment) -> str:
    year = YearConclusion.objects.filter(enrolment=row).first()
    if year is None or (year.excused_absences is None and year.unexcused_absences is None):
        return "chưa ghi"
    return f"{year.excused_absences or 0} có phép, {year.unexcused_absences or 0} không phép"
