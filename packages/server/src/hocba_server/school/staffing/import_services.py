"""Import staff from a file: preview with the faults of each cell, then everything or nothing."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections import Counter
from dataclasses import dataclass, replace

from hocba.errors import Refused
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.registry.models import School, StaffMember
from hocba_server.school.registry.permissions import deny_other_school, require
from hocba_server.school.registry.selectors import not_found, school_by_id
from hocba_server.school.registry.services import add_staff
from hocba_server.school.staffing.import_sheet import CHANGED, NEW, SAME, StaffRow, read_staff
from hocba_server.school.staffing.models import StaffImport, StaffProfile
from hocba_server.school.staffing.rights import deny_staff_editor
from hocba_server.school.staffing.services import write_profile
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event
from hocba_server.web.spreadsheets.cells import CellFault


@dataclass(frozen=True, slots=True)
class StaffPreview:
    """A staff file as it was read."""

    row: StaffImport
    rows: tuple[StaffRow, ...]
    faults: tuple[CellFault, ...]

    @property
    def counts(self) -> Counter[str]:
        """Number of rows by status."""
        return Counter(row.status for row in self.rows)

    @property
    def can_save(self) -> bool:
        """Nothing is saved while any fault exists, nor twice."""
        return bool(self.rows) and not self.faults and self.row.saved_at is None


def preview_staff(
    *, by: Actor, at: dt.datetime, school_id: int, content: bytes, filename: str
) -> uuid.UUID:
    """Read a staff file and keep the preview. Raises `Malformed` when it is no such file."""
    require(deny_staff_editor(by))
    school = school_by_id(by, school_id)
    sheet = read_staff(content, filename, _known(school))
    with school_transaction():
        row = StaffImport.objects.create(
            school=school,
            filename=filename[:255],
            content_sha256=hashlib.sha256(content).hexdigest(),
            rows=[each.to_json() for each in sheet.rows],
            faults=[fault.to_json() for fault in sheet.faults.faults],
            missing=list(sheet.missing),
            created_by=by.user_id,
            created_at=at,
        )
        detail = {"rows": len(sheet.rows), "faults": len(sheet.faults.faults)}
        record_event(
            using=SCHOOL_DATABASE,
            by=by,
            at=at,
            action="preview_staff",
            subject=f"staff_import:{row.pk}",
            detail=detail,
        )
    return row.pk


def staff_preview(by: Actor, preview_id: uuid.UUID, *, lock: bool = False) -> StaffPreview:
    """A preview of this school."""
    rows = StaffImport.objects.select_related("school")
    if lock:
        rows = rows.select_for_update(of=("self",))
    row = rows.filter(pk=preview_id).first()
    if row is None:
        raise not_found()
    require(deny_other_school(by, row.school.code))
    return StaffPreview(
        row,
        tuple(StaffRow.from_json(each) for each in row.rows),
        tuple(CellFault.from_json(each) for each in row.faults),
    )


def save_staff(*, by: Actor, at: dt.datetime, preview_id: uuid.UUID) -> dict[str, int]:
    """Save a previewed staff file. Raises `Refused`: `preview_saved`, `preview_faults`."""
    require(deny_staff_editor(by))
    with school_transaction():
        preview = staff_preview(by, preview_id, lock=True)
        if preview.row.saved_at is not None:
            raise Refused(
                "preview_saved", "Tệp này đã được lưu.", "This file has been saved already."
            )
        if not preview.can_save:
            raise Refused(
                "preview_faults",
                "Tệp còn lỗi hoặc không có dòng nào nên chưa lưu được.",
                "The file has faults or no rows, so nothing was saved.",
            )
        counts = {NEW: 0, CHANGED: 0, SAME: 0}
        for each in preview.rows:
            counts[each.status] += 1
            if each.status != SAME:
                _write(by, at, preview.row.school_id, each)
        preview.row.saved_by, preview.row.saved_at = by.user_id, at
        preview.row.save(update_fields=["saved_by", "saved_at"])
        record_event(
            using=SCHOOL_DATABASE,
            by=by,
            at=at,
            action="import_staff",
            subject=f"school:{preview.row.school.code}",
            detail={**counts, "sha256": preview.row.content_sha256},
        )
    return counts


def _write(by: Actor, at: dt.datetime, school_id: int, row: StaffRow) -> None:
    data = row.person
    staff_id = add_staff(
        by=by,
        at=at,
        school_id=school_id,
        full_name=data.full_name,
        personal_id=data.personal_id,
        title=data.title or "Giáo viên",
    )
    profile = StaffProfile.objects.filter(staff_id=staff_id).first()
    data = replace(data, campus_id=profile.campus_id if profile else None)
    write_profile(school_id, staff_id, data, data.birth_date)


def _known(school: School) -> dict[str, dict[str, str]]:
    profiles = {row.staff_id: row for row in StaffProfile.objects.filter(staff__school=school)}
    found = {}
    for staff in StaffMember.objects.filter(school=school):
        profile = profiles.get(staff.pk) or StaffProfile()
        found[staff.personal_id] = {
            "full_name": staff.full_name,
            "personal_id": staff.personal_id,
            "title": staff.title,
            "birth_date": profile.birth_date,
            "gender": profile.gender,
            "subjects": profile.subjects,
            "email": profile.email,
        }
    return found
