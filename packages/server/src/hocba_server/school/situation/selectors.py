"""How the school's year stands, counted from its own rows: numbers, no pupil and no name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from hocba.assessment.periods import Period
from hocba.ids import SchoolYear
from hocba.packet.situation import ClassLine, OnPaper, SchoolStep, Situation, grades_of
from hocba.workflow.states import RecordState
from hocba.workflow.transitions import Denial
from hocba_server.school.assessments.models import SubjectAssessment
from hocba_server.school.assessments.selectors import PupilCheck, findings_of_classes
from hocba_server.school.issuing.models import ISSUED_STATES, AnnualRecordDraft
from hocba_server.school.issuing.selectors import batches_of, records_of_batches
from hocba_server.school.registry.models import (
    AssessmentMode,
    Classroom,
    School,
    SchoolRole,
    StaffMember,
    WorkingMode,
)
from hocba_server.school.registry.permissions import OFFICE, deny_role
from hocba_server.school.registry.selectors import class_rolls, classrooms_of_school, school_years
from hocba_server.school.situation.models import SchoolWord, SituationMessage
from hocba_server.web.accounts.actor import Actor

YEARS_TOLD = 2
"""The newest year of the school and the one before it, whose re-assessment may still go on."""
_SIGNED = {
    RecordState.SUBJECT_SIGNED.value,
    RecordState.HOMEROOM_SIGNED.value,
    RecordState.LEADER_SIGNED.value,
}
_ISSUED = {state.value for state in ISSUED_STATES}
_SENT = _ISSUED - {RecordState.ISSUED.value}


def deny_reading(by: Actor) -> Denial | None:
    """The office of the school reads what it tells."""
    return deny_role(by, *OFFICE)


def deny_saying(by: Actor) -> Denial | None:
    """The registrar reports (QĐ 1789 Đ34.1), the head answers for it (Đ30)."""
    return deny_role(by, SchoolRole.REGISTRAR, SchoolRole.PRINCIPAL)


def years_to_tell(school: School) -> list[str]:
    """Years of which the department hears."""
    return sorted(school_years(school), reverse=True)[:YEARS_TOLD]


def word_of(school: School, school_year: str) -> SchoolWord | None:
    """What the school added for a year."""
    return SchoolWord.objects.filter(school=school, school_year=school_year).first()


def staff_count(school: School) -> int:
    """People who work at the school, as its own list has them."""
    return StaffMember.objects.filter(school=school).count()


def situation_of(school: School, school_year: str, at: dt.datetime) -> Situation:
    """What is told of a year: every class with its pupils and step."""
    classes = tuple(_class_lines(classrooms_of_school(school, school_year)))
    word = word_of(school, school_year)
    total = word.staff_total if word else staff_count(school)
    return Situation(
        school_year=SchoolYear.parse(school_year),
        said_at=at.replace(microsecond=0),
        staff_total=total,
        staff_trained=word.staff_trained if word else 0,
        grades=grades_of(classes),
        classes=classes,
        on_paper=_on_paper(school, word),
    )


def _on_paper(school: School, word: SchoolWord | None) -> OnPaper | None:
    if school.mode != WorkingMode.PAPER:
        return None
    if word is None or not word.paper_reason:
        return OnPaper("trường chưa ghi lý do")
    return OnPaper(word.paper_reason, word.paper_plan, word.join_on)


def _class_lines(rooms: Sequence[Classroom]) -> list[ClassLine]:
    batches = batches_of(rooms)
    records = records_of_batches(list(batches.values()))
    rolls = class_rolls(rooms)
    with_records = {room for room, batch in batches.items() if records[batch.pk]}
    findings = findings_of_classes([room for room in rooms if room.pk not in with_records])
    entered = set(
        SubjectAssessment.objects.filter(enrolment__classroom__in=rooms, period=Period.YEAR_END)
        .order_by()
        .values_list("enrolment__classroom_id", flat=True)
        .distinct()
    )
    lines = []
    for room in rooms:
        # Pupils who are not assessed stay on paper (decision 12): no record is expected of them.
        pupils = sum(row.assessment_mode != AssessmentMode.NOT_ASSESSED for row in rolls[room.pk])
        if room.pk in with_records:
            step = _step_of_records(records[batches[room.pk].pk], pupils)
        else:
            step = _step_of_results(findings[room.pk], entered=room.pk in entered)
        lines.append(ClassLine(room.name, room.grade, pupils, step))
    return lines


def _step_of_records(rows: Sequence[AnnualRecordDraft], pupils: int) -> SchoolStep:
    """A class is as far as its last pupil; it is being signed as soon as one signature is there."""
    states = [row.state for row in rows]
    whole = len(rows) >= pupils
    if whole and all(state in _SENT for state in states):
        return SchoolStep.SENT
    if whole and all(state in _ISSUED for state in states):
        return SchoolStep.ISSUED
    if any(state in _SIGNED or state in _ISSUED for state in states):
        return SchoolStep.SIGNING
    return SchoolStep.COMPLETE


def _step_of_results(checks: Sequence[PupilCheck], *, entered: bool) -> SchoolStep:
    if checks and not any(check.year.errors for check in checks):
        return SchoolStep.COMPLETE
    return SchoolStep.ENTERING if entered else SchoolStep.NOT_STARTED


def messages_of(school: School) -> list[SituationMessage]:
    """What was sent, newest first."""
    return list(SituationMessage.objects.filter(school=school)[:20])
