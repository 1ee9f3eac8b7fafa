"""From the school's results to the class summary of one period (TT 27/2020/TT-BGDĐT annex 2)."""

from __future__ import annotations

from collections import defaultdict

from hocba.assessment.class_summary import ClassSummary, PupilSummary, summary_form
from hocba.assessment.levels import SubjectLevel
from hocba.assessment.periods import Period
from hocba.workflow.transitions import Denial
from hocba_server.school.assessments.models import SubjectAssessment, TraitAssessment
from hocba_server.school.assessments.selectors import PupilCheck, class_findings
from hocba_server.school.registry.models import (
    AssessmentMode,
    Classroom,
    Enrolment,
    SchoolRole,
)
from hocba_server.school.registry.permissions import (
    deny_homeroom_teacher,
    deny_results_reader,
    deny_role,
)
from hocba_server.school.registry.selectors import class_roll, homeroom_teacher, leaders
from hocba_server.school.registry.taught import exempt_subjects, taught_subjects
from hocba_server.web.accounts.actor import Actor

LEADERS_AND_REGISTRAR = (
    SchoolRole.REGISTRAR,
    SchoolRole.SCHOOL_LEADER,
    SchoolRole.PRINCIPAL,
)


def deny_summary(by: Actor, room: Classroom) -> Denial | None:
    """The homeroom teacher of the class, the registrar and the leaders; nobody else."""
    denial = deny_results_reader(by, room)
    if denial is not None or deny_role(by, *LEADERS_AND_REGISTRAR) is None:
        return denial
    return deny_homeroom_teacher(by, room)


def class_summary(room: Classroom, period: Period) -> ClassSummary:
    """The summary of a class. Raises `Malformed` (`period`) for the re-assessment."""
    form = summary_form(room.grade, period, taught_subjects(room))
    levels, scores = _subjects(room, period)
    for enrolment_id, codes in exempt_subjects(room).items():
        for code in codes:
            levels[enrolment_id][code] = SubjectLevel.EXEMPT.value
            scores[enrolment_id].pop(code, None)
    traits = _traits(room, period)
    year = {}
    if period is Period.YEAR_END:
        year = {check.enrolment.pk: check for check in class_findings(room)}
    homeroom = homeroom_teacher(room)
    heads = leaders(room.school, room.school_year)
    return ClassSummary(
        form=form,
        school_name=room.school.name,
        classroom_name=room.name,
        school_year=room.school_year,
        place=room.school.province_name,
        homeroom_teacher=homeroom.full_name if homeroom else "",
        head=heads[0].full_name if heads else "",
        pupils=tuple(
            _pupil(
                row,
                levels[row.pk],
                scores[row.pk],
                traits[row.pk],
                year.get(row.pk),
            )
            for row in class_roll(room)
        ),
    )


def _subjects(
    room: Classroom, period: Period
) -> tuple[dict[int, dict[str, str]], dict[int, dict[str, int]]]:
    levels: dict[int, dict[str, str]] = defaultdict(dict)
    scores: dict[int, dict[str, int]] = defaultdict(dict)
    for row in SubjectAssessment.objects.filter(enrolment__classroom=room, period=period):
        if row.level:
            levels[row.enrolment_id][row.subject_code] = row.level
        if row.test_score is not None:
            scores[row.enrolment_id][row.subject_code] = row.test_score
    return levels, scores


def _traits(room: Classroom, period: Period) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = defaultdict(dict)
    rows = TraitAssessment.objects.filter(enrolment__classroom=room, period=period)
    for row in rows.prefetch_related("marks"):
        found[row.enrolment_id] = {mark.trait_code: mark.level for mark in row.marks.all()}
    return found


_DISABILITY_NOTES = {
    AssessmentMode.ADJUSTED: "Học sinh khuyết tật, đánh giá theo kế hoạch giáo dục cá nhân",
    AssessmentMode.NOT_ASSESSED: "Học sinh khuyết tật, không đánh giá",
}


def _note(row: Enrolment, check: PupilCheck | None) -> str:
    """“Ghi chú”: what the circular's instructions name, and who waits for the re-assessment."""
    notes = [_DISABILITY_NOTES.get(AssessmentMode(row.assessment_mode), "")]
    if check is not None and any(
        finding.code == "awaits_reassessment" for finding in check.year.findings
    ):
        notes.append("Chờ đánh giá bổ sung")
    return "; ".join(note for note in notes if note)


def _pupil(
    row: Enrolment,
    levels: dict[str, str],
    scores: dict[str, int],
    traits: dict[str, str],
    check: PupilCheck | None,
) -> PupilSummary:
    name, note = row.pupil.full_name, _note(row, check)
    if check is None:
        return PupilSummary(name, levels, scores, traits, note=note)
    conclusion, year = check.conclusion, check.year
    awards = conclusion is not None and (conclusion.award_text or conclusion.special_award_text)
    return PupilSummary(
        name,
        levels,
        scores,
        traits,
        result=year.result.result if year.result else None,
        awarded=bool(awards),
        held_back=year.promotion is not None and not year.promotion.promoted,
        note=note,
    )
