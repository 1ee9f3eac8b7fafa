from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from dataclasses import asdict

from hocba.assessment.catalogue import subject
from hocba.assessment.periods import Period
from hocba.errors import Malformed, Sentence
from hocba.ids import SchoolYear
from hocba_server.school.assessments.entering import deny_sheet
from hocba_server.school.assessments.sheets import HOMEROOM_SHEET, TRAITS_SHEET, Sheet
from hocba_server.school.registry.class_list import ClassListSaved
from hocba_server.school.registry.models import Classroom, School, SchoolRole
from hocba_server.school.registry.permissions import deny_role, require
from hocba_server.school.registry.selectors import classroom_by_id, school_by_id
from hocba_server.school.spreadsheets.class_list import ReadList, read_class_list
from hocba_server.school.spreadsheets.models import ImportKind, ImportPreview
from hocba_server.school.spreadsheets.previews import Preview
from hocba_server.school.spreadsheets.recognition import (
    SeveralSheets,
    one_table,
    subject_of,
    tables_of_kind,
)
from hocba_server.school.spreadsheets.results import ReadResults, Roster, file_period, read_results
from hocba_server.school.spreadsheets.rosters import (
    closed_warning,
    require_sheet_in_period,
    roll_of_school,
    roster_of_class,
    roster_of_preview,
)
from hocba_server.school.spreadsheets.saving import save_list_preview, save_sheet_preview
from hocba_server.school.spreadsheets.selectors import preview_of, stored_preview
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.spreadsheets.workbook import Table


def preview_class_list(
    *,
    by: Actor,
    at: dt.datetime,
    school_id: int,
    school_year: str,
    content: bytes,
    filename: str,
    sheet_name: str = "",
) -> Preview:
    """Read a class list and keep the preview. Raises `Malformed` when it is no such file,
    `SeveralSheets` when more than one sheet holds a list."""
    require(deny_role(by, SchoolRole.REGISTRAR))
    year = SchoolYear.parse(school_year)
    school = school_by_id(by, school_id)
    tables = _chosen(tables_of_kind(content, ImportKind.CLASS_LIST), sheet_name)
    if len(tables) > 1:
        raise SeveralSheets([table.sheet for table in tables])
    [table] = tables
    read = read_class_list(table, filename, year, roll_of_school(school, year))
    return keep_preview(list_preview(school, year, table, filename, read), by, at, content)


def list_preview(
    school: School, year: SchoolYear, table: Table, filename: str, read: ReadList
) -> ImportPreview:
    """The preview of one class list, not yet kept."""
    return ImportPreview(
        school=school,
        school_year=str(year),
        kind=ImportKind.CLASS_LIST,
        filename=filename[:255],
        sheet_name=table.sheet[:100],
        rows=[row.to_json() for row in read.rows],
        faults=[fault.to_json() for fault in read.faults],
        warnings=[asdict(text) for text in read.warnings],
    )


def save_class_list(*, by: Actor, at: dt.datetime, preview_id: uuid.UUID) -> ClassListSaved:
    """Save a previewed class list: everything or nothing."""
    return save_list_preview(by=by, at=at, preview_id=preview_id)


def preview_subject_results(
    *,
    by: Actor,
    at: dt.datetime,
    subject_code: str,
    content: bytes,
    filename: str,
    classroom_id: int | None = None,
    class_list_preview_id: uuid.UUID | None = None,
    period: Period | None = None,
    sheet_name: str = "",
) -> Preview:
    """Read results of one subject for a class, or, as a dry run, for a class list not yet saved.

    `period` is what the page says; without it the file's own column decides.
    """
    place = _Place(by, at, classroom_id, class_list_preview_id)
    sheet = Sheet.of_subject(subject_code)
    return place.preview(sheet, content, filename, period, sheet_name)


def preview_trait_results(
    *,
    by: Actor,
    at: dt.datetime,
    content: bytes,
    filename: str,
    classroom_id: int | None = None,
    class_list_preview_id: uuid.UUID | None = None,
    period: Period | None = None,
    sheet_name: str = "",
) -> Preview:
    """Read levels and comments on qualities and competences, or check them as a dry run."""
    place = _Place(by, at, classroom_id, class_list_preview_id)
    return place.preview(TRAITS_SHEET, content, filename, period, sheet_name)


def preview_homeroom_data(
    *,
    by: Actor,
    at: dt.datetime,
    content: bytes,
    filename: str,
    classroom_id: int,
    period: Period | None = None,
    sheet_name: str = "",
) -> Preview:
    """Read weight, height, absences, comment and awards in our own layout."""
    place = _Place(by, at, classroom_id, None)
    return place.preview(HOMEROOM_SHEET, content, filename, period, sheet_name)


def save_subject_results(*, by: Actor, at: dt.datetime, preview_id: uuid.UUID) -> int:
    """Save previewed results of one subject; answers how many pupils were written."""
    return save_sheet_preview(by=by, at=at, preview_id=preview_id, kind=ImportKind.SUBJECT)


def save_trait_results(*, by: Actor, at: dt.datetime, preview_id: uuid.UUID) -> int:
    """Save previewed levels and comments; answers how many pupils were written."""
    return save_sheet_preview(by=by, at=at, preview_id=preview_id, kind=ImportKind.TRAITS)


