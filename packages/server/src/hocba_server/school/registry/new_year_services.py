"""Mở năm học mới: one commit of the plan that was previewed, undone while nothing followed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from django.db.models.fields.reverse_related import ForeignObjectRel

from hocba.errors import HocBaError, Refused
from hocba.ids import SchoolYear
from hocba.record.codec import read_record
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.registry.models import (
    ON_CLASS_LIST,
    Classroom,
    Enrolment,
    NewYearOpening,
    PupilStatus,
    School,
    SchoolRole,
)
from hocba_server.school.registry.names import name_key
from hocba_server.school.registry.new_year import (
    LAST_GRADE,
    Leaving,
    NewYearPlan,
    OldRoom,
    Outcome,
    Placement,
    next_name,
    plan_new_year,
)
from hocba_server.school.registry.permissions import deny_role, require
from hocba_server.school.registry.pupil_rights import STANDING_RECORD
from hocba_server.school.registry.pupil_selectors import day_of_opening
from hocba_server.school.registry.selectors import not_found, own_school
from hocba_server.school.registry.taught import electives_of_grade
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person chose in the preview."""

    names: Mapping[int, str] = field(default_factory=dict)
    """Class of this year -> name of the class that follows."""
    outcomes: Mapping[int, str] = field(default_factory=dict)
    """Enrolment id -> `Outcome` for pupils without a conclusion."""
    room_outcomes: Mapping[int, str] = field(default_factory=dict)
    """Class of this year -> `Outcome` for its pupils without a conclusion."""
    targets: Mapping[int, str] = field(default_factory=dict)
    """Enrolment id -> name of the class for a pupil who repeats."""


def preview_new_year(by: Actor, from_year: str, choices: Choices | None = None) -> NewYearPlan:
    """What opening the year after `from_year` would do for the pupils not yet in it."""
    require(deny_role(by, SchoolRole.REGISTRAR, SchoolRole.PRINCIPAL))
    school = own_school(by)
    year = SchoolYear.parse(from_year)
    return _plan(school, year, choices or Choices())


@dataclass(frozen=True, slots=True)
class RoomLine:
    """One class of this year in the preview, with what becomes of its pupils."""

    room: OldRoom
    next_name: str
    """Empty for grade 5."""
    counts: Mapping[str, int]
    open: int
    """Pupils without a conclusion."""
    choice: str


def room_lines(by: Actor, from_year: str, plan: NewYearPlan, choices: Choices) -> list[RoomLine]:
    """The classes of this year with numbers, for the preview."""
    rows = Classroom.objects.filter(school=own_school(by), school_year=from_year)
    lines = []
    for row in rows.order_by("grade", "name"):
        mine = [each for each in plan.placements if each.pupil.room_id == row.pk]
        followed = [room.name for room in plan.rooms if room.source_id == row.pk]
        lines.append(
            RoomLine(
                room=OldRoom(row.pk, row.name, row.grade),
                next_name=choices.names.get(row.pk) or _follows(row, followed),
                counts={
                    str(outcome): sum(1 for each in mine if each.outcome is outcome)
                    for outcome in Outcome
                },
                open=sum(1 for each in mine if not each.pupil.concluded),
                choice=choices.room_outcomes.get(row.pk, ""),
            )
        )
    return lines


def _follows(row: Classroom, followed: list[str]) -> str:
    if row.grade == LAST_GRADE or not followed:
        return ""
    return next_name(row.name, row.grade)


def _plan(school: School, year: SchoolYear, choices: Choices) -> NewYearPlan:
    rows = Classroom.objects.filter(school=school, school_year=year).order_by("grade", "name")
    rooms = [OldRoom(room.pk, room.name, room.grade) for room in rows]
    ahead = Classroom.objects.filter(school=school, school_year=year.following())
    plan = plan_new_year(
        rooms,
        [_chosen(each, choices) for each in _leaving(school, year)],
        known=list(ahead.values_list("name", "grade")),
        names=choices.names,
    )
    return replace(plan, placements=tuple(_aimed(each, plan, choices) for each in plan.placements))


def _chosen(pupil: Leaving, choices: Choices) -> Leaving:
    if pupil.promoted is not None:
        return pupil
    outcome = choices.outcomes.get(pupil.enrolment_id) or choices.room_outcomes.get(pupil.room_id)
    known = {Outcome.UP.value: True, Outcome.REPEATS.value: False}
    return replace(pupil, promoted=known.get(outcome or ""), concluded=False)


