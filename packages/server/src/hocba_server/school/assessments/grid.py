"""What the entry page shows: one sheet of a class in one period, and how it stands for a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from hocba.assessment.levels import YearResult
from hocba.assessment.periods import REGULAR_PERIODS, Period
from hocba.assessment.promotion import propose_award
from hocba.errors import Refused, Sentence
from hocba.workflow.transitions import Denial
from hocba_server.school.assessments.entering import EXEMPT, deny_sheet
from hocba_server.school.assessments.models import ChangePermission, ReopenedSheet
from hocba_server.school.assessments.returns import open_returns
from hocba_server.school.assessments.selectors import (
    class_findings,
    proposed_comments,
    term_measures_by_enrolment,
)
from hocba_server.school.assessments.sheet_values import last_change_id, sheet_values
from hocba_server.school.assessments.sheets import (
    HOMEROOM_SLUG,
    CellKind,
    Column,
    Sheet,
    columns_of,
    row_warnings,
)
from hocba_server.school.assessments.windows import (
    is_open,
    open_question,
    sheet_windows,
    vietnam_day,
    window_of,
)
from hocba_server.school.registry.models import Classroom, Enrolment
from hocba_server.school.registry.permissions import deny_locked_results
from hocba_server.school.registry.selectors import class_roll
from hocba_server.school.registry.taught import exempt_subjects
from hocba_server.web.accounts.actor import Actor


@dataclass(frozen=True, slots=True)
class GridCell:
    """One cell as it is kept."""

    column: Column
    value: str
    locked: Denial | None = None
    """Why this cell alone takes no value now: its window is closed, others of the row are open."""
    hint: Sentence | None = None
    """What stands in for the value while the cell is empty."""

    @property
    def shown(self) -> str:
        """The value as people write it: decimal comma."""
        if self.column.kind is CellKind.DECIMAL:
            return self.value.replace(".", ",")
        return self.value


@dataclass(frozen=True, slots=True)
class GridRow:
    """One pupil of the sheet."""

    enrolment: Enrolment
    cells: tuple[GridCell, ...]
    warnings: tuple[Sentence, ...]
    locked: Denial | None
    result: str = ""
    returned: ReopenedSheet | None = None
    """Why this pupil's row was sent back to be corrected."""

    @property
    def given_name(self) -> str:
        """The name the pupil is called by."""
        return self.enrolment.pupil.full_name.split()[-1]


@dataclass(frozen=True, slots=True)
class Grid:
    """The page of one sheet."""

    room: Classroom
    sheet: Sheet
    period: Period
    columns: tuple[Column, ...]
    rows: tuple[GridRow, ...]
    last_change: int
    denial: Denial | None
    """Why nothing of the sheet may be entered."""
    partly: Denial | None
    """Why some columns take no value now while others do."""
    ask_period: Period
    """The period for which the head would be asked."""
    permission: ChangePermission | None
    question: ChangePermission | None
    filled: int
    needed: int

    @property
    def notice(self) -> Denial | None:
        """What is said above the table."""
        return self.denial or self.partly


EXEMPT_DENIAL = Denial("exempt", EXEMPT)


def open_grid(by: Actor, room: Classroom, sheet: Sheet, period: Period, at: dt.datetime) -> Grid:
    """Everything the entry page of one sheet shows. Rights to read are the caller's matter."""
    columns = columns_of(sheet, room.grade, period)
    if not columns:
        raise Refused(
            "not_found", "Thời điểm này không có bảng này.", "No such sheet in this period."
        )
    windows = sheet_windows(by, room, sheet, period, at)
    closed = windows.closed
    returned = {row.enrolment_id: row for row in open_returns(room) if row.sheet == sheet.slug}
    rows = _rows(room, sheet, period, columns, closed, returned)
    denial = deny_sheet(by, room, sheet, at)
    shut = next(iter(closed.values()), None)
    if denial is None and len(closed) == len(columns) and not returned:
        denial = shut
    # Nobody has to fill the row of a pupil who is exempt, nor a cell whose value of term I stands.
    to_fill = [row for row in rows if row.locked is not EXEMPT_DENIAL]
    needed = [
        cell
        for row in to_fill
        for cell in row.cells
        if cell.column.required and (cell.value or not cell.hint)
    ]
    ask_period = next(
        (column.kept_in(period) for column in columns if column.field in closed), period
    )
    return Grid(
        room=room,
        sheet=sheet,
        period=period,
        columns=columns,
        rows=rows,
        last_change=last_change_id(room, sheet, period),
        denial=denial,
        partly=shut if denial is None and not returned else None,
        ask_period=ask_period,
        permission=next(iter(windows.permissions.values()), None),
        question=open_question(by, room, sheet, ask_period),
        filled=sum(1 for cell in needed if cell.value),
        needed=len(needed),
    )


