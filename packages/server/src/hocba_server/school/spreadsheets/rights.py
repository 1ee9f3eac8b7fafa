"""Who may do what with spreadsheets of a class."""

from __future__ import annotations

import datetime as dt

from hocba.errors import Sentence
from hocba.workflow.transitions import Denial
from hocba_server.school.assessments.entering import deny_sheet, deny_sheet_reader
from hocba_server.school.assessments.sheets import HOMEROOM_SHEET, TRAITS_SHEET, Sheet
from hocba_server.school.assessments.windows import vietnam_day
from hocba_server.school.registry.models import Classroom
from hocba_server.school.registry.pupil_rights import deny_pupil_reader
from hocba_server.school.registry.taught import taught_subjects
from hocba_server.web.accounts.actor import Actor

CLASS_LIST_SLUG = "danh-sach"


def sheets_of(room: Classroom) -> list[Sheet]:
    """Every sheet of results of a class, in the order of the form."""
    subjects = [Sheet.of_subject(str(each.code)) for each in taught_subjects(room)]
    return [*subjects, TRAITS_SHEET, HOMEROOM_SHEET]


def enterable_sheets(by: Actor, room: Classroom, at: dt.datetime) -> list[Sheet]:
    """The sheets of a class that this person fills."""
    return [sheet for sheet in sheets_of(room) if deny_sheet(by, room, sheet, at) is None]


def readable_sheets(by: Actor, room: Classroom, at: dt.datetime) -> list[Sheet]:
    """The sheets of a class that this person may take out of it."""
    return [sheet for sheet in sheets_of(room) if deny_sheet_reader(by, room, sheet, at) is None]


def deny_any_entry(by: Actor, room: Classroom, at: dt.datetime) -> Denial | None:
    """Somebody who fills no sheet of the class has nothing to upload."""
    if enterable_sheets(by, room, at):
        return None
    return Denial(
        "role",
        Sentence(
            f"Thầy/Cô không nhập kết quả nào của lớp {room.name}.",
            f"You enter no results of class {room.name}.",
        ),
    )


def deny_files_page(by: Actor, room: Classroom, at: dt.datetime) -> Denial | None:
    """The page is for whoever enters or may read something of the class."""
    if readable_sheets(by, room, at) or deny_list_reader(by, room, at) is None:
        return None
    return deny_any_entry(by, room, at)


def deny_list_reader(by: Actor, room: Classroom, at: dt.datetime) -> Denial | None:
    """Who may take the class list with its personal data: the office and the homeroom teacher."""
    return deny_pupil_reader(by, room, vietnam_day(at))
