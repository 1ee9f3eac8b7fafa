"""What is kept in a sheet, cell by cell as text, and the history of every value."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from hocba.assessment.periods import Period
from hocba_server.school.assessments.models import (
    SubjectAssessment,
    TermMeasures,
    TraitAssessment,
    ValueChange,
    YearConclusion,
)
from hocba_server.school.assessments.sheets import (
    ABSENCE_TITLES,
    HOMEROOM_SHEET,
    HOMEROOM_SLUG,
    TRAITS_SLUG,
    Sheet,
    columns_of,
)
from hocba_server.school.registry.models import Classroom, Enrolment


def sheet_values(room: Classroom, sheet: Sheet, period: Period) -> dict[int, dict[str, str]]:
    """Enrolment id -> field -> text; pupils without any value are absent."""
    if sheet.subject_code:
        return {
            row.enrolment_id: {
                "level": row.level,
                "test_score": as_text(row.test_score),
                "comment": row.comment,
            }
            for row in SubjectAssessment.objects.filter(
                enrolment__classroom=room, period=period, subject_code=sheet.subject_code
            )
        }
    if sheet.slug == TRAITS_SLUG:
        rows = TraitAssessment.objects.filter(enrolment__classroom=room, period=period)
        return {row.enrolment_id: _trait_values(row) for row in rows.prefetch_related("marks")}
    return _homeroom_values(room, period)


def _trait_values(row: TraitAssessment) -> dict[str, str]:
    return {mark.trait_code: mark.level for mark in row.marks.all()} | {
        "quality_comment": row.quality_comment,
        "general_competence_comment": row.general_competence_comment,
        "specific_competence_comment": row.specific_competence_comment,
    }


def _homeroom_values(room: Classroom, period: Period) -> dict[int, dict[str, str]]:
    """Values of the period, and the running totals, which are kept at the year's end."""
    found: dict[int, dict[str, str]] = {}
    columns = columns_of(HOMEROOM_SHEET, room.grade, period)
    for kept in {column.kept_in(period) for column in columns}:
        fields = [column.field for column in columns if column.kept_in(period) is kept]
        model: Any = YearConclusion if kept is Period.YEAR_END else TermMeasures
        for row in model.objects.filter(enrolment__classroom=room):
            values = {field: as_text(getattr(row, field)) for field in fields}
            found.setdefault(row.enrolment_id, {}).update(values)
    return found


def as_text(value: object) -> str:
    """The canonical text of a kept value."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return str(value.quantize(Decimal("0.1")))
    return str(value)


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the history of a value, as people read it."""

    change_id: int
    enrolment_id: int
    field: str
    old: str
    new: str
    by: str
    at: dt.datetime
    reason: str


def changes_since(room: Classroom, sheet: Sheet, period: Period, after: int) -> list[Change]:
    """Changes of a sheet that are newer than a change id, oldest first."""
    rows = _changes_of(sheet, period).filter(classroom=room, pk__gt=after).order_by("pk")
    return [_change(row) for row in rows[:2000]]


def last_change_id(room: Classroom, sheet: Sheet, period: Period) -> int:
    """Id of the newest change of a sheet, 0 when there is none."""
    rows = _changes_of(sheet, period).filter(classroom=room)
    return rows.order_by("-pk").values_list("pk", flat=True).first() or 0


def history_of(enrolment: Enrolment, sheet: Sheet, period: Period, field: str) -> list[Change]:
    """Every change of one value, newest first."""
    rows = _changes_of(sheet, period).filter(enrolment=enrolment, field=field)
    return [_change(row) for row in rows.order_by("-pk")]


def latest_changes(
    room: Classroom, sheet: Sheet, period: Period
) -> Mapping[tuple[int, str], Change]:
    """(enrolment id, field) -> its newest change, for showing a conflict."""
    rows = _changes_of(sheet, period).filter(classroom=room)
    return {(row.enrolment_id, row.field): _change(row) for row in rows.order_by("pk")}


def _changes_of(sheet: Sheet, period: Period) -> QuerySet[ValueChange]:
    """Changes that a sheet shows in a period: its own, and those of the running totals."""
    own = Q(period=period)
    if sheet.slug == HOMEROOM_SLUG:
        own |= Q(period=Period.YEAR_END, field__in=ABSENCE_TITLES)
    return ValueChange.objects.filter(own, sheet=sheet.slug)


def _change(row: ValueChange) -> Change:
    return Change(
        row.pk,
        row.enrolment_id,
        row.field,
        row.old,
        row.new,
        row.changed_by_name,
        row.changed_at,
        row.reason,
    )