def _aimed(each: Placement, plan: NewYearPlan, choices: Choices) -> Placement:
    name = choices.targets.get(each.pupil.enrolment_id)
    if each.outcome is not Outcome.REPEATS or each.target is None or not name:
        return each
    if name not in plan.targets_of_grade(each.target[1]):
        return each
    return replace(each, target=(name, each.target[1]))


def _leaving(school: School, year: SchoolYear) -> list[Leaving]:
    rows = (
        Enrolment.objects.filter(
            classroom__school=school, school_year=year, status__in=ON_CLASS_LIST
        )
        .exclude(status=PupilStatus.COMPLETED_LEVEL)
        .exclude(pupil__enrolments__school_year=year.following())
        .select_related("pupil")
    )
    head = dict(rows.values_list("pk", "conclusion__promoted_by_head"))
    signed = _promoted_by_record(rows)
    found = [
        Leaving(
            enrolment_id=row.pk,
            pupil_id=row.pupil_id,
            full_name=row.pupil.full_name,
            room_id=row.classroom_id,
            promoted=signed.get(row.pk, head[row.pk]),
        )
        for row in rows
    ]
    return sorted(found, key=lambda each: (each.room_id, name_key(each.full_name)))


def _promoted_by_record(rows: Iterable[Enrolment]) -> dict[int, bool]:
    """What the issued records of the year say; the record is the truth, not a list beside it."""
    signed = (
        Enrolment.objects.filter(
            pk__in=[row.pk for row in rows], records__state__in=STANDING_RECORD
        )
        .order_by("records__pk")
        .values_list("pk", "records__document")
    )
    found = {}
    for enrolment_id, document in signed.iterator(chunk_size=200):
        try:
            read = read_record(bytes(document), strict=False)
        except HocBaError:
            continue
        found[enrolment_id] = read.record.summary.promoted
    return found


def open_new_year(
    *, by: Actor, at: dt.datetime, from_year: str, choices: Choices, fingerprint: str
) -> int:
    """Open the classes of next year and place the pupils as previewed; answers the opening's id.

    Refused when anything changed since the preview. Pupils without a decision stay behind and can
    be taken along by opening again later (re-assessment until 15/8).
    """
    require(deny_role(by, SchoolRole.REGISTRAR, SchoolRole.PRINCIPAL))
    year = SchoolYear.parse(from_year)
    with school_transaction():
        school = School.objects.select_for_update().get(pk=own_school(by).pk)
        plan = _plan(school, year, choices)
        if plan.fingerprint != fingerprint:
            raise Refused(
                "changed_meanwhile",
                "Danh sách đã thay đổi từ lúc xem trước. Xem lại rồi bấm mở lần nữa.",
                "Something changed since the preview; look again.",
            )
        placed = [each for each in plan.placements if each.target is not None]
        completed = plan.of(Outcome.COMPLETES)
        if not placed and not completed:
            raise Refused(
                "nothing_to_do",
                "Không còn em nào để chuyển sang năm học mới.",
                "No pupil is left to move to the new year.",
            )
        rooms, made = _open_rooms(school, year, plan)
        rows = _enrol_all(placed, rooms, year.following(), by=by, at=at)
        opening = NewYearOpening.objects.create(
            school=school,
            from_year=year,
            to_year=year.following(),
            classrooms=made,
            enrolments=[row.pk for row in rows],
            completed=_complete(completed, by=by, at=at),
            opened_by=by.user_id,
            opened_at=at,
        )
        counts = {str(outcome): len(plan.of(outcome)) for outcome in Outcome}
        _audit(by, at, "open_new_year", opening, {"to": str(year.following()), **counts})
    return opening.pk


def _open_rooms(
    school: School, year: SchoolYear, plan: NewYearPlan
) -> tuple[dict[tuple[str, int], Classroom], list[int]]:
    sources = {room.pk: room for room in Classroom.objects.filter(school=school, school_year=year)}
    rooms, made = {}, []
    for each in plan.rooms:
        source = sources.get(each.source_id)
        possible = {str(subject.code) for subject in electives_of_grade(each.grade)}
        electives = (
            [code for code in source.elective_subjects if code in possible] if source else []
        )
        room, created = Classroom.objects.get_or_create(
            school=school,
            school_year=year.following(),
            name=each.name,
            grade=each.grade,
            defaults={
                "foreign_language": source.foreign_language if source else "Tiếng Anh",
                "ethnic_language": source.ethnic_language if source else "",
                "elective_subjects": electives,
            },
        )
        rooms[each.name, each.grade] = room
        if created:
            made.append(room.pk)
    return rooms, made


