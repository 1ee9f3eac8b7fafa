"""A whole class at once: several sheets or files, told apart, previewed and saved together."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass

from hocba.assessment.periods import Period
from hocba.errors import HocBaError, Refused, Sentence
from hocba.ids import SchoolYear
from hocba_server.school.assessments.entering import deny_sheet
from hocba_server.school.assessments.sheets import HOMEROOM_SHEET, TRAITS_SHEET, Sheet
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.registry.models import Classroom, School, SchoolRole
from hocba_server.school.registry.permissions import deny_role, require
from hocba_server.school.registry.selectors import classroom_by_id, school_by_id
from hocba_server.school.spreadsheets.class_list import Seen, read_class_list
from hocba_server.school.spreadsheets.layouts import KIND_NAMES
from hocba_server.school.spreadsheets.models import ImportBundle, ImportKind, ImportPreview
from hocba_server.school.spreadsheets.recognition import (
    KnownTable,
    classes_of,
    is_of_class,
    recognise,
    subject_of,
    unknown_sheet,
)
from hocba_server.school.spreadsheets.results import file_period
from hocba_server.school.spreadsheets.rights import deny_any_entry
from hocba_server.school.spreadsheets.rosters import roll_of_school
from hocba_server.school.spreadsheets.saving import save_list_preview, save_sheet_preview
from hocba_server.school.spreadsheets.selectors import stored_bundle
from hocba_server.school.spreadsheets.services import list_preview, no_period, results_preview
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event
from hocba_server.web.spreadsheets.grids import SheetGrid, read_grids

MAX_FILES = 40


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A spreadsheet as it came."""

    filename: str
    content: bytes


@dataclass(frozen=True, slots=True)
class SetAside:
    """A sheet that was not taken, and why."""

    file: str
    sheet: str
    sentence: Sentence


def preview_class_files(
    *,
    by: Actor,
    at: dt.datetime,
    classroom_id: int,
    files: Sequence[UploadedFile],
    period: Period | None = None,
) -> uuid.UUID:
    """Read every sheet of every file for a class; answers the bundle.

    What this person may not enter, or what is not of this class, is set aside with the reason.
    """
    room = classroom_by_id(by, classroom_id)
    require(deny_any_entry(by, room, at))
    reader = _ClassReader(by, at, room, period)
    _read_all(reader, files)
    return _keep(reader, room.school, room)


def preview_class_lists(
    *,
    by: Actor,
    at: dt.datetime,
    school_id: int,
    school_year: str,
    files: Sequence[UploadedFile],
) -> uuid.UUID:
    """Read class lists of several classes, in sheets or in files; answers the bundle."""
    require(deny_role(by, SchoolRole.REGISTRAR))
    year = SchoolYear.parse(school_year)
    school = school_by_id(by, school_id)
    reader = _ListsReader(by, at, school, year)
    _read_all(reader, files)
    return _keep(reader, school, None)


def save_bundle(
    *, by: Actor, at: dt.datetime, bundle_id: uuid.UUID, preview_ids: Collection[uuid.UUID]
) -> int:
    """Save the chosen parts of a bundle together or not at all; answers how many parts.

    Raises `Refused`: `nothing_chosen`, `saved_already`, and what saving each part refuses, with
    the name of its file.
    """
    with school_transaction():
        bundle = stored_bundle(by, bundle_id, lock=True)
        if bundle.saved_at is not None:
            raise Refused(
                "saved_already", "Lần tải này đã được lưu trước đó.", "This upload was saved."
            )
        chosen = [part for part in bundle.previews.order_by("position") if part.pk in preview_ids]
        if not chosen:
            raise Refused(
                "nothing_chosen", "Chọn ít nhất một phần để lưu.", "Choose at least one part."
            )
        for part in sorted(chosen, key=lambda each: each.kind != ImportKind.CLASS_LIST):
            _save_part(by, at, part)
        bundle.saved_by, bundle.saved_at = by.user_id, at
        bundle.save(update_fields=["saved_by", "saved_at"])
        record_event(
            using=SCHOOL_DATABASE,
            by=by,
            at=at,
            action="import_bundle",
            subject=f"bundle:{bundle.pk}",
            detail={"parts": len(chosen), "left_out": bundle.previews.count() - len(chosen)},
        )
    return len(chosen)


def _save_part(by: Actor, at: dt.datetime, part: ImportPreview) -> None:
    try:
        if part.kind == ImportKind.CLASS_LIST:
            save_list_preview(by=by, at=at, preview_id=part.pk)
        else:
            save_sheet_preview(by=by, at=at, preview_id=part.pk, kind=ImportKind(part.kind))
    except Refused as refusal:
        if refusal.code in {"role", "not_found"}:
            raise
        title = part.title
        raise Refused(
            refusal.code,
            f"{title.vi}: {refusal.sentence.vi} Chưa lưu phần nào.",
            f"{title.en}: {refusal.sentence.en} No part was saved.",
            where=refusal.where,
        ) from refusal


