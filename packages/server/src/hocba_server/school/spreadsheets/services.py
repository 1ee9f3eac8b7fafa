from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Sequence

from hocba.errors import Refused
from hocba.ids import SchoolYear
from hocba_server.school.assessments.entries import SubjectEntry, TraitEntry
from hocba_server.school.assessments.selectors import (
    subject_values_by_enrolment,
    trait_values_by_enrolment,
)
from hocba_server.school.assessments.services import set_subject_results, set_trait_results
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.registry.class_list import FIELD_LABELS, ClassListRow, ClassListSaved
from hocba_server.school.registry.models import Classroom, Enrolment, School, SchoolRole
from hocba_server.school.registry.permissions import (
    deny_homeroom_teacher,
    deny_locked_results,
    deny_role,
    deny_subject_teacher,
    require,
)
from hocba_server.school.registry.selectors import (
    class_roll,
    classroom_by_id,
    pupils_by_code,
    school_by_id,
)
from hocba_server.school.registry.services import import_class_list
from hocba_server.school.spreadsheets.cells import birth_date_value
from hocba_server.school.spreadsheets.class_list import Roll, read_class_list
from hocba_server.school.spreadsheets.models import ImportKind, ImportPreview
from hocba_server.school.spreadsheets.previews import (
    CHANGED,
    DUPLICATE,
    NEW,
    SAME,
    Preview,
    PreviewRow,
)
from hocba_server.school.spreadsheets.results import (
    Roster,
    RosterPupil,
    read_subject_results,
    read_trait_results,
)
from hocba_server.school.spreadsheets.selectors import preview_of, stored_preview
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event


def preview_class_list(
    *,
    by: Actor,
    at: dt.datetime,
    school_id: int,
    school_year: str,
    content: bytes,
    filename: str,
) -> Preview:
    """Read a class list and keep the preview. Raises `Malformed` when it is no such file."""
    require(deny_role(by, SchoolRole.REGISTRAR))
    year = SchoolYear.parse(school_year)
    school = school_by_id(by, school_id)
    rows, faults = read_class_list(content, filename, year, _roll(school, year))
    return _keep(
        ImportPreview(
            school=school,
            school_year=str(year),
            kind=ImportKind.CLASS_LIST,
            filename=filename[:255],
            rows=[row.to_json() for row in rows],
            faults=[fault.to_json() for fault in faults.faults],
        ),
        by,
        at,
        content,
    )


def save_class_list(*, by: Actor, at: dt.datetime, preview_id: uuid.UUID) -> ClassListSaved:
    """Save a previewed class list: everything or nothing."""
    require(deny_role(by, SchoolRole.REGISTRAR))
    with school_transaction():
        stored = _claim(by, at, preview_id, ImportKind.CLASS_LIST)
        rows = [
            ClassListRow(**row.values)
            for row in preview_of(stored).rows
            if row.status in {NEW, CHANGED, SAME}
        ]
        return import_class_list(
            by=by, at=at, school_id=stored.school_id, school_year=stored.school_year, rows=rows
        )


def preview_subject_results(
    *,
    by: Actor,
    at: dt.datetime,
    subject_code: str,
    content: bytes,
    filename: str,
    classroom_id: int | None = None,
    class_list_preview_id: uuid.UUID | None = None,
) -> Preview:
    """Read results of one subject for a class, or, as a dry run, for a class list not yet saved."""
    room, roster, school, year = _place(by, classroom_id, class_list_preview_id)
    if room is not None:
        require(deny_subject_teacher(by, room, subject_code) or deny_locked_results(room))
        roster = _roster(room, subject_values_by_enrolment(room, subject_code))
    rows, faults, warnings = read_subject_results(content, filename, subject_code, roster)
    preview = ImportPreview(
        school=school,
        school_year=year,
        kind=ImportKind.SUBJECT,
        classroom=room,
        subject_code=subject_code,
        filename=filename[:255],
        rows=[row.to_json() for row in rows],
        faults=[fault.to_json() for fault in faults.faults],
        warnings=warnings,
    )
    return _keep(preview, by, at, content)


def save_subject_results(*, by: Actor, at: dt.datetime, preview_id: uuid.UUID) -> int:
    """Save previewed results of one subject; answers how many pupils were written."""
    with school_transaction():
        stored = _claim(by, at, preview_id, ImportKind.SUBJECT)
        rows = _changed_rows(stored)
        return set_subject_results(
            by=by,
            at=at,
            classroom_id=_room_id(stored),
            subject_code=stored.subject_code,
            entries=[SubjectEntry(**row.values) for row in rows],
            reason=f"Nhập từ tệp {stored.filename}",
        )


