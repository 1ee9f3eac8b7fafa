"""The entry grid: the page, and the small answers that its script asks for."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from hocba.assessment.periods import Period
from hocba.errors import HocBaError, Malformed, Refused
from hocba_server.school.assessments.entering import (
    CellChange,
    CellOutcome,
    deny_sheet_reader,
    save_cells,
)
from hocba_server.school.assessments.grid import (
    Grid,
    current_period,
    open_grid,
    periods_of_sheet,
    proposals,
    shows_results,
)
from hocba_server.school.assessments.selectors import class_findings
from hocba_server.school.assessments.sheet_values import (
    Change,
    changes_since,
    history_of,
    sheet_values,
)
from hocba_server.school.assessments.sheets import Sheet, columns_of, row_warnings
from hocba_server.school.pages import school_page
from hocba_server.school.registry.models import Classroom
from hocba_server.school.registry.permissions import require
from hocba_server.school.registry.selectors import classroom_by_id, enrolment_by_id, not_found
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.design.language import in_page_language

MAX_CELLS = 3000
"""Cells of one save: a class of 60 with every column of the widest sheet, twice."""


def _place(
    by: Actor, classroom_id: int, sheet: str, period: str
) -> tuple[Classroom, Sheet, Period]:
    room = classroom_by_id(by, classroom_id)
    if period not in set(Period):
        raise not_found()
    found = Sheet.parse(sheet)
    require(deny_sheet_reader(by, room, found, timezone.now()))
    return room, found, Period(period)


@school_page
def subject(_request: HttpRequest, by: Actor, classroom_id: int, subject_code: str) -> HttpResponse:
    """The sheet of a subject in the period that is open now."""
    room = classroom_by_id(by, classroom_id)
    period = current_period(room, timezone.now())
    return redirect(
        "school_assessments:grid", room.pk, Sheet.of_subject(subject_code).slug, period.value
    )


@school_page
def current(_request: HttpRequest, by: Actor, classroom_id: int, sheet: str) -> HttpResponse:
    """A sheet in the period that is open now, or at the year's end where it has none then."""
    room = classroom_by_id(by, classroom_id)
    found = Sheet.parse(sheet)
    period = current_period(room, timezone.now())
    if not columns_of(found, room.grade, period):
        period = Period.YEAR_END
    return redirect("school_assessments:grid", room.pk, found.slug, period.value)


@school_page
def grid(
    request: HttpRequest, by: Actor, classroom_id: int, sheet: str, period: str
) -> HttpResponse:
    room, found, moment = _place(by, classroom_id, sheet, period)
    opened = open_grid(by, room, found, moment, timezone.now())
    with_results = shows_results(found, moment)
    context = {
        "grid": opened,
        "room": room,
        "periods": periods_of_sheet(room, found),
        "with_results": with_results,
        "setup": _setup(opened, by, with_results),
    }
    return render(request, "school_assessments/grid.html", context)


def _setup(opened: Grid, by: Actor, with_results: bool) -> dict[str, Any]:
    """What the script needs beside the table: no names, which the table has already."""
    return {
        "sheet": opened.sheet.slug,
        "period": opened.period.value,
        "room": opened.room.pk,
        "grade": opened.room.grade,
        "person": by.user_id,
        "last": opened.last_change,
        "readonly": opened.denial is not None,
        "proposals": proposals(opened) if with_results else {},
        "columns": [
            {
                "field": column.field,
                "title": in_page_language(column.title),
                "kind": column.kind.value,
                "limit": column.limit,
                "group": column.group,
            }
            for column in opened.columns
        ],
    }


def _as_json(work: Callable[[], dict[str, Any]]) -> JsonResponse:
    """The answer of the work, or the refusal as JSON with its sentence."""
    try:
        return JsonResponse(work())
    except HocBaError as fault:
        code = fault.code if isinstance(fault, Refused) else "malformed"
        status = {"role": 403, "not_found": 404}.get(code, 409)
        return JsonResponse(
            {"code": code, "sentence": in_page_language(fault.sentence)}, status=status
        )