def _enrol_all(
    placed: Iterable[Placement],
    rooms: Mapping[tuple[str, int], Classroom],
    year: SchoolYear,
    *,
    by: Actor,
    at: dt.datetime,
) -> list[Enrolment]:
    positions: dict[int, int] = {}
    rows = []
    for each in placed:
        if each.target is None:
            continue
        room = rooms[each.target]
        positions[room.pk] = positions.get(room.pk, 0) + 1
        repeats = each.outcome is Outcome.REPEATS
        rows.append(
            Enrolment(
                pupil_id=each.pupil.pupil_id,
                classroom=room,
                school_year=year,
                position=positions[room.pk],
                status=PupilStatus.REPEATING if repeats else PupilStatus.STUDYING,
                arrived_on=day_of_opening(year),
                entered_by=by.user_id,
                entered_at=at,
            )
        )
    return Enrolment.objects.bulk_create(rows)


def _complete(completed: Iterable[Placement], *, by: Actor, at: dt.datetime) -> dict[str, str]:
    """Grade 5: the pupils complete the level. Answers their statuses before, for undoing."""
    ids = [each.pupil.enrolment_id for each in completed]
    rows = Enrolment.objects.filter(pk__in=ids)
    before = {str(pk): status for pk, status in rows.values_list("pk", "status")}
    rows.update(status=PupilStatus.COMPLETED_LEVEL, entered_by=by.user_id, entered_at=at)
    return before


def undo_new_year(*, by: Actor, at: dt.datetime, opening_id: int) -> bool:
    """Take an opening back while nothing was entered for its classes and pupils.

    Answers whether this call undid it. Anything that another room keeps about one of the new
    classes or pupils refuses it.
    """
    require(deny_role(by, SchoolRole.REGISTRAR, SchoolRole.PRINCIPAL))
    with school_transaction():
        school = School.objects.select_for_update().get(pk=own_school(by).pk)
        opening = NewYearOpening.objects.filter(pk=opening_id, school=school).first()
        if opening is None:
            raise not_found()
        if opening.undone_at is not None:
            return False
        rows = Enrolment.objects.filter(pk__in=opening.enrolments)
        if rows.count() != len(opening.enrolments) or _used(Enrolment, opening.enrolments):
            raise _cannot_undo(opening)
        rows.delete()
        if _used(Classroom, opening.classrooms):
            raise _cannot_undo(opening)
        Classroom.objects.filter(pk__in=opening.classrooms).delete()
        for pk, status in opening.completed.items():
            Enrolment.objects.filter(pk=int(pk), status=PupilStatus.COMPLETED_LEVEL).update(
                status=status, entered_by=by.user_id, entered_at=at
            )
        opening.undone_by, opening.undone_at = by.user_id, at
        opening.save(update_fields=["undone_by", "undone_at"])
        _audit(by, at, "undo_new_year", opening, {"to": opening.to_year})
    return True


def _used(model: type[Enrolment] | type[Classroom], ids: list[int]) -> bool:
    """Tell whether any table of any room points to one of these rows."""
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ForeignObjectRel) or isinstance(relation.related_model, str):
            continue
        rows = relation.related_model._default_manager
        if rows.filter(**{f"{relation.field.name}__in": ids}).exists():
            return True
    return False


def _cannot_undo(opening: NewYearOpening) -> Refused:
    return Refused(
        "year_in_use",
        f"Năm học {opening.to_year} đã có phân công, kết quả hoặc thay đổi nên không hoàn tác được "
        "nữa. Sửa từng lớp, từng em.",
        f"The year {opening.to_year} is in use and cannot be undone any more.",
    )


def openings_of(by: Actor) -> list[NewYearOpening]:
    """The openings of the school, newest first."""
    return list(NewYearOpening.objects.filter(school=own_school(by)))


def _audit(
    by: Actor, at: dt.datetime, action: str, opening: NewYearOpening, detail: Mapping[str, object]
) -> None:
    record_event(
        using=SCHOOL_DATABASE,
        by=by,
        at=at,
        action=action,
        subject=f"school:{opening.school.code}",
        detail={"opening": opening.pk, **detail},
    )
