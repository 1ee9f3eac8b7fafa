"""Entering results: every cell is read, compared with what is kept, written and remembered.

One door for the grid, for spreadsheets and for other programs. A cell that cannot be taken never
holds up the others of the grid; with `all_or_nothing` (spreadsheets) the first one refuses all.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from hocba.assessment.levels import SubjectLevel
from hocba.assessment.periods import Period
from hocba.errors import Refused, Sentence
from hocba.workflow.transitions import Denial
from hocba_server.school.assessments.cell_writes import write_cells
from hocba_server.school.assessments.models import ReopenedSheet, ValueChange
from hocba_server.school.assessments.sheet_values import latest_changes, sheet_values
from hocba_server.school.assessments.sheets import (
    Column,
    Sheet,
    columns_of,
    contradiction,
    read_cell,
)
from hocba_server.school.assessments.windows import SheetWindows, sheet_windows, vietnam_day
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.registry.models import Classroom, Enrolment
from hocba_server.school.registry.permissions import (
    deny_homeroom_teacher,
    deny_locked_results,
    deny_results_reader,
    deny_subject_reader,
    deny_subject_teacher,
    require,
)
from hocba_server.school.registry.selectors import class_roll, classroom_by_id, own_staff
from hocba_server.school.registry.taught import exempt_subjects
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event


class CellState(StrEnum):
    """What became of one typed cell."""

    SAVED = "saved"
    CONFLICT = "conflict"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell as it was typed. `old` is what the person saw before; None when nobody looked."""

    enrolment_id: int
    field: str
    new: str
    old: str | None = None


@dataclass(frozen=True, slots=True)
class CellOutcome:
    """What became of one cell, the value that is kept now, and why."""

    enrolment_id: int
    field: str
    state: CellState
    value: str
    sentence: Sentence | None = None
    code: str = "entry"
    by: str = ""
    at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class SavedCells:
    """What one save did: an outcome per cell, and the pupils whose values changed."""

    outcomes: tuple[CellOutcome, ...]
    pupils: frozenset[int]


EXEMPT = Sentence(
    "Hiệu trưởng đã cho em miễn môn này: không cần nhập, học bạ ghi M.",
    "The principal has freed the pupil from this subject: nothing to enter, the record says M.",
)


def deny_sheet(by: Actor, room: Classroom, sheet: Sheet, at: dt.datetime) -> Denial | None:
    """May this person fill this sheet? Subject: its teacher or substitute (Đ32); else homeroom."""
    day = vietnam_day(at)
    if sheet.subject_code:
        return deny_subject_teacher(by, room, sheet.subject_code, on=day)
    return deny_homeroom_teacher(by, room, on=day)


def deny_sheet_reader(by: Actor, room: Classroom, sheet: Sheet, at: dt.datetime) -> Denial | None:
    """May this person look at this sheet? Who fills it, the homeroom teacher, the office."""
    day = vietnam_day(at)
    if sheet.subject_code:
        return deny_subject_reader(by, room, sheet.subject_code, on=day)
    return deny_results_reader(by, room, on=day)


def save_cells(
    *,
    by: Actor,
    at: dt.datetime,
    classroom_id: int,
    sheet: Sheet,
    period: Period,
    changes: Sequence[CellChange],
    reason: str = "",
    all_or_nothing: bool = False,
) -> SavedCells:
    """Save typed cells of one sheet; answers what became of each, in the order given.

    Raises `Refused`: wrong person, window closed without permission, sheet not used in the period;
    with `all_or_nothing` also for the first cell that cannot be taken.
    """
    with school_transaction():
        # The class row is the lock: creating records and typing never cross.
        room = classroom_by_id(by, classroom_id, lock=True)
        require(deny_sheet(by, room, sheet, at))
        entry = _Entry(room, sheet, period)
        entry.open_for(by, at)
        outcomes = [entry.take(change) for change in changes]
        if all_or_nothing:
            _refuse_first(outcomes, entry)
        if entry.written:
            write_cells(room, sheet, period, entry.written, own_staff(by), by, at)
            _remember(entry, by, at, reason)
    return SavedCells((*outcomes, *entry.followed), frozenset(entry.written))