def save_homeroom_data(*, by: Actor, at: dt.datetime, preview_id: uuid.UUID) -> int:
    """Save previewed homeroom data; answers how many pupils were written."""
    return save_sheet_preview(by=by, at=at, preview_id=preview_id, kind=ImportKind.HOMEROOM)


def kind_of(sheet: Sheet) -> ImportKind:
    """The layout that fills a sheet."""
    if sheet.subject_code:
        return ImportKind.SUBJECT
    return ImportKind.TRAITS if sheet == TRAITS_SHEET else ImportKind.HOMEROOM


class _Place:
    """The class that a file is read for: one of the school, or a list that is not yet saved."""

    def __init__(
        self,
        by: Actor,
        at: dt.datetime,
        classroom_id: int | None,
        class_list_preview_id: uuid.UUID | None,
    ) -> None:
        self._by, self._at = by, at
        self._room: Classroom | None = None
        self._listed: Roster | None = None
        if classroom_id is not None:
            self._room = classroom_by_id(by, classroom_id)
            self._school: School = self._room.school
            self._year = self._room.school_year
            return
        if class_list_preview_id is None:
            raise TypeError("classroom_id or class_list_preview_id is needed")
        roles = (SchoolRole.REGISTRAR, SchoolRole.SUBJECT_TEACHER, SchoolRole.HOMEROOM_TEACHER)
        require(deny_role(by, *roles))
        stored = stored_preview(by, class_list_preview_id)
        self._listed = roster_of_preview(preview_of(stored))
        self._school, self._year = stored.school, stored.school_year

    def preview(
        self,
        sheet: Sheet,
        content: bytes,
        filename: str,
        period: Period | None,
        sheet_name: str,
    ) -> Preview:
        """Read the file for one sheet and keep the preview."""
        if self._room is not None:
            require(deny_sheet(self._by, self._room, sheet, self._at))
        tables = _chosen(tables_of_kind(content, kind_of(sheet)), sheet_name)
        name = (
            self._room.name if self._room else self._listed.classroom_name if self._listed else ""
        )
        table = one_table(tables, name, sheet.subject_code, self._room)
        when = file_period(table, (*table.titles, table.sheet, filename), period)
        if when is None:
            raise no_period()
        if self._room is not None:
            stored = results_preview(
                by=self._by,
                at=self._at,
                room=self._room,
                sheet=sheet,
                table=table,
                filename=filename,
                period=when,
                only_period=period is not None,
            )
        else:
            read = read_results(
                table, filename, sheet, when, self._roster(), only_period=period is not None
            )
            stored = _unsaved(self._school, self._year, None, sheet, table, filename, read)
        return keep_preview(stored, self._by, self._at, content)

    def _roster(self) -> Roster:
        assert self._listed is not None  # noqa: S101 - there is either a class or a list
        return self._listed


def results_preview(
    *,
    by: Actor,
    at: dt.datetime,
    room: Classroom,
    sheet: Sheet,
    table: Table,
    filename: str,
    period: Period,
    only_period: bool,
) -> ImportPreview:
    """The preview of one table for a sheet of a class, not yet kept. Rights are checked before."""
    require_sheet_in_period(sheet, room.grade, period)
    roster = roster_of_class(room, sheet, period)
    read = read_results(table, filename, sheet, period, roster, only_period=only_period)
    read.warnings[:0] = closed_warning(by, room, sheet, period, at)
    if sheet.subject_code:
        named = subject_of(table, "", room)
        if named not in {None, sheet.subject_code}:
            read.warnings.insert(0, _other_subject(named or "", sheet))
    return _unsaved(room.school, room.school_year, room, sheet, table, filename, read)


def _other_subject(named: str, sheet: Sheet) -> Sentence:
    other, own = subject(named).name, sheet.title
    return Sentence(
        f"Tiêu đề của tệp ghi môn {other}, còn trang này nhập môn {own.vi}. Xem lại trước khi lưu.",
        f"The title of the file says {other}, but this page is for {own.en}. Look again.",
    )


def _unsaved(
    school: School,
    year: str,
    room: Classroom | None,
    sheet: Sheet,
    table: Table,
    filename: str,
    read: ReadResults,
) -> ImportPreview:
    return ImportPreview(
        school=school,
        school_year=year,
        kind=kind_of(sheet),
        classroom=room,
        subject_code=sheet.subject_code,
        period=read.period.value,
        filename=filename[:255],
        sheet_name=table.sheet[:100],
        rows=[row.to_json() for row in read.rows],
        faults=[fault.to_json() for fault in read.faults],
        warnings=[asdict(text) for text in read.warnings],
    )


def keep_preview(preview: ImportPreview, by: Actor, at: dt.datetime, content: bytes) -> Preview:
    """Store a preview: the file itself is not kept, only what was read and its hash."""
    preview.content_sha256 = hashlib.sha256(content).hexdigest()
    preview.created_by, preview.created_at = by.user_id, at
    preview.save(force_insert=True)
    return preview_of(preview)


def no_period() -> Malformed:
    """The refusal of a file that does not say of which period it is."""
    return Malformed(
        "no_period",
        "Tệp không nêu thời điểm đánh giá. Chọn thời điểm trên trang này rồi tải lại tệp.",
        "The file names no period. Choose the period on this page and upload again.",
    )


def _chosen(tables: list[Table], sheet_name: str) -> list[Table]:
    return [table for table in tables if table.sheet == sheet_name] or tables
