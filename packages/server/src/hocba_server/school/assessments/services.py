from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from hocba.assessment.catalogue import subjects_of_grade
from hocba.assessment.levels import YearResult
from hocba.assessment.periods import Period
from hocba.errors import Refused
from hocba_server.school.assessments.entering import CellChange, save_cells
from hocba_server.school.assessments.entries import (
    COMMENT_FIELDS,
    HomeroomEntry,
    SubjectEntry,
    TraitEntry,
    clean_text,
    read_subject_entry,
    read_trait_entry,
    refuse_faults,
)
from hocba_server.school.assessments.models import YearConclusion
from hocba_server.school.assessments.selectors import class_findings
from hocba_server.school.assessments.sheet_values import as_text
from hocba_server.school.assessments.sheets import (
    HOMEROOM_SHEET,
    TRAITS_SHEET,
    Sheet,
    columns_of,
)
from hocba_server.school.assessments.windows import vietnam_day
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.registry.models import Classroom, Enrolment, SchoolRole
from hocba_server.school.registry.permissions import (
    deny_homeroom_teacher,
    deny_locked_results,
    deny_role,
    require,
)
from hocba_server.school.registry.selectors import (
    class_roll,
    classroom_by_id,
    enrolment_by_id,
    not_found,
)
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event

HOMEROOM_FIELDS = (
    "weight_kg",
    "height_cm",
    "excused_absences",
    "unexcused_absences",
    "homeroom_comment",
    "award_text",
    "special_award_text",
)


def set_subject_result(
    *,
    by: Actor,
    at: dt.datetime,
    enrolment_id: int,
    subject_code: str,
    level: str,
    test_score: int | None,
    comment: str = "",
    period: Period = Period.YEAR_END,
    reason: str = "",
) -> None:
    """Enter the result of one pupil in one subject."""
    row = enrolment_by_id(by, enrolment_id)
    set_subject_results(
        by=by,
        at=at,
        classroom_id=row.classroom_id,
        subject_code=subject_code,
        entries=[SubjectEntry(enrolment_id, level, test_score, comment)],
        period=period,
        reason=reason,
    )


def set_subject_results(
    *,
    by: Actor,
    at: dt.datetime,
    classroom_id: int,
    subject_code: str,
    entries: Sequence[SubjectEntry],
    period: Period = Period.YEAR_END,
    reason: str = "",
) -> int:
    """Enter results of one subject; answers how many pupils changed. All or nothing."""
    room = classroom_by_id(by, classroom_id)
    _require_subject(room, subject_code)
    pupils = _pupils(room)
    checked = [_checked_subject(entry, room, subject_code, pupils, period) for entry in entries]
    changes = [
        CellChange(entry.enrolment_id, field, as_text(getattr(entry, field)))
        for entry in checked
        for field in _subject_fields(room, subject_code, period)
    ]
    return _save_all(by, at, room, Sheet.of_subject(subject_code), period, changes, reason)


def set_trait_results(
    *,
    by: Actor,
    at: dt.datetime,
    classroom_id: int,
    entries: Sequence[TraitEntry],
    period: Period = Period.YEAR_END,
    reason: str = "",
) -> int:
    """Enter levels and comments on qualities and competences; answers how many pupils changed."""
    room = classroom_by_id(by, classroom_id)
    pupils = _pupils(room)
    checked = [_checked_traits(entry, room, pupils) for entry in entries]
    changes = [
        CellChange(entry.enrolment_id, field, text)
        for entry in checked
        for field, text in (
            *entry.levels.items(),
            *((field, getattr(entry, field)) for field in COMMENT_FIELDS),
        )
    ]
    return _save_all(by, at, room, TRAITS_SHEET, period, changes, reason)


def set_homeroom_data(
    *,
    by: Actor,
    at: dt.datetime,
    classroom_id: int,
    entries: Sequence[HomeroomEntry],
    period: Period = Period.YEAR_END,
    reason: str = "",
) -> int:
    """Enter weight, height, absences, comment and awards; answers how many pupils changed."""
    room = classroom_by_id(by, classroom_id)
    fields = [
        column.field
        for column in columns_of(HOMEROOM_SHEET, room.grade, period)
        if column.field in HOMEROOM_FIELDS
    ]
    changes = [
        CellChange(entry.enrolment_id, field, as_text(getattr(entry, field)))
        for entry in entries
        for field in fields
    ]
    return _save_all(by, at, room, HOMEROOM_SHEET, period, changes, reason)


def _save_all(
    by: Actor,
    at: dt.datetime,
    room: Classroom,
    sheet: Sheet,
    period: Period,
    changes: Sequence[CellChange],
    reason: str,
) -> int:
    saved = save_cells(
        by=by,
        at=at,
        classroom_id=room.pk,
        sheet=sheet,
        period=period,
        changes=changes,
        reason=reason,
        all_or_nothing=True,
    )
    return len(saved.pupils)