class _Entry:
    """The cells of one save: what is kept, what was typed, what will be written."""

    def __init__(self, room: Classroom, sheet: Sheet, period: Period) -> None:
        self.room, self.sheet, self.period = room, sheet, period
        self.columns: Mapping[str, Column] = {
            column.field: column for column in columns_of(sheet, room.grade, period)
        }
        if not self.columns:
            raise Refused(
                "sheet_of_period",
                f"{sheet.title.vi}: {period.label.vi} không nhập bảng này ở khối {room.grade}.",
                f"{sheet.title.en} is not entered at {period.label.en} in grade {room.grade}.",
            )
        self.pupils: Mapping[int, Enrolment] = {row.pk: row for row in class_roll(room)}
        self.kept = sheet_values(room, sheet, period)
        self.reopened: Mapping[int, str] = dict(
            ReopenedSheet.objects.filter(
                enrolment__classroom=room, sheet=sheet.slug, finished_at__isnull=True
            ).values_list("enrolment_id", "reason")
        )
        self.windows = SheetWindows({}, {})
        self.exempt = {
            enrolment_id
            for enrolment_id, codes in exempt_subjects(room).items()
            if sheet.subject_code in codes
        }
        self.written: dict[int, dict[str, str]] = {}
        self.history: list[tuple[int, str, str, str]] = []
        self.followed: list[CellOutcome] = []

    def open_for(self, by: Actor, at: dt.datetime) -> None:
        """Look at the entry windows; refuses when no cell of the sheet is open to this person.

        A returned sheet needs no permission for its pupil.
        """
        self.windows = sheet_windows(by, self.room, self.sheet, self.period, at)
        closed = self.windows.closed
        if len(closed) == len(self.columns) and not self.reopened:
            raise next(iter(closed.values())).as_refused()

    def now(self, enrolment_id: int) -> dict[str, str]:
        """The row as it will be kept."""
        blank = dict.fromkeys(self.columns, "")
        kept = self.kept.get(enrolment_id, {})
        return blank | kept | self.written.get(enrolment_id, {})

    def take(self, change: CellChange) -> CellOutcome:
        """Decide on one cell."""
        column = self.columns.get(change.field)
        pupil = self.pupils.get(change.enrolment_id)
        if column is None or pupil is None:
            gone = Sentence(
                "Em này hoặc cột này không có trong bảng. Tải lại trang.",
                "This pupil or column is not on the sheet. Reload the page.",
            )
            return CellOutcome(
                change.enrolment_id, change.field, CellState.REFUSED, "", sentence=gone
            )
        present = self.now(pupil.pk)[change.field]
        read = read_cell(column, change.new)
        if isinstance(read, Sentence):
            return self._refuse(change, present, read)
        if read == present:
            return CellOutcome(pupil.pk, change.field, CellState.SAVED, present)
        if pupil.pk in self.exempt:
            return self._refuse(change, present, EXEMPT, "exempt")
        locked = None
        if pupil.pk not in self.reopened:
            locked = deny_locked_results(pupil) or self.windows.closed.get(change.field)
        if locked is not None:
            return self._refuse(change, present, locked.sentence, locked.code)
        if change.old is not None and change.old != present:
            return self._conflict(change, present)
        return self._write(pupil.pk, change.field, present, read)

    def _refuse(
        self, change: CellChange, present: str, sentence: Sentence, code: str = "entry"
    ) -> CellOutcome:
        return CellOutcome(
            change.enrolment_id,
            change.field,
            CellState.REFUSED,
            present,
            sentence=sentence,
            code=code,
        )

    def _conflict(self, change: CellChange, present: str) -> CellOutcome:
        latest = latest_changes(self.room, self.sheet, self.period).get(
            (change.enrolment_id, change.field)
        )
        who = latest.by if latest else ""
        sentence = Sentence(
            f"{who or 'Người khác'} đã sửa ô này thành “{present[:60]}”.",
            f"{who or 'Somebody else'} changed this cell to “{present[:60]}”.",
        )
        return CellOutcome(
            change.enrolment_id,
            change.field,
            CellState.CONFLICT,
            present,
            sentence=sentence,
            code="conflict",
            by=who,
            at=latest.at if latest else None,
        )

    def _write(self, enrolment_id: int, field: str, old: str, new: str) -> CellOutcome:
        row = self.now(enrolment_id) | {field: new}
        if field == "level" and new == SubjectLevel.EXEMPT.value and row.get("test_score"):
            # Exempt pupils have no score: it goes with the level, and the history keeps it.
            self._put(enrolment_id, "test_score", row["test_score"], "")
            self.followed.append(CellOutcome(enrolment_id, "test_score", CellState.SAVED, ""))
        elif (wrong := contradiction(self.sheet, row)) is not None:
            return CellOutcome(enrolment_id, field, CellState.REFUSED, old, sentence=wrong)
        self._put(enrolment_id, field, old, new)
        return CellOutcome(enrolment_id, field, CellState.SAVED, new)

    def _put(self, enrolment_id: int, field: str, old: str, new: str) -> None:
        self.written.setdefault(enrolment_id, {})[field] = new
        self.history.append((enrolment_id, field, old, new))


def _refuse_first(outcomes: Iterable[CellOutcome], entry: _Entry) -> None:
    for outcome in outcomes:
        if outcome.state is CellState.SAVED or outcome.sentence is None:
            continue
        pupil = entry.pupils.get(outcome.enrolment_id)
        name = pupil.pupil.full_name if pupil else ""
        title = entry.columns[outcome.field].title if outcome.field in entry.columns else None
        where = f"{name}, {title.vi}: " if title else ""
        raise Refused(
            outcome.code,
            f"{where}{outcome.sentence.vi}",
            f"{where}{outcome.sentence.en}",
            where=outcome.field,
        )


def _remember(entry: _Entry, by: Actor, at: dt.datetime, reason: str) -> None:
    used = [entry.windows.permissions.get(field) for _, field, _, _ in entry.history]
    permission = next((each for each in used if each is not None), None)
    why = reason.strip() or (permission.reason if permission else "")
    ValueChange.objects.bulk_create(
        [
            ValueChange(
                classroom=entry.room,
                enrolment_id=enrolment_id,
                sheet=entry.sheet.slug,
                period=entry.columns[field].kept_in(entry.period),
                field=field,
                old=old,
                new=new,
                reason=(reason.strip() or entry.reopened.get(enrolment_id) or why)[:500],
                permission=entry.windows.permissions.get(field),
                changed_by=by.user_id,
                changed_by_name=by.name[:150],
                changed_at=at,
            )
            for enrolment_id, field, old, new in entry.history
        ]
    )
    # The values stand in the history; the audit trail names the act.
    record_event(
        using=SCHOOL_DATABASE,
        by=by,
        at=at,
        action="enter_results",
        subject=f"classroom:{entry.room.pk}",
        detail={
            "sheet": entry.sheet.slug,
            "period": entry.period.value,
            "cells": len(entry.history),
            "pupils": len(entry.written),
            "reason": why[:500],
        },
    )