def preview_trait_results(
    *,
    by: Actor,
    at: dt.datetime,
    content: bytes,
    filename: str,
    classroom_id: int | None = None,
    class_list_preview_id: uuid.UUID | None = None,
) -> Preview:
    """Read levels and comments on qualities and competences, or check them as a dry run."""
    room, roster, school, year = _place(by, classroom_id, class_list_preview_id)
    if room is not None:
        require(deny_homeroom_teacher(by, room) or deny_locked_results(room))
        roster = _roster(room, trait_values_by_enrolment(room))
    rows, faults, warnings = read_trait_results(content, filename, roster)
    preview = ImportPreview(
        school=school,
        school_year=year,
        kind=ImportKind.TRAITS,
        classroom=room,
        filename=filename[:255],
        rows=[row.to_json() for row in rows],
        faults=[fault.to_json() for fault in faults.faults],
        warnings=warnings,
    )
    return _keep(preview, by, at, content)


def save_trait_results(*, by: Actor, at: dt.datetime, preview_id: uuid.UUID) -> int:
    """Save previewed levels and comments; answers how many pupils were written."""
    with school_transaction():
        stored = _claim(by, at, preview_id, ImportKind.TRAITS)
        rows = _changed_rows(stored)
        return set_trait_results(
            by=by,
            at=at,
            classroom_id=_room_id(stored),
            entries=[TraitEntry(**row.values) for row in rows],
            reason=f"Nhập từ tệp {stored.filename}",
        )


def _keep(preview: ImportPreview, by: Actor, at: dt.datetime, content: bytes) -> Preview:
    preview.content_sha256 = hashlib.sha256(content).hexdigest()
    preview.created_by, preview.created_at = by.user_id, at
    preview.save(force_insert=True)
    return preview_of(preview)


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
    detail = {"file": stored.filename, "sha256": stored.content_sha256, "kind": stored.kind}
    record_event(
        using=SCHOOL_DATABASE,
        by=by,
        at=at,
        action="import_file",
        subject=f"import:{stored.pk}",
        detail=detail,
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


def _changed_rows(stored: ImportPreview) -> Sequence[PreviewRow]:
    return [row for row in preview_of(stored).rows if row.status in {NEW, CHANGED}]


def _roll(school: School, year: SchoolYear) -> Roll:
    pupils = {
        code: {field: str(getattr(pupil, field)) for field in FIELD_LABELS}
        for code, pupil in pupils_by_code(school).items()
    }
    rows = Enrolment.objects.filter(classroom__school=school, school_year=str(year))
    enrolled = dict(rows.values_list("pupil__pupil_code", "classroom__name"))
    return Roll(pupils, enrolled)


def _place(
    by: Actor, classroom_id: int | None, class_list_preview_id: uuid.UUID | None
) -> tuple[Classroom | None, Roster, School, str]:
    if classroom_id is not None:
        room = classroom_by_id(by, classroom_id)
        return room, Roster(room.name, room.grade, {}), room.school, room.school_year
    if class_list_preview_id is None:
        raise TypeError("classroom_id or class_list_preview_id is needed")
    roles = (SchoolRole.REGISTRAR, SchoolRole.SUBJECT_TEACHER, SchoolRole.HOMEROOM_TEACHER)
    require(deny_role(by, *roles))
    stored = stored_preview(by, class_list_preview_id)
    return None, _roster_of_preview(preview_of(stored)), stored.school, stored.school_year


def _roster(room: Classroom, known: dict[int, dict[str, object]]) -> Roster:
    pupils = {
        row.pupil.pupil_code: RosterPupil(
            row.pk, row.pupil.full_name, row.pupil.birth_date, known.get(row.pk)
        )
        for row in class_roll(room)
    }
    return Roster(room.name, room.grade, pupils)


def _roster_of_preview(preview: Preview) -> Roster:
    """The class as an unsaved list gives it, so that faults of every file can be named at once."""
    rows = [row for row in preview.rows if row.status != DUPLICATE and row.values]
    if not rows:
        raise Refused("empty_list", "Danh sách lớp không có dòng nào.", "The class list is empty.")
    pupils = {
        row.pupil_code: RosterPupil(
            0, row.full_name, birth_date_value(row.values["birth_date"]) or "", None
        )
        for row in rows
    }
    grades = [row.values["grade"] for row in rows if row.values["grade"]]
    return Roster(rows[0].values["classroom_name"], grades[0] if grades else 1, pupils)