def _subject_fields(room: Classroom, subject_code: str, period: Period) -> list[str]:
    sheet = Sheet.of_subject(subject_code)
    return [column.field for column in columns_of(sheet, room.grade, period)]


def decide_promotion(
    *, by: Actor, at: dt.datetime, enrolment_id: int, promoted: bool, reason: str
) -> None:
    """The principal decides whether a pupil who has not completed the grade moves up (Đ11)."""
    require(deny_role(by, SchoolRole.PRINCIPAL))
    if not clean_text(reason):
        raise Refused(
            "reason_missing",
            "Ghi lý do của quyết định cho lên lớp hoặc chưa cho lên lớp.",
            "Give the reason of the decision on promotion.",
        )
    with school_transaction():
        room = classroom_by_id(by, enrolment_by_id(by, enrolment_id).classroom_id, lock=True)
        enrolment = enrolment_by_id(by, enrolment_id)
        require(deny_locked_results(enrolment))
        _refuse_completed(room, enrolment_id)
        row, _ = YearConclusion.objects.select_for_update().get_or_create(enrolment=enrolment)
        row.promoted_by_head = promoted
        row.promotion_reason = clean_text(reason)[:500]
        row.promotion_decided_by, row.promotion_decided_at = by.user_id, at
        row.save()
        detail = {"enrolment": enrolment_id, "promoted": promoted, "reason": row.promotion_reason}
        _audit(by, at, "decide_promotion", room, detail)


def _refuse_completed(room: Classroom, enrolment_id: int) -> None:
    """Only a pupil who has not completed the grade waits for the head's decision (Đ11.2)."""
    check = next(each for each in class_findings(room) if each.enrolment.pk == enrolment_id)
    result = check.year.result
    if result is not None and result.result is not YearResult.NOT_COMPLETED:
        raise Refused(
            "promotion_contradiction",
            f"Em đã hoàn thành chương trình lớp học ({result.result.value}) nên được lên lớp.",
            "The pupil has completed the grade and is promoted; there is nothing to decide.",
        )


def plan_reassessment(*, by: Actor, at: dt.datetime, enrolment_id: int, planned: bool) -> None:
    """Put a pupil's record off until the re-assessment before 15/8, or take that back (Đ11).

    The homeroom teacher or the principal decides; QĐ 1789 Đ21.2 gives the date.
    """
    with school_transaction():
        room = classroom_by_id(by, enrolment_by_id(by, enrolment_id).classroom_id, lock=True)
        if deny_role(by, SchoolRole.PRINCIPAL) is not None:
            require(deny_homeroom_teacher(by, room, on=vietnam_day(at)))
        enrolment = enrolment_by_id(by, enrolment_id)
        require(deny_locked_results(enrolment))
        row, _ = YearConclusion.objects.select_for_update().get_or_create(enrolment=enrolment)
        row.reassessed = planned
        row.save(update_fields=["reassessed"])
        detail = {"enrolment": enrolment_id, "planned": planned}
        _audit(by, at, "plan_reassessment", room, detail)


def _require_subject(room: Classroom, subject_code: str) -> None:
    if subject_code not in {str(subject.code) for subject in subjects_of_grade(room.grade)}:
        raise Refused(
            "subject_of_grade",
            f"Khối {room.grade} không có môn mang mã {subject_code}.",
            f"Grade {room.grade} has no subject with code {subject_code}.",
        )


def _pupils(room: Classroom) -> dict[int, Enrolment]:
    return {row.pk: row for row in class_roll(room)}


def _checked_subject(
    entry: SubjectEntry,
    room: Classroom,
    subject_code: str,
    pupils: Mapping[int, Enrolment],
    period: Period,
) -> SubjectEntry:
    if entry.enrolment_id not in pupils:
        raise not_found()
    read = read_subject_entry(
        enrolment_id=entry.enrolment_id,
        grade=room.grade,
        subject_code=subject_code,
        level=clean_text(entry.level),
        score="" if entry.test_score is None else str(entry.test_score),
        comment=clean_text(entry.comment),
        period=period,
    )
    if isinstance(read, tuple):
        raise refuse_faults(read, pupil=pupils[entry.enrolment_id].pupil.full_name)
    return read


def _checked_traits(
    entry: TraitEntry, room: Classroom, pupils: Mapping[int, Enrolment]
) -> TraitEntry:
    if entry.enrolment_id not in pupils:
        raise not_found()
    read = read_trait_entry(
        enrolment_id=entry.enrolment_id,
        grade=room.grade,
        levels=entry.levels,
        comments={field: clean_text(getattr(entry, field)) for field in COMMENT_FIELDS},
    )
    if isinstance(read, tuple):
        raise refuse_faults(read, pupil=pupils[entry.enrolment_id].pupil.full_name)
    return read


def _audit(
    by: Actor, at: dt.datetime, action: str, room: Classroom, detail: dict[str, Any]
) -> None:
    record_event(
        using=SCHOOL_DATABASE,
        by=by,
        at=at,
        action=action,
        subject=f"classroom:{room.pk}",
        detail=detail,
    )