def _rows(
    room: Classroom,
    sheet: Sheet,
    period: Period,
    columns: tuple[Column, ...],
    closed: Mapping[str, Denial],
    returned: Mapping[int, ReopenedSheet],
) -> tuple[GridRow, ...]:
    values = sheet_values(room, sheet, period)
    results = _year_results(room, sheet, period)
    exempt = exempt_subjects(room)
    hints = _hints(room, sheet, period)
    # A closed row says so once; a row that is half open says so cell by cell.
    shut = next(iter(closed.values())) if len(closed) == len(columns) else None
    rows = []
    for row in class_roll(room):
        back = returned.get(row.pk)
        free = EXEMPT_DENIAL if sheet.subject_code in exempt.get(row.pk, ()) else None
        known, hinted = values.get(row.pk, {}), hints.get(row.pk, {})
        cells = tuple(
            GridCell(
                column,
                known.get(column.field, ""),
                closed.get(column.field) if back is None and shut is None else None,
                hinted.get(column.field),
            )
            for column in columns
        )
        rows.append(
            GridRow(
                row,
                cells,
                tuple(row_warnings(sheet, known)),
                _why_locked(row, back, free or shut),
                results.get(row.pk, ""),
                back,
            )
        )
    return tuple(rows)


def _hints(room: Classroom, sheet: Sheet, period: Period) -> dict[int, dict[str, Sentence]]:
    """Weight and height of term I, which the record takes while those of term II are missing."""
    if sheet.slug != HOMEROOM_SLUG or period is not Period.YEAR_END:
        return {}
    return {
        enrolment_id: {
            field: Sentence(f"HKI: {str(value).replace('.', ',')}", f"Term I: {value}")
            for field, value in (("weight_kg", row.weight_kg), ("height_cm", row.height_cm))
            if value is not None
        }
        for enrolment_id, row in term_measures_by_enrolment(room).items()
    }


def _why_locked(
    enrolment: Enrolment, returned: ReopenedSheet | None, closed: Denial | None
) -> Denial | None:
    if closed is EXEMPT_DENIAL:
        return closed
    return None if returned else deny_locked_results(enrolment) or closed


def _year_results(room: Classroom, sheet: Sheet, period: Period) -> dict[int, str]:
    """Enrolment id -> the computed year result, for the homeroom sheet at the year's end."""
    if sheet.slug != HOMEROOM_SLUG or period is not Period.YEAR_END:
        return {}
    return {
        check.enrolment.pk: check.year.result.result.value if check.year.result else ""
        for check in class_findings(room)
    }


def shows_results(sheet: Sheet, period: Period) -> bool:
    """Does this sheet carry the column of computed year results?"""
    return sheet.slug == HOMEROOM_SLUG and period is Period.YEAR_END


def current_period(room: Classroom, at: dt.datetime) -> Period:
    """The period to enter now: the newest one whose window is open, else the one of the season.

    A school without windows must not write its autumn results under the year's end.
    """
    day = vietnam_day(at)
    windows = {period: window_of(room, period) for period in REGULAR_PERIODS}
    set_and_open = [
        period for period, window in windows.items() if window is not None and is_open(window, day)
    ]
    return set_and_open[-1] if set_and_open else period_of_season(room.school_year, day)


def period_in_view(room: Classroom, at: dt.datetime) -> Period:
    """What boards and checks speak of: the record once the year draws to its end, whatever other
    window is open then, and before that the period to enter now."""
    if period_of_season(room.school_year, vietnam_day(at)) is Period.YEAR_END:
        return Period.YEAR_END
    return current_period(room, at)


def period_of_season(school_year: str, day: dt.date) -> Period:
    """The period that schools assess at that time of the year; after the year its end."""
    first = int(school_year[:4])
    if not dt.date(first, 8, 1) <= day < dt.date(first + 1, 4, 1):
        return Period.YEAR_END
    if day < dt.date(first, 12, 1):
        return Period.MID_TERM_1
    return Period.END_TERM_1 if day < dt.date(first + 1, 2, 1) else Period.MID_TERM_2


def periods_of_sheet(room: Classroom, sheet: Sheet) -> list[Period]:
    """The periods in which this sheet has columns, re-assessment last."""
    return [period for period in Period if columns_of(sheet, room.grade, period)]


def proposals(opened: Grid) -> dict[str, dict[int, str]]:
    """Field -> enrolment id -> what could be filled in, for pupils who have nothing there.

    Homeroom comments composed from the subjects' comments; awards that follow from the result
    alone, worded as on the form (Đ13.1a).
    """
    awards = {
        row.enrolment.pk: f"Đạt danh hiệu {title}"
        for row in opened.rows
        if row.result and (title := propose_award(YearResult(row.result)))
    }
    return {"homeroom_comment": proposed_comments(opened.room), "award_text": awards}
