"""Writing cells into the rows they belong to; only `entering` calls this, in its transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from hocba.assessment.periods import Period
from hocba_server.school.assessments.models import (
    SubjectAssessment,
    TermMeasures,
    TraitAssessment,
    TraitMark,
    YearConclusion,
)
from hocba_server.school.assessments.sheets import (
    HOMEROOM_SHEET,
    TRAITS_SLUG,
    CellKind,
    Sheet,
    columns_of,
)
from hocba_server.school.registry.models import Classroom, StaffMember
from hocba_server.web.accounts.actor import Actor

Values = Mapping[int, Mapping[str, str]]
"""Enrolment id -> field -> canonical text: the changed cells only."""


def write_cells(
    room: Classroom,
    sheet: Sheet,
    period: Period,
    values: Values,
    staff: StaffMember,
    by: Actor,
    at: dt.datetime,
) -> None:
    """Write changed cells of one sheet."""
    if sheet.subject_code:
        _write_subject(sheet.subject_code, period, values, staff, by, at)
    elif sheet.slug == TRAITS_SLUG:
        _write_traits(period, values, by, at)
    else:
        _write_homeroom(room, period, values, by, at)


def _write_subject(
    code: str, period: Period, values: Values, staff: StaffMember, by: Actor, at: dt.datetime
) -> None:
    known = {
        row.enrolment_id: row
        for row in SubjectAssessment.objects.filter(
            enrolment_id__in=values, subject_code=code, period=period
        )
    }
    rows = []
    for enrolment_id, cells in values.items():
        row = known.get(enrolment_id) or SubjectAssessment(
            enrolment_id=enrolment_id, subject_code=code, period=period
        )
        for field, text in cells.items():
            if field == "test_score":
                row.test_score = int(text) if text else None
            else:
                setattr(row, field, text)
        row.teacher, row.entered_by, row.entered_at = staff, by.user_id, at
        rows.append(row)
    SubjectAssessment.objects.bulk_create(
        [row for row in rows if row.pk is None],
    )
    SubjectAssessment.objects.bulk_update(
        [row for row in rows if row.pk is not None],
        ["level", "test_score", "comment", "teacher", "entered_by", "entered_at"],
    )


def _write_traits(period: Period, values: Values, by: Actor, at: dt.datetime) -> None:
    for enrolment_id, cells in values.items():
        comments = {field: text for field, text in cells.items() if not field.isdigit()}
        marks = {field: text for field, text in cells.items() if field.isdigit()}
        row, _ = TraitAssessment.objects.update_or_create(
            enrolment_id=enrolment_id,
            period=period,
            defaults={**comments, "entered_by": by.user_id, "entered_at": at},
        )
        cleared = [code for code, level in marks.items() if not level]
        if cleared:
            row.marks.filter(trait_code__in=cleared).delete()
        TraitMark.objects.bulk_create(
            [
                TraitMark(assessment=row, trait_code=code, level=level)
                for code, level in marks.items()
                if level
            ],
            update_conflicts=True,
            unique_fields=["assessment", "trait_code"],
            update_fields=["level"],
        )


def _write_homeroom(
    room: Classroom, period: Period, values: Values, by: Actor, at: dt.datetime
) -> None:
    columns = {column.field: column for column in columns_of(HOMEROOM_SHEET, room.grade, period)}
    for enrolment_id, cells in values.items():
        by_period: dict[Period, dict[str, Decimal | int | str | None]] = {}
        for field, text in cells.items():
            kept = by_period.setdefault(columns[field].kept_in(period), {})
            kept[field] = _typed(columns[field].kind, text)
        for kept_in, kept in by_period.items():
            model: Any = YearConclusion if kept_in is Period.YEAR_END else TermMeasures
            model.objects.update_or_create(
                enrolment_id=enrolment_id,
                defaults={**kept, "entered_by": by.user_id, "entered_at": at},
            )


def _typed(kind: CellKind, text: str) -> Decimal | int | str | None:
    if kind is CellKind.TEXT:
        return text
    if not text:
        return None
    return Decimal(text) if kind is CellKind.DECIMAL else int(text)
