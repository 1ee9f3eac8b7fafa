"""A class in the schools' own layouts, filled: what is written out comes back unchanged."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.utils import translation

from hocba.assessment.catalogue import subject, traits_of_grade
from hocba.assessment.levels import SubjectLevel, TraitLevel
from hocba.assessment.periods import Period
from hocba_server.school.assessments.sheet_values import sheet_values
from hocba_server.school.assessments.sheets import TRAITS_SHEET, Sheet
from hocba_server.school.registry.models import Classroom, Enrolment
from hocba_server.school.registry.selectors import class_roll
from hocba_server.school.spreadsheets.layouts import (
    ADDRESS,
    BIRTH,
    BIRTH_PLACE,
    CLASS_LIST_COLUMNS,
    CLASSROOM,
    CODE,
    COMMENT_FIELDS,
    ETHNIC,
    FATHER,
    GENDER,
    GRADE,
    HOME_PROVINCE,
    HOME_WARD,
    HOMEROOM_COLUMNS,
    HOMEROOM_FIELDS,
    LEVEL,
    MOTHER,
    NAME,
    PERIOD,
    PERSONAL_ID,
    RESULT_CLASSROOM,
    RESULT_NAME,
    STATUS,
    SUBJECT_CODE_HEADER,
    SUBJECT_COLUMNS,
    SUBJECT_FIELDS,
    TRAIT_CODE_HEADER,
    TRAIT_COLUMNS,
    TRAIT_LEVELS,
)
from hocba_server.school.spreadsheets.writing import Value, WrittenSheet
from hocba_server.web.spreadsheets.workbook import NUMBER

_NUMBERS = {"test_score", "excused_absences", "unexcused_absences"}
_DECIMALS = {"weight_kg", "height_cm"}


def class_list_sheet(room: Classroom) -> WrittenSheet:
    """The list of a class in the order in which it was read."""
    return filled_list(room, sorted(class_roll(room), key=lambda row: (row.position, row.pk)))


def filled_list(room: Classroom, roll: Sequence[Enrolment]) -> WrittenSheet:
    """Layout a with all of its columns; those that the school does not hold stay empty."""
    rows = []
    for number, row in enumerate(roll, start=1):
        cells = _pupil_cells(room, row) | {NUMBER: number}
        rows.append([cells.get(header, "") for header in CLASS_LIST_COLUMNS])
    title = f"DANH SÁCH HỌC SINH LỚP {room.name}"
    return WrittenSheet("Danh sách lớp", (_department(room), title), CLASS_LIST_COLUMNS, rows)


def _pupil_cells(room: Classroom, row: Enrolment) -> dict[str, Value]:
    pupil = row.pupil
    ward, _, province = pupil.home_town.rpartition(", ")
    return {
        CODE: pupil.pupil_code,
        NAME: pupil.full_name,
        BIRTH: pupil.birth_date,
        GENDER: pupil.gender,
        ETHNIC: pupil.ethnic_group,
        STATUS: _status_word(row),
        BIRTH_PLACE: pupil.birth_place,
        HOME_PROVINCE: province,
        HOME_WARD: ward,
        ADDRESS: pupil.current_address,
        FATHER: pupil.father_name,
        MOTHER: pupil.mother_name,
        CLASSROOM: room.name,
        GRADE: room.grade,
        PERSONAL_ID: pupil.personal_id,
    }


def _status_word(row: Enrolment) -> str:
    """The word of the Ministry's list, whatever language the page is read in."""
    with translation.override("vi"):
        return str(row.get_status_display())


def results_sheet(room: Classroom, sheet: Sheet, period: Period) -> WrittenSheet:
    """A sheet of a class with what is kept of one period."""
    return filled_sheet(room, sheet, period, class_roll(room), sheet_values(room, sheet, period))


