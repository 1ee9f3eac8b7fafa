"""Taking a class out as a spreadsheet: whoever may read it, and every reading is kept."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from hocba.assessment.periods import Period
from hocba.errors import Refused, Sentence
from hocba_server.school.assessments.entering import deny_sheet_reader
from hocba_server.school.assessments.sheets import Sheet, columns_of
from hocba_server.school.assessments.windows import vietnam_day
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.registry.models import Classroom
from hocba_server.school.registry.permissions import require
from hocba_server.school.registry.selectors import class_roll, classroom_by_id
from hocba_server.school.spreadsheets.class_exports import (
    class_list_sheet,
    export_name,
    results_sheet,
)
from hocba_server.school.spreadsheets.rights import (
    CLASS_LIST_SLUG,
    deny_list_reader,
    readable_sheets,
)
from hocba_server.school.spreadsheets.rosters import require_sheet_in_period
from hocba_server.school.spreadsheets.writing import WrittenSheet, write_workbook
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_read

WHOLE_CLASS: Final = "ca-lop"
"""One workbook with every sheet that the person may read."""


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A spreadsheet to hand over."""

    filename: str
    content: bytes


@dataclass(frozen=True, slots=True)
class ExportChoice:
    """One thing that a person may take out of a class."""

    slug: str
    title: Sentence


def export_choices(by: Actor, room: Classroom, at: dt.datetime) -> list[ExportChoice]:
    """What this person may take out, the whole class first; empty when nothing."""
    sheets = readable_sheets(by, room, at)
    found = [ExportChoice(sheet.slug, sheet.title) for sheet in sheets]
    if deny_list_reader(by, room, at) is None:
        found.insert(0, ExportChoice(CLASS_LIST_SLUG, Sentence("Danh sách lớp", "Class list")))
    if len(found) > 1:
        whole = Sentence("Cả lớp: mọi bảng trong một tệp", "The whole class in one file")
        found.insert(0, ExportChoice(WHOLE_CLASS, whole))
    return found


def export_class(
    *, by: Actor, at: dt.datetime, classroom_id: int, what: str, period: Period
) -> ExportFile:
    """Write one sheet of a class, or all of them, with the values of a period.

    `what`: `ca-lop`, `danh-sach`, or the name of a sheet. Every pupil of the class gets a line
    in the list of who looked (design.md 3.5).
    """
    room = classroom_by_id(by, classroom_id)
    sheets = _sheets(by, at, room, what, period)
    dated = None if what == CLASS_LIST_SLUG else period
    with school_transaction():
        for row in class_roll(room):
            record_read(
                using=SCHOOL_DATABASE,
                by=by,
                at=at,
                subject=f"pupil:{row.pupil_id}",
                action="export_class",
                detail={
                    "classroom": room.pk,
                    "what": what,
                    "period": period.value,
                    "sheets": len(sheets),
                },
            )
    return ExportFile(export_name(room, what, dated, vietnam_day(at)), write_workbook(sheets))


def _sheets(
    by: Actor, at: dt.datetime, room: Classroom, what: str, period: Period
) -> list[WrittenSheet]:
    if what == CLASS_LIST_SLUG:
        require(deny_list_reader(by, room, at))
        return [class_list_sheet(room)]
    if what != WHOLE_CLASS:
        sheet = Sheet.parse(what)
        require(deny_sheet_reader(by, room, sheet, at))
        require_sheet_in_period(sheet, room.grade, period)
        return [results_sheet(room, sheet, period)]
    found = [class_list_sheet(room)] if deny_list_reader(by, room, at) is None else []
    found += [
        results_sheet(room, sheet, period)
        for sheet in readable_sheets(by, room, at)
        if columns_of(sheet, room.grade, period)
    ]
    if not found:
        raise Refused(
            "role",
            f"Thầy/Cô không xem được kết quả nào của lớp {room.name}.",
            f"You may read no results of class {room.name}.",
        )
    return found