@require_POST
@school_page
def save(
    request: HttpRequest, by: Actor, classroom_id: int, sheet: str, period: str
) -> HttpResponse:
    def work() -> dict[str, Any]:
        room, found, moment = _place(by, classroom_id, sheet, period)
        changes, reason = _read_changes(request.body)
        saved = save_cells(
            by=by,
            at=timezone.now(),
            classroom_id=room.pk,
            sheet=found,
            period=moment,
            changes=changes,
            reason=reason,
        )
        touched = {outcome.enrolment_id for outcome in saved.outcomes}
        return {
            "outcomes": [_outcome(outcome) for outcome in saved.outcomes],
            "warnings": _warnings(room, found, moment, touched),
            "results": _results(room, touched) if shows_results(found, moment) else {},
        }

    return _as_json(work)


def _read_changes(body: bytes) -> tuple[list[CellChange], str]:
    """Read what the script sends. Raises `Malformed`; the words are for a programmer's eyes."""
    wrong = Malformed(
        "cells", "Dữ liệu gửi lên không đọc được. Tải lại trang.", "The cells cannot be read."
    )
    try:
        given = json.loads(body)
        rows, reason = given["changes"], given.get("reason", "")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise wrong from error
    if not isinstance(rows, list) or len(rows) > MAX_CELLS or not isinstance(reason, str):
        raise wrong
    changes = []
    for row in rows:
        if not isinstance(row, dict) or not isinstance(row.get("e"), int):
            raise wrong
        field, new, old = row.get("f"), row.get("new"), row.get("old")
        if not isinstance(field, str) or not isinstance(new, str):
            raise wrong
        if not (old is None or isinstance(old, str)):
            raise wrong
        changes.append(CellChange(row["e"], field, new, old))
    return changes, reason


def _outcome(outcome: CellOutcome) -> dict[str, Any]:
    return {
        "e": outcome.enrolment_id,
        "f": outcome.field,
        "state": outcome.state.value,
        "value": outcome.value,
        "sentence": in_page_language(outcome.sentence) if outcome.sentence else "",
        "by": outcome.by,
        "at": timezone.localtime(outcome.at).strftime("%H:%M %d/%m/%Y") if outcome.at else "",
    }


def _warnings(
    room: Classroom, sheet: Sheet, period: Period, touched: set[int]
) -> dict[int, list[str]]:
    values = sheet_values(room, sheet, period)
    return {
        enrolment_id: [
            in_page_language(sentence)
            for sentence in row_warnings(sheet, values.get(enrolment_id, {}))
        ]
        for enrolment_id in touched
    }


def _results(room: Classroom, touched: set[int]) -> dict[int, str]:
    return {
        check.enrolment.pk: check.year.result.result.value if check.year.result else ""
        for check in class_findings(room)
        if check.enrolment.pk in touched
    }


@require_GET
@school_page
def news(
    request: HttpRequest, by: Actor, classroom_id: int, sheet: str, period: str
) -> HttpResponse:
    """What colleagues changed since the page was loaded."""

    def work() -> dict[str, Any]:
        room, found, moment = _place(by, classroom_id, sheet, period)
        text = request.GET.get("sau", "0")
        after = int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0
        changes = changes_since(room, found, moment, after)
        return {
            "changes": [
                {"e": change.enrolment_id, "f": change.field, "value": change.new, "by": change.by}
                for change in changes
            ],
            "last": max([after, *(change.change_id for change in changes)]),
        }

    return _as_json(work)


@require_GET
@school_page
def history(
    request: HttpRequest,
    by: Actor,
    classroom_id: int,
    sheet: str,
    period: str,
    enrolment_id: int,
    field: str,
) -> HttpResponse:
    """The history of one value: who, when, from, to, why."""
    room, found, moment = _place(by, classroom_id, sheet, period)
    row = enrolment_by_id(by, enrolment_id)
    columns = {column.field: column for column in columns_of(found, room.grade, moment)}
    if row.classroom_id != room.pk or field not in columns:
        raise not_found()
    changes: list[Change] = history_of(row, found, moment, field)
    context = {"row": row, "column": columns[field], "changes": changes}
    return render(request, "school_assessments/history.html", context)
