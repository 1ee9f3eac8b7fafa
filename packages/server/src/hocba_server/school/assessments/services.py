from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from hocba.assessment.catalogue import subjects_of_grade
from hocba.errors import Refused
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
from hocba_server.school.assessments.models import (
    HOMEROOM_COMMENT_LIMIT,
    SubjectAssessment,
    TraitAssessment,
    TraitMark,
    YearConclusion,
)
from hocba_server.school.assessments.selectors import (
    conclusions_by_enrolment,
    subject_values_by_enrolment,
    trait_values_by_enrolment,
)
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.registry.models import Classroom, Enrolment, SchoolRole, StaffMember
from hocba_server.school.registry.permissions import (
    deny_homeroom_teacher,
    deny_locked_results,
    deny_role,
    deny_subject_teacher,
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
MAX_HALF_DAYS = 400


def set_subject_result(
    *,
    by: Actor,
    at: dt.datetime,
    enrolment_id: int,
    subject_code: str,
    level: str,
    test_score: int | None,
    comment: str = "",
    reason: str = "",
) -> None:
    """Enter the year-end result of one pupil in one subject."""
    row = enrolment_by_id(by, enrolment_id)
    set_subject_results(
        by=by,
        at=at,
        classroom_id=row.classroom_id,
        subject_code=subject_code,
        entries=[SubjectEntry(enrolment_id, level, test_score, comment)],
        reason=reason,
    )


def set_subject_results(
    *,
    by: Actor,
    at: dt.datetime,
    classroom_id: int,
    subject_code: str,
    entries: Sequence[SubjectEntry],
    reason: str = "",
) -> int:
    """Enter year-end results of one subject; answers how many pupils changed. All or nothing."""
    with school_transaction():
        room = classroom_by_id(by, classroom_id, lock=True)
        require(deny_subject_teacher(by, room, subject_code) or deny_locked_results(room))
        _require_subject(room, subject_code)
        pupils = _pupils(room)
        known = subject_values_by_enrolment(room, subject_code)
        teacher = _staff(by)
        checked = [_checked_subject(entry, room, subject_code, pupils) for entry in entries]
        changes = []
        for entry in checked:
            new = {
                "level": entry.level,
                "test_score": entry.test_score,
                "comment": entry.comment,
            }
            old = known.get(entry.enrolment_id)
            if old != new:
                changes.append({"enrolment": entry.enrolment_id, "old": old, "new": new})
        changed = {change["enrolment"] for change in changes}
        SubjectAssessment.objects.bulk_create(
            [
                SubjectAssessment(
                    enrolment_id=entry.enrolment_id,
                    subject_code=subject_code,
                    level=entry.level,
                    test_score=entry.test_score,
                    comment=entry.comment,
                    teacher=teacher,
                    entered_by=by.user_id,
                    entered_at=at,
                )
                for entry in checked
                if entry.enrolment_id in changed
            ],
            update_conflicts=True,
            unique_fields=["enrolment", "subject_code"],
            update_fields=["level", "test_score", "comment", "teacher", "entered_by", "entered_at"],
        )
        detail = {"subject": subject_code, "reason": reason, "changes": changes}
        _audit(by, at, "set_subject_results", room, detail)
    return len(changes)


def set_trait_results(
    *,
    by: Actor,
    at: dt.datetime,
    classroom_id: int,
    entries: Sequence[TraitEntry],
    reason: str = "",
) -> int:
    """Enter levels and comments on qualities and competences; answers how many pupils changed."""
    with school_transaction():
        room = classroom_by_id(by, classroom_id, lock=True)
        require(deny_homeroom_teacher(by, room) or deny_locked_results(room))
        pupils = _pupils(room)
        known = trait_values_by_enrolment(room)
        changes: list[dict[str, Any]] = []
        for given in entries:
            entry = _checked_traits(given, room, pupils)
            new = {"levels": dict(entry.levels)}
            new |= {field: getattr(entry, field) for field in COMMENT_FIELDS}
            old = known.get(entry.enrolment_id)
            if old == new:
                continue
            changes.append({"enrolment": entry.enrolment_id, "old": old, "new": new})
            _write_traits(entry, by, at)
        _audit(by, at, "set_trait_results", room, {"reason": reason, "changes": changes})
    return len(changes)


def set_homeroom_data(
    *, by: Actor, at: dt.datetime, classroom_id: int, entries: Sequence[HomeroomEntry]
) -> int:
    """Enter weight, height, absences, comment and awards; answers how many pupils changed."""
    with school_transaction():
        room = classroom_by_id(by, classroom_id, lock=True)
        require(deny_homeroom_teacher(by, room) or deny_locked_results(room))
        pupils = _pupils(room)
        known = conclusions_by_enrolment(room)
        changes: list[dict[str, Any]] = []
        for entry in entries:
            if entry.enrolment_id not in pupils:
                raise not_found()
            _check_homeroom(entry, pupils[entry.enrolment_id])
            row = known.get(entry.enrolment_id) or YearConclusion(enrolment_id=entry.enrolment_id)
            old = {field: getattr(row, field) for field in HOMEROOM_FIELDS}
            new = {field: getattr(entry, field) for field in HOMEROOM_FIELDS}
            if old == new:
                continue
            for field, value in new.items():
                setattr(row, field, value)
            row.entered_by, row.entered_at = by.user_id, at
            row.save()
            changes.append(
                {"enrolment": entry.enrolment_id, "old": _plain(old), "new": _plain(new)}
            )
        _audit(by, at, "set_homeroom_data", room, {"changes": changes})
    return len(changes)


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
    enrolment = enrolment_by_id(by, enrolment_id)
    with school_transaction():
        room = classroom_by_id(by, enrolment.classroom_id, lock=True)
        require(deny_locked_results(room))
        row, _ = YearConclusion.objects.select_for_update().get_or_create(enrolment=enrolment)
        row.promoted_by_head = promoted
        row.promotion_reason = clean_text(reason)[:500]
        row.promotion_decided_by, row.promotion_decided_at = by.user_id, at
        row.save()
        detail = {"enrolment": enrolment_id, "promoted": promoted, "reason": row.promotion_reason}
        _audit(by, at, "decide_promotion", room, detail)


def _require_subject(room: Classroom, subject_code: str) -> None:
    if subject_code not in {str(subject.code) for subject in subjects_of_grade(room.grade)}:
        raise Refused(
            "subject_of_grade",
            f"Khối {room.grade} không có môn mang mã {subject_code}.",
            f"Grade {room.grade} has no subject with code {subject_code}.",
        )


def _pupils(room: Classroom) -> dict[int, Enrolment]:
    return {row.pk: row for row in class_roll(room)}


def _staff(by: Actor) -> StaffMember:
    found = StaffMember.objects.filter(
        school__code=by.unit_code, personal_id=by.personal_id
    ).first()
    if found is None:
        raise not_found()
    return found


def _checked_subject(
    entry: SubjectEntry, room: Classroom, subject_code: str, pupils: Mapping[int, Enrolment]
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


def _write_traits(entry: TraitEntry, by: Actor, at: dt.datetime) -> None:
    values = {field: getattr(entry, field) for field in COMMENT_FIELDS}
    row, _ = TraitAssessment.objects.update_or_create(
        enrolment_id=entry.enrolment_id,
        defaults={**values, "entered_by": by.user_id, "entered_at": at},
    )
    row.marks.exclude(trait_code__in=entry.levels).delete()
    TraitMark.objects.bulk_create(
        [
            TraitMark(assessment=row, trait_code=code, level=level)
            for code, level in entry.levels.items()
        ],
        update_conflicts=True,
        unique_fields=["assessment", "trait_code"],
        update_fields=["level"],
    )


def _check_homeroom(entry: HomeroomEntry, enrolment: Enrolment) -> None:
    name = enrolment.pupil.full_name
    for label, value, limit in (
        ("cân nặng", entry.weight_kg, 200),
        ("chiều cao", entry.height_cm, 250),
        ("số buổi nghỉ có phép", entry.excused_absences, MAX_HALF_DAYS),
        ("số buổi nghỉ không phép", entry.unexcused_absences, MAX_HALF_DAYS),
    ):
        if value is not None and not 0 <= value <= limit:
            raise Refused(
                "entry",
                f"{name}: {label} {value} không hợp lý (0 đến {limit}). Sửa lại.",
                f"{name}: {value} is out of range (0 to {limit}).",
            )
    if len(entry.homeroom_comment) > HOMEROOM_COMMENT_LIMIT:
        raise Refused(
            "entry",
            f"{name}: nhận xét dài {len(entry.homeroom_comment)} ký tự, tối đa 2000. Rút gọn lại.",
            f"{name}: the comment has more than 2000 characters.",
        )


def _plain(values: Mapping[str, object]) -> dict[str, object]:
    return {
        key: value if value is None or isinstance(value, int | str) else str(value)
        for key, value in values.items()
    }


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