class _Reader:
    """Reads sheets one by one and keeps what became of each."""

    def __init__(self, by: Actor, at: dt.datetime) -> None:
        self.by, self.at = by, at
        self.parts: list[ImportPreview] = []
        self.aside: list[SetAside] = []

    def read(self, known: KnownTable, filename: str) -> ImportPreview:
        """The preview of one sheet. Raises `HocBaError` with the reason to set it aside."""
        raise NotImplementedError


class _ClassReader(_Reader):
    def __init__(self, by: Actor, at: dt.datetime, room: Classroom, period: Period | None) -> None:
        super().__init__(by, at)
        self._room, self._period = room, period
        self._taken: dict[tuple[str, str], str] = {}

    def read(self, known: KnownTable, filename: str) -> ImportPreview:
        if known.layout.kind == ImportKind.CLASS_LIST:
            raise Refused(
                "class_list",
                "Danh sách lớp: nhân viên học vụ nhập ở trang Nhập danh sách lớp.",
                "A class list: the registrar imports it on its own page.",
            )
        table = known.table
        sheet = self._sheet(known, filename)
        require(deny_sheet(self.by, self._room, sheet, self.at))
        if not is_of_class(table, self._room.name) and (rooms := classes_of(table)):
            raise Refused(
                "other_class",
                f"Của lớp {', '.join(rooms[:3])}, không phải lớp {self._room.name}.",
                f"Of class {', '.join(rooms[:3])}, not {self._room.name}.",
            )
        period = file_period(table, (*table.titles, table.sheet, filename), self._period)
        if period is None:
            raise no_period()
        place = f"{filename} · {table.sheet}" if table.sheet else filename
        first = self._taken.setdefault((sheet.slug, period.value), place)
        if first != place:
            raise Refused("twice", f"Trùng với {first}.", f"The same as {first}.")
        return results_preview(
            by=self.by,
            at=self.at,
            room=self._room,
            sheet=sheet,
            table=table,
            filename=filename,
            period=period,
            only_period=self._period is not None,
        )

    def _sheet(self, known: KnownTable, filename: str) -> Sheet:
        if known.layout.kind == ImportKind.TRAITS:
            return TRAITS_SHEET
        if known.layout.kind == ImportKind.HOMEROOM:
            return HOMEROOM_SHEET
        code = subject_of(known.table, filename, self._room)
        if code is None:
            raise Refused(
                "subject_unknown",
                "Không biết bảng này của môn nào. Đặt tên trang tính hoặc tên tệp theo tên môn.",
                "The subject is not named. Name the sheet or the file after the subject.",
            )
        return Sheet.of_subject(code)


class _ListsReader(_Reader):
    def __init__(self, by: Actor, at: dt.datetime, school: School, year: SchoolYear) -> None:
        super().__init__(by, at)
        self._school, self._year = school, year
        self._roll = roll_of_school(school, year)
        self._seen = Seen()

    def read(self, known: KnownTable, filename: str) -> ImportPreview:
        if known.layout.kind != ImportKind.CLASS_LIST:
            name = KIND_NAMES[known.layout.kind]
            raise Refused(
                "other_layout",
                f"Tệp này là “{name.vi}”, không phải danh sách lớp.",
                f"The file holds “{name.en}”, not a class list.",
            )
        read = read_class_list(known.table, filename, self._year, self._roll, self._seen)
        return list_preview(self._school, self._year, known.table, filename, read)


def _read_all(reader: _Reader, files: Sequence[UploadedFile]) -> None:
    if not files or len(files) > MAX_FILES:
        raise Refused(
            "files", f"Chọn từ 1 đến {MAX_FILES} tệp.", f"Choose between 1 and {MAX_FILES} files."
        )
    for file in files:
        try:
            grids = read_grids(file.content)
        except HocBaError as fault:
            reader.aside.append(SetAside(file.filename, "", fault.sentence))
            continue
        for grid in grids:
            _read_sheet(reader, file, grid)


def _read_sheet(reader: _Reader, file: UploadedFile, grid: SheetGrid) -> None:
    known = recognise(grid)
    if known is None:
        why = unknown_sheet(grid)
        if why is not None:
            reader.aside.append(SetAside(file.filename, grid.name, why))
        return
    try:
        part = reader.read(known, file.filename)
    except HocBaError as fault:
        if isinstance(fault, Refused) and fault.code == "not_found":
            raise
        reader.aside.append(SetAside(file.filename, grid.name, fault.sentence))
        return
    part.content_sha256 = hashlib.sha256(file.content).hexdigest()
    part.created_by, part.created_at = reader.by.user_id, reader.at
    reader.parts.append(part)


def _keep(reader: _Reader, school: School, room: Classroom | None) -> uuid.UUID:
    with school_transaction():
        bundle = ImportBundle.objects.create(
            school=school,
            classroom=room,
            set_aside=[asdict(each) for each in reader.aside],
            created_by=reader.by.user_id,
            created_at=reader.at,
        )
        for position, part in enumerate(reader.parts, start=1):
            part.bundle, part.position = bundle, position
            part.save(force_insert=True)
    return bundle.pk