def filled_sheet(
    room: Classroom,
    sheet: Sheet,
    period: Period,
    roll: Sequence[Enrolment],
    kept: Mapping[int, Mapping[str, str]],
) -> WrittenSheet:
    """Layout c, d or the homeroom layout with these values."""
    if sheet.subject_code:
        return _subject_sheet(room, sheet, period, roll, kept)
    headers, fields, code, title, choices = (
        (TRAIT_COLUMNS, COMMENT_FIELDS | TRAIT_LEVELS, TRAIT_CODE_HEADER, _TRAITS, _levels(room))
        if sheet == TRAITS_SHEET
        else (HOMEROOM_COLUMNS, HOMEROOM_FIELDS, SUBJECT_CODE_HEADER, _HOMEROOM, {})
    )
    return WrittenSheet(
        sheet.title.vi,
        (_department(room), f"{title} - LỚP {room.name} - {_when(room, period)}"),
        headers,
        _rows(room, period, roll, kept, headers, fields, code),
        choices,
    )


_TRAITS = "ĐÁNH GIÁ NĂNG LỰC, PHẨM CHẤT"
_HOMEROOM = "DỮ LIỆU CHỦ NHIỆM"


def _subject_sheet(
    room: Classroom,
    sheet: Sheet,
    period: Period,
    roll: Sequence[Enrolment],
    kept: Mapping[int, Mapping[str, str]],
) -> WrittenSheet:
    found = subject(sheet.subject_code)
    title = f"BẢNG ĐIỂM MÔN {found.name.upper()} - LỚP {room.name} - {_when(room, period)}"
    return WrittenSheet(
        found.short_name,
        (_department(room), title),
        SUBJECT_COLUMNS,
        _rows(room, period, roll, kept, SUBJECT_COLUMNS, SUBJECT_FIELDS, SUBJECT_CODE_HEADER),
        {LEVEL: [level.value for level in SubjectLevel]},
    )


def _levels(room: Classroom) -> dict[str, list[str]]:
    return {
        trait.name: [level.value for level in TraitLevel] for trait in traits_of_grade(room.grade)
    }


def _rows(
    room: Classroom,
    period: Period,
    roll: Sequence[Enrolment],
    kept: Mapping[int, Mapping[str, str]],
    headers: Sequence[str],
    fields: Mapping[str, str],
    code: str,
) -> list[list[Value]]:
    rows = []
    for number, row in enumerate(roll, start=1):
        cells: dict[str, Value] = {
            NUMBER: number,
            RESULT_CLASSROOM: room.name,
            code: row.pupil.pupil_code,
            RESULT_NAME: row.pupil.full_name,
            BIRTH: row.pupil.birth_date,
            PERIOD: period.label.vi,
        }
        values = kept.get(row.pk, {})
        cells |= {header: _typed(field, values.get(field, "")) for field, header in fields.items()}
        rows.append([cells.get(header, "") for header in headers])
    return rows


def _typed(field: str, text: str) -> Value:
    """Numbers as numbers, so that Excel can add them up; everything else as text."""
    if not text:
        return ""
    if field in _NUMBERS:
        return int(text)
    return Decimal(text) if field in _DECIMALS else text


def _department(room: Classroom) -> str:
    return room.school.department_name.upper()


def _when(room: Classroom, period: Period) -> str:
    """“CUỐI NĂM HỌC 2025-2026”, “GIỮA HỌC KỲ I NĂM HỌC 2025-2026”."""
    if period is Period.YEAR_END:
        return f"CUỐI NĂM HỌC {room.school_year}"
    return f"{period.label.vi.upper()} NĂM HỌC {room.school_year}"


def export_name(room: Classroom, what: str, period: Period | None, day: dt.date) -> str:
    """A plain name of the file, with nobody's name in it."""
    parts = ["lop", room.name, what, period.value if period else "", f"{day:%Y%m%d}"]
    joined = "-".join(part for part in parts if part)
    return "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in joined) + ".xlsx"
