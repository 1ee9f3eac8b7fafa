"""Saving what was previewed: all of it, and only while nobody has changed what it was compared
with."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence

from hocba.assessment.periods import Period
from hocba.errors import Refused
from hocba_server.school.assessments.entering import CellChange, deny_sheet, save_cells
from hocba_server.school.assessments.sheet_values import sheet_values
from hocba_server.school.assessments.sheets import (
    HOMEROOM_SHEET,
    TRAITS_SHEET,
    Sheet,
    columns_of,
)
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.registry.class_list import FIELD_LABELS, ClassListRow, ClassListSaved
from hocba_server.school.registry.models import Classroom, Pupil, School, SchoolRole
from hocba_server.school.registry.permissions import deny_role, require
from hocba_server.school.registry.selectors import classroom_by_id, not_found
from hocba_server.school.registry.services import import_class_list
from hocba_server.school.spreadsheets.models import ImportKind, ImportPreview
from hocba_server.school.spreadsheets.previews import CHANGED, NEW, SAME, PreviewRow
from hocba_server.school.spreadsheets.rosters import pupil_values
from hocba_server.school.spreadsheets.selectors import preview_of, stored_preview
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event

_NAMED_CELLS = 8


def save_list_preview(*, by: Actor, at: dt.datetime, preview_id: uuid.UUID) -> ClassListSaved:
    """Save a previewed class list. Raises `Refused`: `has_faults`, `saved_already`, `overtaken`."""
    require(deny_role(by, SchoolRole.REGISTRAR))
    with school_transaction():
        stored = _claim(by, at, preview_id, ImportKind.CLASS_LIST)
        School.objects.select_for_update().get(pk=stored.school_id)
        rows = [row for row in preview_of(stored).rows if row.status in {NEW, CHANGED, SAME}]
        _refuse_changed_pupils(stored, rows)
        return import_class_list(
            by=by,
            at=at,
            school_id=stored.school_id,
            school_year=stored.school_year,
            rows=[ClassListRow(**row.values) for row in rows],
        )


def save_sheet_preview(
    *, by: Actor, at: dt.datetime, preview_id: uuid.UUID, kind: ImportKind
) -> int:
    """Save previewed results of one sheet; answers how many pupils were written.

    Raises `Refused`: `has_faults`, `saved_already`, `dry_run`, `overtaken`, and what
    `entering.save_cells` refuses.
    """
    with school_transaction():
        stored = _claim(by, at, preview_id, kind)
        sheet, period = sheet_of(stored), Period(stored.period or Period.YEAR_END)
        room = classroom_by_id(by, _room_id(stored), lock=True)
        require(deny_sheet(by, room, sheet, at))
        rows = [row for row in preview_of(stored).rows if row.status in {NEW, CHANGED}]
        _refuse_changed_cells(room, sheet, period, rows)
        changes = [
            CellChange(row.enrolment_id, field, new, old=row.old[field])
            for row in rows
            for field, new in row.values.items()
            if new != row.old[field]
        ]
        saved = save_cells(
            by=by,
            at=at,
            classroom_id=room.pk,
            sheet=sheet,
            period=period,
            changes=changes,
            reason=f"Nhập từ tệp {stored.filename}",
            all_or_nothing=True,
        )
    return len(saved.pupils)


def sheet_of(stored: ImportPreview) -> Sheet:
    """The sheet that a preview of results fills."""
    if stored.kind == ImportKind.SUBJECT:
        return Sheet.of_subject(stored.subject_code)
    return TRAITS_SHEET if stored.kind == ImportKind.TRAITS else HOMEROOM_SHEET


def _claim(by: Actor, at: dt.datetime, preview_id: uuid.UUID, kind: ImportKind) -> ImportPreview:
    """Take a preview for saving, once. Refuses with faults, twice, or by another kind."""
    stored = stored_preview(by, preview_id, lock=True)
    if stored.kind != kind:
        raise Refused("wrong_kind", "Tệp này thuộc loại khác.", "The file is of another kind.")
    if stored.saved_at is not None:
        raise Refused(
            "saved_already",
            f"Tệp {stored.filename} đã được lưu trước đó.",
            f"The file {stored.filename} was saved before.",
        )
    if stored.faults or not stored.rows:
        raise Refused(
            "has_faults",
            f"Tệp {stored.filename} còn {len(stored.faults)} lỗi nên chưa lưu gì. Sửa rồi tải lại.",
            f"The file {stored.filename} has {len(stored.faults)} faults; nothing was saved.",
        )
    stored.saved_by, stored.saved_at = by.user_id, at
    stored.save(update_fields=["saved_by", "saved_at"])
    record_event(
        using=SCHOOL_DATABASE,
        by=by,
        at=at,
        action="import_file",
        subject=f"import:{stored.pk}",
        detail={
            "file": stored.filename,
            "sheet": stored.sheet_name,
            "sha256": stored.content_sha256,
            "kind": stored.kind,
            "period": stored.period,
        },
    )
    return stored


def _room_id(stored: ImportPreview) -> int:
    if stored.classroom_id is None:
        raise Refused(
            "dry_run",
            "Đây là bản kiểm tra thử: hãy lưu danh sách lớp trước, rồi tải lại tệp kết quả.",
            "This was a dry run: save the class list first, then upload the results again.",
        )
    return stored.classroom_id


def _refuse_changed_cells(
    room: Classroom, sheet: Sheet, period: Period, rows: Sequence[PreviewRow]
) -> None:
    """Somebody typed into one of these cells after the file was read: nothing is saved."""
    kept: Mapping[int, Mapping[str, str]] = sheet_values(room, sheet, period)
    titles = {column.field: column.title.vi for column in columns_of(sheet, room.grade, period)}
    found = []
    for row in rows:
        if not row.enrolment_id:
            raise not_found()  # kept by an older version; it has to be read again
        for field, new in row.values.items():
            old, present = row.old[field], kept.get(row.enrolment_id, {}).get(field, "")
            if new != old and present not in {old, new}:
                title = titles.get(field, field)
                found.append(f"{row.full_name}, {title} (nay là “{present[:40]}”)")
    _refuse_overtaken(found)


def _refuse_changed_pupils(stored: ImportPreview, rows: Sequence[PreviewRow]) -> None:
    codes = [row.pupil_code for row in rows]
    pupils = {
        pupil.pupil_code: pupil_values(pupil)
        for pupil in Pupil.objects.filter(school_id=stored.school_id, pupil_code__in=codes)
    }
    found = []
    for row in rows:
        present = pupils.get(row.pupil_code)
        if present is None:
            continue
        if row.status == NEW:
            found.append(f"{row.full_name} (đã có trong trường)")
        found += [
            f"{row.full_name}, {FIELD_LABELS[field]} (nay là “{present[field][:40]}”)"
            for field, old in row.old.items()
            if present[field] not in {old, row.values[field]}
        ]
    _refuse_overtaken(found)


def _refuse_overtaken(found: Sequence[str]) -> None:
    if not found:
        return
    shown = "; ".join(found[:_NAMED_CELLS]) + ("; …" if len(found) > _NAMED_CELLS else "")
    raise Refused(
        "overtaken",
        f"Từ lúc xem trước đã có người sửa {len(found)} ô: {shown}. Chưa lưu gì; tải lại tệp để "
        "xem lại rồi lưu.",
        f"{len(found)} cells were changed since the preview: {shown}. Nothing was saved; upload "
        "the file again.",
    )
