"""What the school knows already, as the readers of spreadsheets compare with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from hocba.assessment.periods import Period
from hocba.errors import Refused, Sentence
from hocba.ids import SchoolYear
from hocba_server.school.assessments.returns import open_returns
from hocba_server.school.assessments.sheet_values import sheet_values
from hocba_server.school.assessments.sheets import Sheet, columns_of
from hocba_server.school.assessments.windows import sheet_windows
from hocba_server.school.registry.class_list import FIELD_LABELS
from hocba_server.school.registry.models import Classroom, Enrolment, School
from hocba_server.school.registry.permissions import deny_locked_results
from hocba_server.school.registry.selectors import class_roll, pupils_by_code
from hocba_server.school.registry.taught import combined_rooms
from hocba_server.school.spreadsheets.class_list import Place, Roll
from hocba_server.school.spreadsheets.previews import DUPLICATE, Preview
from hocba_server.school.spreadsheets.results import Roster, RosterPupil
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.spreadsheets.cells import birth_date_value


def roll_of_school(school: School, year: SchoolYear) -> Roll:
    """Every pupil of the school, and who is in which class this year."""
    pupils = {code: pupil_values(pupil) for code, pupil in pupils_by_code(school).items()}
    rows = Enrolment.objects.filter(classroom__school=school, school_year=str(year))
    enrolled = {
        row.pupil.pupil_code: Place(row.classroom.name, row.classroom.grade, row.status)
        for row in rows.select_related("pupil", "classroom")
    }
    return Roll(pupils, enrolled)


def pupil_values(pupil: object) -> Mapping[str, str]:
    """The fields of a pupil that a class list may change."""
    return {field: str(getattr(pupil, field)) for field in FIELD_LABELS}


def roster_of_class(room: Classroom, sheet: Sheet, period: Period) -> Roster:
    """The pupils of a class with what is kept of a sheet."""
    kept = sheet_values(room, sheet, period)
    reopened = {row.enrolment_id for row in open_returns(room) if row.sheet == sheet.slug}
    pupils = {
        row.pupil.pupil_code: RosterPupil(
            row.pk,
            row.pupil.full_name,
            row.pupil.birth_date,
            kept.get(row.pk, {}),
            None if row.pk in reopened else _locked(row),
        )
        for row in class_roll(room)
    }
    others = {row.pupil.pupil_code for other in combined_rooms(room) for row in class_roll(other)}
    return Roster(room.name, room.grade, pupils, frozenset(others))


def _locked(row: Enrolment) -> Sentence | None:
    denial = deny_locked_results(row)
    return denial.sentence if denial else None


def roster_of_preview(preview: Preview) -> Roster:
    """The class as an unsaved list gives it, so that faults of every file can be named at once."""
    rows = [row for row in preview.rows if row.status != DUPLICATE and row.values]
    if not rows:
        raise Refused("empty_list", "Danh sách lớp không có dòng nào.", "The class list is empty.")
    pupils = {
        row.pupil_code: RosterPupil(
            0, row.full_name, birth_date_value(row.values["birth_date"]) or ""
        )
        for row in rows
    }
    grades = [row.values["grade"] for row in rows if row.values["grade"]]
    return Roster(rows[0].values["classroom_name"], grades[0] if grades else 1, pupils)


def require_sheet_in_period(sheet: Sheet, grade: int, period: Period) -> None:
    """Raises `Refused` with code `sheet_of_period` when this period has nothing to enter."""
    if not columns_of(sheet, grade, period):
        raise Refused(
            "sheet_of_period",
            f"{sheet.title.vi}: {period.label.vi} không nhập bảng này ở khối {grade}.",
            f"{sheet.title.en} is not entered at {period.label.en} in grade {grade}.",
        )


def closed_warning(
    by: Actor, room: Classroom, sheet: Sheet, period: Period, at: dt.datetime
) -> list[Sentence]:
    """Said before saving: the window is closed and the head has given no permission."""
    closed = sheet_windows(by, room, sheet, period, at).closed
    return [denial.sentence for denial in dict.fromkeys(closed.values())]
